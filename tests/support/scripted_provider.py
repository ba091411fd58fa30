"""A provider that answers each connection with given bytes, whatever it is sent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager


class ScriptedProvider:
    """`received` holds what each connection sent; `pieces` is written piece by piece, then closed.

    `stall` keeps the connection open and silent after the pieces.
    """

    def __init__(self, pieces: Sequence[bytes], *, stall: bool = False, pace_s: float = 0) -> None:
        self.pieces = pieces
        self.stall = stall
        self.pace_s = pace_s
        self.received: list[bytes] = []
        self.lost = asyncio.Event()
        self.port = 0

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.received.append(await reader.read(1 << 20))
        try:
            for piece in self.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self.pace_s)
            if self.stall:
                await reader.read()
        except OSError:
            pass
        finally:
            self.lost.set()
            writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedProvider"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()
