"""A new wallet's whole life with the keyboard alone, on a chain and with a provider in processes of
their own: to the wei.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.secret_view import SecretView
from morpheus_desktop.widgets.word_questions import WordQuestions
from node.core.settings import NodeSettings, load_settings
from node.service.dto import SessionView
from tests.gui.keyboard import Keyboard
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import WindowKit, open_window
from tests.support.process_market import PROVIDER, chain_environment
from tests.support.process_world import ProcessWorld, open_process_world

PASSWORD = "four plain words here"
START_MS = 60_000
RECEIVED = 500 * 10**18
SENT = 205 * 10**17
DEMO_MOR = 1000 * 10**18

pytestmark = [pytest.mark.gui, pytest.mark.chain]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessWorld]:
    with open_process_world(tmp_path_factory.mktemp("world"), consumer=False) as opened:
        yield opened


@pytest.fixture
def running(world: ProcessWorld, tmp_path: Path) -> Iterator[RunningNode]:
    environment = {**chain_environment(world.devnet), "MORPHEUS_AUTO_CLAIM": "false"}
    node = RunningNode(tmp_path, load_settings(file=None, environment=environment))
    yield node
    assert node.stop()


def take_the_keyboard(kit: WindowKit) -> Keyboard:
    kit.window.activateWindow()
    kit.until(lambda: QApplication.focusWidget() is not None)
    return Keyboard(kit)


def create_and_back_up(kit: WindowKit, keys: Keyboard) -> None:
    keys.choose("welcome.wallet.setup")
    keys.choose("wallet.create")
    keys.fill("wallet.password", PASSWORD)
    keys.fill("wallet.password.again", PASSWORD)
    keys.choose("wallet.create.go")
    keys.walk_to("wallet.phrase")
    words = list(kit.find(SecretView, "wallet.phrase")._words)
    keys.choose("wallet.phrase.done")
    kit.until(lambda: kit.has("wallet.check.go"))
    for question in kit.window.findChildren(WordQuestions)[-1].questions:
        first, *_ = names = [f"backup.word.{question.position}.{word}" for word in question.choices]
        asked = f"backup.word.{question.position}.{words[question.position - 1]}"
        assert asked in names
        keys.pick(first, asked)
    keys.choose("wallet.check.go")
    kit.until(lambda: not kit.window.is_full_page, START_MS)


def receive(kit: WindowKit, keys: Keyboard, world: ProcessWorld, running: RunningNode) -> None:
    """Copy the address from the sheet; somebody else sends MOR, and ETH for the fees."""
    keys.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    QApplication.clipboard().clear()
    keys.choose("wallet.receive.open")
    keys.choose("wallet.receive.copy")
    address = QApplication.clipboard().text()
    assert address == running.ask(running.node.wallet.status()).address
    keys.press(Qt.Key.Key_Escape)
    for asset, amount in (("ETH", "0.01"), ("MOR", "500")):
        world.on_provider("wallet", "send", address, amount, "--asset", asset, "--yes")
    assert running.money().wallet == RECEIVED


def send_some(kit: WindowKit, keys: Keyboard, world: ProcessWorld, running: RunningNode) -> None:
    """MOR back to where it came from: the first transfer to somebody."""
    friend = world.devnet.announced["accounts"][PROVIDER]["address"]
    keys.choose("wallet.send.open")
    keys.fill("wallet.send.to", friend)
    keys.fill("wallet.send.amount", "20.5")
    keys.choose("wallet.send.review")
    kit.until(lambda: kit.has("wallet.send.total"), START_MS)
    assert running.money().wallet == RECEIVED, "nothing moves before the yes"
    keys.choose("wallet.send.review")
    kit.until(lambda: running.money().wallet == RECEIVED - SENT, START_MS)
    keys.choose("wallet.send.done")


def open_session(kit: WindowKit, keys: Keyboard) -> None:
    keys.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    keys.walk_to("market.table")
    keys.press(Qt.Key.Key_Down)
    keys.press(Qt.Key.Key_Return)
    keys.choose("market.chat")
    keys.fill("session.sheet.duration", "10 min")
    keys.press(Qt.Key.Key_Return)
    keys.fill("session.sheet.password", PASSWORD)
    keys.choose("session.sheet.confirm")
    kit.until(lambda: kit.window.section == "chat", START_MS)
    keys.walk_to("chat.composer.edit")
    keys.type("What is a stake?")
    keys.press(Qt.Key.Key_Return)
    wait_for_answer(kit)


def chat_page(kit: WindowKit) -> ChatPage:
    page = kit.window.page("chat")
    assert isinstance(page, ChatPage)
    return page


def wait_for_answer(kit: WindowKit) -> None:
    turns = chat_page(kit).presenter.turns
    kit.until(lambda: len(turns.lines) == 2 and not turns.is_streaming, START_MS)
    assert "stake" in turns.lines[1].text


def close_early(kit: WindowKit, keys: Keyboard, running: RunningNode) -> SessionView:
    keys.choose("chat.header.close")
    keys.choose("session.close.confirm")
    kit.until(lambda: running.session().state == "closed", START_MS)
    return running.session()


def test_from_a_new_wallet_to_the_claim_without_a_mouse(
    world: ProcessWorld, running: RunningNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    kit = open_window(running.bridged, tasks, qtbot)
    keys = take_the_keyboard(kit)
    create_and_back_up(kit, keys)
    assert running.ask(running.node.wallet.status()).backed_up
    receive(kit, keys, world, running)
    send_some(kit, keys, world, running)
    held = RECEIVED - SENT

    open_session(kit, keys)
    stake = running.session().stake
    opened = running.money()
    assert (opened.wallet, opened.in_sessions) == (held - stake, stake)

    session = close_early(kit, keys, running)
    closed = running.money()
    assert session.returned + session.held == stake
    assert session.held > 0
    assert closed.wallet == held - session.held
    assert sum(part.amount for part in closed.locked) == session.held

    world.skip_to_midnight()
    assert running.money().ready == session.held
    keys.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    keys.choose("wallet.claim")
    kit.until(lambda: running.money().ready == 0, START_MS)
    claimed = running.money()
    assert (claimed.wallet, claimed.total) == (held, held)


def test_the_demos_day_is_skipped_and_the_stake_taken_back_without_a_mouse(
    tasks: GuiTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    running = RunningNode(tmp_path, NodeSettings(auto_claim=False))
    try:
        kit = open_window(running.bridged, tasks, qtbot)
        keys = take_the_keyboard(kit)
        keys.choose("welcome.demo.start")
        kit.until(lambda: kit.window.section == "chat", START_MS)
        kit.until(lambda: chat_page(kit).input.model.text() == "Guide", START_MS)
        keys.walk_to("chat.composer.edit")
        keys.type("What is a stake?")
        keys.press(Qt.Key.Key_Return)
        keys.choose("chat.card.open")
        wait_for_answer(kit)
        session = close_early(kit, keys, running)
        assert session.held > 0
        keys.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        keys.choose("wallet.demo.skip")
        keys.choose("wallet.claim")
        kit.until(lambda: running.money().wallet == DEMO_MOR, START_MS)
        assert running.money().total == DEMO_MOR
    finally:
        assert running.stop()
