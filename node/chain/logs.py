"""What all logs have: where they stand, and that a reorganisation may take them away."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.chain.rpc.quantities import data, quantity
from node.core.ids import TxHash


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where a log stands. The same log in another block after a reorganisation is another place."""

    block: int
    block_hash: bytes
    tx_hash: TxHash
    log_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent(ABC):
    """Base of what a log says. `removed`: its block was replaced and the log did not come back."""

    place: LogPlace
    removed: bool = False

    @property
    @abstractmethod
    def meaning(self) -> tuple[object, ...]:
        """What it says, wherever it stands."""


def read_place(item: Mapping[str, Any]) -> LogPlace:
    """Raises RpcAnswerError, KeyError, TypeError for what is no log of a block."""
    return LogPlace(
        block=quantity(item["blockNumber"]),
        block_hash=data(item["blockHash"], 32),
        tx_hash=TxHash(data(item["transactionHash"], 32)),
        log_index=quantity(item["logIndex"]),
    )
