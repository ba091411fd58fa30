"""Finding accounts of a kept phrase: looked at a few at a time, stopped, several added at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.accounts.scan_sheet import ScanSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from node.core.errors import StorageError, UserInputError, WrongPasswordError
from node.service.dto import ScanRequest
from tests.fakes.fake_accounts import PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.accounts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, settle, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def finding(tab: AccountsTab) -> ScanSheet:
    tab.acts.add(f"find:{tab.cards[0].group.key}")
    return last(tab, ScanSheet)


def look(sheet: ScanSheet, node: FakeNode, qtbot: QtBot) -> None:
    qtbot.keyClicks(sheet.password.field.edit, node.world.password)
    qtbot.keyClick(sheet.password.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(sheet.further_button.isVisible)


def scans(node: FakeNode) -> list[ScanRequest]:
    return [arguments[0] for arguments in node.called("wallet.scan")]


def test_looking_ends_after_five_empty_ones_and_ticks_what_holds_something(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = finding(tab)
    assert not sheet.go.isEnabled()
    look(sheet, fake_node, qtbot)
    assert [(item.first, item.count) for item in scans(fake_node)] == [(0, 5), (5, 5)]
    assert "10 accounts looked at, 2 hold something." in words_of(sheet)
    assert sheet.list.chosen == ("m/44'/60'/0'/0/3",), "funded, and not in the wallet"
    known = find(tab, "wallet.accounts.found.0")
    assert not known.isEnabled()
    assert not sheet.password.isVisible()


def test_several_are_added_at_once(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    sheet = finding(tab)
    look(sheet, fake_node, qtbot)
    another = find(tab, "wallet.accounts.found.5")
    assert isinstance(another, QAbstractButton)
    another.setFocus()
    qtbot.keyClick(another, Qt.Key.Key_Space)
    assert sheet.go.accessibleName() == "Add 2 accounts"
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert told.args == ["Account 5 and Account 6 added", "success"]
    added = [arguments[0].path for arguments in fake_node.called("wallet.add_account")]
    assert added == ["m/44'/60'/0'/0/3", "m/44'/60'/0'/0/5"]
    qtbot.waitUntil(lambda: len(tab.rows) == 5)
    assert not has(tab, "wallet.accounts.find")


def test_looking_can_be_stopped_and_gone_on_with(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = finding(open_tab(fake_node))
    gate = fake_node.hold("wallet.scan")
    sheet.password.field.set_text(fake_node.world.password)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(sheet.stop_button.isVisible)
    assert "Looking…" in words_of(sheet)
    qtbot.mouseClick(sheet.stop_button, Qt.MouseButton.LeftButton)
    assert not sheet.stop_button.isVisible()
    assert sheet.go.isEnabled(), "it can begin again"
    gate.set()
    settle()
    assert sheet.list.chosen == ()
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(sheet.further_button.isVisible)
    qtbot.mouseClick(sheet.further_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "15 accounts looked at" in words_of(sheet))


def test_closing_stops_looking(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = finding(open_tab(fake_node))
    gate = fake_node.hold("wallet.scan")
    sheet.password.field.set_text(fake_node.world.password)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(fake_node.called("wallet.scan")))
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    gate.set()
    settle()
    assert len(fake_node.called("wallet.scan")) == 1


def test_another_style_begins_anew_and_a_bad_path_is_said_at_its_field(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = finding(open_tab(fake_node))
    look(sheet, fake_node, qtbot)
    sheet.style_choice.setFocus()
    qtbot.keyClick(sheet.style_choice, Qt.Key.Key_Right)
    assert not sheet.list.isVisible()
    assert sheet.go.accessibleName() == "Look for accounts"
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(sheet.further_button.isVisible)
    assert scans(fake_node)[-1].style == "ledger"
    qtbot.keyClick(sheet.style_choice, Qt.Key.Key_Right)
    assert sheet.go.toolTip() == "Enter the path first."
    qtbot.keyClicks(sheet.path.edit, "44/60/x")
    fake_node.fail(
        "wallet.scan", UserInputError("“x” is no step of a path.", code="input.derivation_path")
    )
    qtbot.keyClick(sheet.path.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "“x” is no step of a path." in words_of(sheet))
    assert scans(fake_node)[-1].path == "44/60/x"
    assert sheet.go.isEnabled()


def test_a_phrase_in_the_path_field_is_taken_away(open_tab: OpenTab, fake_node: FakeNode) -> None:
    sheet = finding(open_tab(fake_node))
    sheet.style_choice.choose(2)
    sheet.path.set_text(PHRASE)
    assert sheet.path.text() == ""
    assert "Clear the clipboard" in words_of(sheet)


def test_a_wrong_password_is_said_and_waits(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = finding(open_tab(fake_node))
    sheet.password.field.set_text("wrong")
    fake_node.fail(
        "wallet.scan", WrongPasswordError("Wrong password. Next try in 3 s.", details={"wait_s": 3})
    )
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.go.accessibleName() == "Next try in 3 s")
    assert "Wrong password." in words_of(sheet)
    assert not sheet.stop_button.isVisible()


def test_balances_that_cannot_be_read_end_the_search(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = fake_node.wallet.scan

    async def unread(request: ScanRequest) -> object:
        found = await known(request)
        return tuple(item.model_copy(update={"mor": None, "eth_wei": None}) for item in found)

    monkeypatch.setattr(fake_node.wallet, "scan", unread)
    sheet = finding(open_tab(fake_node))
    look(sheet, fake_node, qtbot)
    assert len(scans(fake_node)) == 1
    assert "Balances cannot be read at the moment." in words_of(sheet)


def test_what_was_added_before_a_failure_stays(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = finding(tab)
    look(sheet, fake_node, qtbot)
    fake_node.fail("wallet.add_account", StorageError("The disk is full."))
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The disk is full." in words_of(sheet))
    assert not sheet.locked
    assert sheet.list.chosen == ("m/44'/60'/0'/0/3",), "still wanted"
    with qtbot.waitSignal(tab.told):
        qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)


def test_with_the_keychain_no_password_is_asked(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.accounts = [
        item.model_copy(update={"by_keyring": True}) for item in fake_node.world.accounts
    ]
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"by_keyring": True})
    sheet = finding(open_tab(fake_node))
    assert not sheet.password.isVisible()
    assert sheet.go.hasFocus()
    qtbot.keyClick(sheet.go, Qt.Key.Key_Space)
    qtbot.waitUntil(sheet.further_button.isVisible)
    assert scans(fake_node)[0].password is None
