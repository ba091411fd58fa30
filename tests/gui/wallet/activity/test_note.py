"""The user's own note on a transaction: kept as it is, or refused in words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.activity.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.activity.tab import ActivityTab
from tests.fakes.fake_accounts import PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.activity.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
KEY = "a1" * 32
LABEL = "wallet.label_transaction"


@pytest.fixture
def tab(open_tab: OpenTab, fake_node: FakeNode) -> ActivityTab:
    return open_tab(fake_node)


@pytest.fixture
def sheet(tab: ActivityTab) -> DetailSheet:
    return opened(tab)


def opened(tab: ActivityTab) -> DetailSheet:
    tab.table.row_activated.emit(0)
    return last(tab, DetailSheet)


def said(sheet: DetailSheet) -> str:
    return sheet.label.edit.accessibleDescription()


@pytest.mark.parametrize("secret", [KEY, f"0x{KEY}", f"my key {KEY}", PHRASE])
def test_a_pasted_secret_is_taken_away_and_never_kept(
    tab: ActivityTab, sheet: DetailSheet, fake_node: FakeNode, qtbot: QtBot, secret: str
) -> None:
    QGuiApplication.clipboard().setText(secret)
    sheet.label.setFocus()
    sheet.label.edit.paste()
    assert sheet.label.text() == ""
    assert "private key or recovery phrase: it is removed" in said(sheet)
    assert "Clear the clipboard too" in said(sheet)
    sheet.label.edit.undo()
    assert sheet.label.text() == ""
    qtbot.mouseClick(find(tab, "wallet.transaction.done"), Qt.MouseButton.LeftButton)
    assert not has(tab, "wallet.transaction")
    assert not fake_node.called(LABEL)


def test_the_id_of_a_transaction_may_stand_among_words(
    tab: ActivityTab, sheet: DetailSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    note = f"refund of 0x{KEY}"
    qtbot.keyClicks(sheet.label.edit, note)
    with qtbot.waitSignal(tab._presenter.labelled):
        qtbot.keyClick(sheet.label.edit, Qt.Key.Key_Return)
    assert fake_node.world.transactions[0].label == note


def test_a_note_that_is_too_long_is_not_cut(
    tab: ActivityTab, sheet: DetailSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.label.set_text("n" * 201)
    for _ in range(2):
        qtbot.mouseClick(find(tab, "wallet.transaction.done"), Qt.MouseButton.LeftButton)
    assert said(sheet) == "A note has at most 200 characters; this has 201."
    assert sheet.label.edit.hasFocus()
    assert not fake_node.called(LABEL)
    qtbot.keyClick(sheet.label.edit, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(tab._presenter.labelled):
        qtbot.keyClick(sheet.label.edit, Qt.Key.Key_Return)
    assert fake_node.world.transactions[0].label == "n" * 200


def test_whoever_insists_leaves_without_it(
    tab: ActivityTab, sheet: DetailSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.label.set_text("n" * 201)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert has(tab, "wallet.transaction"), "said first"
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not has(tab, "wallet.transaction")
    assert not fake_node.called(LABEL)


def test_a_long_note_of_another_door_is_shown_whole_and_left_alone(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions[0] = first.model_copy(update={"label": "n" * 200})
    tab = open_tab(fake_node)
    sheet = opened(tab)
    assert sheet.label.text() == "n" * 200
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not has(tab, "wallet.transaction")
    assert not fake_node.called(LABEL)


def test_a_secret_that_was_kept_once_goes(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions[0] = first.model_copy(update={"label": KEY})
    tab = open_tab(fake_node)
    sheet = opened(tab)
    assert sheet.label.text() == ""
    assert "it is removed" in said(sheet)
    with qtbot.waitSignal(tab._presenter.labelled):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert fake_node.world.transactions[0].label == ""
