"""Notices on chain what others did to the wallet's sessions, as user and as provider."""

from collections.abc import Callable

from node.chain.watcher import SessionChange, SessionEvent, SessionWatcher
from node.core.errors import NoWalletError
from node.core.events import EventBus
from node.core.ids import Address
from node.core.ports import Signer
from node.router.keeper import SessionKeeper
from node.router.serving import ProviderSide

WatcherFactory = Callable[[Address], SessionWatcher]


class SessionWatch:
    """Background duty of one network;

    Begins at the newest block, since recovery knows what was before.
    """

    def __init__(
        self,
        *,
        make_watcher: WatcherFactory,
        signer: Signer,
        bus: EventBus,
        keeper: SessionKeeper,
        provider: ProviderSide | None,
    ) -> None:
        self._make_watcher = make_watcher
        self._signer = signer
        self._bus = bus
        self._keeper = keeper
        self._provider = provider

    async def run(self) -> None:
        """Watch until cancelled; waits for a wallet when there is none yet."""
        account = await self._account()
        async for event in self._make_watcher(account).events(None, _ignore_progress):
            self._take(event, account)

    def _take(self, event: SessionEvent, account: Address) -> None:
        closed = event.change is SessionChange.CLOSED
        if closed and event.user == account:
            self._keeper.reconcile_soon()
        if event.provider != account or self._provider is None:
            return
        if closed:
            self._provider.session_closed(event.session_id)
        else:
            self._provider.session_opened(event.session_id)

    async def _account(self) -> Address:
        with self._bus.subscribe() as events:
            while True:
                try:
                    return self._signer.address
                except NoWalletError:
                    await events.get()


async def _ignore_progress(_block: int) -> None:
    """Nothing is resumed from a block: a new start reads the sessions themselves."""
