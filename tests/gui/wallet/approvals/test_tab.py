"""What contracts may take: told in words, with the unusual marked, in every state."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.approvals.presenter import ApprovalsPresenter
from morpheus_desktop.pages.wallet.approvals.sheet import ApprovalSheet
from morpheus_desktop.pages.wallet.approvals.tab import ApprovalsTab
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.banner import Banner
from node.core.errors import NoTargetError, RpcUnavailableError, WalletLockedError
from node.service.dto import ApprovalView
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import MARKETPLACE, MOR
from tests.fakes.sample_market import PROVIDERS
from tests.gui.wallet.approvals.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, show_tab, still_time, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
REVOKE = "wallet.approvals.revoke.6abe1d"


def test_the_marketplace_is_named_with_amount_and_last_use(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    words = words_of(tab)
    for expected in ("Morpheus marketplace", "0x6aBE…030a", "12.00\u00a0MOR", "last used"):
        assert expected in words
    qtbot.mouseClick(find(tab, "wallet.approvals.copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == MARKETPLACE


def test_unlimited_and_strangers_are_marked(open_tab: OpenTab, fake_node: FakeNode) -> None:
    known = fake_node.world.approvals[0].model_copy(update={"amount": 2**256 - 1})
    stranger = ApprovalView(spender=PROVIDERS[1][0], spender_name="", amount=5 * MOR)
    fake_node.world.approvals = [known, stranger]
    tab = open_tab(fake_node)
    words = words_of(tab)
    assert "Unlimited" in words
    assert "may take all MOR of this wallet" in words
    assert "Unknown contract" in words
    assert "This is not the marketplace" in words
    assert tab.cards[1].revoke_button.isVisible()
    assert not tab.cards[1].change_button.isVisible(), "strangers can only be revoked"


def test_what_an_opening_session_needs_is_told(open_tab: OpenTab, fake_node: FakeNode) -> None:
    known = fake_node.world.approvals[0].model_copy(update={"needed_by_open": 5 * MOR})
    fake_node.world.approvals = [known]
    assert "5.00\u00a0MOR of it are needed by a session" in words_of(open_tab(fake_node))


def test_with_nothing_allowed_the_rule_is_explained(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    known = fake_node.world.approvals[0].model_copy(update={"amount": 0})
    fake_node.world.approvals = [known]
    tab = open_tab(fake_node)
    assert "Each session approves exactly what it locks" in words_of(tab)
    assert tab.cards == []
    qtbot.keyClick(tab.empty.button, Qt.Key.Key_Space)
    assert tab.findChild(ApprovalSheet) is not None


def test_the_count_stands_behind_the_tab(
    tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = ApprovalsPresenter(fake_node, tasks, NodeSignals(), still_time(fake_node))
    tab = show_tab(ApprovalsTab(presenter), qtbot)
    with qtbot.waitSignal(tab.count_changed) as count:
        tab.shown()
    assert count.args == ["1"]


def test_a_skeleton_stands_until_the_first_answer(
    tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    gate = fake_node.hold("wallet.approvals")
    presenter = ApprovalsPresenter(fake_node, tasks, NodeSignals(), still_time(fake_node))
    tab = show_tab(ApprovalsTab(presenter), qtbot)
    tab.shown()
    assert tab.view._skeleton.isVisible()
    with qtbot.waitSignal(presenter.loaded):
        gate.set()
    assert not tab.view._skeleton.isVisible()


def test_a_failure_keeps_what_was_known_and_can_be_retried(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.approvals", RpcUnavailableError("No connection to the Base network."))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    banner = find(tab, "wallet.approvals.banner")
    assert isinstance(banner, Banner)
    assert "funds are not affected" in banner.accessibleName()
    assert "Shown is what was known at" in banner.accessibleName()
    assert tab.cards[0].isVisible()
    with qtbot.waitSignal(tab._presenter.loaded):
        banner.action.emit()
    assert tab.findChild(Banner) is None or not tab.findChildren(Banner)[-1].isVisible()


def test_without_a_network_it_says_so(tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot) -> None:
    fake_node.fail("wallet.approvals", NoTargetError("No network is chosen yet."))
    presenter = ApprovalsPresenter(fake_node, tasks, NodeSignals(), still_time(fake_node))
    tab = show_tab(ApprovalsTab(presenter), qtbot)
    with qtbot.waitSignal(presenter.failed):
        tab.shown()
    assert "No network is chosen yet." in words_of(tab)


def test_a_watched_account_cannot_change_anything(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    tab = open_tab(fake_node)
    assert not tab.cards[0].revoke_button.isEnabled()
    assert "watched only" in tab.cards[0].revoke_button.toolTip()


def test_a_locked_wallet_is_unlocked_first(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"locked": True})
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.problem) as problem:
        qtbot.mouseClick(find(tab, REVOKE), Qt.MouseButton.LeftButton)
    assert isinstance(problem.args[0], WalletLockedError)
    assert tab.findChild(ApprovalSheet) is None


def test_events_refresh_only_what_is_looked_at(
    open_tab: OpenTab, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.hide()
    signals.balance_changed.emit()
    assert len(fake_node.called("wallet.approvals")) == 1
    tab.show()
    fake_node.world.approvals = [
        fake_node.world.approvals[0].model_copy(update={"amount": 3 * MOR})
    ]
    with qtbot.waitSignal(tab._presenter.loaded):
        signals.balance_changed.emit()
    assert "3.00\u00a0MOR" in words_of(tab)


def test_the_focus_stays_when_figures_change(
    open_tab: OpenTab, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    find(tab, REVOKE).setFocus()
    fake_node.world.approvals = [
        fake_node.world.approvals[0].model_copy(update={"amount": 3 * MOR})
    ]
    with qtbot.waitSignal(tab._presenter.loaded):
        signals.balance_changed.emit()
    assert tab.focusWidget() is find(tab, REVOKE)
