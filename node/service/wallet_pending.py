"""The part of the facade's wallet group that is about waiting transactions."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from node.core.errors import QuoteExpiredError
from node.core.ids import TxHash
from node.core.ports import Intent
from node.router.replacing import ReplacePlan
from node.service.dto import FeeTier, ReplaceDraft, TransactionView
from node.service.stack import NetworkStack, StackHolder
from node.service.transaction_list import TransactionList

DRAFT_LIFETIME_S = 300
_HAPPENED_ANYWAY = {
    Intent.APPROVE: "the allowance is set as ordered",
    Intent.OPEN_SESSION: "the session is open and its stake is locked until it is closed",
    Intent.CLOSE_SESSION: "the session is closed as ordered",
}
_DID_NOT_HAPPEN = {
    Intent.APPROVE: "the allowance stays as it is, and a session that waits for it is not opened",
    Intent.OPEN_SESSION: "no session is opened and no MOR is locked",
    Intent.CLOSE_SESSION: "the session stays open, and its stake stays in it until it is closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    plan: ReplacePlan
    stack: NetworkStack
    expires_at: int


class WalletPending:
    """Implements `PendingApi`."""

    def __init__(
        self, *, stacks: StackHolder, listing: TransactionList, touch: Callable[[], None]
    ) -> None:
        self._networks = stacks
        self._records = listing
        self._used = touch
        self._replacements: dict[str, _Draft] = {}

    async def fee_tiers(self) -> tuple[FeeTier, ...]:
        stack = self._networks.require()
        found = await stack.chain.transactions.fee_tiers()
        return tuple(
            FeeTier(speed=item.speed, fee_per_gas=item.fee_per_gas, seconds=item.seconds)
            for item in found
        )

    async def draft_replace(self, hash: str, verb: Literal["speed_up", "cancel"]) -> ReplaceDraft:
        self._used()
        stack = self._networks.require()
        plan = await stack.replacer.plan(TxHash.parse(hash), verb)
        expires_at = stack.chain.clock.unix_seconds() + DRAFT_LIFETIME_S
        draft_id = secrets.token_hex(8)
        self._replacements[draft_id] = _Draft(plan=plan, stack=stack, expires_at=expires_at)
        return ReplaceDraft(
            id=draft_id,
            hash=plan.record.tx_hash.hex,
            verb=verb,
            fee_wei=plan.fee.base,
            old_fee_wei=plan.old_fee.base,
            nonce=plan.record.nonce,
            explanation=explanation_of(plan),
            expires_at=expires_at,
        )

    async def replace(self, draft_id: str) -> TransactionView:
        self._used()
        stack = self._networks.require()
        draft = self._replacements.pop(draft_id, None)
        if (
            draft is None
            or draft.stack is not stack
            or stack.chain.clock.unix_seconds() > draft.expires_at
        ):
            raise QuoteExpiredError("This replacement is no longer up to date.")
        record = await stack.replacer.replace(draft.plan)
        stack.keeper.reconcile_soon()
        return await self._records.view(record)


def explanation_of(plan: ReplacePlan) -> tuple[str, ...]:
    """Both outcomes in words."""
    intent = plan.record.intent
    if plan.verb == "speed_up":
        return (
            "The same transaction is offered again with a higher fee, in the same place of your"
            f" account (number {plan.record.nonce}).",
            "Exactly one of the two can count: nothing is sent, opened or paid twice.",
            "If the first one is faster after all, it counts, and the higher fee is not paid.",
        )
    not_done = _DID_NOT_HAPPEN.get(intent, "nothing of the old one happens")
    done = _HAPPENED_ANYWAY.get(intent, "it counts as if you had not cancelled")
    return (
        "An empty transaction to yourself takes the place of this one (number"
        f" {plan.record.nonce}).",
        f"If the cancellation is first, {not_done}; you pay only its network fee.",
        f"If the old one is faster, {done}, and the cancellation costs nothing.",
    )
