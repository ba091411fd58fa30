"""What this program ever asks a contract to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import Eth, Mor, PricePerSecond


class Intent(StrEnum):
    """Everything this program ever signs as a transaction."""

    APPROVE = "approve"
    OPEN_SESSION = "open_session"
    CLOSE_SESSION = "close_session"
    WITHDRAW_ON_HOLD = "withdraw_on_hold"
    CLAIM = "claim"
    SEND_MOR = "send_mor"
    SEND_ETH = "send_eth"
    REGISTER_PROVIDER = "register_provider"
    DEREGISTER_PROVIDER = "deregister_provider"
    REGISTER_MODEL = "register_model"
    DEREGISTER_MODEL = "deregister_model"
    POST_BID = "post_bid"
    DELETE_BID = "delete_bid"
    CANCEL = "cancel"
    """Nothing to oneself, in the place of a transaction that waits."""
    FREE_NONCE = "free_nonce"
    """Nothing to oneself, under a number that nothing uses and that holds up those behind it."""


EMPTY_INTENTS = frozenset({Intent.CANCEL, Intent.FREE_NONCE})
"""Transactions that do nothing but use their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A contract call (or plain transfer) that an intent wants mined: target, calldata, value."""

    intent: Intent
    to: Address
    data: bytes
    value: Eth = field(default_factory=lambda: Eth(0))
    summary: str = ""


class Calls(Protocol):
    """Builds calldata of every intent; pure, no network."""

    def approve(self, amount: Mor) -> Call: ...

    def revoke(self, spender: Address) -> Call: ...

    def open_session(
        self, user: Address, stake: Mor, direct_payment: bool, approval: bytes, signature: bytes
    ) -> Call: ...

    def close_session(self, report: bytes, signature: bytes) -> Call: ...

    def withdraw_on_hold(self, user: Address, iterations: int) -> Call: ...

    def claim(self, session_id: SessionId) -> Call: ...

    def send_mor(self, to: Address, amount: Mor) -> Call: ...

    def send_eth(self, to: Address, amount: Eth) -> Call: ...

    def register_provider(self, provider: Address, stake: Mor, endpoint: str) -> Call: ...

    def deregister_provider(self, provider: Address) -> Call: ...

    def deregister_model(self, model_id: ModelId) -> Call: ...

    def register_model(
        self,
        owner: Address,
        base_id: bytes,
        ipfs_cid: bytes,
        stake: Mor,
        name: str,
        tags: Sequence[str],
    ) -> Call: ...

    def post_bid(self, provider: Address, model_id: ModelId, price: PricePerSecond) -> Call: ...

    def delete_bid(self, bid_id: BidId) -> Call: ...
