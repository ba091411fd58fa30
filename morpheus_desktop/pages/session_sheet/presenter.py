"""What the session sheet asks the node and what it makes of the answers."""

import asyncio

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.opening import Opening, Quoting
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.core.units import next_midnight
from node.service.api import NodeService
from node.service.dto import (
    ModelDetail,
    OpenProgress,
    Quote,
    QuoteRequest,
    SessionView,
)

DEFAULT_DURATION_S = 3600
SETTLE_S = 0.15
"""A slider that still moves is not asked about."""


class SessionSheetPresenter(QObject):
    """One opening at a time, from `start` to `opened`. `extends`: the session whose place the new
    one takes.

    Duration and stake are one pair: whichever was changed last is asked for, the quote brings the
    other. Signals: `offers_loaded(ModelDetail)`; `quoting()`; `quoted(Quote)`;
    `stop_previewed(StopPreview)`; `refused(NodeError)`; `progressed(OpenProgress)`;
    `opened(SessionView)`.
    """

    offers_loaded = Signal(object)
    quoting = Signal()
    quoted = Signal(object)
    stop_previewed = Signal(object)
    refused = Signal(object)
    progressed = Signal(object)
    opened = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks, time: ChainTime) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self.time = time
        self._quoting = Quoting(node, tasks)
        self._opening = Opening(node, tasks)
        self._preview: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self.detail: ModelDetail | None = None
        self.model_id = ""
        self.bid_id = ""
        self.extends = ""
        self.duration_s: int | None = DEFAULT_DURATION_S
        self.stake: int | None = None
        self._quoting.asked.connect(self.quoting)
        self._quoting.quoted.connect(self.quoted)
        self._quoting.refused.connect(self.refused)
        self._opening.progressed.connect(self._progressed)
        self._opening.opened.connect(self._opened)
        self._opening.failed.connect(self.refused)

    @property
    def quote(self) -> Quote | None:
        return self._quoting.quote

    @property
    def is_opening(self) -> bool:
        return self._opening.is_running

    def start(self, model_id: str, *, bid_id: str = "", duration_s: int | None = None) -> None:
        """Begin with a model, perhaps with the offer that was picked in the market."""
        self.model_id, self.bid_id = model_id, bid_id
        self.duration_s, self.stake = duration_s or DEFAULT_DURATION_S, None
        self.detail = None
        self._tasks.attempt(
            self._node.market.model(model_id),
            "offers",
            failed=self.refused.emit,
            done=self._offers,
        )
        self._ask()

    def set_duration(self, seconds: int) -> None:
        self.duration_s, self.stake = seconds, None
        self._ask_soon()

    def set_stake(self, base: int) -> None:
        self.duration_s, self.stake = None, base
        self._ask_soon()

    def unclear(self) -> None:
        """What was typed is no time and no amount: there is nothing to confirm."""
        self._stop_settling()
        self._quoting.forget()

    def until_midnight(self) -> int:
        """Seconds to the next midnight UTC, when what was held comes back."""
        now = self.time.now()
        return next_midnight(now) - now

    def choose_bid(self, bid_id: str) -> None:
        """Pin an offer; empty lets the rating choose."""
        self.bid_id = bid_id
        self._ask()

    def preview_stop(self, at: int) -> None:
        """Ask what stopping at `at` would bring back; the newest question wins."""
        quote = self.quote
        if quote is None:
            return
        if self._preview is not None:
            self._preview.cancel()
        self._preview = self._tasks.attempt(
            self._node.sessions.preview_stop(quote.id, at),
            "stop-preview",
            failed=self.refused.emit,
            done=self.stop_previewed.emit,
        )

    def confirm(self) -> None:
        """Open what the sheet shows."""
        quote = self.quote
        if quote is not None and quote.can_open:
            self._opening.open(quote.id)

    def again(self) -> None:
        """Quote the same once more, after a failure or when the quote is too old."""
        self._ask()

    def agree_to_readable(self, provider: str) -> None:
        """Prompts to this provider may be readable on the network; quote once more."""
        self._tasks.attempt(
            self._node.sessions.allow_readable_prompts(provider),
            "allow-readable",
            failed=self.refused.emit,
            done=lambda _privacy: self._ask(),
        )

    def leave(self) -> None:
        """The sheet was closed. A transaction that was sent goes on."""
        self._stop_settling()
        if not self._opening.is_running:
            self._quoting.forget()

    def _ask_soon(self) -> None:
        """The old quote is void at once; the new one is asked for when nothing moves any more."""
        self._stop_settling()
        self._quoting.forget()
        self._settling = self._tasks.spawn(self._ask_when_settled(), "settle")

    async def _ask_when_settled(self) -> None:
        await asyncio.sleep(SETTLE_S)
        self._ask()

    def _stop_settling(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    def _ask(self) -> None:
        self._quoting.ask(
            QuoteRequest(
                model_id=None if self.bid_id else self.model_id,
                bid_id=self.bid_id or None,
                extends=self.extends,
                duration_s=self.duration_s,
                stake=self.stake,
            )
        )

    def _offers(self, detail: ModelDetail) -> None:
        self.detail = detail
        self.offers_loaded.emit(detail)

    def _progressed(self, step: OpenProgress) -> None:
        self.progressed.emit(step)

    def _opened(self, session: SessionView) -> None:
        self.opened.emit(session)


def refusal(quote: Quote | None, error: NodeError | None) -> str:
    """Why the button is off, in words; empty when it may be pressed."""
    if error is not None:
        return f"{error.message} {error.hint}".strip()
    if quote is None:
        return "Asking for the price."
    return " ".join(f"{item.message} {item.hint}".strip() for item in quote.problems[:1])
