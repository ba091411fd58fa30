"""The address book: found, opened, copied and sent to by name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.contacts.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.contacts.edit_sheet import EditSheet
from morpheus_desktop.pages.wallet.contacts.tab import ContactsTab
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.data_table import CELL_ROLE
from node.core.errors import StorageError
from node.service.dto import Contact
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS
from tests.gui.wallet.contacts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ADA = PROVIDERS[0][0]


def names(tab: ContactsTab) -> list[str]:
    model = tab.table.model()
    return [model.index(row, 0).data(CELL_ROLE).text for row in range(model.rowCount())]


def many(node: FakeNode, count: int = 8) -> None:
    node.world.contacts = [
        Contact(address=f"0x{number:040x}", name=f"Friend {number}", note=f"desk {number * 11}")
        for number in range(1, count + 1)
    ]


def open_first(tab: ContactsTab, qtbot: QtBot) -> DetailSheet:
    tab.table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    return last(tab, DetailSheet)


def test_contacts_stand_by_name(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    assert names(tab) == ["Ada", "Exchange"]
    assert not tab.search.isVisible(), "two are seen at a glance"


def test_finding_by_name_note_or_address(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    many(fake_node)
    tab = open_tab(fake_node)
    assert tab.search.isVisible()
    qtbot.keyClicks(tab.search.edit, "desk 33")
    assert names(tab) == ["Friend 3"]
    tab.search.set_text("00000007")
    assert names(tab) == ["Friend 7"]
    tab.search.set_text("nobody")
    assert names(tab) == []
    assert "No contact has “nobody”" in words_of(tab)
    tab.search.set_text("friend")
    qtbot.keyClick(tab.search.edit, Qt.Key.Key_Return)
    assert tab.table.row == 0


def test_a_contact_opens_by_keyboard_and_leads_to_sending(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = open_first(tab, qtbot)
    assert "Ada" in words_of(sheet)
    press_tab_until(sheet.send_button, qtbot)
    with qtbot.waitSignal(tab.send_requested) as sent:
        qtbot.keyClick(sheet.send_button, Qt.Key.Key_Space)
    assert sent.args == [ADA]
    assert not sheet.isVisible()


def test_a_click_opens_too_and_the_whole_address_is_copied(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    place = tab.table.visualRect(tab.table.model().index(1, 0)).center()
    qtbot.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    sheet = last(tab, DetailSheet)
    with qtbot.waitSignal(tab.told):
        qtbot.mouseClick(sheet.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == PROVIDERS[2][0]


def test_copying_from_the_list(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    tab.table.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(tab.told):
        qtbot.keyClick(tab.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == ADA


def test_removing_names_what_goes_and_asks(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    sheet = last(tab, DetailSheet)
    assert "Remove Ada from the address book?" in words_of(sheet)
    keep = find(tab, "wallet.contacts.remove.cancel")
    assert keep.hasFocus(), "the harmless answer"
    qtbot.keyClick(keep, Qt.Key.Key_Space)
    assert not fake_node.called("wallet.remove_contact")
    qtbot.mouseClick(find(tab, "wallet.contacts.detail.remove"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignals([tab.told, tab._presenter.loaded]):
        qtbot.mouseClick(find(tab, "wallet.contacts.remove.confirm"), Qt.MouseButton.LeftButton)
    assert names(tab) == ["Exchange"]


def test_a_removal_that_fails_is_told_where_it_was_asked(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = open_first(tab, qtbot)
    fake_node.fail("wallet.remove_contact", StorageError("The disk is full."))
    qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tab._presenter.remove_failed):
        qtbot.mouseClick(find(tab, "wallet.contacts.remove.confirm"), Qt.MouseButton.LeftButton)
    assert "The disk is full." in words_of(sheet)


def test_an_empty_book_says_what_it_is_for(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.contacts = []
    tab = open_tab(fake_node)
    assert "No contacts yet" in words_of(tab)
    qtbot.keyClick(find(tab, "wallet.contacts.add.first"), Qt.Key.Key_Space)
    assert last(tab, EditSheet).address.isVisible()


def test_a_watched_account_sends_nothing(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    sheet = open_first(open_tab(fake_node), qtbot)
    assert not sheet.send_button.isEnabled()
    assert "watched only" in sheet.send_button.toolTip()


def test_a_failure_keeps_the_list_and_can_be_retried(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.contacts", StorageError("The address book cannot be read."))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    banner = find(tab, "wallet.contacts.banner")
    assert isinstance(banner, Banner)
    assert "Shown is what was known at" in banner.accessibleName()
    assert names(tab) == ["Ada", "Exchange"]
    with qtbot.waitSignal(tab._presenter.loaded):
        banner.action.emit()
    assert not has(tab, "wallet.contacts.banner")


def test_hostile_names_stay_text(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    evil = "<img src=x>" + "W" * 49
    fake_node.world.contacts = [Contact(address=ADA, name=evil, note="<b>bold</b>")]
    tab = open_tab(fake_node)
    assert names(tab) == [evil]
    sheet = open_first(tab, qtbot)
    assert evil in words_of(sheet)
    assert sheet.box.width() == 480, "a long name does not widen anything"
    assert len(sheet.send_button.text()) < 40


def test_a_long_failure_is_broken_into_lines(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.contacts", StorageError("Nothing can be read from the disk. " * 6))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    banner = find(tab, "wallet.contacts.banner")
    assert "This could not be read." in words_of(banner)
    assert banner.width() <= tab.width()
