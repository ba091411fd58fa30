"""Joins what is written in one turn of the event loop: a system call per event of a fast stream
costs as much as everything else that happens to the event.
"""

import asyncio
from typing import Any


class GatheringTransport:
    """A transport whose first write in a turn goes out at once, the others of that turn together.

    Order is kept, and nothing waits longer than the turn; everything else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._turn_open = False
        self._later: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self._turn_open:
            self._later.append(data)
            return
        self._turn_open = True
        self._loop.call_soon(self._end_turn)
        self._transport.write(data)

    def close(self) -> None:
        """Close after what was written."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _end_turn(self) -> None:
        self._turn_open = False
        self._flush()

    def _flush(self) -> None:
        if self._later:
            data = b"".join(self._later)
            self._later.clear()
            self._transport.write(data)
