"""`--demo --smoke`: the demo by itself, through the real widgets, to the first painted answer."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit, QWidget

from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.window import MainWindow

LIMIT_S = 60.0
QUESTION = "What is a session?"
_LOOK_S = 0.05
_W = TypeVar("_W", bound=QWidget)


async def run_smoke(window: MainWindow) -> int:
    """Drive the window from its first page; print one JSON line; 0 when an answer was painted."""
    driver = _Driver(window)
    try:
        async with asyncio.timeout(LIMIT_S):
            await driver.walk()
    except TimeoutError:
        driver.report["reason"] = f"nothing after {LIMIT_S:.0f} s at: {driver.step}"
    driver.report["ok"] = "reason" not in driver.report
    driver.report["elapsed_s"] = round(time.monotonic() - driver.began, 3)
    sys.stdout.write(json.dumps(driver.report) + "\n")
    sys.stdout.flush()
    return 0 if driver.report["ok"] else 1


class _Driver:
    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.began = time.monotonic()
        self.step = ""
        self.report: dict[str, object] = {}

    async def walk(self) -> None:
        await self._until("chat page", lambda: self._window.section == "chat")
        page = self._window.page("chat")
        if not isinstance(page, ChatPage):
            raise TypeError("the chat section holds another page")
        edit = self._find(QPlainTextEdit, "chat.composer.edit")
        model = self._find(QAbstractButton, "chat.header.model")
        await self._until("the guide", lambda: model.text() == "Guide")
        edit.setPlainText(QUESTION)
        self._find(QAbstractButton, "chat.composer.send").click()
        opens = self._find(QAbstractButton, "chat.card.open")
        await self._until("the price", lambda: opens.isVisible() and opens.isEnabled())
        opens.click()
        turns = page.presenter.turns
        await self._until(
            "the answer",
            lambda: len(turns.lines) == 2 and not turns.is_streaming,
        )
        answer = turns.lines[-1]
        if answer.error or not answer.text:
            self.report["reason"] = f"no answer: {answer.error or 'it was empty'}"
            return
        page.transcript.viewport().repaint()
        self.report |= {"answer": answer.text, "stats": answer.stats, "model": answer.name}

    def _find(self, kind: type[_W], name: str) -> _W:
        found = self._window.findChild(kind, name)
        if found is None:
            raise LookupError(f"the window has no {name}")
        return found

    async def _until(self, step: str, ready: Callable[[], bool]) -> None:
        self.step = step
        while not ready():  # noqa: ASYNC110 - a test from outside looks, it is told nothing
            await asyncio.sleep(_LOOK_S)
