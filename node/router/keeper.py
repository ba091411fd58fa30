"""Looks after the wallet's sessions:

Closes what has ended, takes back what is released, retries what was refused, notices what others
did.
"""

import asyncio
from collections.abc import Awaitable, Callable

from node.core.errors import (
    ChainError,
    NodeError,
    NoWalletError,
    SessionClosedError,
)
from node.core.log import get_logger
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.claiming import StakeClaimer
from node.router.closing import SessionCloser
from node.router.finality import FinalityWatch
from node.router.recovery import SessionRecovery
from node.router.retrying import RetryQueue
from node.store.journal_records import SessionEntry, SessionState
from node.store.retries import Duty

_log = get_logger("node.router.keeper")
LOOK_EVERY_S = 5.0
RECONCILE_EVERY_S = 300.0
LOOK_AGAIN_S = 10.0
"""Between two comparisons while a transaction is on its way that nobody waits for; then longer."""
LOOK_AGAIN_LATEST_S = 30.0


class SessionKeeper:
    """Background duty of one wallet on one network; `run` ends only by cancellation."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        closer: SessionCloser,
        recovery: SessionRecovery,
        claimer: StakeClaimer,
        retries: RetryQueue,
        finality: FinalityWatch,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._closer = closer
        self._recovery = recovery
        self._claimer = claimer
        self._retries = retries
        self._finality = finality
        self._reconciled = -RECONCILE_EVERY_S
        self._again_s = LOOK_AGAIN_S
        self._wake = asyncio.Event()
        self.is_connected = True
        """False after a look that failed for want of a connection, until one succeeds."""

    def wake(self) -> None:
        """Look now: the demo's time was moved, the wallet was unlocked, a connection came back."""
        self._retries.wake()
        self._claimer.wake()
        self._wake.set()

    def reconcile_soon(self) -> None:
        """Compare journal and chain at the next look: somebody else closed a session."""
        self._reconciled = -RECONCILE_EVERY_S
        self._wake.set()

    async def run(self) -> None:
        """Reconcile at once and every five minutes; look at ends and holds every five seconds."""
        while True:
            # Before the round: a call of `wake` while it runs leads to another one.
            self._wake.clear()
            # Each duty by itself: what stops one must not leave stakes unclosed or unclaimed.
            done = [await self._done(duty) for duty in self._duties()]
            self.is_connected = all(done)
            await self._pause()

    def _duties(self) -> tuple[Callable[[], Awaitable[object]], ...]:
        return (self._confirm, self._reconcile, self.close_ended, self._claim)

    async def _done(self, duty: Callable[[], Awaitable[object]]) -> bool:
        """Whether the duty was not kept from its work by the chain."""
        try:
            await duty()
        except NoWalletError:
            return True
        except NodeError as error:
            _log.warning("sessions could not be looked after", code=error.code)
            return not isinstance(error, ChainError)
        except Exception:  # a defect in one round must not leave stakes unclosed in the next
            _log.exception("sessions could not be looked after")
        return True

    async def _confirm(self) -> None:
        if await self._finality.look_if_due():
            # What stood in a block that vanished may have opened or closed a session.
            self._reconciled = -RECONCILE_EVERY_S

    async def _reconcile(self) -> None:
        now = self._chain.clock.monotonic()
        if await self._is_time_to_reconcile(now):
            await self._recovery.run()
            self._reconciled = now

    async def _claim(self) -> None:
        if await self._claimer.look():
            # Whose stake came back is settled now.
            self.reconcile_soon()

    async def _is_time_to_reconcile(self, now: float) -> bool:
        waited = now - self._reconciled
        if waited >= RECONCILE_EVERY_S:
            return True
        if waited < self._again_s:
            return False
        if not await self._recovery.is_needed():
            self._again_s = LOOK_AGAIN_S
            return False
        self._again_s = min(LOOK_AGAIN_LATEST_S, 2 * self._again_s)
        return True

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._wake.wait()
        except TimeoutError:
            return

    async def close_ended(self) -> int:
        """Close every active session past its end whose retry is due.

        Returns how many were closed.

        Raises:
            RpcUnavailableError: the chain's time is not known; written down with each session.
        """
        market = self._chain.market
        entries = await self._wallet.journal.active(
            self._wallet.address, market.chain_id, market.marketplace_address
        )
        due = [entry for entry in entries if await self._is_due(entry)]
        if not due:
            return 0
        try:
            # By the chain's time too: a close one second too early locks stake until midnight.
            chain_time = await market.block_time()
        except ChainError as error:
            for entry in due:
                await self._stuck(entry, error)
            raise
        return sum([await self._try_close(entry) for entry in due if entry.ends_at <= chain_time])

    async def _is_due(self, entry: SessionEntry) -> bool:
        ended = 0 < entry.ends_at <= self._chain.clock.unix_seconds()
        if not ended or entry.state is not SessionState.ACTIVE:
            return False
        return await self._retries.is_due(Duty.CLOSE, entry.intent_id)

    async def _try_close(self, entry: SessionEntry) -> int:
        try:
            await self._closer.close(entry)
        except SessionClosedError as error:
            _log.info("session not closed by us", code=error.code)
            return 0
        except NodeError as error:
            await self._stuck(entry, error)
            return 0
        return 1

    async def _stuck(self, entry: SessionEntry, error: NodeError) -> None:
        """Write down why the session is not closed; the entry goes when it is."""
        retry = await self._retries.failed(Duty.CLOSE, entry.intent_id, error)
        _log.warning("close failed, later again", code=error.code, attempts=retry.attempts)
        announce(self._wallet.bus, entry)
