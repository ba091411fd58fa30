"""The market as people see it:

Models with their offers, kept with an age so that nobody waits twice.
"""

import asyncio
from dataclasses import dataclass

from node.core.clock import Clock
from node.core.errors import ModelNotFoundError
from node.core.ids import ModelId
from node.core.ports import Marketplace
from node.core.records import Economy, Model, ModelBids
from node.router.rating import RatedBid, RatingConfig, RatingSource, rate

MAX_AGE_S = 15.0
PARALLEL_MODELS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOffers:
    model: Model
    offers: tuple[RatedBid, ...]

    @property
    def best(self) -> RatedBid | None:
        return next((item for item in self.offers if item.score is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """All active models with rated offers. `read_at` is of the monotonic clock."""

    models: tuple[ModelOffers, ...]
    economy: Economy
    read_at: float
    rating: RatingConfig


class MarketBook:
    """Reads the market on demand and keeps the last view."""

    def __init__(self, *, market: Marketplace, rating: RatingSource, clock: Clock) -> None:
        self._market = market
        self._rating = rating
        self._clock = clock
        self._view: MarketView | None = None
        self._reading = asyncio.Lock()

    async def view(self, *, refresh: bool = False) -> MarketView:
        """Return a view at most 15 seconds old, or a new one with `refresh`."""
        async with self._reading:
            view = self._view
            if refresh or view is None or self._is_old(view):
                view = self._view = await self._read()
            return view

    def _is_old(self, view: MarketView) -> bool:
        age = self._clock.monotonic() - view.read_at
        return age >= MAX_AGE_S or view.rating is not self._rating.current

    def known(self, model_id: ModelId) -> ModelOffers | None:
        """The model as last read, of whatever age; None when it was not seen yet."""
        models = self._view.models if self._view is not None else ()
        return next((item for item in models if item.model.id == model_id), None)

    async def model(self, model_id: ModelId) -> ModelOffers:
        """Offers of one model, read anew.

        Raises:
            ModelNotFoundError: unknown or deregistered.
        """
        bids = await self._market.model_bids(model_id)
        if bids.model.is_deleted:
            raise ModelNotFoundError("This model was taken off the market.")
        return self._offers(bids)

    async def _read(self) -> MarketView:
        models, economy = await asyncio.gather(self._market.active_models(), self._market.economy())
        gate, rating = asyncio.Semaphore(PARALLEL_MODELS), self._rating.current

        async def offers(model: Model) -> ModelOffers:
            async with gate:
                return self._offers(await self._market.model_bids(model.id))

        found = await asyncio.gather(*(offers(model) for model in models))
        return MarketView(
            models=tuple(found),
            economy=economy,
            read_at=self._clock.monotonic(),
            rating=rating,
        )

    def _offers(self, bids: ModelBids) -> ModelOffers:
        return ModelOffers(model=bids.model, offers=rate(bids, self._rating.current))

    async def named(self, name: str) -> tuple[ModelOffers, ...]:
        """All models with this name (any case) or id, those with the best offer first."""
        wanted = name.strip().casefold()
        view = await self.view()
        matches = [
            item
            for item in view.models
            if item.model.name.strip().casefold() == wanted or item.model.id.hex == wanted
        ]
        matches.sort(key=lambda item: -(item.best.score or 0.0) if item.best else 0.0)
        return tuple(matches)
