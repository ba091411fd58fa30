"""How far logs were read survives a restart, for each chain, contract and account on its own."""

from pathlib import Path

from node.core.ids import Address
from node.store.journal import journal_database
from node.store.log_cursors import LogCursor, LogCursors

CONTRACT, MINE, OTHER = (Address(bytes([number]) * 20) for number in (1, 2, 3))


def at(block: int) -> LogCursor:
    return LogCursor(block=block, block_hash=block.to_bytes(32, "big"))


async def test_each_account_on_each_chain_has_its_own_cursor(tmp_path: Path) -> None:
    async with journal_database(tmp_path / "journal.db") as database:
        cursors = LogCursors(database)
        assert await cursors.get(8453, CONTRACT, MINE) is None
        for place, block in (((8453, CONTRACT, MINE), 7), ((8453, CONTRACT, OTHER), 8)):
            await cursors.put(*place, at(block))
        await cursors.put(84532, CONTRACT, MINE, at(9))
        await cursors.put(8453, CONTRACT, MINE, at(10))
    async with journal_database(tmp_path / "journal.db") as database:
        cursors = LogCursors(database)
        assert await cursors.get(8453, CONTRACT, MINE) == at(10)
        assert await cursors.get(8453, CONTRACT, OTHER) == at(8)
        assert await cursors.get(84532, CONTRACT, MINE) == at(9)
        assert await cursors.get(8453, OTHER, MINE) is None
