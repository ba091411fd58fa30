"""Keeps open sessions usable while the wallet is locked: for messages, never for transactions."""

from node.core.errors import NoWalletError, WalletLockedError
from node.core.events import EventBus, NodeEvent, SessionChanged, WalletChanged
from node.service.stack import NetworkStack
from node.store.journal_records import SessionState
from node.wallet.auto_lock import AutoLock

_OVER = frozenset(
    state.value
    for state in (
        SessionState.CLOSED,
        SessionState.SETTLED,
        SessionState.FAILED,
        SessionState.ABANDONED,
    )
)


class SessionGrants:
    """Gives a grant to each active session of the wallet and takes it back at its end."""

    def __init__(self, *, stack: NetworkStack, keys: AutoLock, bus: EventBus) -> None:
        self._stack = stack
        self._keys = keys
        self._bus = bus

    async def run(self) -> None:
        """Follow sessions and unlocks until cancelled; gives all grants back then."""
        given: set[str] = set()
        with self._bus.subscribe() as events:
            try:
                await self._grant_all(given)
                while True:
                    await self._take(await events.get(), given)
            finally:
                for name in given:
                    self._keys.release(name)

    async def _take(self, event: NodeEvent, given: set[str]) -> None:
        if isinstance(event, WalletChanged):
            await self._grant_all(given)
        elif isinstance(event, SessionChanged):
            if event.state == SessionState.ACTIVE.value:
                # By the journal: it may be a session of an account that is not in use now.
                await self._grant_all(given)
            elif event.state in _OVER:
                given.discard(event.intent_id)
                self._keys.release(event.intent_id)

    async def _grant_all(self, given: set[str]) -> None:
        try:
            address = self._stack.wallet.address
        except (NoWalletError, WalletLockedError):
            return
        market, journal = self._stack.chain.market, self._stack.wallet.journal
        for entry in await journal.active(address, market.chain_id, market.marketplace_address):
            self._grant(entry.intent_id, given)

    def _grant(self, name: str, given: set[str]) -> None:
        try:
            self._keys.grant(name)
        except (NoWalletError, WalletLockedError):
            # Only an unlocked wallet gives grants; the next unlock brings them.
            return
        given.add(name)
