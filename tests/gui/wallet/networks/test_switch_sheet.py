"""Choosing another network: what is left behind is said before."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.switch_sheet import SwitchSheet
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from node.core.errors import ConfigError, RpcUnavailableError
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.networks.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def open_switch(tab: NetworksTab, name: str, qtbot: QtBot) -> SwitchSheet:
    with qtbot.waitSignal(tab._presenter.leaving_counted):
        qtbot.mouseClick(find(tab, f"wallet.networks.use.{name}"), Qt.MouseButton.LeftButton)
    return last(tab, SwitchSheet)


def test_open_sessions_are_counted_and_explained(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = open_switch(tab, "base-sepolia", qtbot)
    words = words_of(sheet)
    assert "2 sessions are open on Base. They run on" in words
    assert "when Base is in use again" in words
    assert "has no value" in words
    assert "Your wallet, contacts and chats stay." in words
    assert not fake_node.called("system.select_network")


def test_choosing_by_keyboard_only(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    button = find(tab, "wallet.networks.use.base-sepolia")
    button.setFocus()
    with qtbot.waitSignal(tab._presenter.leaving_counted):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    sheet = last(tab, SwitchSheet)
    assert sheet.cancel_button.hasFocus(), "the harmless one first"
    press_tab_until(sheet.use_button, qtbot)
    with qtbot.waitSignals([tab.told, tab.network_selected, tab._presenter.loaded]):
        qtbot.keyClick(sheet.use_button, Qt.Key.Key_Space)
    assert fake_node.called("system.select_network") == [("base-sepolia",)]
    assert tab.current.accessibleName() == "Base Sepolia, in use, Test money"
    assert not has(tab, "wallet.networks.switch")


def test_leaving_the_demo_says_what_is_gone(
    open_tab: OpenTab, demo_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_switch(open_tab(demo_node), "base", qtbot)
    assert "play money and its sessions are gone" in words_of(sheet)


def test_nothing_open_leaves_nothing_to_say(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    assert "run" not in words_of(open_switch(open_tab(fake_node), "base-sepolia", qtbot))


def test_without_an_answer_about_sessions_it_is_said_for_all(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("sessions.list", RpcUnavailableError("No connection."))
    sheet = open_switch(tab, "base-sepolia", qtbot)
    assert "Sessions that are open on Base run on" in words_of(sheet)


def test_a_network_that_cannot_be_opened_says_why(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = open_switch(tab, "base-sepolia", qtbot)
    fake_node.fail(
        "system.select_network", ConfigError("The settings name chain 1.", hint="Remove one.")
    )
    with qtbot.waitSignal(tab._presenter.select_failed):
        qtbot.mouseClick(sheet.use_button, Qt.MouseButton.LeftButton)
    assert "The settings name chain 1. Remove one." in words_of(sheet)
    assert sheet.use_button.isEnabled()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_it_stays_open_while_the_network_changes(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    sheet = open_switch(tab, "demo", qtbot)
    gate = fake_node.hold("system.select_network")
    qtbot.mouseClick(sheet.use_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    with qtbot.waitSignal(tab.network_selected):
        gate.set()
    qtbot.waitUntil(lambda: tab.current.accessibleName() == "Demo, in use, Play money")
