"""Lines that a person types, read beside the loop: the node goes on working while it waits, and
Ctrl+C ends the program at once.
"""

import asyncio
import contextlib
import sys
import threading
from io import RawIOBase

import typer

MAX_LINE_BYTES = 1024 * 1024
_CHUNK = 65536


class Lines:
    """Standard input by lines. One reader per process: it keeps what came after a line's end."""

    def __init__(self) -> None:
        self._left = b""
        self._raw: RawIOBase | None = getattr(getattr(sys.stdin, "buffer", None), "raw", None)

    async def ask(self, prompt: str) -> str:
        """Show `prompt` and return the next line without the spaces around it; "" at the end."""
        typer.echo(prompt, nl=False)
        sys.stdout.flush()
        if self._raw is None:  # a stand-in without a file below
            return sys.stdin.readline().strip()
        while b"\n" not in self._left and len(self._left) < MAX_LINE_BYTES:
            chunk = await _read_beside(self._raw)
            if not chunk:
                break
            self._left += chunk
        line, _, self._left = self._left.partition(b"\n")
        return line.decode(sys.stdin.encoding or "utf-8", "replace").strip()


async def _read_beside(raw: RawIOBase) -> bytes:
    """Read from the unbuffered file in a thread that nobody waits for when the program ends.

    The buffered reader would be locked by that thread, and Python could not end.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[bytes] = loop.create_future()

    def settle(chunk: bytes) -> None:
        if not arrived.done():
            arrived.set_result(chunk)

    def read() -> None:
        try:
            chunk = raw.read(_CHUNK) or b""
        except OSError:  # the terminal is gone: the input has ended
            chunk = b""
        with contextlib.suppress(RuntimeError):  # the loop ended meanwhile
            loop.call_soon_threadsafe(settle, chunk)

    threading.Thread(target=read, name="standard-input", daemon=True).start()
    return await arrived
