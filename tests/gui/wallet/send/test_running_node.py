"""Sending with a real node on the demo chain: what the sheet shows is what happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.wallet.send.presenter import SendPresenter
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.labels import Label
from tests.fakes.sample_market import PROVIDERS
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import WindowKit, open_window

pytestmark = [pytest.mark.gui, pytest.mark.chain]
START_MS = 60_000
STRANGER = PROVIDERS[1][0]
FIVE = 5 * 10**18


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
    return kit


def open_sheet(kit: WindowKit, running: RunningNode, tasks: GuiTasks, to: str = "") -> SendSheet:
    signals = NodeSignals()
    tasks.spawn(signals.run(running.bridged), "send-events")
    presenter = SendPresenter(running.bridged, tasks, signals)
    presenter.setParent(kit.window)
    sheet = SendSheet(kit.window, presenter, to=to)
    sheet.open()
    kit.until(lambda: presenter.context is not None and presenter.context.seconds, START_MS)
    return sheet


def texts(sheet: SendSheet) -> str:
    return " ".join(item.text() for item in sheet.findChildren(Label) if item.isVisible())


def test_a_transfer_arrives_and_its_recipient_is_known_the_next_time(
    kit: WindowKit, running: RunningNode, tasks: GuiTasks
) -> None:
    before = running.money()
    sheet = open_sheet(kit, running, tasks)
    kit.qtbot.keyClicks(sheet.form.to.edit, STRANGER)
    kit.qtbot.keyClicks(sheet.form.amounts.edit, "5")
    kit.until(lambda: "995.00" in texts(sheet))
    kit.qtbot.keyClick(sheet.form.amounts.edit, Qt.Key.Key_Return)
    kit.until(sheet.review.isVisible)
    kit.until(lambda: "You never sent to this address before." in texts(sheet))
    kit.click("wallet.send.review")
    kit.until(sheet.result.isVisible, START_MS)
    kit.until(lambda: kit.find(QLabel, "wallet.send.state").text() == "Arrived", START_MS)
    after = running.money()
    assert after.wallet == before.wallet - FIVE
    kit.qtbot.keyClicks(sheet.result.name_field.edit, "Ada")
    kit.click("wallet.send.contact.save")
    kit.until(lambda: kit.has("wallet.send.contact.saved"))
    kit.click("wallet.send.done")

    again = open_sheet(kit, running, tasks, STRANGER)
    kit.qtbot.keyClicks(again.form.amounts.edit, "1")
    kit.until(lambda: again.form.to.recipient is not None)
    kit.qtbot.keyClick(again.form.amounts.edit, Qt.Key.Key_Return)
    kit.until(again.review.isVisible)
    assert "You never sent" not in texts(again)
    kit.click("wallet.send.cancel")
    kit.click("wallet.send.cancel")
    assert running.money().wallet == after.wallet


def test_the_most_eth_leaves_enough_for_its_own_fee(
    kit: WindowKit, running: RunningNode, tasks: GuiTasks
) -> None:
    sheet = open_sheet(kit, running, tasks, STRANGER)
    sheet.form.amounts.choose_asset("ETH")
    kit.click("wallet.send.max")
    kit.until(lambda: sheet.form.amounts.amount)
    most = sheet.form.amounts.amount
    assert most is not None
    kit.click("wallet.send.review")
    kit.until(sheet.review.isVisible, START_MS)
    typed = sheet.guard.typed_field
    kit.until(typed.isVisible)
    draft = sheet._draft
    assert draft is not None
    kit.qtbot.keyClicks(typed.edit, draft.needs_typed)
    kit.click("wallet.send.review")
    kit.until(lambda: sheet.result.isVisible(), START_MS)
    kit.until(lambda: kit.find(QLabel, "wallet.send.state").text() == "Arrived", START_MS)
    assert 0 <= running.money().eth_wei < 10**16
