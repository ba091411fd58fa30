"""Real money, test money and play money never look alike."""

from morpheus_desktop.models.networks import (
    kind_tile,
    menu_words,
    money_kind,
    network_words,
    short_title,
)
from tests.fakes import sample_data

BASE, SEPOLIA, DEMO = sample_data.networks()
OWN = BASE.model_copy(update={"name": "custom", "chain_id": 7})
MINE = {"name": "mine", "title": "Mine & yours", "is_custom": True, "is_removable": True}
ADDED, ADDED_TEST = BASE.model_copy(update=MINE), SEPOLIA.model_copy(update=MINE)


def test_every_kind_has_words_a_shape_and_a_colour_of_its_own() -> None:
    kinds = [money_kind(item) for item in (BASE, SEPOLIA, DEMO, OWN)]
    assert kinds == [
        ("Real MOR", "success"),
        ("Test money", "warning"),
        ("Play money", "demo"),
        ("Your own network", "info"),
    ]
    tiles = [kind_tile(item) for item in (BASE, SEPOLIA, DEMO, OWN)]
    assert len({icon for icon, _role in tiles}) == 4
    assert [role for _icon, role in tiles] == [role for _words, role in kinds]


def test_what_a_network_is() -> None:
    assert network_words(BASE) == "Chain 8453"
    assert "has no value" in network_words(SEPOLIA)
    assert "Nothing costs anything" in network_words(DEMO)
    assert "the contracts of your settings" in network_words(OWN)


def test_an_added_one_never_looks_like_one_of_the_program() -> None:
    assert money_kind(ADDED) == ("Real money", "info")
    assert money_kind(ADDED_TEST) == money_kind(SEPOLIA)
    assert kind_tile(ADDED) != kind_tile(BASE)
    assert "that you entered. Its MOR and ETH are real money" in network_words(ADDED)
    assert "that you entered. Its MOR has no value" in network_words(ADDED_TEST)


def test_a_menu_says_what_the_money_is_and_shows_letters_as_they_are() -> None:
    assert menu_words(BASE) == "Base · Real MOR"
    assert menu_words(ADDED) == "Mine && yours · Real money"


def test_a_long_title_is_cut_where_there_is_no_room() -> None:
    assert short_title(BASE) == "Base"
    long = ADDED.model_copy(update={"title": "The second market of our friends"})
    assert short_title(long) == "The second market of ou…"
