"""No key and no phrase stays readable in a field where none belongs."""

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.guarded_field import WAS_SECRET, GuardedField, is_address_secret
from node.core.redaction import holds_wallet_secret

pytestmark = pytest.mark.gui
KEY = "a1" * 32
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> GuardedField:
    del theme
    field = GuardedField("Anything", is_secret=holds_wallet_secret, words=WAS_SECRET)
    qtbot.addWidget(field)
    field.show()
    return field


@pytest.mark.parametrize(
    "secret",
    [KEY, f"0x{KEY}", PHRASE, PHRASE.replace(" ", "\n"), "x" * 20_000 + " " + PHRASE],
    ids=["key", "prefixed", "phrase", "lines", "long"],
)
def test_what_is_pasted_arrives_whole_is_known_and_gone(
    field: GuardedField, qtbot: QtBot, secret: str
) -> None:
    QGuiApplication.clipboard().setText(secret)
    with qtbot.waitSignal(field.secret_taken):
        field.edit.paste()
    assert field.text() == ""
    assert field.edit.accessibleDescription() == WAS_SECRET
    field.edit.undo()
    assert field.text() == ""


def test_typed_by_hand_it_goes_with_its_last_sign(field: GuardedField, qtbot: QtBot) -> None:
    seen: list[str] = []
    field.changed.connect(seen.append)
    qtbot.keyClicks(field.edit, KEY)
    assert field.text() == ""
    assert KEY not in seen, "nobody else gets to see it"
    assert seen[-1] == ""


def test_going_on_takes_the_words_away(field: GuardedField, qtbot: QtBot) -> None:
    field.set_text(KEY)
    with qtbot.assertNotEmitted(field.secret_taken):
        qtbot.keyClicks(field.edit, "rent")
    assert field.text() == "rent"
    assert field.edit.accessibleDescription() == ""


def test_where_an_address_belongs_a_part_of_a_phrase_is_enough() -> None:
    words = "nosotros tenemos una llave para abrir esta puerta del jardin verde hoy"
    assert is_address_secret("legal winner thank year")
    assert is_address_secret(words), "a list of another language"
    assert not is_address_secret("0x5B38Da6a701c568545dCfcB03FcB875f56beddC4")
    assert not is_address_secret("0x12")
