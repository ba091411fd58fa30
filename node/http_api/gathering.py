"""Joins what is written in one turn of the event loop: a system call per event of a fast stream
costs as much as everything else that happens to the event.
"""

import asyncio
from typing import Any

_HEAD = b"HTTP/1.1 "


class GatheringTransport:
    """A transport whose first write in a turn goes out at once, the others of that turn together.

    The head of an answer waits for the first bytes of its body. Order is kept, and nothing waits
    longer than the turn; everything else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._turn_open = False
        self._has_head = False
        self._later: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self._turn_open and not self._has_head:
            self._later.append(data)
            return
        if not self._turn_open:
            self._turn_open = True
            self._loop.call_soon(self._end_turn)
            self._has_head = data.startswith(_HEAD)
            if self._has_head:
                self._later.append(data)
                return
        self._flush(data)

    def close(self) -> None:
        """Close after what was written."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _end_turn(self) -> None:
        self._turn_open = False
        self._flush()

    def _flush(self, last: bytes = b"") -> None:
        self._has_head = False
        data = b"".join([*self._later, last])
        self._later.clear()
        if data:
            self._transport.write(data)
