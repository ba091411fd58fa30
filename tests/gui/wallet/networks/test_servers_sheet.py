"""The list of servers: tried, ordered, removed, and changed all at once or not at all."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.servers_sheet import ServersSheet
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from node.core.errors import ConfigError, UserInputError
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_servers import PUBLIC, servers
from tests.gui.wallet.networks.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
OWN = "https://rpc.example.org/v2/abcdef"
EDIT = "wallet.networks.servers.edit"


@pytest.fixture
def tab(open_tab: OpenTab, fake_node: FakeNode) -> NetworksTab:
    return open_tab(fake_node)


def open_sheet(tab: NetworksTab, qtbot: QtBot) -> ServersSheet:
    qtbot.mouseClick(find(tab, "wallet.networks.edit"), Qt.MouseButton.LeftButton)
    return last(tab, ServersSheet)


def add(tab: NetworksTab, sheet: ServersSheet, qtbot: QtBot, url: str = OWN) -> None:
    qtbot.keyClicks(sheet.field.edit, url)
    with qtbot.waitSignal(tab._presenter.checked):
        qtbot.keyClick(sheet.field.edit, Qt.Key.Key_Return)


def save(tab: NetworksTab, sheet: ServersSheet, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab._presenter.servers_saved):
        qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)


def test_an_own_server_is_tried_then_saved_with_the_public_ones(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(tab, qtbot)
    assert not sheet.save_button.isEnabled()
    assert sheet.save_button.toolTip() == "Nothing has changed."
    add(tab, sheet, qtbot)
    words = words_of(sheet)
    assert "rpc.example.org is Base: it answered in 61 ms" in words
    assert "abcdef" not in words, "the key of the address stays hidden"
    assert "4 operators: amounts are compared." in words
    assert not fake_node.called("system.set_rpc_urls")
    save(tab, sheet, qtbot)
    assert fake_node.called("system.check_rpc_url") == [(OWN,)]
    assert fake_node.called("system.set_rpc_urls") == [((OWN, *PUBLIC),)]
    assert not sheet.isVisible()
    qtbot.waitUntil(lambda: tab.current.rows.rows[0].name == "rpc.example.org")


@pytest.mark.parametrize(
    "error",
    [
        UserInputError("This server is not Base: eth.example belongs to network 1, not to 8453."),
        UserInputError("rpc.example.org does not answer as a node of a chain."),
        ConfigError("RPC addresses start with https://"),
    ],
)
def test_a_server_of_no_use_is_told_at_the_field(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot, error: UserInputError
) -> None:
    sheet = open_sheet(tab, qtbot)
    fake_node.fail("system.check_rpc_url", error)
    qtbot.keyClicks(sheet.field.edit, OWN)
    with qtbot.waitSignal(tab._presenter.check_failed):
        qtbot.mouseClick(sheet.try_button, Qt.MouseButton.LeftButton)
    assert error.message in sheet.field.edit.accessibleDescription()
    assert sheet.field.text() == OWN
    assert sheet.list.urls() == PUBLIC


def test_the_same_server_is_not_added_twice(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(tab, qtbot)
    qtbot.keyClicks(sheet.field.edit, PUBLIC[1])
    qtbot.keyClick(sheet.field.edit, Qt.Key.Key_Return)
    assert "in the list already" in sheet.field.edit.accessibleDescription()
    assert not fake_node.called("system.check_rpc_url")


def test_the_order_is_changed_by_keyboard_and_the_focus_follows(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(tab, qtbot)
    up = find(tab, f"{EDIT}.up.2")
    up.setFocus()
    qtbot.keyClick(up, Qt.Key.Key_Space)
    again = find(tab, f"{EDIT}.up.1")
    assert sheet.focusWidget() is again
    qtbot.keyClick(again, Qt.Key.Key_Space)
    assert sheet.list.urls() == (PUBLIC[2], PUBLIC[0], PUBLIC[1])
    assert not find(tab, f"{EDIT}.up.0").isEnabled()
    assert sheet.focusWidget() is find(tab, f"{EDIT}.down.0"), "the one beside it"
    save(tab, sheet, qtbot)
    assert fake_node.called("system.set_rpc_urls") == [((PUBLIC[2], PUBLIC[0], PUBLIC[1]),)]


def test_too_few_operators_are_warned_about_and_none_is_refused(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(tab, qtbot)
    qtbot.mouseClick(find(tab, f"{EDIT}.remove.0"), Qt.MouseButton.LeftButton)
    assert sheet.list.urls() == PUBLIC[1:]
    assert "as one server tells them" in sheet.list.trust.text()
    assert sheet.save_button.isEnabled()
    for _ in range(2):
        qtbot.mouseClick(find(tab, f"{EDIT}.remove.0"), Qt.MouseButton.LeftButton)
    assert not sheet.save_button.isEnabled()
    assert sheet.save_button.toolTip() == "Keep at least one server."


def test_back_to_the_public_ones(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    fake_node.world.servers = servers((OWN,))
    tab = open_tab(fake_node)
    sheet = open_sheet(tab, qtbot)
    qtbot.mouseClick(find(tab, f"{EDIT}.public"), Qt.MouseButton.LeftButton)
    assert sheet.list.urls() == PUBLIC
    assert not has(tab, f"{EDIT}.public")
    save(tab, sheet, qtbot)
    assert fake_node.called("system.set_rpc_urls") == [((),)], "the program's own list, not a copy"


def test_what_the_node_refuses_keeps_the_sheet_open(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(tab, qtbot)
    add(tab, sheet, qtbot)
    fake_node.fail(
        "system.set_rpc_urls",
        ConfigError("The RPC address is fixed by ETH_NODE_ADDRESS.", code="config.fixed"),
    )
    with qtbot.waitSignal(tab._presenter.save_failed):
        qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert "is fixed by ETH_NODE_ADDRESS." in words_of(sheet)
    assert sheet.isVisible()
    assert sheet.save_button.isEnabled()


def test_escape_changes_nothing(tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = open_sheet(tab, qtbot)
    qtbot.mouseClick(find(tab, f"{EDIT}.remove.0"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert not fake_node.called("system.set_rpc_urls")
    assert open_sheet(tab, qtbot).list.urls() == PUBLIC


def test_enter_on_a_server_leads_to_the_list(tab: NetworksTab, qtbot: QtBot) -> None:
    tab.current.table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.current.table, Qt.Key.Key_Return)
    assert last(tab, ServersSheet).list.urls() == PUBLIC


def test_the_whole_reason_is_the_tooltip_of_a_server(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    first = fake_node.world.endpoints[0]
    reason = "A very long <b>reason</b> " * 5
    bad = first.model_copy(update={"state": "failing", "reason": reason})
    fake_node.world.endpoints = (bad,)
    tab = open_tab(fake_node)
    text = tab.current.rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "mainnet.base.org" in text
    assert "<b>reason" not in text
