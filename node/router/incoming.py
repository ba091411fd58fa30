"""Notices MOR that came to the account by transactions of others, for the list of transactions.

Goes on where the last run of the program stopped; at the first look at an account a week of the
past is read. A row stays only while the chain has its block: one that a reorganisation took away
goes, and comes again from the block that has the transfer now.
"""

from collections.abc import Callable

from node.chain.log_watcher import Cursor, Rewound
from node.chain.transfers import TransferEvent, TransferWatcher
from node.core.errors import ChainError, RpcAnswerError
from node.core.events import BalanceChanged, TransactionChanged
from node.core.ids import Address
from node.core.log import get_logger
from node.core.units import Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.following import follow_account
from node.store.incoming import DUST, AccountPlace, IncomingLog, IncomingTransfers, Origin
from node.store.log_cursors import LogCursor, LogCursors

LOOK_EVERY_S = 12.0
_AT_ONCE = 32
TransferWatcherFactory = Callable[[Address], TransferWatcher]
_log = get_logger("node.router.incoming")


class IncomingWatch:
    """Background duty of one network, for the wallet in use at any time, watched ones too."""

    def __init__(
        self,
        *,
        make_watcher: TransferWatcherFactory,
        cursors: LogCursors,
        transfers: IncomingTransfers,
        chain: ChainAccess,
        wallet: WalletAccess,
    ) -> None:
        self._make_watcher = make_watcher
        self._cursors = cursors
        self._transfers = transfers
        self._chain = chain
        self._wallet = wallet
        self._next_look = 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        await follow_account(self._wallet, self._chain.clock, "incoming-watch", self._watch)

    async def _watch(self, account: Address) -> None:
        market = self._chain.market
        place = AccountPlace(wallet=account, chain_id=market.chain_id, token=market.token_address)
        kept = await self._cursors.get(place.chain_id, place.token, account)
        start = None if kept is None else Cursor(block=kept.block, block_hash=kept.block_hash)
        watcher = self._make_watcher(account)

        async def done(cursor: Cursor) -> None:
            await self._cursors.put(
                place.chain_id,
                place.token,
                account,
                LogCursor(block=cursor.block, block_hash=cursor.block_hash),
            )
            await self._look_if_due(place)

        async for event in watcher.events(start, done):
            if isinstance(event, Rewound) or event.removed:
                await self.look(place)
            else:
                await self._take(place, event, watcher)

    async def _take(
        self, place: AccountPlace, event: TransferEvent, watcher: TransferWatcher
    ) -> None:
        own = await self._wallet.journal.transaction(event.place.tx_hash)
        if own is not None and own.wallet == place.wallet:
            # What it moved stands beside the transaction itself.
            return
        origin = await self._origin(place, event)
        if origin is None:
            _log.warning("a log does not fit its receipt", hash=event.place.tx_hash.hex)
            return
        log = IncomingLog(
            tx_hash=event.place.tx_hash,
            log_index=event.place.log_index,
            block=event.place.block,
            block_hash=event.place.block_hash,
            sender=event.sender,
            amount=event.amount,
            origin=origin,
            time=await watcher.time_of(event),
        )
        if await self._transfers.add(place, log):
            self._announce(event.place.tx_hash.hex, "mined", log.origin, log.amount)

    async def _origin(self, place: AccountPlace, event: TransferEvent) -> Origin | None:
        """Why it came, by the receipt, on which two servers agree where there are three; None when
        the receipt does not say so. Dust is not looked into.
        """
        market = self._chain.market
        payer = await market.funding_account()
        if event.amount < DUST and event.sender not in (payer, market.marketplace_address):
            return Origin.TRANSFER
        receipt = await self._chain.transactions.receipt(event.place.tx_hash)
        if receipt is None:
            raise RpcAnswerError("A network node does not know the receipt of a log it sent.")
        transfer = (event.sender, place.wallet, event.amount)
        if not receipt.ok or transfer not in receipt.transfers:
            return None
        if event.sender == payer:
            return Origin.PAY
        if event.sender != market.marketplace_address:
            return Origin.TRANSFER
        if receipt.closed is not None:
            session = await market.session(receipt.closed)
            # Sessions paid directly pay their provider from the marketplace itself.
            return Origin.STAKE if session.user == place.wallet else Origin.PAY
        return Origin.STAKE

    async def _look_if_due(self, place: AccountPlace) -> None:
        now = self._chain.clock.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY_S
        try:
            await self.look(place)
        except ChainError as error:
            _log.info("incoming transfers are checked later", code=error.code)

    async def look(self, place: AccountPlace) -> None:
        """Compare the blocks of rows that may still vanish with the chain.

        Raises:
            ChainError: no connection; the next look goes on.
        """
        items = await self._transfers.unsettled(place, _AT_ONCE)
        if not items:
            return
        final = await self._chain.transactions.final_block()
        for item in items:
            found = await self._chain.transactions.block_hash(item.block)
            if found is None:
                # The chain is not that long yet: it grows again, or the endpoint lags.
                continue
            if found != item.block_hash:
                await self._transfers.drop(place, item)
                self._announce(item.tx_hash.hex, "dropped", item.origin, item.amount)
            elif item.block <= final:
                await self._transfers.finish(place, item)
                self._tell(item.tx_hash.hex, "mined", summary_of(item.origin, item.amount))

    def _announce(self, tx_hash: str, status: str, origin: Origin, amount: Mor) -> None:
        self._tell(tx_hash, status, summary_of(origin, amount))
        self._wallet.bus.publish(BalanceChanged())

    def _tell(self, tx_hash: str, status: str, summary: str) -> None:
        self._wallet.bus.publish(
            TransactionChanged(tx_hash=tx_hash, status=status, summary=summary)
        )


def summary_of(origin: Origin, amount: Mor) -> str:
    """In one line, without the sender."""
    if origin is Origin.STAKE:
        return f"Stake returned: {amount}"
    if origin is Origin.PAY:
        return f"Pay for a session: {amount}"
    return f"Dust: {amount}" if amount < DUST else f"Received {amount}"
