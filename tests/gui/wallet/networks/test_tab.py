"""Networks and their servers, as they are now."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.networks.tab import EVERY_S, NetworksTab
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.data_table import CELL_ROLE
from node.core.errors import RpcUnavailableError
from node.core.events import HealthChanged
from node.service.dto import DoctorFinding, NetworkView
from tests.fakes import sample_data, sample_servers
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.networks.conftest import OpenTab, Stopwatch
from tests.gui.wallet.tab_kit import find, has, settle, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def cells(tab: NetworksTab, row: int) -> list[str]:
    model = tab.current.table.model()
    found = [model.index(row, n).data(CELL_ROLE) for n in range(model.columnCount())]
    return [f"{cell.text} {cell.detail}".strip() for cell in found]


def badges(tab: NetworksTab) -> set[str]:
    settle()
    return {item.accessibleName() for item in tab.findChildren(Badge) if item.isVisible()}


def test_the_network_in_use_with_its_servers(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    assert cells(tab, 0) == [
        "mainnet.base.org In use",
        "84\u00a0ms",
        "38\u202f211\u202f904 newest",
        "0\u00a0%",
        "8453",
    ]
    assert cells(tab, 1)[2].endswith("1 behind")
    assert "Asks for a pause" in cells(tab, 2)[0]
    assert cells(tab, 2)[3] == "14\u00a0%"
    assert "2 of 3 operators can be asked" in tab.current.trust.text()
    assert {"Real MOR", "In use", "Test money", "Play money"} == badges(tab)


def test_servers_are_tested_when_the_tab_is_first_seen(
    open_tab: OpenTab, fake_node: FakeNode, stopwatch: Stopwatch, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    assert fake_node.called("system.endpoints").count((True,)) == 1
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    assert fake_node.called("system.endpoints").count((True,)) == 1, "not every time"
    stopwatch.now += 61
    tab.shown()
    qtbot.waitUntil(lambda: fake_node.called("system.endpoints").count((True,)) == 2)


def test_a_test_says_that_it_runs_and_is_not_begun_twice(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    gate = fake_node.hold("system.endpoints")
    qtbot.mouseClick(tab.current.test_button, Qt.MouseButton.LeftButton)
    assert "up to five seconds" in tab.current.age.text()
    assert not tab.current.test_button.isEnabled()
    tab._presenter.probe()
    fake_node.world.endpoints = tuple(
        item.model_copy(update={"latency_ms": 7}) for item in fake_node.world.endpoints
    )
    gate.set()
    qtbot.waitUntil(lambda: cells(tab, 0)[1] == "7\u00a0ms")
    assert tab.current.test_button.isEnabled()
    assert fake_node.called("system.endpoints").count((True,)) == 2


def test_figures_grow_old_and_are_read_again(
    open_tab: OpenTab, fake_node: FakeNode, stopwatch: Stopwatch, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    stopwatch.now += 9
    tab._presenter.time.ticked.emit()
    assert tab.current.age.text() == "Figures of 9\u00a0s ago"
    with qtbot.waitSignal(tab._presenter.loaded):
        for _ in range(EVERY_S):
            tab._presenter.time.ticked.emit()
    assert tab.current.age.text() == "Figures of just now"
    before = len(fake_node.called("system.endpoints"))
    tab.hide()
    for _ in range(EVERY_S):
        tab._presenter.time.ticked.emit()
    assert len(fake_node.called("system.endpoints")) == before, "not while nobody looks"


def test_a_change_of_health_is_shown_at_once(
    open_tab: OpenTab, fake_node: FakeNode, signals: NodeSignals, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab._presenter.loaded):
        signals.emit_event(HealthChanged(component="network", ok=False))


def test_a_clock_that_is_off_is_told(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    fake_node.world.clock = DoctorFinding(
        name="clock", ok=False, warning=True, message="This computer's clock is 95 s ahead."
    )
    tab = open_tab(fake_node)
    qtbot.waitUntil(lambda: has(tab, "wallet.networks.notice"))
    notice = find(tab, "wallet.networks.notice")
    assert "95 s ahead" in notice.accessibleName()


def test_servers_that_disagree_are_told(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.servers = fake_node.world.servers.model_copy(
        update={"disagreement": "Two servers tell different balances."}
    )
    tab = open_tab(fake_node)
    notice = find(tab, "wallet.networks.notice")
    assert "Two servers tell different balances. Nothing is signed." in notice.accessibleName()


def test_no_key_of_an_address_is_on_the_screen(open_tab: OpenTab, fake_node: FakeNode) -> None:
    url = "https://ada:pw@rpc.example/v2/abcdef?key=1"
    fake_node.world.servers = sample_servers.servers((url,))
    fake_node.world.endpoints = (sample_servers.endpoint(url),)
    tab = open_tab(fake_node)
    assert cells(tab, 0)[0] == "rpc.example In use"
    assert "abcdef" not in f"{words_of(tab)} {tab.current.table.model().index(0, 0).data()}"


def test_contracts_are_copied_whole(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    copy = find(tab, "wallet.networks.base.token")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == sample_data.networks()[0].token


def test_the_demo_has_no_servers_and_looks_like_play(
    open_tab: OpenTab, demo_node: FakeNode
) -> None:
    tab = open_tab(demo_node)
    assert "Play money" in badges(tab)
    assert not tab.current.table.isVisible()
    assert not has(tab, "wallet.networks.edit")
    assert [card.network.name for card in tab.others] == ["base", "base-sepolia"]
    assert not demo_node.called("system.endpoints").count((True,))


def test_without_a_network_all_can_be_chosen(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.network = None
    tab = open_tab(fake_node)
    assert "No network is in use" in words_of(tab)
    assert not tab.current.isVisible()
    assert len(tab.others) == 3


def test_a_network_without_servers_says_why_it_cannot_be_used(
    open_tab: OpenTab, fake_node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = NetworkView(
        name="arbitrum", title="Arbitrum One", chain_id=42161, is_demo=False, is_test=False
    )
    networks = (*sample_data.networks(), old)
    monkeypatch.setattr(sample_data, "networks", lambda: networks)
    tab = open_tab(fake_node)
    card = next(item for item in tab.others if item.network.name == "arbitrum")
    assert not card.use_button.isEnabled()
    assert "No public server" in card.use_button.toolTip()
    assert "No public server" in words_of(card)


def test_fixed_servers_say_so(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.servers = fake_node.world.servers.model_copy(update={"fixed": True})
    tab = open_tab(fake_node)
    assert not tab.current.edit_button.isEnabled()
    assert "ETH_NODE_ADDRESS" in tab.current.edit_button.toolTip()


def test_a_failure_keeps_what_was_known(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("system.endpoints", RpcUnavailableError("The node does not answer."))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    banner = find(tab, "wallet.networks.banner")
    assert isinstance(banner, Banner)
    assert "Shown is what was known at" in banner.accessibleName()
    assert tab.current.isVisible()


def test_a_test_that_fails_is_told(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("system.endpoints", RpcUnavailableError("No connection to the network."))
    with qtbot.waitSignal(tab._presenter.probe_failed):
        qtbot.mouseClick(tab.current.test_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "No connection to the network." in words_of(tab))
    assert fake_node.called("system.endpoints").count((True,)) == 2, "no more by itself"
    assert tab.current.test_button.isEnabled()


def test_cards_stand_below_each_other_where_it_is_narrow(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    tab = open_tab(fake_node)
    first, second = tab.others
    settle()
    assert first.y() == second.y()
    tab.resize(600, 900)
    settle()
    assert first.x() == second.x()
    assert first.geometry().bottom() < second.y()
