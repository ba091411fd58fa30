"""Revoking and changing: one click, the whole truth, one yes."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.approvals.sheet import ApprovalSheet
from morpheus_desktop.pages.wallet.approvals.tab import ApprovalsTab
from morpheus_desktop.widgets.address_groups import AddressGroups
from node.core.errors import NotEnoughGasError, QuoteExpiredError, TxStuckError, WalletLockedError
from node.core.events import TransactionChanged
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import MARKETPLACE, MOR
from tests.gui.wallet.approvals.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, last, press_tab_until, texts_of, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
REVOKE = "wallet.approvals.revoke.6abe1d"
CHANGE = "wallet.approvals.change.6abe1d"


@pytest.fixture
def tab(open_tab: OpenTab, fake_node: FakeNode) -> ApprovalsTab:
    return open_tab(fake_node)


def open_revoke(tab: ApprovalsTab, qtbot: QtBot) -> ApprovalSheet:
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.mouseClick(find(tab, REVOKE), Qt.MouseButton.LeftButton)
    return last(tab, ApprovalSheet)


def open_change(tab: ApprovalsTab, qtbot: QtBot) -> ApprovalSheet:
    qtbot.mouseClick(find(tab, CHANGE), Qt.MouseButton.LeftButton)
    return last(tab, ApprovalSheet)


def review(tab: ApprovalsTab, sheet: ApprovalSheet, qtbot: QtBot, amount: str) -> None:
    sheet.form.choice.choose(1)
    qtbot.keyClicks(sheet.form.field.edit, amount)
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.keyClick(sheet.form.field.edit, Qt.Key.Key_Return)


def test_revoking_is_one_click_and_one_yes(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_revoke(tab, qtbot)
    assert fake_node.called("wallet.draft_approval") == [(0, MARKETPLACE)]
    words = words_of(sheet)
    for expected in (
        "Take the allowance back",
        "Morpheus marketplace",
        "May take afterwards",
        "Nothing",
        "at most",
        "stays where it is",
    ):
        assert expected in words
    assert [item.accessibleName() for item in sheet.findChildren(AddressGroups)] == [MARKETPLACE]
    assert not fake_node.called("wallet.send")
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert told.args == ["Morpheus marketplace may take nothing any more", "success"]
    assert not sheet.isVisible()
    qtbot.waitUntil(lambda: tab.empty.isVisible())


def test_revoking_by_keyboard_only(tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    find(tab, REVOKE).setFocus()
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.keyClick(find(tab, REVOKE), Qt.Key.Key_Space)
    sheet = last(tab, ApprovalSheet)
    assert sheet.back_button.hasFocus(), "the harmless one first"
    press_tab_until(sheet.next_button, qtbot)
    with qtbot.waitSignal(tab.told):
        qtbot.keyClick(sheet.next_button, Qt.Key.Key_Space)
    assert len(fake_node.called("wallet.send")) == 1


def test_escape_sends_nothing(tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = open_revoke(tab, qtbot)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert not fake_node.called("wallet.send")


def test_exactly_is_the_default_of_a_change(tab: ApprovalsTab, qtbot: QtBot) -> None:
    sheet = open_change(tab, qtbot)
    assert sheet.form.choice.index == 0
    assert "Exactly what each session locks" in words_of(sheet)
    assert not sheet.form.field.isVisible()
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert sheet.next_button.accessibleName() == "Revoke"


def test_approving_once_for_an_amount(tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = open_change(tab, qtbot)
    review(tab, sheet, qtbot, "25,5")
    assert fake_node.called("wallet.draft_approval") == [(25_500_000_000_000_000_000, MARKETPLACE)]
    assert sheet.next_button.accessibleName() == "Approve 25.50\u00a0MOR"
    assert "Number of the transaction" not in words_of(sheet)
    qtbot.mouseClick(find(tab, "wallet.approvals.sheet.advanced"), Qt.MouseButton.LeftButton)
    assert {"Number of the transaction (nonce)", "42"} <= texts_of(sheet)
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert told.args[0] == "Allowed: 25.50\u00a0MOR"
    assert fake_node.world.approvals[0].amount == 25_500_000_000_000_000_000


def test_no_amount_is_told_at_the_field(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_change(tab, qtbot)
    sheet.form.choice.choose(1)
    qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert "above 0" in sheet.form.field.edit.accessibleDescription()
    assert not fake_node.called("wallet.draft_approval")


def test_going_back_forgets_the_password(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_change(tab, qtbot)
    review(tab, sheet, qtbot, "80")
    qtbot.keyClicks(sheet.guard.password_field.edit, "correct horse")
    qtbot.mouseClick(sheet.back_button, Qt.MouseButton.LeftButton)
    assert sheet.form.isVisible()
    assert sheet.guard.password_field.text() == ""
    assert sheet.isVisible()


def test_much_needs_the_password_and_a_wrong_one_is_told(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_change(tab, qtbot)
    review(tab, sheet, qtbot, "80")
    assert not sheet.next_button.isEnabled()
    qtbot.keyClicks(sheet.guard.password_field.edit, "wrong")
    with qtbot.waitSignal(tab._presenter.send_failed):
        qtbot.keyClick(sheet.guard.password_field.edit, Qt.Key.Key_Return)
    assert "password" in sheet.guard.password_field.edit.accessibleDescription()
    sheet.guard.password_field.set_text("correct horse")
    with qtbot.waitSignal(tab.told):
        qtbot.keyClick(sheet.guard.password_field.edit, Qt.Key.Key_Return)
    assert fake_node.world.approvals[0].amount == 80 * MOR


def test_an_opening_session_is_warned_about(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    known = fake_node.world.approvals[0].model_copy(update={"needed_by_open": 5 * MOR})
    fake_node.world.approvals = [known]
    tab = open_tab(fake_node)
    sheet = open_revoke(tab, qtbot)
    assert "A session that is being opened needs 5 MOR" in words_of(sheet)
    assert "With less it cannot be opened." in words_of(sheet)


def test_without_ether_it_says_what_is_missing(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail(
        "wallet.draft_approval", NotEnoughGasError("You need a little ETH for the network fee.")
    )
    with qtbot.waitSignal(tab._presenter.draft_failed):
        qtbot.mouseClick(find(tab, REVOKE), Qt.MouseButton.LeftButton)
    sheet = last(tab, ApprovalSheet)
    assert "You need a little ETH" in words_of(sheet)
    assert sheet.next_button.accessibleName() == "Check again"
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert "You need a little ETH" not in words_of(sheet)
    assert sheet.next_button.accessibleName() == "Revoke"


def test_an_aged_draft_is_made_again_and_asked_again(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_revoke(tab, qtbot)
    fake_node.fail("wallet.send", QuoteExpiredError("This transfer is no longer up to date."))
    with qtbot.waitSignal(tab._presenter.drafted):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert "older than five minutes" in words_of(sheet)
    assert sheet.isVisible()
    assert fake_node.world.approvals[0].amount, "nothing was sent without a new yes"
    with qtbot.waitSignal(tab.told):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)


def test_the_time_ages_a_draft_too(tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    open_revoke(tab, qtbot)
    status = sample_data.status(fake_node.world.network)
    with qtbot.waitSignal(tab._presenter.drafted):
        tab._presenter.time.follow(status.model_copy(update={"now": status.now + 301}))
    assert len(fake_node.called("wallet.draft_approval")) == 2


def test_a_wallet_that_locks_meanwhile_asks_to_unlock(
    tab: ApprovalsTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_revoke(tab, qtbot)
    fake_node.fail("wallet.send", WalletLockedError("The wallet is locked."))
    with qtbot.waitSignal(tab.problem):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert sheet.isVisible()
    assert sheet.next_button.isEnabled()


def test_what_is_on_its_way_can_be_left(
    tab: ApprovalsTab, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    sheet = open_revoke(tab, qtbot)
    gate = fake_node.hold("wallet.send")
    qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible(), "not before the network has it"
    signals.emit_event(TransactionChanged(tx_hash="0x1", status="sent", summary=""))
    assert "On its way" in words_of(sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    with qtbot.waitSignal(tab.told) as told:
        gate.set()
    assert told.args[1] == "success"


def test_a_failure_after_the_sheet_was_closed_is_told(
    tab: ApprovalsTab, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    sheet = open_revoke(tab, qtbot)
    gate = fake_node.hold("wallet.send")
    fake_node.fail("wallet.send", TxStuckError("The network is slow."))
    qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    signals.emit_event(TransactionChanged(tx_hash="0x1", status="sent", summary=""))
    with qtbot.waitSignal(sheet.destroyed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    with qtbot.waitSignal(tab.told) as told:
        gate.set()
    assert told.args == ["The network is slow.", "warning"]
