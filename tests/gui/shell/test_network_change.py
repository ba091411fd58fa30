"""Using another network: when it is asked about, what is said, what becomes of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.dialogs.network_sheet import NetworkSheet
from morpheus_desktop.network_change import NetworkChange
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import ConfigError, RpcUnavailableError, StorageError
from node.service.dto import NetworkView
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import (
    has,
    last,
    press_tab_until,
    settle,
    show_tab,
    take_focus,
    words_of,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
BASE, SEPOLIA, DEMO = sample_data.networks()[:3]
SELECT = "system.select_network"


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    return show_tab(QWidget(), qtbot)


@pytest.fixture
def change(host: QWidget, fake_node: FakeNode, tasks: GuiTasks) -> NetworkChange:
    return NetworkChange(host, fake_node, tasks)


def asked(change: NetworkChange, network: NetworkView, host: QWidget, qtbot: QtBot) -> NetworkSheet:
    take_focus(host, qtbot)
    change.choose(network)
    qtbot.waitUntil(lambda: has(host, "network.switch"))
    return last(host, NetworkSheet)


def test_open_sessions_are_counted_and_explained(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    words = words_of(asked(change, SEPOLIA, host, qtbot))
    assert "2 sessions are open on Base. They run on" in words
    assert "when Base is in use again" in words
    assert "has no value" in words
    assert "Your wallet, contacts and chats stay." in words
    assert not fake_node.called(SELECT)


def test_by_keyboard_only(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = asked(change, SEPOLIA, host, qtbot)
    assert sheet.cancel_button.hasFocus(), "the harmless one first"
    press_tab_until(sheet.use_button, qtbot)
    with qtbot.waitSignals([change.told, change.changed]):
        qtbot.keyClick(sheet.use_button, Qt.Key.Key_Space)
    assert fake_node.called(SELECT) == [("base-sepolia",)]
    assert not has(host, "network.switch")
    qtbot.waitUntil(
        lambda: fake_node.called("system.set_settings") == [({"network": "base-sepolia"},)]
    )


@pytest.mark.parametrize("way", ["cancel", "escape"])
def test_staying_changes_nothing_and_can_be_thought_over(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot, way: str
) -> None:
    sheet = asked(change, SEPOLIA, host, qtbot)
    if way == "cancel":
        qtbot.mouseClick(sheet.cancel_button, Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not has(host, "network.switch")
    asked(change, SEPOLIA, host, qtbot)
    assert not fake_node.called(SELECT)
    assert not fake_node.called("system.set_settings")


def test_nothing_open_and_no_real_money_is_done_at_once(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    opening: list[str] = []
    change.opening.connect(opening.append)
    with qtbot.waitSignals([change.told, change.changed]):
        change.choose(SEPOLIA)
    assert opening == ["Base Sepolia", ""]
    assert not has(host, "network.switch")
    assert fake_node.called(SELECT) == [("base-sepolia",)]


@pytest.mark.parametrize("network", [SEPOLIA, DEMO, None])
def test_real_money_is_always_called_that_before(
    change: NetworkChange,
    host: QWidget,
    fake_node: FakeNode,
    qtbot: QtBot,
    network: NetworkView | None,
) -> None:
    fake_node.world.network, fake_node.world.sessions = network, []
    words = words_of(asked(change, BASE, host, qtbot))
    assert "Its MOR and ETH are real money." in words
    assert "open on" not in words
    assert not fake_node.called(SELECT)


def test_without_a_network_play_money_is_used_at_once(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.network = None
    with qtbot.waitSignal(change.changed):
        change.choose(DEMO)
    assert fake_node.called(SELECT) == [("demo",)]
    settle()
    assert not fake_node.called("system.set_settings"), "the next start is not the demo"


def test_leaving_a_demo_with_sessions_says_what_is_gone(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.network = DEMO
    words = words_of(asked(change, SEPOLIA, host, qtbot))
    assert "play money and its sessions are gone" in words
    assert "On Base Sepolia your own wallet is used." in words


def test_the_demo_has_a_wallet_of_its_own(
    change: NetworkChange, host: QWidget, qtbot: QtBot
) -> None:
    words = words_of(asked(change, DEMO, host, qtbot))
    assert "The demo has a wallet of its own. Yours, your contacts and your chats stay." in words


def test_without_an_answer_about_sessions_it_is_said_for_all(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("sessions.list", RpcUnavailableError("No connection."))
    words = words_of(asked(change, SEPOLIA, host, qtbot))
    assert "Sessions that are open on Base run on" in words


def test_nobody_waits_for_a_network_that_is_silent(
    host: QWidget, fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    fake_node.hold("sessions.list")
    impatient = NetworkChange(host, fake_node, tasks, count_s=0.02)
    words = words_of(asked(impatient, SEPOLIA, host, qtbot))
    assert "Sessions that are open on Base run on" in words


def test_the_network_in_use_is_not_changed_to(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    change.choose(BASE)
    qtbot.waitUntil(lambda: bool(fake_node.called("sessions.list")))
    settle()
    assert not has(host, "network.switch")
    assert not fake_node.called(SELECT)
    asked(change, SEPOLIA, host, qtbot)


def test_one_change_at_a_time(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    gate = fake_node.hold(SELECT)
    change.choose(SEPOLIA)
    qtbot.waitUntil(lambda: fake_node.called(SELECT) == [("base-sepolia",)])
    change.choose(DEMO)
    change.resume("base")
    settle()
    with qtbot.waitSignal(change.changed):
        gate.set()
    assert fake_node.called(SELECT) == [("base-sepolia",)]


def test_a_network_that_cannot_be_opened_says_why_in_the_sheet(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = asked(change, SEPOLIA, host, qtbot)
    fake_node.fail(SELECT, ConfigError("The settings name chain 1.", hint="Remove one."))
    with qtbot.assertNotEmitted(change.failed):
        qtbot.mouseClick(sheet.use_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "The settings name chain 1. Remove one." in words_of(sheet))
    assert QApplication.focusWidget() is sheet.use_button, "it can be tried again"
    with qtbot.waitSignal(change.changed):
        qtbot.keyClick(sheet.use_button, Qt.Key.Key_Space)
    assert not sheet.isVisible()


def test_without_a_sheet_a_failure_is_told_and_another_try_is_free(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    fake_node.fail(SELECT, RpcUnavailableError("No connection."))
    opening: list[str] = []
    change.opening.connect(opening.append)
    with qtbot.waitSignal(change.failed):
        change.choose(SEPOLIA)
    assert opening == ["Base Sepolia", ""]
    with qtbot.waitSignal(change.changed):
        change.choose(SEPOLIA)


def test_what_cannot_be_remembered_is_told_and_used_all_the_same(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    fake_node.fail("system.set_settings", StorageError("The disk is full."))
    with qtbot.waitSignals([change.changed, change.failed]):
        change.choose(SEPOLIA)
    assert fake_node.world.network is not None
    assert fake_node.world.network.name == "base-sepolia"


def test_it_stays_open_while_the_network_changes(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = asked(change, DEMO, host, qtbot)
    gate = fake_node.hold(SELECT)
    qtbot.mouseClick(sheet.use_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    with qtbot.waitSignal(change.changed):
        gate.set()
    assert not has(host, "network.switch")


def test_resuming_asks_nobody_and_says_nothing(
    change: NetworkChange, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.network = None
    with qtbot.assertNotEmitted(change.told), qtbot.waitSignal(change.changed):
        change.resume("base")
    assert not has(host, "network.switch")
    qtbot.waitUntil(lambda: fake_node.called("system.set_settings") == [({"network": "base"},)])
