"""Keeps clients of the API within their allowances, whatever happens in between.

An amount is reserved on the disk before anything is signed, and released only when the journal
proves that nothing was or can be paid. A transaction that was signed and then given up stays
counted: somebody may still put it into a block.
"""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from node.core.errors import ClientAllowanceError
from node.core.faults import fault_point
from node.core.ids import TxHash
from node.core.ports import Intent
from node.service.stack import NetworkStack, StackHolder
from node.store.client_spending import ClientSpending, Outcome, Reservation
from node.store.journal_records import TxRecord, TxStatus

Asset = Literal["MOR", "ETH"]
ETH = "eth"
_SPENDS = frozenset(
    {
        Intent.SEND_ETH,
        Intent.SEND_MOR,
        Intent.OPEN_SESSION,
        Intent.REGISTER_PROVIDER,
        Intent.REGISTER_MODEL,
        Intent.POST_BID,
    }
)
_NEVER_PAID = frozenset({TxStatus.FAILED, TxStatus.REPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """`client` empty: the owner, who is not limited. Amounts are base units of `asset`."""

    client: str
    asset: Asset
    amount: int


class AllowanceDesk:
    """Reservations of all clients on the network in use."""

    def __init__(self, *, stacks: StackHolder, spending: ClientSpending) -> None:
        self._stacks = stacks
        self._spending = spending
        self._at_work: set[str] = set()

    @asynccontextmanager
    async def spending(self, wanted: Spending) -> AsyncGenerator[str, None]:
        """Reserve, and yield the id under which the journal must keep what is signed inside.

        Raises:
            ClientAllowanceError: the client may not spend so much; nothing was signed.
        """
        intent_id = secrets.token_hex(16)
        if not wanted.client:
            yield intent_id
            return
        stack = self._stacks.require()
        await self.settle()
        reservation = Reservation(
            intent_id=intent_id, name=wanted.client, chain_id=_chain_id(stack)
        )
        self._at_work.add(intent_id)
        try:
            await self._spending.reserve(reservation, _token(stack, wanted.asset), wanted.amount)
            fault_point("allowance.reserved.after")
            try:
                yield intent_id
            finally:
                await self._settle(stack, reservation)
        finally:
            self._at_work.discard(intent_id)

    async def check(self, wanted: Spending) -> None:
        """Refuse what spends nothing itself but makes spending possible, as an approval does.

        Raises:
            ClientAllowanceError: more than what is left.
        """
        if not wanted.client:
            return
        stack = self._stacks.require()
        await self.settle()
        left = await self._spending.left(wanted.client, _token(stack, wanted.asset))
        if wanted.amount > left:
            raise ClientAllowanceError(
                f"low agent user allowance: {left} is left, {wanted.amount} is needed"
            )

    async def note(self, client: str, tx_hash: TxHash) -> None:
        """Remember whose transaction it was."""
        if client:
            await self._spending.note(client, tx_hash)

    async def settle(self) -> None:
        """Look what became of reservations that nobody is carrying out, on the network in use."""
        stack = self._stacks.current
        if stack is None:
            return
        for reservation in await self._spending.reserved(_chain_id(stack)):
            if reservation.intent_id not in self._at_work:
                await self._settle(stack, reservation)

    async def _settle(self, stack: NetworkStack, reservation: Reservation) -> None:
        journal = stack.wallet.journal
        records = await journal.transactions_of(reservation.intent_id)
        entry = await journal.entry(reservation.intent_id)
        outcome: Outcome = _outcome(records)
        if outcome == "released" and entry is not None and not entry.is_final:
            # Still on its way, or left for recovery to give up.
            outcome = "spent" if entry.session_id is not None else "reserved"
        hashes = tuple(record.tx_hash for record in records)
        await self._spending.settle(reservation, outcome, hashes)


def _outcome(records: tuple[TxRecord, ...]) -> Outcome:
    """By the transactions that spend; without any the amount is free again."""
    statuses = {record.status for record in records if record.intent in _SPENDS}
    if TxStatus.MINED in statuses:
        return "spent"
    if any(record.is_pending for record in records if record.intent in _SPENDS):
        return "reserved"
    return "released" if statuses <= _NEVER_PAID else "spent"


def _chain_id(stack: NetworkStack) -> int:
    """The demo's journal is its own and ends with it, so other chains of its number are not it."""
    return 0 if stack.demo is not None else stack.chain.market.chain_id


def _token(stack: NetworkStack, asset: Asset) -> str:
    return ETH if asset == "ETH" else stack.chain.market.token_address.hex
