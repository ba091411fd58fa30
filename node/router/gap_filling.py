"""Frees the way for transactions that wait behind a number of the account that nothing uses.

The chain takes an account's transactions in the order of their numbers. When one of them is given
up (a block vanished, nobody has its bytes any more) those behind it wait for ever. An empty
transfer to oneself takes the number; it costs a network fee, so that the user's rule decides.
"""

from collections.abc import Callable
from dataclasses import dataclass

from node.core.errors import NodeError, RpcUnavailableError
from node.core.events import TransactionChanged
from node.core.log import get_logger
from node.core.units import Eth
from node.router.access import ChainAccess, WalletAccess
from node.router.sending import TransactionSender
from node.store.journal_records import TxRecord

_log = get_logger("node.router.gaps")
_SWITCHED_OFF = "the node may not free the way by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRule:
    """Whether the way is freed without being asked, and what that may cost at most.

    `most` None: no limit but that of every transaction, as on test networks.
    """

    automatic: bool = True
    most: Eth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUp:
    """Transactions above `nonce` wait, and `reason` says in words why the way was not freed."""

    nonce: int
    reason: str


class GapFiller:
    """One wallet on one chain. `look` is cheap while nothing waits."""

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        rule: Callable[[], FillRule],
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._rule = rule
        self._gap: int | None = None
        self._held: HeldUp | None = None

    @property
    def held_up(self) -> HeldUp | None:
        """What keeps transactions waiting, as the last look found it; None when the way is free or
        is being freed. The next transaction that the user sends takes the number as well.
        """
        return self._held

    async def look(self) -> None:
        """Fill a gap when two looks found the same one: an endpoint may lag behind.

        Raises:
            RpcUnavailableError: no connection; the next look goes on.
        """
        waiting = await self._wallet.journal.pending_transactions(
            self._wallet.address, self._chain.market.chain_id
        )
        gap = await self._found(waiting)
        known, self._gap = self._gap, gap
        if gap is None:
            self._held = None
        elif gap == known:
            await self._fill(gap, next(item for item in waiting if item.nonce > gap))

    async def _found(self, waiting: tuple[TxRecord, ...]) -> int | None:
        if not waiting:
            return None
        free = await self._chain.transactions.free_nonce(self._wallet.address)
        lowest = min((item.nonce for item in waiting if item.nonce >= free), default=free)
        return free if lowest > free else None

    async def _fill(self, nonce: int, waits: TxRecord) -> None:
        rule = self._rule()
        if not rule.automatic:
            self._hold(nonce, _SWITCHED_OFF, waits)
            return
        try:
            filled = await self._sender.fill(nonce, rule.most)
        except RpcUnavailableError:
            raise
        except NodeError as error:
            self._hold(nonce, error.message.rstrip("."), waits)
            return
        self._gap, self._held = None, None
        if filled is not None:
            _log.warning("the way was freed", nonce=nonce, hash=filled.tx_hash.hex)

    def _hold(self, nonce: int, reason: str, waits: TxRecord) -> None:
        held = HeldUp(nonce=nonce, reason=reason)
        if held == self._held:
            return
        self._held = held
        _log.warning("transactions are held up", nonce=nonce, reason=reason)
        self._wallet.bus.publish(
            TransactionChanged(
                tx_hash=waits.tx_hash.hex, status=waits.status.value, summary=waits.summary
            )
        )
