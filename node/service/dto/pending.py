"""Waiting transactions: what replaces them, and what speed costs."""

from typing import Literal

from node.service.dto.base import Dto
from node.service.dto.money import Speed


class ReplaceDraft(Dto):
    """A replacement that waits for the user's yes. `fee_wei` is the most it may cost, `old_fee_wei`
    the most the present one may; only one of the two is ever paid. `explanation` has one sentence
    for each thing that may happen.
    """

    id: str
    hash: str
    verb: Literal["speed_up", "cancel"]
    fee_wei: int
    old_fee_wei: int
    nonce: int
    explanation: tuple[str, ...]
    expires_at: int


class FeeTier(Dto):
    """`fee_per_gas` in wei; `seconds`: how long a transaction of this speed usually waits."""

    speed: Speed
    fee_per_gas: int
    seconds: int
