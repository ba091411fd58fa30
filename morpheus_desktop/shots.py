"""Pictures of every page and state on sample data: `python -m morpheus_desktop.shots OUT`.

Runs in a source tree only, for the sample data belongs to the tests.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication, QWidget

from morpheus_desktop import (
    shots_sessions,
    shots_wallet,
    shots_wallet_accounts,
    shots_wallet_activity,
    shots_wallet_networks,
    shots_wallet_rules,
    shots_wallet_send,
)
from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.navigation import Navigation
from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.rail import SECTIONS
from morpheus_desktop.shell_presenter import ShellPresenter
from morpheus_desktop.shot_stage import Scene, Stage, in_chat, section
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.theme import Theme, install_theme
from morpheus_desktop.widgets.gallery import components_page
from morpheus_desktop.window import MainWindow
from node.core.errors import IncompleteAnswerError, NodeError
from node.service.dto import TextDelta, TurnFinished, TurnNotice
from tests.fakes.fake_node import FakeNode

SIZES = ((1280, 800), (900, 600))


async def welcome(stage: Stage) -> None:
    stage.navigation.begin(demo=False)


async def chat_empty(stage: Stage) -> None:
    stage.navigation.begin(demo=True)
    await stage.until(lambda: stage.navigation.chat.target)


async def chat_selector(stage: Stage) -> None:
    await in_chat(stage)
    await stage.until(lambda: stage.navigation.chat.choices.market)
    page = stage.window.page("chat")
    page.open_selector()  # type: ignore[attr-defined]


async def chat_find(stage: Stage) -> None:
    await in_chat(stage)
    page = stage.window.page("chat")
    if not isinstance(page, ChatPage):
        raise TypeError("the section chat has another page")
    page.conversation.search.enter()
    page.conversation.search.field.set_text("session")
    await stage.calm()
    page.transcript.verticalScrollBar().setValue(0)


async def chat_card(stage: Stage) -> None:
    await chat_empty(stage)
    stage.find("chat.composer.edit").setPlainText("What is a stake?")  # type: ignore[attr-defined]
    stage.navigation.chat.send("What is a stake?")
    await stage.until(lambda: stage.navigation.chat.quoting.quote)


async def chat_streaming(stage: Stage) -> None:
    await in_chat(stage)
    chat = stage.navigation.chat
    await stage.until(lambda: chat.target)
    chat.turns.show(None)
    stage.node.world.answer = [
        TextDelta(text="## Day 1: the old town\n\n- **Morning.** Alfama on foot.\n- **Noon.**"),
        TextDelta(text=" Tram 12 instead of 28: the same hills, a tenth of the queue."),
        TextDelta(text=""),
    ]
    gate = stage.node.hold("chat.delta")
    gate.set()

    def stop_at(_line: str, text: str) -> None:
        if "queue" in text:
            gate.clear()

    chat.turns.text_arrived.connect(stop_at)
    chat.send("Three days in Lisbon in June, low budget, with a plan per day.")
    await stage.until(lambda: chat.turns.lines and "queue" in chat.turns.lines[-1].text)
    chat.send("And where do we eat with two children?")


async def chat_failed(stage: Stage) -> None:
    await in_chat(stage)
    await stage.until(lambda: stage.navigation.chat.target)
    failure: NodeError = IncompleteAnswerError(
        "0xA1…c9 stopped after 212 tokens.", hint="Your session runs until 15:43."
    )
    stage.node.world.answer = [TextDelta(text="You get **6.61 MOR** back at"), failure]
    chat = stage.navigation.chat
    chat.turns.show(None)
    chat.send("If I stop after 28 minutes, what do I get back?")
    await stage.until(lambda: chat.turns.lines and chat.turns.lines[-1].error)


async def chat_failover(stage: Stage) -> None:
    await in_chat(stage)
    chat = stage.navigation.chat
    await stage.until(lambda: chat.target)
    moved = "0x77e0…0202 answers now, in a new session. 3.80 MOR are locked."
    stage.node.world.answer = [
        TurnNotice(kind="failover", text=moved),
        TextDelta(text="Nothing was lost: the question went to the next provider."),
        TurnFinished(
            chat_id="",
            message_id="",
            finish_reason="stop",
            complete=True,
            ttft_ms=1400,
            duration_ms=2100,
            input_tokens=9,
            output_tokens=11,
            tokens_per_second=15.7,
        ),
    ]
    chat.turns.show(None)
    chat.send("What happens when a provider fails?")
    await stage.until(lambda: not chat.turns.is_streaming)


async def close_sheet(stage: Stage) -> None:
    await in_chat(stage)
    await stage.until(lambda: stage.navigation.chat.target)
    stage.navigation.chat.preview_close()
    await stage.until(lambda: stage.window.findChild(QWidget, "session.close"))


async def components(stage: Stage) -> None:
    page = components_page()
    stage.window.add_full_page(page)
    stage.window.show_full_page(page)


SCENES: dict[str, tuple[Callable[[], FakeNode], Scene]] = {
    "welcome": (FakeNode.fresh, welcome),
    "chat": (FakeNode, in_chat),
    "chat-empty": (FakeNode.fresh, chat_empty),
    "chat-selector": (FakeNode, chat_selector),
    "chat-find": (FakeNode, chat_find),
    "chat-card": (FakeNode.fresh, chat_card),
    "chat-streaming": (FakeNode, chat_streaming),
    "chat-failed": (FakeNode, chat_failed),
    "close-sheet": (FakeNode, close_sheet),
    "chat-failover": (FakeNode, chat_failover),
    "components": (FakeNode.fresh, components),
    **shots_sessions.SCENES,
    **shots_wallet.SCENES,
    **shots_wallet_accounts.SCENES,
    **shots_wallet_activity.SCENES,
    **shots_wallet_networks.SCENES,
    **shots_wallet_rules.SCENES,
    **shots_wallet_send.SCENES,
    **{item.name: (FakeNode, section(item.name)) for item in SECTIONS if item.name != "chat"},
}


async def shoot(name: str, size: tuple[int, int], target: Path) -> None:
    """Render one scene into a PNG file."""
    make_node, scene = SCENES[name]
    node, tasks, signals = make_node(), GuiTasks("shots"), NodeSignals()
    time = ChainTime(monotonic=lambda: 0.0)
    window = MainWindow()
    window.resize(*size)
    shell = ShellPresenter(node, tasks, signals, time)
    navigation = Navigation(window, node=node, tasks=tasks, signals=signals, time=time, shell=shell)
    stage = Stage(node=node, window=window, navigation=navigation, tasks=tasks)
    tasks.spawn(signals.run(node), "events")
    window.show()
    await scene(stage)
    await stage.calm()
    window.grab().save(str(target))
    window.hide()
    await tasks.aclose()
    window.deleteLater()
    await asyncio.sleep(0)


async def shoot_all(theme: Theme, out: Path, names: list[str]) -> None:
    for mode in ("light", "dark"):
        theme.set_mode("light" if mode == "light" else "dark")
        for size in SIZES:
            for name in names:
                suffix = "" if size == SIZES[0] else "-small"
                target = out / f"{name}{suffix}-{mode}.png"
                await shoot(name, size, target)
                sys.stdout.write(f"{target}\n")


def main(arguments: list[str]) -> int:
    """Render all scenes, or the ones named after OUT, into the folder OUT."""
    if not arguments:
        sys.stderr.write("usage: python -m morpheus_desktop.shots OUT [SCENE ...]\n")
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    theme = install_theme(app, "light")
    loop = qasync.QEventLoop(app)
    app.setQuitOnLastWindowClosed(False)
    with loop:
        loop.run_until_complete(shoot_all(theme, out, arguments[1:] or list(SCENES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
