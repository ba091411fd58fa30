"""Hosting."""

from collections.abc import Sequence
from typing import Protocol

from node.service.dto import (
    ClaimResult,
    ProviderSession,
    ProviderStatus,
)


class ProviderApi(Protocol):
    async def status(self) -> ProviderStatus: ...

    async def sessions(self) -> tuple[ProviderSession, ...]: ...

    async def claim(self, session_id: str) -> ClaimResult: ...

    async def register(self, stake: int, endpoint: str) -> str:
        """Register or update the own provider record; returns the transaction hash."""
        ...

    async def create_model(
        self, name: str, tags: Sequence[str], stake: int, base_id: str = ""
    ) -> str:
        """Register a model; returns its id."""
        ...

    async def post_bid(self, model_id: str, price_per_second: int) -> str:
        """Post (or replace) the own bid on a model; returns the bid id."""
        ...

    async def delete_bid(self, bid_id: str) -> str: ...

    async def deregister(self) -> str:
        """Deregister the own provider record; returns the transaction hash."""
        ...

    async def delete_model(self, model_id: str) -> str: ...
