"""Names, watched addresses and the next account: good input and bad."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.accounts.next_sheet import NextSheet
from morpheus_desktop.pages.wallet.accounts.rename_sheet import RenameSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.pages.wallet.accounts.watch_sheet import WatchSheet
from node.core.errors import (
    StorageError,
    UserInputError,
    WalletError,
    WalletExistsError,
    WrongPasswordError,
)
from tests.fakes.fake_accounts import ADDRESSES, PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.accounts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, settle, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing")
KEY = "0x" + "1" * 64


def labels(tab: AccountsTab) -> list[str]:
    return [item.account.label for item in tab.rows]


def watching(tab: AccountsTab) -> WatchSheet:
    tab.acts.add("watch")
    return last(tab, WatchSheet)


def test_watching_an_address_from_the_menu_without_a_mouse(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.rows[0].setFocus()
    press_tab_until(tab.add_button, qtbot)
    qtbot.keyClick(tab.add_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    texts = [item.text() for item in menu.actions() if item.text()]
    assert texts == [
        "Next account of this phrase…",
        "Find accounts of this phrase…",
        "Watch an address…",
        "Create or import another wallet…",
        "Back up all accounts into a file…",
    ]
    for _ in range(3):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    sheet = last(tab, WatchSheet)
    sheet.address.edit.setFocus()
    qtbot.keyClicks(sheet.address.edit, ADDRESSES[4])
    qtbot.keyClicks(sheet.label.edit, "Exchange")
    with qtbot.waitSignal(tab.told) as told:
        qtbot.keyClick(sheet.label.edit, Qt.Key.Key_Return)
    assert told.args == ["Exchange is watched", "success"]
    qtbot.waitUntil(lambda: "Exchange" in labels(tab))
    assert not has(tab, "wallet.accounts.watch")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter the address."),
        ("0x1234", "This is not an address of this network"),
        ("ada.eth", "Names are not supported yet."),
        (ADDRESSES[4][:-1] + "D", "One or more letters are in the wrong case"),
        (ADDRESSES[1], "“Old key” has this address already. It is hidden."),
        (ADDRESSES[0].lower(), "“Savings” has this address already."),
    ],
)
def test_an_address_that_will_not_do_says_so_at_its_field(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot, text: str, words: str
) -> None:
    sheet = watching(open_tab(fake_node))
    sheet.address.set_text(text)
    qtbot.mouseClick(sheet.watch_button, Qt.MouseButton.LeftButton)
    assert words in words_of(sheet)
    assert sheet.address.text() == text, "what was typed is kept"
    assert not fake_node.called("wallet.watch")


@pytest.mark.parametrize("secret", [KEY, PHRASE, KEY[2:]])
def test_a_secret_in_the_address_field_is_taken_away(
    open_tab: OpenTab, fake_node: FakeNode, secret: str
) -> None:
    sheet = watching(open_tab(fake_node))
    sheet.address.set_text(secret)
    settle()
    assert sheet.address.text() == ""
    assert "Clear the clipboard" in words_of(sheet)
    sheet.address.edit.undo()
    assert sheet.address.text() == ""
    sheet.address.set_text("0x12")
    assert not has(sheet, "wallet.accounts.watch.secret")


def test_a_secret_in_a_name_is_taken_away_too(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    sheet = watching(tab)
    sheet.label.set_text(KEY)
    assert sheet.label.text() == "", "also one that is longer than a name may be"
    sheet.close_sheet()
    tab.acts.act("rename", tab.rows[1].account)
    rename = last(tab, RenameSheet)
    rename.field.set_text(PHRASE)
    assert rename.field.text() == ""
    assert "Clear the clipboard" in words_of(rename)


def test_what_the_node_refuses_is_said_at_the_field_or_below(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = watching(open_tab(fake_node))
    sheet.address.set_text(ADDRESSES[4])
    fake_node.fail("wallet.watch", WalletExistsError("This account is in the wallet already."))
    qtbot.mouseClick(sheet.watch_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "in the wallet already" in words_of(sheet))
    fake_node.fail("wallet.watch", StorageError("The disk is full."))
    qtbot.mouseClick(sheet.watch_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The disk is full." in words_of(sheet))
    assert sheet.watch_button.isEnabled() and not sheet.locked


def test_a_name_must_have_letters_and_the_old_one_changes_nothing(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.acts.act("rename", tab.rows[1].account)
    sheet = last(tab, RenameSheet)
    sheet.field.set_text("   ")
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert "Give the account a name." in words_of(sheet)
    sheet.field.set_text("A1 " * 30)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert "A name has at most 60 characters; this has 89." in words_of(sheet)
    fake_node.fail("wallet.label_account", UserInputError("Enter a name.", code="input.label"))
    sheet.field.set_text("Rent")
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Enter a name." in words_of(sheet))
    sheet.field.set_text(" Savings ")
    calls = len(fake_node.called("wallet.label_account"))
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    settle()
    assert len(fake_node.called("wallet.label_account")) == calls
    assert not has(tab, "wallet.accounts.rename")


def test_the_next_account_of_a_phrase_asks_for_the_password(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    qtbot.mouseClick(tab.cards[0].next_button, Qt.MouseButton.LeftButton)
    sheet = last(tab, NextSheet)
    assert sheet.password.field.edit.hasFocus()
    assert not sheet.add_button.isEnabled()
    qtbot.keyClicks(sheet.label.edit, "Rent")
    qtbot.keyClicks(sheet.password.field.edit, fake_node.world.password)
    with qtbot.waitSignal(tab.told) as told:
        qtbot.keyClick(sheet.password.field.edit, Qt.Key.Key_Return)
    assert told.args == ["Rent is added", "success"]
    qtbot.waitUntil(lambda: "Rent" in labels(tab))


def test_with_the_keychain_the_next_account_is_one_click(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.accounts = [
        item.model_copy(update={"by_keyring": True}) for item in fake_node.world.accounts
    ]
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"by_keyring": True})
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.told):
        qtbot.mouseClick(tab.cards[0].next_button, Qt.MouseButton.LeftButton)
    assert not has(tab, "wallet.accounts.next")
    fake_node.fail("wallet.add_account", WalletError("The keychain cannot be opened."))
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(tab.cards[0].next_button, Qt.MouseButton.LeftButton)
    assert told.args == ["The keychain cannot be opened.", "warning"]


def test_a_wrong_password_waits_and_another_failure_is_said(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.acts.add_next(tab.cards[0].group)
    sheet = last(tab, NextSheet)
    sheet.password.field.set_text("wrong")
    fake_node.fail(
        "wallet.add_account",
        WrongPasswordError("Wrong password. Next try in 2 s.", details={"wait_s": 2}),
    )
    qtbot.mouseClick(sheet.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.add_button.accessibleName() == "Next try in 2 s")
    assert "Wrong password." in words_of(sheet)
    for _ in range(2):
        sheet.password._timer.timeout.emit()
    fake_node.fail("wallet.add_account", StorageError("The disk is full."))
    qtbot.mouseClick(sheet.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The disk is full." in words_of(sheet))


def test_a_phrase_that_is_not_kept_adds_nothing(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.accounts = [
        item.model_copy(update={"has_phrase": False}) for item in fake_node.world.accounts
    ]
    tab = open_tab(fake_node)
    assert not tab.cards[0].next_button.isVisible()
    tab.acts.add(f"next:{tab.cards[0].group.key}")
    assert not has(tab, "wallet.accounts.find")


def test_a_watched_account_in_use_cannot_write_the_backup_file(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.reveal_requested) as asked:
        tab.acts.add("backup-file")
    assert asked.args == ["backup"]
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    qtbot.mouseClick(tab.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    last_entry = menu.actions()[-1]
    assert not last_entry.isEnabled()
    assert last_entry.text().endswith("use an account with a key first")
    menu.close()
    assert find(tab, "wallet.accounts.add").isEnabled()
