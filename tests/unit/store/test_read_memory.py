"""Answers are kept until something is written, and never an old one beyond that."""

from node.store.read_memory import ReadMemory


class Table:
    def __init__(self) -> None:
        self.value: str | None = "old"
        self.reads = 0

    async def read(self) -> str | None:
        self.reads += 1
        return self.value


async def test_it_is_read_once_until_something_is_written() -> None:
    memory, table = ReadMemory(8), Table()
    assert [await memory.read("a", table.read) for _ in range(3)] == ["old"] * 3
    assert table.reads == 1
    table.value = "new"
    memory.forget()
    assert await memory.read("a", table.read) == "new"


async def test_what_was_read_during_a_write_is_not_kept() -> None:
    memory, table = ReadMemory(8), Table()

    async def overtaken() -> str | None:
        found = await table.read()
        table.value = "new"
        memory.forget()
        return found

    assert await memory.read("a", overtaken) == "old"
    assert await memory.read("a", table.read) == "new"


async def test_nothing_is_no_answer() -> None:
    memory, table = ReadMemory(8), Table()
    table.value = None
    assert await memory.read("a", table.read) is None
    table.value = "there"
    assert await memory.read("a", table.read) == "there"


async def test_it_does_not_grow_without_end() -> None:
    memory, table = ReadMemory(2), Table()
    for key in "abc":
        await memory.read(key, table.read)
    await memory.read("c", table.read)
    assert table.reads == 3
    await memory.read("a", table.read)
    assert table.reads == 4
