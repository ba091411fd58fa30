"""Passes bytes on and does nothing else: what two processes more on the way cost this machine.

Runs as a process of its own: `python -m benchmarks.relay PORT` prints its own port.
"""

import asyncio
import json
import sys


class Side(asyncio.Protocol):
    """One end of a relayed connection."""

    def __init__(self, other: "Side | None" = None) -> None:
        self.other = other
        self.transport: asyncio.Transport | None = None
        self.waiting: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            for data in self.waiting:
                transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            return
        if self.other.transport is None:
            self.other.waiting.append(data)
        else:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class Accepted(Side):
    def __init__(self, target: int, tasks: set[asyncio.Task[object]]) -> None:
        super().__init__()
        self.other = Side(self)
        loop = asyncio.get_running_loop()
        outward = self.other
        task: asyncio.Task[object] = loop.create_task(
            loop.create_connection(lambda: outward, "127.0.0.1", target)
        )
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def serve(target: int) -> None:
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[object]] = set()
    server = await loop.create_server(lambda: Accepted(target, tasks), "127.0.0.1", 0, backlog=256)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
