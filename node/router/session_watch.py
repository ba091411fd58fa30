"""Notices on chain what others did to the wallet's sessions and offers, as user and as provider."""

from collections.abc import Callable
from typing import Protocol

from node.chain.watcher import (
    AccountEvent,
    BidEvent,
    Cursor,
    Rewound,
    SessionChange,
    SessionEvent,
    SessionWatcher,
)
from node.core.clock import Clock
from node.core.events import MarketChanged
from node.core.ids import Address, SessionId
from node.core.log import get_logger
from node.core.ports import Marketplace
from node.router.access import WalletAccess
from node.router.following import follow_account
from node.router.keeper import SessionKeeper
from node.store.log_cursors import LogCursor, LogCursors

WatcherFactory = Callable[[Address], SessionWatcher]
_log = get_logger("node.router.watch")


class Listener(Protocol):
    """The provider side, which is told of sessions of its own."""

    def session_opened(self, session_id: SessionId) -> None: ...

    def session_closed(self, session_id: SessionId) -> None: ...


class SessionWatch:
    """Background duty of one network, for the wallet in use at any time.

    Goes on where the last run of the program stopped; at the first start of a wallet it begins at
    the newest block, since recovery reads what was before. Events only say where to look: what
    holds is read from the chain by those who are told.
    """

    def __init__(
        self,
        *,
        make_watcher: WatcherFactory,
        cursors: LogCursors,
        market: Marketplace,
        clock: Clock,
        wallet: WalletAccess,
        keeper: SessionKeeper,
        provider: Listener | None,
    ) -> None:
        self._make_watcher = make_watcher
        self._cursors = cursors
        self._market = market
        self._clock = clock
        self._wallet = wallet
        self._keeper = keeper
        self._provider = provider

    async def run(self) -> None:
        """Watch until cancelled."""
        await follow_account(self._wallet, self._clock, "session-watch", self._watch)

    async def _watch(self, account: Address) -> None:
        place = (self._market.chain_id, self._market.marketplace_address, account)
        kept = await self._cursors.get(*place)
        start = None if kept is None else Cursor(block=kept.block, block_hash=kept.block_hash)

        async def done(cursor: Cursor) -> None:
            await self._cursors.put(
                *place, LogCursor(block=cursor.block, block_hash=cursor.block_hash)
            )

        async for event in self._make_watcher(account).events(start, done):
            await self._take(event, account)

    async def _take(self, event: AccountEvent | Rewound, account: Address) -> None:
        if isinstance(event, Rewound):
            _log.info("history is read anew", after=event.after)
            self._keeper.reconcile_soon()
        elif isinstance(event, BidEvent):
            self._wallet.bus.publish(MarketChanged())
        else:
            if event.user == account and await self._concerns_keeper(event):
                self._keeper.reconcile_soon()
            if event.provider == account and self._provider is not None:
                tell_provider(self._provider, event)

    async def _concerns_keeper(self, event: SessionEvent) -> bool:
        """An opening that the journal knows already was our own."""
        if event.removed or event.change is SessionChange.CLOSED:
            return True
        found = await self._wallet.journal.entry_by_session(
            event.session_id, self._market.chain_id, self._market.marketplace_address
        )
        return found is None


def tell_provider(provider: Listener, event: SessionEvent) -> None:
    """A vanished opening counts as a close, a vanished close as an opening, until it is read."""
    if (event.change is SessionChange.CLOSED) != event.removed:
        provider.session_closed(event.session_id)
    else:
        provider.session_opened(event.session_id)
