"""A model file from disk to an answer in the window: the real engine in its own process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.tasks import GuiTasks
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import open_window
from tests.support.tiny_gguf import write_tiny_gguf

pytest.importorskip("xllamacpp", reason="the engine is not installed")

ENGINE_MS = 60_000

pytestmark = [pytest.mark.gui, pytest.mark.slow]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path / "profile")
    yield node
    assert node.stop()


def test_a_file_from_disk_answers_without_wallet_or_network(
    running: RunningNode, tasks: GuiTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    model = write_tiny_gguf(tmp_path / "tiny.gguf")
    kit = open_window(running.bridged, tasks, qtbot)
    kit.until(lambda: kit.has("welcome.local.choose"))
    kit.navigation.onboarding.add_local(str(model))
    kit.until(lambda: kit.window.section == "chat", ENGINE_MS)
    page = kit.window.page("chat")
    assert isinstance(page, ChatPage)
    kit.until(lambda: page.presenter.target is not None)
    assert "Nothing you write leaves it" in kit.find(QLabel, "chat.privacy").text()
    edit = kit.find(QPlainTextEdit, "chat.composer.edit")
    kit.qtbot.keyClicks(edit, "hello")
    kit.qtbot.keyClick(edit, Qt.Key.Key_Return)
    turns = page.presenter.turns
    kit.until(lambda: len(turns.lines) == 2 and not turns.is_streaming, ENGINE_MS)
    assert turns.lines[1].error == ""
    assert turns.lines[1].text
    assert not kit.has("chat.header.close"), "there is no session to close"
    assert running.ask(running.node.wallet.status()).kind == "none"
