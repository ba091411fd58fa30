"""Models, bids and providers to choose from."""

from typing import Protocol

from node.service.dto import (
    MarketSnapshot,
    ModelDetail,
    PingResult,
    ProviderView,
)


class MarketApi(Protocol):
    async def models(self, *, refresh: bool = False) -> MarketSnapshot: ...

    async def model(self, model_id: str) -> ModelDetail: ...

    async def providers(self) -> tuple[ProviderView, ...]: ...

    async def ping(self, provider: str, endpoint: str = "") -> PingResult:
        """Ask who answers at `endpoint` (host:port), or at the provider's endpoint on chain."""
        ...
