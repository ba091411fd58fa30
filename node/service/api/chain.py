"""The contracts' records and single acts."""

from typing import Protocol

from pydantic import SecretStr

from node.service.dto import (
    ChainBalances,
    ChainBid,
    ChainContracts,
    ChainFigures,
    ChainHold,
    ChainModel,
    ChainProvider,
    ChainSession,
    PageRequest,
)


class ChainApi(Protocol):
    """The contracts' records and single acts, for programs that speak the public node's HTTP API.

    Addresses in the records are in checksum form.
    """

    async def contracts(self) -> ChainContracts: ...

    async def figures(self) -> ChainFigures: ...

    async def balances(self) -> ChainBalances: ...

    async def approve(
        self, amount: int, password: SecretStr | None = None, client: str = ""
    ) -> str:
        """Let the marketplace take exactly `amount` MOR; returns the transaction hash.

        At most what `client`, a user of the API, may still spend; empty for the owner, who gives
        the password above the set amount.

        Raises:
            WrongPasswordError: wrong or missing (code `wallet.password_needed`).
            ClientAllowanceError: the client may not spend so much.
        """
        ...

    async def on_hold(self) -> ChainHold:
        """Stake of the wallet that the marketplace holds after early closes."""
        ...

    async def withdraw_on_hold(self, iterations: int) -> str:
        """Take back up to `iterations` (1 to 255) released entries; the transaction hash."""
        ...

    async def models(self, page: PageRequest) -> tuple[ChainModel, ...]: ...

    async def model(self, model_id: str) -> ChainModel: ...

    async def providers(self, page: PageRequest) -> tuple[ChainProvider, ...]: ...

    async def provider(self, address: str) -> ChainProvider: ...

    async def bid(self, bid_id: str) -> ChainBid: ...

    async def model_bids(
        self, model_id: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]: ...

    async def provider_bids(
        self, provider: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]: ...

    async def rated_bids(self, model_id: str) -> tuple[ChainBid, ...]:
        """Active bids that the rating keeps, best first; empty for an unknown model."""
        ...

    async def session(self, session_id: str) -> ChainSession: ...

    async def user_sessions(self, user: str, page: PageRequest) -> tuple[ChainSession, ...]: ...

    async def provider_sessions(
        self, provider: str, page: PageRequest
    ) -> tuple[ChainSession, ...]: ...
