"""The sheet for a network of the user's own, opened and filled as by hand."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.add_sheet import AddSheet
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from morpheus_desktop.widgets.fields import TextField
from node.service.dto import NetworkView
from tests.fakes import sample_data
from tests.gui.wallet.tab_kit import find, last

SEPOLIA = sample_data.networks()[1]
KEYED = "https://rpc.team.example.org/v2/abcdef"
ADD = "wallet.networks.add"


def own_network(name: str = "team", **changes: object) -> NetworkView:
    values: dict[str, object] = {
        "name": name,
        "title": "Team network",
        "chain_id": 4711,
        "is_custom": True,
        "is_removable": True,
        "hosts": ("rpc.team.example.org",),
    }
    return SEPOLIA.model_copy(update={**values, **changes})


def open_add(tab: NetworksTab, qtbot: QtBot) -> AddSheet:
    qtbot.mouseClick(find(tab, f"{ADD}.open"), Qt.MouseButton.LeftButton)
    return last(tab.window(), AddSheet)


def fill(sheet: AddSheet, qtbot: QtBot) -> None:
    """With the keyboard, in the order of Tab; `is_test` stays off."""
    texts = ("Team network", "4711", SEPOLIA.marketplace, SEPOLIA.token, KEYED)
    sheet.fields.title.setFocus()
    for number, text in enumerate(texts):
        if number:
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        qtbot.keyClicks(QApplication.focusWidget(), text)


def paste(field: TextField, qtbot: QtBot, text: str) -> None:
    QApplication.clipboard().setText(text)
    field.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QApplication.clipboard().clear()


def error_at(field: TextField) -> str:
    """What a screen reader says of the field; the same is seen below it."""
    return field.edit.accessibleDescription()
