"""Adding and changing contacts: what is wrong is said at its field, and secrets never stay."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.contacts.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.contacts.edit_sheet import EditSheet
from morpheus_desktop.pages.wallet.contacts.tab import ContactsTab
from node.core.errors import InvalidAddressError, StorageError
from tests.fakes.fake_accounts import PHRASE
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS
from tests.gui.wallet.contacts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NEW = "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"
KEY = "0x" + "a1" * 32


@pytest.fixture
def tab(open_tab: OpenTab, fake_node: FakeNode) -> ContactsTab:
    return open_tab(fake_node)


@pytest.fixture
def sheet(tab: ContactsTab, qtbot: QtBot) -> EditSheet:
    qtbot.mouseClick(tab.add_button, Qt.MouseButton.LeftButton)
    return last(tab, EditSheet)


def problem(field: object) -> str:
    return str(field.edit.accessibleDescription())  # type: ignore[attr-defined]


def test_adding_by_keyboard_only(
    tab: ContactsTab, sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    assert sheet.name.edit.hasFocus()
    qtbot.keyClicks(sheet.name.edit, "Grace")
    press_tab_until(sheet.address.edit, qtbot)
    qtbot.keyClicks(sheet.address.edit, f" {NEW} ")
    press_tab_until(sheet.note.edit, qtbot)
    qtbot.keyClicks(sheet.note.edit, "from work")
    with qtbot.waitSignals([tab.told, tab._presenter.loaded]):
        qtbot.keyClick(sheet.note.edit, Qt.Key.Key_Return)
    assert fake_node.called("wallet.save_contact") == [(NEW, "Grace", "from work")]
    assert not has(tab, "wallet.contacts.edit")
    assert tab.table.model().rowCount() == 3


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter the address."),
        ("0x1234", "not an address"),
        ("ada.eth", "Names are not supported"),
        (NEW.replace("aBE", "abE"), "wrong case"),
        (PROVIDERS[0][0].lower(), "“Ada” already has this address."),
    ],
)
def test_a_wrong_address_is_told_at_its_field(
    sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot, address: str, words: str
) -> None:
    qtbot.keyClicks(sheet.name.edit, "Grace")
    sheet.address.set_text(address)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert words in problem(sheet.address)
    assert sheet.address.text() == address, "the value is kept"
    assert not fake_node.called("wallet.save_contact")


def test_a_missing_name_is_told_at_its_field(
    sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.address.set_text(NEW)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert "name" in problem(sheet.name)
    assert not fake_node.called("wallet.save_contact")


def test_what_the_node_refuses_is_told_at_its_field(
    tab: ContactsTab, sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    qtbot.keyClicks(sheet.name.edit, "ada")
    sheet.address.set_text(NEW)
    with qtbot.waitSignal(tab._presenter.save_failed):
        qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert "Another contact has this name." in problem(sheet.name)
    fake_node.fail(
        "wallet.save_contact",
        InvalidAddressError("Sending here would lose the MOR.", hint="Choose another address."),
    )
    with qtbot.waitSignal(tab._presenter.save_failed):
        qtbot.keyClick(sheet.name.edit, Qt.Key.Key_Return)
    assert "would lose the MOR" in problem(sheet.address)
    fake_node.fail("wallet.save_contact", StorageError("The disk is full."))
    with qtbot.waitSignal(tab._presenter.save_failed):
        qtbot.keyClick(sheet.name.edit, Qt.Key.Key_Return)
    assert "The disk is full." in words_of(sheet)
    assert sheet.isVisible()


@pytest.mark.parametrize("secret", [KEY, KEY[2:], PHRASE, "legal winner thank year"])
def test_a_pasted_secret_is_taken_away_and_cannot_be_brought_back(
    tab: ContactsTab, sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot, secret: str
) -> None:
    QGuiApplication.clipboard().setText(secret)
    sheet.address.setFocus()
    sheet.address.edit.paste()
    assert sheet.address.text() == ""
    assert has(tab, "wallet.contacts.edit.secret")
    assert "Never share it" in words_of(sheet)
    sheet.address.edit.undo()
    assert sheet.address.text() == ""
    assert not fake_node.called("wallet.save_contact")
    sheet.address.set_text(NEW)
    assert not has(tab, "wallet.contacts.edit.secret")


@pytest.mark.parametrize("secret", [KEY, KEY[2:], PHRASE])
def test_a_key_is_no_name_and_no_note(tab: ContactsTab, sheet: EditSheet, secret: str) -> None:
    """Pasted, it arrives whole: one that was cut would stay readable."""
    QGuiApplication.clipboard().setText(secret)
    for field in (sheet.name, sheet.note):
        field.edit.paste()
        assert field.text() == ""
        assert has(tab, "wallet.contacts.edit.secret")
        field.set_text("Ada")
        assert not has(tab, "wallet.contacts.edit.secret")


def test_a_name_that_is_too_long_is_not_cut_in_silence(
    sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.name.set_text("A" * 61)
    sheet.address.set_text(NEW)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert problem(sheet.name) == "A name has at most 60 characters; this has 61."
    assert not fake_node.called("wallet.save_contact")


def test_a_note_may_name_a_transaction_and_is_not_cut_in_silence(
    sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.name.set_text("Grace")
    sheet.address.set_text(NEW)
    sheet.note.set_text("n" * 501)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert problem(sheet.note) == "A note has at most 500 characters; this has 501."
    assert not fake_node.called("wallet.save_contact")
    sheet.note.set_text(f"refund of {KEY}")
    with qtbot.waitSignal(sheet.closed):
        qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert fake_node.called("wallet.save_contact") == [(NEW, "Grace", f"refund of {KEY}")]


def test_changing_keeps_the_address(tab: ContactsTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab.table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    qtbot.mouseClick(last(tab, DetailSheet).edit_button, Qt.MouseButton.LeftButton)
    sheet = last(tab, EditSheet)
    assert (sheet.name.text(), sheet.note.text()) == ("Ada", "pays back on Fridays")
    assert not sheet.address.isVisible()
    sheet.name.edit.selectAll()
    qtbot.keyClicks(sheet.name.edit, "Ada Lovelace")
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.keyClick(sheet.name.edit, Qt.Key.Key_Return)
    assert fake_node.called("wallet.save_contact") == [
        (PROVIDERS[0][0], "Ada Lovelace", "pays back on Fridays")
    ]


def test_escape_saves_nothing(
    tab: ContactsTab, sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    qtbot.keyClicks(sheet.name.edit, "Grace")
    qtbot.keyClick(sheet.name.edit, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert not fake_node.called("wallet.save_contact")
    assert find(tab, "wallet.contacts.add").hasFocus(), "back where it was"


def test_a_payment_link_gives_its_recipient(
    tab: ContactsTab, sheet: EditSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    qtbot.keyClicks(sheet.name.edit, "Grace")
    sheet.address.set_text("ethereum:0x12/approve?x=1")
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert problem(sheet.address)
    sheet.address.set_text(f"ethereum:{NEW}@8453?value=1000")
    with qtbot.waitSignal(tab._presenter.saved):
        qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert fake_node.called("wallet.save_contact") == [(NEW, "Grace", "")]
