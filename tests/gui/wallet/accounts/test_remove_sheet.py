"""Before an account goes: what is said, the word, and a refusal."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.accounts.presenter import AccountsState
from morpheus_desktop.pages.wallet.accounts.removal import consequences, warnings_of
from morpheus_desktop.pages.wallet.accounts.remove_sheet import RemoveSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from node.core.errors import SessionError
from node.service.dto import AccountView
from tests.fakes.fake_accounts import ETH
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.accounts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, settle, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def ask(tab: AccountsTab, label: str) -> RemoveSheet:
    account = next(item.account for item in tab.rows if item.account.label == label)
    tab.acts.act("remove", account)
    return last(tab, RemoveSheet)


def state_of(*accounts: AccountView) -> AccountsState:
    return AccountsState(status=FakeNode().world.wallet, accounts=accounts)


def account(number: int = 0, **changes: object) -> AccountView:
    made = FakeNode().world.accounts[number]
    return made.model_copy(update={"mor": 0, "eth_wei": 0, **changes})


def test_the_word_is_needed_and_cancel_is_the_default(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = ask(tab, "Savings")
    assert "Remove Savings?" in words_of(sheet)
    assert sheet.cancel_button.hasFocus()
    assert not sheet.remove_button.isEnabled()
    qtbot.keyClicks(sheet.typed.edit, "remove")
    assert not sheet.remove_button.isEnabled(), "not in small letters"
    sheet.typed.set_text("REMOVE")
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    assert told.args == ["The account is removed", "success"]
    qtbot.waitUntil(lambda: "Savings" not in [item.account.label for item in tab.rows])
    assert not has(tab, "wallet.accounts.remove")


def test_escape_and_cancel_keep_it(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    sheet = ask(tab, "Savings")
    sheet.typed.set_text("REMOVE")
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_Space)
    sheet = ask(tab, "Savings")
    assert sheet.typed.text() == ""
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    settle()
    assert not fake_node.called("wallet.remove_account")


def test_open_sessions_refuse_in_words_and_the_sheet_stays(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = ask(tab, "Main")
    fake_node.fail(
        "wallet.remove_account",
        SessionError(
            "This account has open sessions on Base; their stake returns only to it.",
            hint="Close them first.",
            code="wallet.open_sessions",
        ),
    )
    sheet.typed.set_text("REMOVE")
    qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, "wallet.accounts.remove.refused"))
    assert "This account has open sessions on Base" in words_of(sheet)
    assert "Close them first." in words_of(sheet)
    assert not sheet.locked


def test_a_watched_address_goes_without_the_word(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = ask(tab, "Cold wallet")
    assert "Nothing is lost" in words_of(sheet)
    assert not sheet.typed.isVisible()
    with qtbot.waitSignal(tab.told):
        qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)


def test_backing_up_first_is_one_click(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    main = fake_node.world.accounts[0].model_copy(update={"backed_up": False})
    fake_node.world.accounts = [main]
    tab = open_tab(fake_node)
    sheet = ask(tab, "Main")
    assert "This phrase was never backed up." in words_of(sheet)
    with qtbot.waitSignal(tab.back_up_requested):
        qtbot.mouseClick(
            find(tab, "wallet.accounts.remove.warning.action"), Qt.MouseButton.LeftButton
        )
    assert not has(tab, "wallet.accounts.remove")


@pytest.mark.parametrize(
    ("changes", "tone", "words"),
    [
        ({"mor": 12 * ETH}, "warning", "It holds 12.00\u00a0MOR."),
        ({"mor": None}, "warning", "What it holds cannot be read now."),
        ({"kind": "key", "group": "k", "mor": 12 * ETH}, "danger", "It holds 12.00\u00a0MOR."),
        ({"backed_up": False}, "warning", "This phrase was never backed up."),
        ({"backed_up": False, "group": "alone"}, "danger", "This phrase was never backed up."),
    ],
)
def test_what_may_cost_money_is_warned_of(
    changes: dict[str, object], tone: str, words: str
) -> None:
    going = account(1, **changes)
    found = warnings_of(going, state_of(account(0), going))
    assert [(item.text, item.tone) for item in found] == [(words, tone)]


def test_an_empty_account_with_a_written_phrase_needs_no_warning() -> None:
    going = account(1)
    assert warnings_of(going, state_of(account(0), going)) == ()


def test_the_way_back_is_named() -> None:
    first, second = account(0), account(1)
    assert "added again from its phrase" in consequences(second, state_of(first, second))[0]
    assert "Only its written words" in consequences(first, state_of(first))[0]
    key = account(2)
    assert "private key" in consequences(key, state_of(first, key))[0]


def test_who_is_used_next_is_named() -> None:
    first, second = account(0), account(1)
    assert "Savings is used next." in consequences(first, state_of(first, second))
    hidden = second.model_copy(update={"hidden": True, "label": "Hidden"})
    watched = account(3)
    assert "Cold wallet is used next." in consequences(first, state_of(first, hidden, watched))
    assert "It is the only account: no wallet is left here." in consequences(first, state_of(first))
