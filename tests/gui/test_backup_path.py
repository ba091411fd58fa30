"""From a new wallet to its backup file and back on another computer, with the real node."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop.dialogs.reveal_sheet import RevealSheet
from morpheus_desktop.pages.onboarding.import_step import ImportStep
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.secret_view import SecretView
from morpheus_desktop.widgets.word_questions import WordQuestions
from node.core.settings import NodeSettings
from tests.gui.running_node import RunningNode
from tests.gui.window_kit import WindowKit, open_window

PASSWORD = "four plain words here"
NOWHERE = NodeSettings(rpc_urls=("http://127.0.0.1:9",))
"""Nothing listens there: the wallet needs no chain."""

pytestmark = [pytest.mark.gui]


@pytest.fixture
def first(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path / "first", NOWHERE)
    yield node
    assert node.stop()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path / "second", NOWHERE)
    yield node
    assert node.stop()


def type_into(kit: WindowKit, name: str, text: str) -> None:
    kit.until(lambda: kit.has(name))
    kit.qtbot.keyClicks(kit.find(QLineEdit, name), text)


def protect(kit: WindowKit) -> None:
    type_into(kit, "wallet.password", PASSWORD)
    type_into(kit, "wallet.password.again", PASSWORD)


def test_a_new_wallet_is_backed_up_saved_and_restored(
    first: RunningNode, second: RunningNode, tasks: GuiTasks, qtbot: QtBot, tmp_path: Path
) -> None:
    kit = open_window(first.bridged, tasks, qtbot)
    kit.click("welcome.wallet.setup")
    kit.click("wallet.create")
    protect(kit)
    kit.click("wallet.create.go")
    kit.until(lambda: kit.has("wallet.phrase"))
    words = list(kit.find(SecretView, "wallet.phrase")._words)
    assert len(words) == 12
    kit.click("wallet.phrase.done")
    kit.until(lambda: kit.has("wallet.check.go"))
    for question in kit.window.findChildren(WordQuestions)[-1].questions:
        kit.click(f"backup.word.{question.position}.{words[question.position - 1]}")
    kit.click("wallet.check.go")
    kit.until(lambda: not kit.window.is_full_page, 30_000)
    status = first.ask(first.node.wallet.status())
    assert status.backed_up

    kit.until(lambda: kit.shell.state.wallet == status, 30_000)
    assert not kit.has("backup.banner")
    kit.navigation.wallet_dialogs.reveal("backup")
    type_into(kit, "reveal.password", PASSWORD)
    sheet = kit.find(RevealSheet, "reveal")
    kit.click("reveal.go")
    kit.until(lambda: sheet.pending is not None, 30_000)
    file = tmp_path / "kept elsewhere.json"
    sheet.save(str(file))
    kit.until(lambda: not kit.has("reveal"))
    text = file.read_text("utf-8")
    assert not any(f" {word} " in text for word in words)

    other = open_window(second.bridged, tasks, qtbot)
    other.click("welcome.wallet.setup")
    other.click("wallet.import")
    kind = other.find(Segment, "wallet.import.kind")
    kind.choose(2)
    [step] = [item for item in other.window.findChildren(ImportStep) if item.isVisible()]
    step.take_file(str(file))
    type_into(other, "wallet.import.password", PASSWORD)
    other.qtbot.keyClick(step.go, Qt.Key.Key_Space)
    other.until(lambda: not other.window.is_full_page, 30_000)
    restored = second.ask(second.node.wallet.status())
    assert restored.address == status.address
    assert restored.backed_up
