"""Transactions that wait for a block, by sender and nonce; rules and texts as in real nodes."""

from typing import Any

from node.devnet.params import SERVER_ERROR, RpcError

#: A replacement must raise both fees by this share, in percent.
_BUMP_PERCENT = 10
_MAX_PER_SENDER = 256


class TransactionPool:
    def __init__(self) -> None:
        self._waiting: dict[bytes, dict[int, Any]] = {}

    def add(self, transaction: Any) -> None:
        """Keep `transaction`, replacing one with the same sender and nonce if the fees are higher.

        Raises:
            RpcError: "already known", "replacement transaction underpriced" or a full pool.
        """
        lane = self._waiting.setdefault(transaction.sender, {})
        present = lane.get(transaction.nonce)
        if present is None:
            if len(lane) >= _MAX_PER_SENDER:
                raise RpcError(SERVER_ERROR, "txpool is full")
        elif present.hash == transaction.hash:
            raise RpcError(SERVER_ERROR, "already known")
        elif not _outbids(transaction, present):
            raise RpcError(SERVER_ERROR, "replacement transaction underpriced")
        lane[transaction.nonce] = transaction

    def discard(self, transaction: Any) -> None:
        lane = self._waiting.get(transaction.sender, {})
        lane.pop(transaction.nonce, None)
        if not lane:
            self._waiting.pop(transaction.sender, None)

    def find(self, tx_hash: bytes) -> Any | None:
        for lane in self._waiting.values():
            for transaction in lane.values():
                if transaction.hash == tx_hash:
                    return transaction
        return None

    def at(self, sender: bytes, nonce: int) -> Any | None:
        return self._waiting.get(sender, {}).get(nonce)

    def senders(self) -> list[bytes]:
        return list(self._waiting)

    def next_nonce(self, sender: bytes, nonce: int) -> int:
        """First free nonce at or after `nonce`: what a node answers for the tag `pending`."""
        lane = self._waiting.get(sender, {})
        while nonce in lane:
            nonce += 1
        return nonce

    def clear(self) -> None:
        self._waiting.clear()


def _outbids(transaction: Any, present: Any) -> bool:
    def raised(new: int, old: int) -> bool:
        return new * 100 >= old * (100 + _BUMP_PERCENT)

    return raised(transaction.max_fee_per_gas, present.max_fee_per_gas) and raised(
        transaction.max_priority_fee_per_gas, present.max_priority_fee_per_gas
    )
