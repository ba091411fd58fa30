"""Looks after the wallet's sessions:

Closes what has ended, retries what was refused, notices what others did.
"""

import asyncio

from node.core.errors import (
    ChainError,
    NodeError,
    NoWalletError,
    SessionClosedError,
    WalletLockedError,
)
from node.core.log import get_logger
from node.router.access import ChainAccess, WalletAccess
from node.router.closing import SessionCloser
from node.router.recovery import SessionRecovery
from node.store.journal_records import SessionEntry, SessionState

_log = get_logger("node.router.keeper")
LOOK_EVERY_S = 5.0
RECONCILE_EVERY_S = 300.0
LOOK_AGAIN_S = 10.0
"""Between two comparisons while a transaction is on its way that nobody waits for; then longer."""
LOOK_AGAIN_LATEST_S = 30.0
FIRST_RETRY_S = 30.0
LONGEST_RETRY_S = 900.0


class SessionKeeper:
    """Background duty of one wallet on one network; `run` ends only by cancellation."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        closer: SessionCloser,
        recovery: SessionRecovery,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._closer = closer
        self._recovery = recovery
        self._retry_at: dict[str, tuple[float, float]] = {}
        self._reconciled = -RECONCILE_EVERY_S
        self._again_s = LOOK_AGAIN_S
        self._wake = asyncio.Event()
        self.is_connected = True
        """False after a look that failed for want of a connection, until one succeeds."""

    def wake(self) -> None:
        """Look now: the demo's time was moved, the wallet was unlocked, a connection came back."""
        self._retry_at.clear()
        self._wake.set()

    def reconcile_soon(self) -> None:
        """Compare journal and chain at the next look: somebody else closed a session."""
        self._reconciled = -RECONCILE_EVERY_S
        self._wake.set()

    async def run(self) -> None:
        """Reconcile at once and every five minutes; look for ended sessions every five seconds."""
        while True:
            now = self._chain.clock.monotonic()
            try:
                if await self._is_time_to_reconcile(now):
                    await self._recovery.run()
                    self._reconciled = now
                await self.close_ended()
                self.is_connected = True
            except NoWalletError:
                self.is_connected = True
            except NodeError as error:
                self.is_connected = not isinstance(error, ChainError)
                _log.warning("sessions could not be looked after", code=error.code)
            except Exception:  # a defect in one round must not leave stakes unclosed in the next
                _log.exception("sessions could not be looked after")
            await self._pause()

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
        self._wake.clear()
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._wake.wait()
        except TimeoutError:
            return

    async def close_ended(self) -> int:
        """Close every active session past its end whose retry is due.

        Returns how many were closed.
        """
        market = self._chain.market
        entries = await self._wallet.journal.active(
            self._wallet.address, market.chain_id, market.marketplace_address
        )
        due = [entry for entry in entries if self._is_due(entry)]
        # By the chain's time too: a close one second too early locks stake until midnight.
        chain_time = await market.block_time() if due else 0
        closed = 0
        for entry in due:
            if entry.ends_at <= chain_time:
                closed += await self._try_close(entry)
        return closed

    def _is_due(self, entry: SessionEntry) -> bool:
        ended = 0 < entry.ends_at <= self._chain.clock.unix_seconds()
        at, _ = self._retry_at.get(entry.intent_id, (0.0, 0.0))
        return ended and entry.state is SessionState.ACTIVE and self._chain.clock.monotonic() >= at

    async def _try_close(self, entry: SessionEntry) -> int:
        try:
            await self._closer.close(entry)
        except (SessionClosedError, WalletLockedError) as error:
            _log.info("session not closed by us", code=error.code)
            return 0
        except NodeError as error:
            self._later(entry)
            _log.warning("close failed, will be tried again", code=error.code)
            return 0
        self._retry_at.pop(entry.intent_id, None)
        return 1

    def _later(self, entry: SessionEntry) -> None:
        _, pause = self._retry_at.get(entry.intent_id, (0.0, 0.0))
        pause = min(LONGEST_RETRY_S, pause * 2 or FIRST_RETRY_S)
        self._retry_at[entry.intent_id] = (self._chain.clock.monotonic() + pause, pause)
