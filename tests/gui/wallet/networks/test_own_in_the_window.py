"""A network that the user added, wherever else networks are chosen: the header and the settings."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.add_sheet import AddSheet
from morpheus_desktop.pages.wallet.networks.other_card import OtherCard
from morpheus_desktop.pages.wallet.tabs import NETWORKS, WalletTabs
from morpheus_desktop.widgets.choices import RadioRow
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.networks.own_kit import fill, own_network
from tests.gui.wallet.tab_kit import words_of
from tests.gui.window_kit import OpenWindow, WindowKit

pytestmark = pytest.mark.qt_log_ignore(
    "propagateSizeHints", "does not support raise", "grabbing the keyboard"
)


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    long = "The second market of our friends (west)"
    fake_node.world.added = [own_network(), own_network("west", title=long, is_test=False)]
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    return kit


def open_menu(kit: WindowKit) -> QMenu:
    kit.click("status.net")
    kit.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_header_offers_it_with_what_its_money_is(kit: WindowKit, fake_node: FakeNode) -> None:
    menu = open_menu(kit)
    titles = [action.text() for action in menu.actions()]
    assert titles[-2:] == [
        "Team network · Test money",
        "The second market of our friends (west) · Real money",
    ]
    for _ in titles:
        kit.qtbot.keyClick(menu, Qt.Key.Key_Down)
    kit.qtbot.keyClick(menu, Qt.Key.Key_Return)
    kit.click("network.switch.go")
    chip = kit.window.top_bar.network
    kit.until(lambda: chip.text() == "The second market of ou…")
    assert chip.accessibleName() == "Network: The second market of our friends (west)"
    assert chip.toolTip() == "The second market of our friends (west)"
    assert chip.tone == ""
    kit.until(lambda: ({"network": "west"},) in fake_node.called("system.set_settings"))


def test_a_test_network_tints_the_header(kit: WindowKit) -> None:
    menu = open_menu(kit)
    team = next(item for item in menu.actions() if item.text().startswith("Team"))
    menu.setActiveAction(team)
    kit.qtbot.keyClick(menu, Qt.Key.Key_Return)
    kit.click("network.switch.go")
    kit.until(lambda: kit.window.top_bar.network.text() == "Team network")
    assert kit.window.top_bar.network.tone == "warning"


def test_the_settings_offer_it_too(kit: WindowKit, fake_node: FakeNode) -> None:
    kit.navigation.go("settings")
    kit.until(lambda: kit.has("settings.network.west"))
    assert "Real money · Chain 4711" in words_of(kit.find(RadioRow, "settings.network.west"))
    assert "Test money · Chain 4711" in words_of(kit.find(RadioRow, "settings.network.team"))
    kit.click("settings.network.team")
    kit.click("network.switch.go")
    kit.until(lambda: kit.window.top_bar.network.text() == "Team network")
    assert fake_node.called("system.select_network")[-1] == ("team",)


def test_one_that_is_added_is_offered_at_once(
    kit: WindowKit, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.added = []
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"))
    tabs = kit.window.findChild(WalletTabs)
    assert tabs is not None
    tabs.choose(NETWORKS)
    kit.click("wallet.networks.add.open")
    fill(kit.find(AddSheet, "wallet.networks.add"), qtbot)
    kit.click("wallet.networks.add.check")
    kit.click("wallet.networks.add.go")
    kit.until(lambda: kit.has("wallet.networks.card.team-network"))
    card = kit.find(OtherCard, "wallet.networks.card.team-network")
    kit.until(lambda: card.visibleRegion().boundingRect().height() == card.height())
    menu = open_menu(kit)
    assert menu.actions()[-1].text() == "Team network · Real money"
    menu.close()
