"""The networks tab on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.network_change import NetworkChange
from morpheus_desktop.pages.wallet.networks.presenter import NetworksPresenter
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from morpheus_desktop.tasks import GuiTasks
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import show_tab, still_time, take_focus

OpenTab = Callable[[FakeNode], NetworksTab]


class Stopwatch:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def signals() -> NodeSignals:
    return NodeSignals()


@pytest.fixture
def open_tab(tasks: GuiTasks, signals: NodeSignals, stopwatch: Stopwatch, qtbot: QtBot) -> OpenTab:
    """Show the tab and wait until it knows the networks and has tested the servers."""

    def show(node: FakeNode) -> NetworksTab:
        presenter = NetworksPresenter(node, tasks, signals, still_time(node), monotonic=stopwatch)
        tab = show_tab(NetworksTab(presenter), qtbot, height=700)
        presenter.setParent(tab)
        change = NetworkChange(tab, node, tasks)
        change.changed.connect(signals.wallet_changed)
        tab.network_requested.connect(change.choose)
        with qtbot.waitSignal(presenter.loaded):
            tab.shown()
        qtbot.waitUntil(lambda: not presenter.is_probing)
        take_focus(tab, qtbot)
        return tab

    return show


@pytest.fixture
def demo_node() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    return node
