"""What SIGINT (Ctrl+C) and SIGTERM do to a running command."""

import asyncio
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def stop_requested() -> asyncio.Event:
    """Return an event of the running loop that is set by the first SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        else:
            loop.add_signal_handler(number, stop.set)
    return stop


@contextmanager
def interrupts() -> Iterator[asyncio.Event]:
    """Inside, Ctrl+C sets the event instead of ending the command."""
    pressed = asyncio.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(pressed.set))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
