"""Claims the provider's pay: one session, or all that pay now."""

import asyncio
from dataclasses import dataclass

from node.core.errors import NodeError, RevertedError, SessionError
from node.core.ids import SessionId
from node.core.ports import Intent
from node.core.records import Receipt
from node.core.units import NO_MOR, Eth, Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.earnings import Earned, Earnings, EarningsBook
from node.router.sending import TransactionSender

MAX_AT_ONCE = 50
"""Sessions of one "claim all": each is a transaction of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedClaim:
    """`problem` says why the contract would refuse it now; then the amount is 0."""

    session_id: SessionId
    amount: Mor
    fee: Eth
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOut:
    session_id: SessionId
    tx_hash: str
    amount: Mor


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRun:
    """What a "claim all" brought; `failed` are sessions with the reason, left for another time."""

    paid: tuple[PaidOut, ...]
    failed: tuple[tuple[SessionId, str], ...]


class PayDesk:
    """Claims for one wallet on one network, one claim at a time."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        book: EarningsBook,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._book = book
        self._claiming = asyncio.Lock()

    async def plan(self, session_id: SessionId | None = None) -> tuple[PlannedClaim, ...]:
        """What claiming one session, or all that is ready, would bring and cost. Sends nothing.

        The largest come first; the cap is shared out in this order.

        Raises:
            SessionError: the session was not served by this wallet.
        """
        if session_id is not None:
            earned = await self._book.earned(session_id)
            return (await self._planned(earned, earned.claimable.now),)
        found = await self._book.earnings()
        return tuple([await self._planned(*item) for item in _shares(found)[:MAX_AT_ONCE]])

    async def _planned(self, earned: Earned, amount: Mor) -> PlannedClaim:
        session_id = earned.session.id
        if not amount:
            return PlannedClaim(
                session_id=session_id, amount=amount, fee=Eth(0), problem=_when(earned)
            )
        call = self._chain.calls.claim(session_id)
        try:
            fee = await self._chain.transactions.estimate_fee(call, self._wallet.address)
        except RevertedError as error:
            return PlannedClaim(
                session_id=session_id, amount=NO_MOR, fee=Eth(0), problem=_refused(error)
            )
        return PlannedClaim(session_id=session_id, amount=amount, fee=fee)

    async def claim(self, session_id: SessionId) -> PaidOut:
        """Claim the pay of one session.

        Raises:
            SessionError: not served by this wallet; nothing to claim now (the hint says from
                when); or a claim of it is on its way already.
            RevertedError, FundsError, RpcUnavailableError, TxStuckError: as journalled.
        """
        async with self._claiming:
            return await self._claimed(await self._book.earned(session_id))

    async def claim_all(self, least: Mor = NO_MOR) -> ClaimRun:
        """Claim every session that pays now, at least `least` each, largest first.

        A session that the contract refuses is left out; whatever else goes wrong ends the run, and
        is raised only when nothing was paid yet.
        """
        paid: list[PaidOut] = []
        failed: list[tuple[SessionId, str]] = []
        async with self._claiming:
            for earned, amount in _shares(await self._book.earnings())[:MAX_AT_ONCE]:
                if amount < least:
                    continue
                try:
                    paid.append(await self._claimed(earned))
                except RevertedError as error:
                    failed.append((earned.session.id, _refused(error)))
                except NodeError as error:
                    if not paid:
                        raise
                    failed.append((earned.session.id, error.message))
                    break
        return ClaimRun(paid=tuple(paid), failed=tuple(failed))

    async def _claimed(self, earned: Earned) -> PaidOut:
        session_id = earned.session.id
        if not earned.claimable.now:
            raise SessionError(
                "There is nothing to claim for this session now.",
                hint=_when(earned),
                code="session.nothing_to_claim",
            )
        if await self._is_waiting(session_id):
            raise SessionError(
                "The pay of this session is being claimed already.",
                hint="Wait until the transaction is in a block.",
                code="session.claim_waiting",
            )
        record, receipt = await self._sender.send_alone(self._chain.calls.claim(session_id))
        return PaidOut(
            session_id=session_id, tx_hash=record.tx_hash.hex, amount=self._arrived(receipt)
        )

    async def _is_waiting(self, session_id: SessionId) -> bool:
        """A claim that was signed and is in no block yet, of before a crash perhaps."""
        waiting = await self._wallet.journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        )
        return any(
            record.intent is Intent.CLAIM and session_id.raw in record.raw for record in waiting
        )

    def _arrived(self, receipt: Receipt) -> Mor:
        own = self._wallet.address
        return Mor(sum(amount.base for _, target, amount in receipt.transfers if target == own))


def _shares(found: Earnings) -> list[tuple[Earned, Mor]]:
    """Each session with what it would be paid when all are claimed, largest first."""
    left = found.cap.headroom.base
    shares = []
    for item in sorted(found.sessions, key=lambda item: item.claimable.now.base, reverse=True):
        amount = min(left, item.claimable.now.base)
        if not amount:
            break
        shares.append((item, Mor(amount)))
        left -= amount
    return shares


def _when(earned: Earned) -> str:
    """Why nothing can be claimed for a session now, and from when."""
    found, session = earned.claimable, earned.session
    if found.later:
        return "It was closed today; the pay can be claimed after midnight UTC."
    if found.beyond_cap:
        return "A provider is paid at most its stake within 365 days; add stake to be paid more."
    if not session.is_closed and session.provider_withdrawn.base == 0:
        return "A session pays after its end."
    return "It was paid already."


def _refused(error: RevertedError) -> str:
    if error.reason.startswith("ERC20"):
        return "The network's treasury cannot pay at the moment."
    return error.message
