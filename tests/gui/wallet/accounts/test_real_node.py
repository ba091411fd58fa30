"""From one account to several and back, with the real node."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
from morpheus_desktop.pages.wallet.accounts.scan_sheet import ScanSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.tasks import GuiTasks
from node.service.dto import AccountView, CreateWallet
from tests.gui.running_node import RunningNode
from tests.gui.wallet.tab_kit import find, has, last, settle, show_tab

PASSWORD = "four plain words here"
STRANGER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path / "home")
    request = CreateWallet(label="Main", password=PASSWORD)  # type: ignore[arg-type]
    node.ask(node.node.wallet.create(request))
    yield node
    assert node.stop()


class Steps:
    """The tab, used step by step; each waits until it can be done."""

    def __init__(self, tab: AccountsTab, qtbot: QtBot) -> None:
        self.tab, self._qtbot = tab, qtbot

    def until_rows(self, count: int) -> None:
        self._qtbot.waitUntil(lambda: len(self.tab.rows) == count, timeout=30_000)

    def type(self, name: str, text: str) -> None:
        self._qtbot.waitUntil(lambda: has(self.tab, name), timeout=30_000)
        field = find(self.tab, name)
        assert isinstance(field, QLineEdit)
        self._qtbot.keyClicks(field, text)

    def click(self, name: str) -> None:
        self._qtbot.waitUntil(lambda: has(self.tab, name), timeout=30_000)
        widget: QWidget = find(self.tab, name)
        self._qtbot.waitUntil(widget.isEnabled, timeout=30_000)
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def account(self, label: str) -> AccountView:
        settle()
        return next(item.account for item in self.tab.rows if item.account.label == label)


@pytest.fixture
def steps(running: RunningNode, tasks: GuiTasks, qtbot: QtBot) -> Steps:
    signals = NodeSignals()
    tasks.spawn(signals.run(running.bridged), "events")
    presenter = AccountsPresenter(running.bridged, tasks, signals, ChainTime())
    tab = show_tab(AccountsTab(presenter), qtbot)
    presenter.setParent(tab)
    signals.setParent(tab)
    tab.shown()
    made = Steps(tab, qtbot)
    made.until_rows(1)
    return made


def test_accounts_are_added_used_watched_and_removed(
    running: RunningNode, steps: Steps, qtbot: QtBot
) -> None:
    tab = steps.tab
    group = tab.cards[0].group.key

    tab.acts.add(f"next:{group}")
    steps.type("wallet.accounts.next.name", "Savings")
    steps.type("wallet.accounts.next.password", PASSWORD)
    steps.click("wallet.accounts.next.go")
    steps.until_rows(2)
    assert steps.account("Savings").path == "m/44'/60'/0'/0/1"

    tab.acts.add(f"find:{group}")
    steps.type("wallet.accounts.find.password", PASSWORD)
    steps.click("wallet.accounts.find.go")
    sheet = last(tab, ScanSheet)
    qtbot.waitUntil(sheet.further_button.isVisible, timeout=30_000)
    assert not find(tab, "wallet.accounts.found.1").isEnabled(), "it is there already"
    steps.click("wallet.accounts.found.4")
    assert sheet.list.chosen == ("m/44'/60'/0'/0/4",)
    steps.click("wallet.accounts.find.go")
    steps.until_rows(3)

    tab.acts.add("watch")
    steps.type("wallet.accounts.watch.address", STRANGER)
    steps.type("wallet.accounts.watch.name", "Cold")
    steps.click("wallet.accounts.watch.go")
    steps.until_rows(4)

    tab.acts.act("use", steps.account("Savings"))
    steps.type("wallet.switch.password", PASSWORD)
    steps.click("wallet.switch.unlock")
    qtbot.waitUntil(lambda: steps.account("Savings").active, timeout=30_000)
    status = running.ask(running.node.wallet.status())
    assert (status.label, status.locked) == ("Savings", False)

    qtbot.waitUntil(lambda: not has(tab, "wallet.switch"), timeout=30_000)
    tab.acts.act("remove", steps.account("Savings"))
    steps.type("wallet.accounts.remove.typed", "REMOVE")
    steps.click("wallet.accounts.remove.confirm")
    steps.until_rows(3)
    assert steps.account("Main").active
    assert running.ask(running.node.wallet.status()).locked, "the next one in use is locked"
