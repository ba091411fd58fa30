"""Header, settings and wallet: wherever a network is chosen, the same is asked and done."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from morpheus_desktop.pages.wallet.tabs import NETWORKS, WalletTabs
from morpheus_desktop.widgets.choices import RadioRow
from node.core.errors import ConfigError, RpcUnavailableError
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import press_tab_until, words_of
from tests.gui.window_kit import OpenWindow, WindowKit

pytestmark = pytest.mark.qt_log_ignore(
    "propagateSizeHints", "does not support raise", "grabbing the keyboard"
)
SELECT = "system.select_network"
SHEET = "network.switch"
Choose = Callable[[WindowKit, str], None]


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    return ready(open_kit, fake_node)


def ready(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    kit = open_kit(node)
    kit.until(lambda: kit.window.section == "chat")
    kit.until(lambda: kit.shell.state.network == node.world.network)
    kit.window.activateWindow()
    kit.until(kit.window.isActiveWindow)
    return kit


def in_the_header(kit: WindowKit, name: str) -> None:
    """With the keys, from the chip on."""
    chip = kit.window.top_bar.network
    chip.setFocus()
    kit.qtbot.keyClick(chip, Qt.Key.Key_Space)
    kit.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for _ in range(1 + [item.name for item in sample_data.networks()].index(name)):
        kit.qtbot.keyClick(menu, Qt.Key.Key_Down)
    kit.qtbot.keyClick(menu, Qt.Key.Key_Return)


def in_the_settings(kit: WindowKit, name: str) -> None:
    kit.navigation.go("settings")
    kit.click(f"settings.network.{name}")


def in_the_wallet(kit: WindowKit, name: str) -> None:
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"))
    tabs = kit.window.findChild(WalletTabs)
    assert tabs is not None
    tabs.choose(NETWORKS)
    kit.click(f"wallet.networks.use.{name}")


PLACES = pytest.mark.parametrize("choose", [in_the_header, in_the_settings, in_the_wallet])


@PLACES
def test_open_sessions_are_asked_about_and_cancel_changes_nothing(
    kit: WindowKit, fake_node: FakeNode, choose: Choose
) -> None:
    choose(kit, "base-sepolia")
    kit.until(lambda: kit.has(SHEET))
    assert "2 sessions are open on Base" in words_of(kit.find(QWidget, SHEET))
    kit.click(f"{SHEET}.cancel")
    kit.until(lambda: not kit.has(SHEET))
    assert not fake_node.called(SELECT)
    assert kit.window.top_bar.network.text() == "Base"


@PLACES
def test_use_changes_it_everywhere_and_for_the_next_start(
    kit: WindowKit, fake_node: FakeNode, choose: Choose
) -> None:
    choose(kit, "base-sepolia")
    kit.click(f"{SHEET}.go")
    kit.until(lambda: kit.window.top_bar.network.text() == "Base Sepolia")
    assert not kit.has(SHEET)
    assert fake_node.called(SELECT) == [("base-sepolia",)]
    kit.until(lambda: ({"network": "base-sepolia"},) in fake_node.called("system.set_settings"))
    assert kit.window.toasts.texts() == ["Base Sepolia is in use"]


@PLACES
def test_what_goes_wrong_is_said_in_the_sheet(
    kit: WindowKit, fake_node: FakeNode, choose: Choose
) -> None:
    fake_node.fail(SELECT, ConfigError("The settings name chain 1.", hint="Remove one."))
    choose(kit, "demo")
    kit.click(f"{SHEET}.go")
    sheet = kit.find(QWidget, SHEET)
    kit.until(lambda: "The settings name chain 1. Remove one." in words_of(sheet))
    kit.qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert kit.window.top_bar.network.text() == "Base"


@PLACES
def test_the_first_way_out_of_the_demo_is_one_question(
    open_kit: OpenWindow, fake_node: FakeNode, choose: Choose
) -> None:
    fake_node.world.network, fake_node.world.sessions = sample_data.networks()[2], []
    kit = ready(open_kit, fake_node)
    choose(kit, "base")
    kit.until(lambda: kit.has(SHEET))
    words = words_of(kit.find(QWidget, SHEET))
    assert "Its MOR and ETH are real money." in words
    assert "The demo ends" in words
    kit.click(f"{SHEET}.go")
    kit.until(lambda: kit.window.top_bar.network.text() == "Base")


@PLACES
def test_with_nothing_open_play_money_is_no_question(
    open_kit: OpenWindow, fake_node: FakeNode, choose: Choose
) -> None:
    fake_node.world.sessions = []
    kit = ready(open_kit, fake_node)
    gate = fake_node.hold(SELECT)
    choose(kit, "demo")
    kit.until(lambda: kit.window.top_bar.network.text() == "Changing…")
    assert kit.window.top_bar.network.accessibleName() == "Network: Demo, is being opened"
    assert not kit.has(SHEET)
    gate.set()
    kit.until(lambda: kit.window.top_bar.network.text() == "Demo")
    assert not fake_node.called("system.set_settings")


def test_without_a_sheet_a_failure_is_a_notice_above_the_page(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.sessions = []
    kit = ready(open_kit, fake_node)
    fake_node.fail(SELECT, RpcUnavailableError("No connection to Base Sepolia."))
    in_the_header(kit, "base-sepolia")
    kit.until(lambda: "No connection to Base Sepolia." in words_of(kit.window))
    assert kit.window.top_bar.network.text() == "Base"


def test_the_settings_mark_what_is_in_use_not_what_is_asked_about(kit: WindowKit) -> None:
    kit.navigation.go("settings")
    kit.until(lambda: kit.has("settings.network.base-sepolia"))
    base, sepolia = (
        kit.find(RadioRow, f"settings.network.{name}") for name in ("base", "base-sepolia")
    )
    sepolia.setFocus()
    kit.qtbot.keyClick(sepolia, Qt.Key.Key_Space)
    kit.until(lambda: kit.has(SHEET))
    assert (base.is_chosen, sepolia.is_chosen) == (True, False)
    kit.qtbot.keyClick(kit.find(QWidget, SHEET), Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is sepolia
    kit.qtbot.keyClick(sepolia, Qt.Key.Key_Space)
    kit.until(lambda: kit.has(SHEET))
    press_tab_until(kit.find(QWidget, f"{SHEET}.go"), kit.qtbot)
    kit.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    kit.until(lambda: sepolia.is_chosen)
    assert not base.is_chosen
    assert QApplication.focusWidget() is sepolia, "the keyboard goes on where it was"


@pytest.mark.parametrize("choose", [in_the_header, in_the_settings])
def test_the_one_in_use_is_left_alone(kit: WindowKit, fake_node: FakeNode, choose: Choose) -> None:
    choose(kit, "base")
    kit.until(lambda: not QApplication.activePopupWidget())
    choose(kit, "base-sepolia")
    kit.click(f"{SHEET}.go")
    kit.until(lambda: kit.window.top_bar.network.text() == "Base Sepolia")
    assert fake_node.called(SELECT) == [("base-sepolia",)]


def test_the_keyboard_is_not_lost_when_the_wallet_lists_others(kit: WindowKit) -> None:
    in_the_wallet(kit, "base-sepolia")
    kit.click(f"{SHEET}.go")
    kit.until(lambda: kit.has("wallet.networks.use.base"))
    kit.until(lambda: QApplication.focusWidget() is not None)
    press_tab_until(kit.find(QWidget, "wallet.networks.use.base"), kit.qtbot)
