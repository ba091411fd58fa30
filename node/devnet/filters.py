"""Polling filters (`eth_newFilter` and kin): what is new since the last question."""

from collections.abc import Callable
from typing import Any

from node.devnet.evm import Evm
from node.devnet.logs import LogFilter, parse_filter
from node.devnet.params import SERVER_ERROR, RpcError, invalid, quantity, to_hex

#: Forgotten filters must not pile up: the oldest goes when there are more.
_MAX_FILTERS = 256

_Items = Callable[[int, int], list[Any]]


class Filters:
    """For the devnet's one thread. A filter sees blocks that are made after it."""

    def __init__(self, evm: Evm) -> None:
        self._evm = evm
        self._count = 0
        self._items: dict[int, _Items] = {}
        self._next_block: dict[int, int] = {}

    def new_log_filter(self, value: Any) -> str:
        if not isinstance(value, dict):
            raise invalid("a filter object is expected")
        wanted = parse_filter(value)
        return self._add(lambda first, end: self._logs(wanted, first, end))

    def new_block_filter(self) -> str:
        return self._add(
            lambda first, end: [to_hex(block.header.hash) for block in self._evm.blocks[first:end]]
        )

    def changes(self, identifier: Any) -> list[Any]:
        number = quantity(identifier, "filter")
        items = self._items.get(number)
        if items is None:
            raise RpcError(SERVER_ERROR, "filter not found")
        end = len(self._evm.blocks)
        first = min(self._next_block[number], end)
        self._next_block[number] = end
        return items(first, end)

    def remove(self, identifier: Any) -> bool:
        number = quantity(identifier, "filter")
        self._next_block.pop(number, None)
        return self._items.pop(number, None) is not None

    def _add(self, items: _Items) -> str:
        if len(self._items) >= _MAX_FILTERS:
            oldest = next(iter(self._items))
            del self._items[oldest], self._next_block[oldest]
        self._count += 1
        self._items[self._count] = items
        self._next_block[self._count] = len(self._evm.blocks)
        return hex(self._count)

    def _logs(self, wanted: LogFilter, first: int, end: int) -> list[Any]:
        return [
            log
            for block in self._evm.blocks[first:end]
            for log in block.logs
            if wanted.matches(log)
        ]
