"""Reads of the chain."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.records import (
    Balances,
    Bid,
    Economy,
    HostingTerms,
    Model,
    ModelBids,
    OnHold,
    Page,
    Provider,
    Session,
)
from node.core.units import Eth, Mor


class JsonRpc(Protocol):
    """One JSON-RPC 2.0 endpoint.

    `request` returns the `result`; an error answer is raised as ChainError.
    """

    async def request(self, method: str, params: Sequence[Any]) -> Any: ...


class Marketplace(Protocol):
    """Reads of the marketplace contract and the MOR token.

    Lists are read in batches at one block.
    """

    @property
    def chain_id(self) -> int: ...

    @property
    def marketplace_address(self) -> Address: ...

    @property
    def token_address(self) -> Address: ...

    async def block_time(self) -> int: ...

    async def economy(self) -> Economy: ...

    async def balances(self, owner: Address) -> Balances: ...

    async def allowances(self, owner: Address, spenders: Sequence[Address]) -> tuple[Mor, ...]:
        """What each of the contracts may take from `owner`."""
        ...

    async def funding_account(self) -> Address:
        """The account from which providers are paid."""
        ...

    async def has_code(self, address: Address) -> bool:
        """Whether a contract is at the address. An account with a delegation (EIP-7702) is none."""
        ...

    async def holdings(self, owners: Sequence[Address]) -> Mapping[Address, tuple[Mor, Eth]]:
        """MOR and ETH of many addresses at one block, for lists."""
        ...

    async def model(self, model_id: ModelId) -> Model: ...

    def forget_lists(self) -> None:
        """Read lists anew next time, also those of others that changed a moment ago."""
        ...

    async def active_models(self) -> tuple[Model, ...]: ...

    async def provider(self, address: Address) -> Provider | None: ...

    async def active_providers(self) -> tuple[Provider, ...]: ...

    async def bid(self, bid_id: BidId) -> Bid: ...

    async def bids(self, ids: Sequence[BidId]) -> Mapping[BidId, Bid]:
        """Records for lists, in one batch; unknown ids are left out."""
        ...

    async def model_bids(self, model_id: ModelId) -> ModelBids:
        """All active bids of the model with provider records and statistics, in a few batched
        calls.
        """
        ...

    async def bid_pages(
        self,
        *,
        model_id: ModelId | None = None,
        provider: Address | None = None,
        active_only: bool,
        offset: int,
        limit: int,
    ) -> Page[Bid]: ...

    async def session(self, session_id: SessionId) -> Session: ...

    async def sessions(
        self,
        *,
        user: Address | None = None,
        provider: Address | None = None,
        offset: int,
        limit: int,
    ) -> Page[Session]:
        """Oldest first, as the contract lists them. Exactly one of `user`, `provider` is given."""
        ...

    async def on_hold(self, user: Address) -> OnHold: ...

    async def bid_fee(self) -> Mor:
        """What posting a bid costs; it is not returned."""
        ...

    async def hosting_terms(self) -> HostingTerms:
        """Least stakes, the fee of a bid and the bounds of prices; at most a minute old."""
        ...

    async def is_approval_used(self, approval: bytes) -> bool: ...
