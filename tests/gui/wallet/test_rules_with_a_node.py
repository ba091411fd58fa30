"""Approvals, address book and networks with a real node on the demo chain."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.approvals.sheet import ApprovalSheet
from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from morpheus_desktop.pages.wallet.tabs import APPROVALS, CONTACTS, NETWORKS, WalletTabs
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.sample_market import PROVIDERS
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import WindowKit, open_window

pytestmark = [pytest.mark.gui, pytest.mark.chain]
START_MS = 60_000
SEVEN = 7 * 10**18


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path)
    yield node
    assert node.stop()


@pytest.fixture
def kit(running: RunningNode, tasks: GuiTasks, qtbot: QtBot) -> WindowKit:
    kit = open_window(running.bridged, tasks, qtbot)
    kit.click("welcome.demo.start")
    kit.until(lambda: kit.window.section == "chat", START_MS)
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"), START_MS)
    return kit


def choose(kit: WindowKit, title: str) -> None:
    tabs = kit.window.findChild(WalletTabs)
    assert tabs is not None
    tabs.choose(title)


def allowed(running: RunningNode) -> int:
    return running.ask(running.node.wallet.approvals())[0].amount


def test_an_allowance_is_given_once_and_taken_back(kit: WindowKit, running: RunningNode) -> None:
    choose(kit, APPROVALS)
    before = running.money().total
    kit.click("wallet.approvals.once")
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.approvals.sheet.amount"), "7")
    kit.click("wallet.approvals.sheet.go")
    kit.until(
        lambda: "7.00" in kit.find(ApprovalSheet, "wallet.approvals.sheet").next_button.text()
    )
    kit.click("wallet.approvals.sheet.go")
    kit.until(lambda: not kit.has("wallet.approvals.sheet"), START_MS)
    assert allowed(running) == SEVEN
    spender = running.ask(running.node.wallet.approvals())[0].spender
    revoke = f"wallet.approvals.revoke.{spender[2:8].lower()}"
    kit.click(revoke)
    kit.click("wallet.approvals.sheet.go")
    kit.until(lambda: not kit.has("wallet.approvals.sheet"), START_MS)
    assert allowed(running) == 0
    kit.until(lambda: kit.has("wallet.approvals.once"))
    assert running.money().total == before, "no MOR moved"


def test_contacts_are_kept_and_the_demo_shows_its_contracts(
    kit: WindowKit, running: RunningNode
) -> None:
    choose(kit, CONTACTS)
    kit.click("wallet.contacts.add.first")
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.contacts.edit.name"), "Ada")
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.contacts.edit.address"), PROVIDERS[1][0])
    kit.click("wallet.contacts.edit.save")
    kit.until(lambda: kit.has("wallet.contacts.table"))
    assert [item.name for item in running.ask(running.node.wallet.contacts())] == ["Ada"]
    choose(kit, NETWORKS)
    kit.until(lambda: kit.has("wallet.networks.current"))
    tab = kit.window.findChild(NetworksTab)
    assert tab is not None
    assert tab.current.accessibleName() == "Demo, in use, Play money"
    assert kit.has("wallet.networks.demo.marketplace")
    assert {card.network.name for card in tab.others} == {"base", "base-sepolia", "arbitrum"}
    kit.click("wallet.networks.use.base")
    kit.until(lambda: kit.has("network.switch.go"))
    kit.click("network.switch.cancel")
    status = running.ask(running.node.system.status())
    assert status.network is not None and status.network.is_demo
