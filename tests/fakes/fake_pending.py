"""Waiting transactions of the fake wallet."""

from typing import TYPE_CHECKING, Literal

from node.core.errors import UserInputError
from node.core.events import BalanceChanged, EventBus, TransactionChanged
from node.service.api.pending import PendingApi
from node.service.dto import FeeTier, ReplaceDraft, TransactionView
from tests.fakes.sample_market import hex_id
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World

_EXPLANATION = (
    "Another transaction takes the place of this one.",
    "If the new one is first, it counts.",
    "If the old one is faster, it counts.",
)


class FakePending(PendingApi):
    """Replaces rows of `World.transactions`; the replacement waits on top of the list."""

    _script: Script
    _world: "World"
    _bus: EventBus

    async def fee_tiers(self) -> tuple[FeeTier, ...]:
        await self._script.enter("wallet.fee_tiers")
        return (
            FeeTier(speed="slow", fee_per_gas=5_000_000, seconds=20),
            FeeTier(speed="normal", fee_per_gas=6_000_000, seconds=6),
            FeeTier(speed="fast", fee_per_gas=9_000_000, seconds=2),
        )

    async def draft_replace(self, hash: str, verb: Literal["speed_up", "cancel"]) -> ReplaceDraft:
        await self._script.enter("wallet.draft_replace", hash, verb)
        old = self._waiting(hash)
        return ReplaceDraft(
            id=f"{verb}:{hash}",
            hash=hash,
            verb=verb,
            fee_wei=5_300_000_000_000,
            old_fee_wei=4_700_000_000_000,
            nonce=old.nonce,
            explanation=_EXPLANATION,
            expires_at=self._world.now + 300,
        )

    async def replace(self, draft_id: str) -> TransactionView:
        await self._script.enter("wallet.replace", draft_id)
        verb, _, tx_hash = draft_id.partition(":")
        old = self._waiting(tx_hash)
        cancels = {"intent": "cancel", "summary": f"Cancel: {old.summary}"}
        new = old.model_copy(
            update={
                "hash": hex_id(0x2E9 << 200 | len(self._world.transactions)),
                "created_at": self._world.now,
                **(cancels if verb == "cancel" else {}),
            }
        )
        outdated = old.model_copy(update={"replaced_by": new.hash, "can_replace": False})
        rows = [outdated if item.hash == old.hash else item for item in self._world.transactions]
        self._world.transactions = [new, *rows]
        self._bus.publish(
            TransactionChanged(tx_hash=new.hash, status=new.status, summary=new.summary)
        )
        self._bus.publish(BalanceChanged())
        return new

    def _waiting(self, tx_hash: str) -> TransactionView:
        for item in self._world.transactions:
            if item.hash == tx_hash and item.can_replace:
                return item
        raise UserInputError("This transaction does not wait any more.", code="chain.tx_mined")
