"""Networks that the user added, among the others: marked, used, removed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.dialogs.network_sheet import NetworkSheet
from morpheus_desktop.pages.wallet.networks.remove_sheet import RemoveSheet
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from morpheus_desktop.widgets.chips import Badge
from node.core.errors import UserInputError
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.networks.conftest import OpenTab
from tests.gui.wallet.networks.own_kit import own_network
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
REMOVE = "wallet.networks.remove"
REMOVED = "system.remove_network"


@pytest.fixture
def node(fake_node: FakeNode) -> FakeNode:
    real = own_network("west", title="Our west", chain_id=88_211, is_test=False)
    fake_node.world.added = [own_network(), real]
    return fake_node


@pytest.fixture
def tab(open_tab: OpenTab, node: FakeNode) -> NetworksTab:
    return open_tab(node)


def badges(tab: NetworksTab, name: str) -> list[str]:
    card = find(tab, f"wallet.networks.card.{name}")
    return [item.accessibleName() for item in card.findChildren(Badge) if item.isVisible()]


def ask(tab: NetworksTab, name: str, qtbot: QtBot) -> RemoveSheet:
    qtbot.mouseClick(find(tab, f"{REMOVE}.{name}"), Qt.MouseButton.LeftButton)
    return last(tab.window(), RemoveSheet)


def test_a_card_says_whose_it_is_and_what_its_money_is_worth(tab: NetworksTab) -> None:
    assert badges(tab, "team") == ["Test money", "Added by you"]
    assert badges(tab, "west") == ["Real money", "Added by you"]
    assert badges(tab, "base-sepolia") == ["Test money"]
    assert "Its MOR and ETH are real money." in words_of(find(tab, "wallet.networks.card.west"))
    assert "Its MOR has no value." in words_of(find(tab, "wallet.networks.card.team"))
    card = find(tab, "wallet.networks.card.west")
    assert card.accessibleName() == "Our west, Real money, Added by you"
    assert not has(tab, f"{REMOVE}.base-sepolia")


def test_one_that_the_settings_hold_wrongly_can_only_be_removed(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    fake_node.world.added = [own_network(hosts=())]
    tab = open_tab(fake_node)
    use = find(tab, "wallet.networks.use.team")
    assert not use.isEnabled()
    assert "Remove it and add it again" in use.toolTip()
    assert "Remove it and add it again" in words_of(find(tab, "wallet.networks.card.team"))
    assert find(tab, f"{REMOVE}.team").isEnabled()


def test_it_is_used_like_the_others(tab: NetworksTab, node: FakeNode, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(tab, "wallet.networks.use.west"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, "network.switch.go"))
    assert "are real money" in words_of(last(tab.window(), NetworkSheet))
    qtbot.mouseClick(find(tab, "network.switch.go"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.current.accessibleName().startswith("Our west, in use"))
    assert tab.current.accessibleName() == "Our west, in use, Real money, Added by you"
    assert node.called("system.select_network") == [("west",)]
    remove = find(tab, f"{REMOVE}.west")
    assert not remove.isEnabled()
    assert remove.toolTip() == "It is in use. Choose another network first."
    assert find(tab, "wallet.networks.edit").isEnabled(), "it has servers of its own"


def test_removing_asks_first_and_cancel_is_the_default(
    tab: NetworksTab, node: FakeNode, qtbot: QtBot
) -> None:
    tab.add_button.setFocus()
    press_tab_until(find(tab, f"{REMOVE}.team"), qtbot)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    sheet = last(tab.window(), RemoveSheet)
    words = words_of(sheet)
    assert "Remove Team network?" in words
    assert "Your wallet, your chats and the record of what happened there stay." in words
    assert sheet.remove_button.accessibleName() == "Remove Team network"
    assert QApplication.focusWidget() is sheet.cancel_button
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_Space)
    assert not has(tab, REMOVE)
    assert not node.called(REMOVED)
    assert QApplication.focusWidget() is find(tab, f"{REMOVE}.team")


def test_a_removed_one_is_gone_and_the_focus_is_not(
    tab: NetworksTab, node: FakeNode, qtbot: QtBot
) -> None:
    told: list[str] = []
    tab.told.connect(lambda text, _tone: told.append(text))
    sheet = ask(tab, "team", qtbot)
    qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not has(tab, "wallet.networks.card.team"))
    assert node.called(REMOVED) == [("team",)]
    assert told == ["Team network is removed"]
    assert has(tab, "wallet.networks.card.west")
    assert QApplication.focusWidget() is tab.add_button


@pytest.mark.parametrize(
    "error",
    [
        UserInputError("It is in use.", hint="Choose another first.", code="network.in_use"),
        UserInputError("1 session is open.", hint="Close it.", code="network.open"),
    ],
)
def test_why_one_cannot_be_removed_is_said_in_words(
    tab: NetworksTab, node: FakeNode, qtbot: QtBot, error: UserInputError
) -> None:
    sheet = ask(tab, "team", qtbot)
    node.fail(REMOVED, error)
    with qtbot.waitSignal(tab._presenter.own.remove_failed):
        qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    said = find(tab, f"{REMOVE}.refused").accessibleName()
    assert said == f"{error.message} {error.hint}"
    assert QApplication.focusWidget() is sheet.cancel_button
    qtbot.keyClick(sheet.cancel_button, Qt.Key.Key_Escape)
    assert has(tab, "wallet.networks.card.team")


def test_while_it_is_removed_the_sheet_stays_and_takes_no_second_click(
    tab: NetworksTab, node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ask(tab, "team", qtbot)
    gate = node.hold(REMOVED)
    qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(node.called(REMOVED)))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert has(tab, REMOVE)
    gate.set()
    qtbot.waitUntil(lambda: not has(tab, REMOVE))
    assert node.called(REMOVED) == [("team",)]


def test_new_cards_do_not_take_the_focus_from_a_card(
    tab: NetworksTab, node: FakeNode, qtbot: QtBot
) -> None:
    find(tab, "wallet.networks.use.team").setFocus()
    node.world.added = [*node.world.added, own_network("third", title="Third")]
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    assert has(tab, "wallet.networks.card.third")
    assert QApplication.focusWidget() is find(tab, "wallet.networks.use.team")


def test_the_longest_title_fits_where_it_is_narrow(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    wide = own_network("wide", title="W" * 40, is_test=False)
    fake_node.world.added = [wide]
    fake_node.world.network = wide
    tab = open_tab(fake_node)
    assert tab.current.minimumSizeHint().width() < 750
    fake_node.world.network = None
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    card = find(tab, "wallet.networks.card.wide")
    assert card.minimumSizeHint().width() < 370
    qtbot.mouseClick(find(tab, "wallet.networks.use.wide"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, "network.switch.go"))
    sheet = last(tab.window(), NetworkSheet)
    assert find(tab, "network.switch.go").geometry().right() < sheet.box.width() - 20
    assert find(tab, "network.switch.cancel").x() > 20
