"""The activity on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.activity.presenter import ActivityPresenter
from morpheus_desktop.pages.wallet.activity.tab import ActivityTab
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import show_tab, still_time, take_focus

OpenTab = Callable[[FakeNode], ActivityTab]


@pytest.fixture
def open_tab(tasks: GuiTasks, qtbot: QtBot) -> OpenTab:
    """Show the tab and wait until it knows the transactions."""

    def show(node: FakeNode) -> ActivityTab:
        signals = NodeSignals()
        tasks.spawn(signals.run(node), "events")
        presenter = ActivityPresenter(node, tasks, signals, still_time(node))
        tab = show_tab(ActivityTab(presenter), qtbot, width=760, height=900)
        presenter.setParent(tab)
        with qtbot.waitSignal(presenter.loaded):
            tab.shown()
        take_focus(tab, qtbot)
        return tab

    return show
