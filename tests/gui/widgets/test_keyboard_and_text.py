"""Focus inside sheets, tooltips with text from outside, what amounts and busy buttons say."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import AmountEdit, TextField
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column
from morpheus_desktop.widgets.sheet import Sheet

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def _themed(theme: Theme) -> None:
    del theme


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(800, 600)
    QLineEdit(widget).setObjectName("behind")
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    behind = widget.findChild(QLineEdit, "behind")
    assert behind is not None
    behind.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is behind, timeout=2000)
    return widget


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def walk(qtbot: QtBot, key: Qt.Key, times: int) -> list[str]:
    names = []
    for _ in range(times):
        widget = QApplication.focusWidget()
        assert widget is not None
        qtbot.keyClick(widget, key)
        names.append(focused())
    return names


def test_tab_goes_round_inside_a_sheet_both_ways(qtbot: QtBot, host: QWidget) -> None:
    off = Button("Off", name="off")
    off.disable_with("Not now")
    sheet = Sheet(
        host,
        column(
            Label("Send", "h2"),
            TextField("To", name="to"),
            off,
            Button("Cancel", "ghost", name="cancel"),
            Button("Send", "primary", name="send"),
        ),
    )
    sheet.open()
    assert focused() == "to"
    assert walk(qtbot, Qt.Key.Key_Tab, 4) == ["cancel", "send", "to", "cancel"]
    assert walk(qtbot, Qt.Key.Key_Backtab, 3) == ["to", "send", "cancel"]
    sheet.close_sheet()
    assert focused() == "behind"


def test_a_sheet_does_not_open_on_the_destructive_button(qtbot: QtBot, host: QWidget) -> None:
    del qtbot
    remove = Button("Remove", "danger", name="remove")
    sheet = Sheet(host, column(Label("Remove?"), remove, Button("Cancel", name="cancel")))
    sheet.open()
    assert focused() == "cancel"
    sheet.close_sheet()


def test_a_sheet_without_controls_keeps_the_keyboard(qtbot: QtBot, host: QWidget) -> None:
    sheet = Sheet(host, column(Label("Working", "h2")))
    sheet.open()
    assert walk(qtbot, Qt.Key.Key_Tab, 1) == ["sheet"]
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert focused() == "behind"


def test_a_tooltip_never_reads_markup(qtbot: QtBot) -> None:
    name = "<img src='//host/share/x.png'> & more"
    label = ElidedLabel(name)
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert "<img" not in label.toolTip()
    assert "&lt;img" in label.toolTip()
    button = Button("Send")
    qtbot.addWidget(button)
    button.disable_with("<b>no</b>")
    assert "<b>" not in button.toolTip()


def test_an_amount_names_its_unit_and_forgets_what_is_gone(qtbot: QtBot) -> None:
    field = AmountEdit(unit="ETH")
    qtbot.addWidget(field)
    assert field.edit.accessibleName() == "Amount in ETH"
    field.set_text("0,5")
    assert field.edit.toolTip() == "0.5 ETH"
    field.set_text("nothing")
    assert field.amount is None
    assert field.edit.toolTip() == ""


def test_a_busy_button_keeps_its_size_and_its_reason(qtbot: QtBot) -> None:
    button = Button("Open")
    qtbot.addWidget(button)
    natural = button.sizeHint().width()
    button.set_busy(True)
    assert button.minimumWidth() == natural
    button.disable_with("Offline")
    button.set_busy(False)
    assert not button.isEnabled()
    button.disable_with("")
    assert button.isEnabled()


def test_a_sheet_over_what_is_made_anew_does_not_lose_the_keyboard(
    host: QWidget, qtbot: QtBot
) -> None:
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    behind = host.findChild(QLineEdit, "behind")
    assert behind is not None
    behind.setFocus()
    sheet = Sheet(host, column(Label("Use it?"), Button("Yes", name="yes")))
    sheet.open()
    delete(behind)
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is not None
