"""The accounts tab on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import show_tab, still_time, take_focus

OpenTab = Callable[[FakeNode], AccountsTab]


@pytest.fixture
def open_tab(tasks: GuiTasks, qtbot: QtBot) -> OpenTab:
    """Show the tab and wait until it knows the accounts and what they hold."""

    def show(node: FakeNode) -> AccountsTab:
        presenter = AccountsPresenter(node, tasks, NodeSignals(), still_time(node))
        tab = show_tab(AccountsTab(presenter), qtbot)
        presenter.setParent(tab)
        tab.shown()
        qtbot.waitUntil(lambda: presenter.state is not None and not presenter.state.is_reading)
        take_focus(tab, qtbot)
        return tab

    return show
