"""The product's path with the real node and the real widgets: two clicks and Enter to an answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop import formats
from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.tasks import GuiTasks
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import WindowKit, open_window

START_MS = 60_000
DEMO_MOR = 1000 * 10**18

pytestmark = [pytest.mark.gui, pytest.mark.chain]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path)
    yield node
    assert node.stop()


@pytest.fixture
def kit(running: RunningNode, tasks: GuiTasks, qtbot: QtBot) -> WindowKit:
    return open_window(running.bridged, tasks, qtbot)


def chat_page(kit: WindowKit) -> ChatPage:
    page = kit.window.page("chat")
    assert isinstance(page, ChatPage)
    return page


def ask(kit: WindowKit, text: str) -> None:
    edit = kit.find(QPlainTextEdit, "chat.composer.edit")
    kit.qtbot.keyClicks(edit, text)
    kit.qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_two_clicks_and_enter_to_an_answer_then_stop_and_close_to_the_wei(
    kit: WindowKit, running: RunningNode
) -> None:
    kit.click("welcome.demo.start")
    kit.until(lambda: kit.window.section == "chat", START_MS)
    page = chat_page(kit)
    turns = page.presenter.turns
    kit.until(lambda: page.input.model.text() == "Guide", START_MS)
    before = running.money()
    assert (before.wallet, before.total) == (DEMO_MOR, DEMO_MOR)

    ask(kit, "What is a stake?")
    kit.until(lambda: kit.find(QLabel, "chat.card.text").text().endswith(_hour(page)))
    assert running.money().wallet == DEMO_MOR, "nothing moves before the second click"
    quote = page.presenter.quoting.quote
    assert quote is not None
    kit.click("chat.card.open")
    kit.until(lambda: len(turns.lines) == 2 and not turns.is_streaming, START_MS)
    assert turns.lines[0].text == "What is a stake?"
    assert turns.lines[1].error == ""
    assert "stake" in turns.lines[1].text
    assert page.transcript.isVisible()
    assert kit.find(QPlainTextEdit, "chat.composer.edit").toPlainText() == ""
    opened = running.money()
    assert opened.wallet == DEMO_MOR - quote.stake
    assert opened.in_sessions == quote.stake
    assert opened.total == DEMO_MOR

    ask(kit, "Tell me all about providers.")
    kit.until(lambda: len(turns.lines) == 4 and turns.lines[3].text)
    kit.qtbot.keyClick(kit.find(QPlainTextEdit, "chat.composer.edit"), Qt.Key.Key_Escape)
    kit.until(lambda: not turns.is_streaming)
    assert turns.lines[3].stats == "stopped"
    assert turns.lines[3].text

    kit.click("chat.header.close")
    kit.until(lambda: kit.has("session.close.confirm"))
    assert running.session().state == "active", "the sheet only shows what would happen"
    kit.click("session.close.confirm")
    kit.until(lambda: kit.window.toasts.texts())
    closed = running.session()
    after = running.money()
    assert closed.state == "closed"
    assert closed.returned + closed.held == quote.stake
    assert after.wallet == DEMO_MOR - quote.stake + closed.returned
    assert sum(part.amount for part in after.locked) + after.ready == closed.held
    assert after.total == DEMO_MOR
    kit.until(lambda: page.presenter.target is not None and page.presenter.target.kind == "market")


def _hour(page: ChatPage) -> str:
    """The end of the card's promise: the local time when the stake is back."""
    quote = page.presenter.quoting.quote
    if quote is None:
        return "not yet"
    return formats.when(quote.ends_at, page.presenter.time.now())
