"""Quote and opening of a session, as the card above the composer and the sheet both need them."""

import asyncio
from contextlib import aclosing

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError, SessionError
from node.service.api import NodeService
from node.service.dto import OpenProgress, Quote, QuoteRequest, SessionView

RENEW_S = 240.0


class Quoting(QObject):
    """Asks for quotes; the newest question wins.

    Signals: `asked()`, then `quoted(Quote)` or `refused(NodeError)`. A quote that is shown for long
    is renewed by itself, before the node would call it too old.
    """

    asked = Signal()
    quoted = Signal(object)
    refused = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._request: QuoteRequest | None = None
        self._ageing: asyncio.Task[None] | None = None
        self.quote: Quote | None = None

    def ask(self, request: QuoteRequest) -> None:
        self.forget()
        self._request = request
        self.asked.emit()
        self._start(request)

    def renew(self) -> None:
        """Ask the same once more; the present quote stays until the new one is there."""
        if self._request is not None:
            self._start(self._request)

    def _start(self, request: QuoteRequest) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.attempt(
            self._node.sessions.quote(request),
            "quote",
            failed=self.refused.emit,
            done=self._arrived,
        )

    def forget(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._request = None
        self._stop_ageing()
        self.quote = None

    def _arrived(self, quote: Quote) -> None:
        self.quote = quote
        self._stop_ageing()
        self._ageing = self._tasks.spawn(self._renew_when_old(), "quote-age")
        self.quoted.emit(quote)

    async def _renew_when_old(self) -> None:
        await asyncio.sleep(RENEW_S)
        self.renew()

    def _stop_ageing(self) -> None:
        if self._ageing is not None:
            self._ageing.cancel()
            self._ageing = None


class Opening(QObject):
    """Opens a confirmed quote and tells each step.

    A transaction that was sent goes on when the window stops watching. Signals:
    `progressed(OpenProgress)`, then `opened(SessionView)` or `failed(NodeError)`.
    """

    progressed = Signal(object)
    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def open(self, quote_id: str, password: SecretStr | None = None, typed: str = "") -> None:
        """Open once; a second call while the first runs is ignored. `password` and `typed` as the
        quote needs them.
        """
        if not self.is_running:
            self._task = self._tasks.spawn(self._run(quote_id, password, typed), "open-session")

    async def _run(self, quote_id: str, password: SecretStr | None, typed: str) -> None:
        try:
            session = await self._watch(quote_id, password, typed)
        except NodeError as error:
            self._task = None
            self.failed.emit(error)
            return
        self._task = None
        self.opened.emit(session)

    async def _watch(self, quote_id: str, password: SecretStr | None, typed: str) -> SessionView:
        session: SessionView | None = None
        opening = self._node.sessions.open(quote_id, password, typed)
        async with aclosing(opening) as steps:
            async for step in steps:
                self.progressed.emit(step)
                session = _session_of(step) or session
        if session is None:
            raise SessionError("The session did not open.", hint="Look at your sessions.")
        return session


def _session_of(step: OpenProgress) -> SessionView | None:
    return step.session
