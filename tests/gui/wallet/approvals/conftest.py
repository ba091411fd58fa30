"""The approvals tab on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.approvals.presenter import ApprovalsPresenter
from morpheus_desktop.pages.wallet.approvals.tab import ApprovalsTab
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import show_tab, still_time, take_focus

OpenTab = Callable[[FakeNode], ApprovalsTab]


@pytest.fixture
def signals() -> NodeSignals:
    return NodeSignals()


@pytest.fixture
def open_tab(tasks: GuiTasks, signals: NodeSignals, qtbot: QtBot) -> OpenTab:
    """Show the tab and wait until it knows the allowances."""

    def show(node: FakeNode) -> ApprovalsTab:
        presenter = ApprovalsPresenter(node, tasks, signals, still_time(node))
        tab = show_tab(ApprovalsTab(presenter), qtbot)
        presenter.setParent(tab)
        with qtbot.waitSignal(presenter.loaded):
            tab.shown()
        take_focus(tab, qtbot)
        return tab

    return show
