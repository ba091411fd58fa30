"""Waiting for receipts: quick at first, so that an instant chain feels instant, then slower."""

import itertools
import logging

from node.chain.head import ChainHead
from node.chain.networks import Network
from node.chain.outbox import Outbox
from node.chain.receipts import failure_of, read_receipt
from node.chain.rpc.answers import RpcFaultError
from node.chain.signing_reads import SigningReads
from node.core.clock import Clock
from node.core.errors import (
    RpcAnswerError,
    RpcUnavailableError,
    SourcesDisagreeError,
    TxReplacedError,
    TxStuckError,
)
from node.core.ids import TxHash
from node.core.ports import JsonRpc
from node.core.records import Receipt

_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_SLOW_PAUSE_S = 1.0
_NONCE_CHECK_EVERY = 4
_PASSING = (RpcUnavailableError, RpcAnswerError, RpcFaultError, SourcesDisagreeError)
_log = logging.getLogger("node.chain")


class ReceiptWaiter:
    def __init__(
        self,
        rpc: JsonRpc,
        network: Network,
        head: ChainHead,
        clock: Clock,
        outbox: Outbox,
        reads: SigningReads,
    ) -> None:
        self._rpc = rpc
        self._network = network
        self._head = head
        self._clock = clock
        self._outbox = outbox
        self._reads = reads

    async def receipt(self, tx_hash: TxHash) -> Receipt | None:
        """The receipt, None while the transaction is not mined. Raises RpcAnswerError."""
        receipt = await self._reads.receipt(tx_hash)
        if receipt is not None:
            self._head.observe_own(receipt.block)
        return receipt

    async def _seems_mined(self, tx_hash: TxHash) -> bool:
        answer = await self._rpc.request("eth_getTransactionReceipt", [tx_hash.hex])
        if answer is not None:
            read_receipt(answer, tx_hash, self._network)
        return answer is not None

    async def wait(self, tx_hash: TxHash, *, timeout_s: float) -> Receipt:
        """See `WalletTransactions.wait`.

        Endpoint failures are ridden out until the time is over.
        """
        deadline = self._clock.monotonic() + timeout_s
        pauses = itertools.chain(_PAUSES_S, itertools.repeat(_SLOW_PAUSE_S))
        foreign = 0
        for attempt, pause in enumerate(pauses):
            receipt = None
            try:
                thorough = attempt % _NONCE_CHECK_EVERY == 3
                used = thorough and await self._nonce_used(tx_hash)
                receipt = await self._first_receipt(tx_hash, thorough=thorough)
                foreign += used and receipt is None
            except _PASSING as error:
                _log.info("waiting for %s goes on: %s", tx_hash.short, error)
            if receipt is not None:
                if not receipt.ok:
                    raise await failure_of(self._rpc, receipt)
                return receipt
            # Twice, because the endpoint that counted may be ahead of the one that looked.
            if foreign >= 2:
                raise TxReplacedError(
                    "Another transaction of this wallet took the place of this one."
                )
            left = deadline - self._clock.monotonic()
            if left <= 0:
                break
            await self._clock.sleep(min(pause, left))
        raise TxStuckError(
            f"The network did not take the transaction within {timeout_s:.0f} seconds.",
            details={"tx_hash": tx_hash.hex},
        )

    async def _first_receipt(self, tx_hash: TxHash, *, thorough: bool) -> Receipt | None:
        """Receipt of the transaction or of one that replaced it.

        One endpoint is polled; what it says counts when a second one agrees. `thorough` asks both
        in any case: the one that is polled may keep the receipt back.
        """
        for candidate in self._outbox.same_nonce(tx_hash):
            if thorough or await self._seems_mined(candidate):
                receipt = await self.receipt(candidate)
                if receipt is not None:
                    return receipt
        return None

    async def _nonce_used(self, tx_hash: TxHash) -> bool:
        place = self._outbox.place_of(tx_hash)
        return place is not None and await self._reads.mined_count(place[0]) > place[1]
