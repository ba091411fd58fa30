"""What the use cases share: one chain, one wallet, the journal and the bus."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from node.chain.rpc.overview import ChainSources
from node.core.clock import Clock
from node.core.events import EventBus, SessionChanged
from node.core.ids import Address
from node.core.ports import Calls, Marketplace, Signer, Transactions
from node.store.journal import SessionJournal
from node.store.journal_records import SessionEntry

_log = logging.getLogger("node.router.sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainAccess:
    """Reads, calldata, transactions and the clock of one network.

    The clock follows the demo chain.
    """

    market: Marketplace
    calls: Calls
    transactions: Transactions
    clock: Clock
    sources: ChainSources


class IntentsAtWork:
    """Which intents somebody in this process is carrying out.

    Nobody else may move such an intent: recovery would give up an opening that is under way.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    def __contains__(self, intent_id: str) -> bool:
        return intent_id in self._users

    @asynccontextmanager
    async def hold(self, intent_id: str) -> AsyncGenerator[None, None]:
        """Keep the intent to oneself; waits while somebody else has it."""
        lock = self._locks.setdefault(intent_id, asyncio.Lock())
        self._users[intent_id] = self._users.get(intent_id, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._users[intent_id] -= 1
            if not self._users[intent_id]:
                del self._users[intent_id], self._locks[intent_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAccess:
    """The wallet's signer with the journal of its money on this network.

    `allowing` is held from granting an allowance until it is used: the token keeps one allowance
    for all acts of the wallet.
    """

    signer: Signer
    journal: SessionJournal
    bus: EventBus
    at_work: IntentsAtWork = field(default_factory=IntentsAtWork)
    allowing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def address(self) -> Address:
        return self.signer.address


def announce(bus: EventBus, entry: SessionEntry) -> None:
    """Tell everybody that a session moved on in its life."""
    name = entry.session_id.short if entry.session_id else f"of intent {entry.intent_id}"
    _log.info("session %s: %s", name, entry.state.value)
    bus.publish(
        SessionChanged(
            intent_id=entry.intent_id,
            session_id=entry.session_id.hex if entry.session_id else "",
            state=entry.state.value,
        )
    )
