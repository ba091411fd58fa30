"""Stops a running command on SIGINT and SIGTERM."""

import asyncio
import signal
import sys


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
