"""A wallet page on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.page import WalletPage
from morpheus_desktop.pages.wallet.presenter import WalletPresenter
from morpheus_desktop.pages.wallet.tabs import TabMaker, WalletTabs
from morpheus_desktop.tasks import GuiTasks
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode

OpenWallet = Callable[[FakeNode], WalletPage]


@pytest.fixture
def open_wallet(tasks: GuiTasks, qtbot: QtBot) -> OpenWallet:
    """Show the page and wait until it knows the wallet."""

    def show(node: FakeNode) -> WalletPage:
        time = ChainTime(monotonic=lambda: 0.0)
        time.follow(sample_data.status(node.world.network))
        signals = NodeSignals()
        presenter = WalletPresenter(node, tasks, signals, time)
        tabs = WalletTabs(TabMaker(node, tasks, signals, time).factories())
        page = WalletPage(presenter, tabs)
        qtbot.addWidget(page)
        page.resize(1208, 748)
        page.show()
        with qtbot.waitSignal(presenter.loaded):
            page.shown()
        return page

    return show


@pytest.fixture
def demo_node() -> FakeNode:
    node = FakeNode()
    node.world.network = sample_data.networks()[2]
    node.world.wallet = sample_data.wallet_status("memory")
    return node
