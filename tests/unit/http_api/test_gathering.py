"""Writes of one turn leave together, in order, and never after the close."""

import asyncio

from node.http_api.gathering import GatheringTransport


class Recorder(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.did: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.did.append(bytes(data))

    def close(self) -> None:
        self.did.append("close")

    def is_closing(self) -> bool:
        return "close" in self.did


async def _next_turn() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_the_first_write_does_not_wait_and_the_rest_leaves_together() -> None:
    below = Recorder()
    transport = GatheringTransport(below)
    for piece in (b"a", b"b", b"c"):
        transport.write(piece)
    assert below.did == [b"a"]
    await _next_turn()
    assert below.did == [b"a", b"bc"]
    transport.write(b"d")
    assert below.did == [b"a", b"bc", b"d"]
    await _next_turn()
    assert below.did == [b"a", b"bc", b"d"]


async def test_the_head_of_an_answer_leaves_with_its_first_bytes() -> None:
    below = Recorder()
    transport = GatheringTransport(below)
    transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
    assert below.did == []
    transport.write(b"a")
    assert below.did == [b"HTTP/1.1 200 OK\r\n\r\na"]
    transport.write(b"b")
    await _next_turn()
    assert below.did[1:] == [b"b"]


async def test_a_head_alone_does_not_wait_for_more_than_its_turn() -> None:
    below = Recorder()
    GatheringTransport(below).write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await _next_turn()
    assert below.did == [b"HTTP/1.1 204 No Content\r\n\r\n"]


async def test_a_close_comes_after_everything_written() -> None:
    below = Recorder()
    transport = GatheringTransport(below)
    transport.write(b"a")
    transport.write(b"b")
    assert not transport.is_closing()
    transport.close()
    await _next_turn()
    assert below.did == [b"a", b"b", "close"]
    assert transport.is_closing()
