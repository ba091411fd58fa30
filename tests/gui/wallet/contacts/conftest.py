"""The address book on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.contacts.presenter import ContactsPresenter
from morpheus_desktop.pages.wallet.contacts.tab import ContactsTab
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import show_tab, still_time, take_focus

OpenTab = Callable[[FakeNode], ContactsTab]


@pytest.fixture
def open_tab(tasks: GuiTasks, qtbot: QtBot) -> OpenTab:
    """Show the tab and wait until it knows the contacts."""

    def show(node: FakeNode) -> ContactsTab:
        presenter = ContactsPresenter(node, tasks, NodeSignals(), still_time(node))
        tab = show_tab(ContactsTab(presenter), qtbot)
        presenter.setParent(tab)
        with qtbot.waitSignal(presenter.loaded):
            tab.shown()
        take_focus(tab, qtbot)
        return tab

    return show
