"""Lists of the contract: pages of ids with the length of the whole list.

Active lists are sets in which the last item takes the place of a removed one, so a scan is only
whole when all pages come from one block; doubles are dropped all the same.
"""

from collections.abc import Iterable
from typing import Any

from node.chain.multicall import ContractReader

PAGE = 1000
MAX_ROWS = 10_000
"""Longest list that is read as a whole."""


async def all_keys(
    reader: ContractReader, name: str, arguments: tuple[Any, ...], block: int
) -> list[bytes]:
    """All keys of a list in list order, at most 10,000."""
    first, total = await reader.read(reader.market_query(name, *arguments, 0, PAGE), block)
    offsets = range(PAGE, min(total, MAX_ROWS), PAGE)
    queries = [reader.market_query(name, *arguments, offset, PAGE) for offset in offsets]
    pages = await reader.read_all(queries, block) if queries else []
    return _unique([*first, *(key for keys, _total in pages for key in keys)])


async def page_of_keys(
    reader: ContractReader,
    name: str,
    arguments: tuple[Any, ...],
    block: int,
    *,
    offset: int,
    limit: int,
) -> tuple[list[bytes], int]:
    """One page and the length of the whole list.

    `limit` is at most 1,000; 0 reads the length only.
    """
    start, count = min(max(offset, 0), 1 << 64), min(max(limit, 0), PAGE)
    query = reader.market_query(name, *arguments, start, count)
    keys, total = await reader.read(query, block)
    return _unique(keys), total


def _unique(keys: Iterable[bytes]) -> list[bytes]:
    return list(dict.fromkeys(keys))
