"""A provider that answers each connection with given bytes, whatever it is sent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from node.core.tasks import TaskScope


class ScriptedProvider:
    """`received` holds what each connection sent; `pieces` is written piece by piece, then closed.

    `stall` keeps the connection open and silent afterwards; `pace_s` is the time between pieces.
    With `turns` the first connections are answered by its items, one each.
    """

    def __init__(
        self,
        pieces: Sequence[bytes] = (),
        *,
        turns: Sequence[bytes] = (),
        stall: bool = False,
        pace_s: float = 0,
    ) -> None:
        self.pieces = pieces
        self.turns = turns
        self.stall = stall
        self.pace_s = pace_s
        self.received: list[bytes] = []
        self.lost = asyncio.Event()
        self.port = 0
        self._scope = TaskScope("scripted provider")

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._scope.spawn(self._serve(reader, writer), name="connection")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            turn = len(self.received)
            self.received.append(await reader.read(1 << 20))
            for piece in (self.turns[turn],) if turn < len(self.turns) else self.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self.pace_s)
            if self.stall:
                await reader.read()
            writer.close()
            await writer.wait_closed()
        except OSError:
            pass
        finally:
            self.lost.set()
            writer.transport.abort()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedProvider"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await self._scope.aclose()
            await server.wait_closed()
