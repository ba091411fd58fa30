"""Claims the provider's pay by itself, where the user set an amount from which on to do so."""

import asyncio
from collections.abc import Callable

from node.core.errors import NodeError, NoWalletError, WalletLockedError
from node.core.log import get_logger
from node.core.units import NO_MOR, Mor
from node.router.pay_desk import PayDesk

_log = get_logger("node.router.payday")
LOOK_EVERY_S = 300.0


def never() -> Mor:
    """The rule of who does not want it."""
    return NO_MOR


class Payday:
    """Background duty of one wallet on one network; `run` ends only by cancellation."""

    def __init__(self, *, desk: PayDesk, least: Callable[[], Mor]) -> None:
        self._desk = desk
        self._least = least
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look now: time was moved, the wallet was unlocked."""
        self._wake.set()

    async def run(self) -> None:
        """Look every five minutes; an amount of 0 means that nothing is claimed by itself."""
        while True:
            try:
                await self.look()
            except (NoWalletError, WalletLockedError):
                # Unlocking is the user's business; the next look finds out.
                _log.debug("no key to claim with")
            except NodeError as error:
                _log.warning("pay not claimed, later again", code=error.code)
            except Exception:  # a defect in one round must not end the duty
                _log.exception("pay not claimed")
            await self._pause()

    async def look(self) -> int:
        """Claim the sessions that are worth it; returns how many were paid."""
        least = self._least()
        if not least:
            return 0
        run = await self._desk.claim_all(least)
        for item in run.paid:
            _log.info("pay claimed", session_id=item.session_id.short, amount=str(item.amount))
        return len(run.paid)

    async def _pause(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._wake.wait()
        except TimeoutError:
            return
