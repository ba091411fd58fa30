"""Real money, test money and play money never look alike."""

from morpheus_desktop.models.networks import kind_tile, money_kind, network_words
from tests.fakes import sample_data

BASE, SEPOLIA, DEMO = sample_data.networks()
OWN = BASE.model_copy(update={"name": "custom", "chain_id": 7})


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
