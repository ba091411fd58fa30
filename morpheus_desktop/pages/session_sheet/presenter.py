"""What the session sheet asks the node and what it makes of the answers."""

import asyncio
from dataclasses import dataclass

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.opening import Opening, Quoting
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, PriceChangedError
from node.core.units import next_midnight
from node.service.api import NodeService
from node.service.dto import (
    ModelDetail,
    OpenProgress,
    Quote,
    QuoteRequest,
    SessionView,
    SettingField,
    StopPreview,
)

DEFAULT_DURATION_S = 3600
SETTLE_S = 0.15
"""A slider that still moves is not asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings say about sessions. Amounts are texts in MOR."""

    failover: str
    failover_stake: str
    failover_day_stake: str
    auto_extend: bool
    extend_day_stake: str
    auto_claim: bool


class SessionSheetPresenter(QObject):
    """One opening at a time, from `start` to `opened`. `extends`: the session whose place the new
    one takes.

    Duration and stake are one pair: whichever was changed last is asked for, the quote brings the
    other. Signals: `rules_read(Rules)`; `offers_loaded(ModelDetail)`; `quoting()`; `quoted(Quote)`;
    `stop_previewed(StopPreview)`; `refused(NodeError)`; `progressed(OpenProgress)`;
    `opened(SessionView)`.
    """

    rules_read = Signal(object)
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
        self._stop_at = 0
        self._preview = Refresh(
            tasks,
            self._read_preview,
            "stop-preview",
            done=self._previewed,
            failed=self.refused.emit,
        )
        self._settling: asyncio.Task[None] | None = None
        self.detail: ModelDetail | None = None
        self.model_id = ""
        self.bid_id = ""
        self.extends = ""
        self.duration_s: int | None = DEFAULT_DURATION_S
        self.stake: int | None = None
        self._failover = self._direct = self._unverified_tee = False
        self._auto_extend: bool | None = None
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
        self._tasks.attempt(
            self._node.system.settings(),
            "session-rules",
            failed=self.refused.emit,
            done=lambda fields: self.rules_read.emit(rules_of(fields)),
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

    def set_options(self, *, failover: bool, auto_extend: bool, direct: bool) -> None:
        """Agree to a session elsewhere, to the next one near the end, to paying from the stake."""
        self._failover, self._auto_extend, self._direct = failover, auto_extend, direct
        self._ask()

    def accept_unverified_tee(self) -> None:
        """The user knows that nobody checked what the model's TEE tag promises."""
        self._unverified_tee = True
        self._ask()

    def preview_stop(self, at: int) -> None:
        """Ask what stopping at `at` would bring back; one question at a time, the newest next."""
        self._stop_at = at
        if self.quote is not None:
            self._preview()

    def confirm(self, password: SecretStr | None = None, typed: str = "") -> None:
        """Open what the sheet shows."""
        quote = self.quote
        if quote is not None and quote.can_open:
            self._opening.open(quote.id, password, typed)

    def again(self) -> None:
        """Quote the same once more, after a failure or when the quote is too old."""
        self._ask()

    def follow(self, error: PriceChangedError) -> None:
        """Quote what the provider offers now instead of what was picked."""
        if self.bid_id:
            self.bid_id = str(error.details.get("bid_id", ""))
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
                direct_payment=self._direct,
                failover=self._failover,
                accept_unverified_tee=self._unverified_tee,
                auto_extend=self._auto_extend,
            )
        )

    async def _read_preview(self) -> tuple[Quote, StopPreview] | None:
        quote = self.quote
        if quote is None:
            return None
        return quote, await self._node.sessions.preview_stop(quote.id, self._stop_at)

    def _previewed(self, answer: tuple[Quote, StopPreview] | None) -> None:
        if answer is not None and answer[0] is self.quote:
            self.stop_previewed.emit(answer[1])

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


def rules_of(fields: tuple[SettingField, ...]) -> Rules:
    """The settings of sessions, whatever else there is."""
    values = {field.name: field.value for field in fields}
    return Rules(
        failover=str(values.get("failover", "session")),
        failover_stake=str(values.get("failover_max_stake", "0")),
        failover_day_stake=str(values.get("failover_day_stake", "0")),
        auto_extend=bool(values.get("auto_extend", False)),
        extend_day_stake=str(values.get("auto_extend_day_stake", "0")),
        auto_claim=bool(values.get("auto_claim", True)),
    )
