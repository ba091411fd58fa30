"""What the market shows: the list, the picked model, its offers, what a session would lock."""

import asyncio
import time as clock
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.models.market import MarketFilter, visible
from morpheus_desktop.opening import Quoting
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.units import ceil_div
from node.service.api import NodeService
from node.service.dto import (
    MarketSnapshot,
    ModelDetail,
    ModelSummary,
    OfferView,
    PingResult,
    QuoteRequest,
)

HOUR_S = 3600
STALE_S = 15 * 60
SETTLE_S = 0.15
"""A slider that still moves is not asked about."""


class MarketPresenter(QObject):
    """`loading()`, then `models_loaded()` or `failed(NodeError)`; old models stay after a failure.

    Further signals: `filtered()` other rows; `picked()` another model, its offers not yet known;
    `detail_loaded(ModelDetail)`, `detail_failed(NodeError)`; `offer_chosen()`; `planned()` the
    calculator's figures changed; `quoted(Quote)`, `quote_refused(NodeError)`;
    `provider_answered(PingResult)`, `provider_silent(address, NodeError)`.
    """

    loading = Signal()
    models_loaded = Signal()
    filtered = Signal()
    failed = Signal(object)
    picked = Signal()
    detail_loaded = Signal(object)
    detail_failed = Signal(object)
    offer_chosen = Signal()
    planned = Signal()
    quoted = Signal(object)
    quote_refused = Signal(object)
    provider_answered = Signal(object)
    provider_silent = Signal(str, object)

    def __init__(
        self,
        node: NodeService,
        tasks: GuiTasks,
        signals: NodeSignals,
        *,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self._monotonic = monotonic
        self._arrived_s = 0.0
        self._forced = False
        self._detail_task: asyncio.Task[None] | None = None
        self._quoting = Quoting(node, tasks)
        self._quoting.quoted.connect(self.quoted)
        self._quoting.refused.connect(self.quote_refused)
        self._settling: asyncio.Task[None] | None = None
        self.snapshot: MarketSnapshot | None = None
        self.filter = MarketFilter()
        self.rows: list[ModelSummary] = []
        self.model: ModelSummary | None = None
        self.detail: ModelDetail | None = None
        self.offer_index = 0
        self.duration_s = HOUR_S
        self._read = Refresh(
            tasks, self._models, "market", done=self._arrived, failed=self.failed.emit
        )
        signals.market_changed.connect(self.load)
        signals.wallet_changed.connect(self.load)

    # --- the list ---

    def load(self) -> None:
        """Show what the node knows."""
        self.loading.emit()
        self._read()

    def reload(self) -> None:
        """Ask the chain again."""
        self._forced = True
        self.load()

    def age_s(self) -> float:
        """How old the shown list is."""
        if self.snapshot is None:
            return 0.0
        return self.snapshot.age_s + self._monotonic() - self._arrived_s

    def set_filter(self, **changes: str | bool) -> None:
        """Change fields of the filter."""
        self.filter = replace(self.filter, **changes)  # type: ignore[arg-type]  # field by field
        self._filter_rows()

    def clear_filter(self) -> None:
        self.filter = MarketFilter(sort=self.filter.sort)
        self._filter_rows()

    # --- the picked model ---

    def pick(self, model_id: str) -> None:
        """Read the offers of a model; the newest pick wins."""
        model = next((item for item in self.rows if item.id == model_id), None)
        if model is None or (self.model is not None and self.model.id == model_id):
            return
        self.model, self.detail, self.offer_index = model, None, 0
        self._forget_quote()
        self.picked.emit()
        self.read_offers()

    def read_offers(self) -> None:
        if self.model is None:
            return
        if self._detail_task is not None:
            self._detail_task.cancel()
        self._detail_task = self._tasks.attempt(
            self._node.market.model(self.model.id),
            "offers",
            failed=self.detail_failed.emit,
            done=self._detail_arrived,
        )

    def choose_offer(self, index: int) -> None:
        """0 leaves the choice to the rating, n is the n-th offer."""
        self.offer_index = index
        self.offer_chosen.emit()
        self._plan()

    @property
    def offer(self) -> OfferView | None:
        """The offer that counts: the chosen one, or the best for the automatic choice."""
        offers = self.offers
        if not offers:
            return None
        return offers[max(0, self.offer_index - 1)]

    @property
    def offers(self) -> tuple[OfferView, ...]:
        """What can be chosen: the rated offers of others, best first."""
        if self.detail is None:
            return ()
        return tuple(
            offer for offer in self.detail.offers if offer.score is not None and not offer.is_own
        )

    @property
    def bid_id(self) -> str | None:
        """The pinned offer, None for the automatic choice."""
        offer = self.offer
        return offer.bid_id if offer is not None and self.offer_index > 0 else None

    def check_provider(self) -> None:
        """Ask the provider that counts whether it answers now."""
        offer = self.offer
        if offer is None:
            return
        address = offer.provider
        self._tasks.attempt(
            self._node.market.ping(address),
            "ping",
            failed=lambda error: self.provider_silent.emit(address, error),
            done=self._ping_arrived,
        )

    # --- the calculator ---

    def set_duration(self, seconds: int) -> None:
        self.duration_s = seconds
        self._plan()

    @property
    def stake(self) -> int:
        """About what the planned session locks; a quote brings the exact amount."""
        offer = self.offer
        return ceil_div(offer.stake_per_hour * self.duration_s, HOUR_S) if offer else 0

    # --- inside ---

    async def _models(self) -> MarketSnapshot:
        forced, self._forced = self._forced, False
        return await self._node.market.models(refresh=forced)

    def _arrived(self, snapshot: MarketSnapshot) -> None:
        self.snapshot = snapshot
        self._arrived_s = self._monotonic()
        self._filter_rows()
        if self.model is not None:
            self._update_model(snapshot)
        self.models_loaded.emit()

    def _update_model(self, snapshot: MarketSnapshot) -> None:
        """Keep the picked model when it is still there; its offers are read again."""
        known = {model.id: model for model in snapshot.models}
        self.model = known.get(self.model.id) if self.model is not None else None
        if self.model is None:
            self.detail = None
            self.picked.emit()
        else:
            self.read_offers()

    def _filter_rows(self) -> None:
        models = self.snapshot.models if self.snapshot is not None else ()
        self.rows = visible(models, self.filter)
        self.filtered.emit()

    def _detail_arrived(self, detail: ModelDetail) -> None:
        pinned = self.bid_id
        self.detail = detail
        ids = [offer.bid_id for offer in self.offers]
        self.offer_index = ids.index(pinned) + 1 if pinned in ids else 0
        self.detail_loaded.emit(detail)
        self._plan()

    def _ping_arrived(self, result: PingResult) -> None:
        self.provider_answered.emit(result)

    def _plan(self) -> None:
        self._forget_quote()
        self.planned.emit()
        if self.offer is not None:
            self._settling = self._tasks.spawn(self._ask_quote(), "settle")

    def _forget_quote(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
        self._quoting.forget()

    async def _ask_quote(self) -> None:
        await asyncio.sleep(SETTLE_S)
        if self.model is None:
            return
        bid = self.bid_id
        self._quoting.ask(
            QuoteRequest(
                model_id=None if bid else self.model.id, bid_id=bid, duration_s=self.duration_s
            )
        )
