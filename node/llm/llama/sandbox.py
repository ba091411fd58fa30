"""What a worker does to itself before it touches a model file."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_NICE = 5
_OOM_SCORE = "500"
_WATCH_S = 1.0
OUT_OF_MEMORY_EXIT = 4


def bind_to_parent(parent_pid: int) -> None:
    """Have the kernel end this process with the thread that started it (Linux).

    Everywhere the end of stdin does the same; the signal also works when native code blocks Python.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(0)


def lower_privileges() -> None:
    """Be nice to the window, be the first victim when memory runs out, never gain rights."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(_NICE)
    # A core dump would hold prompts.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # Some containers show a read-only /proc.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, "ascii")


def end_when_too_big(rss_mb: int) -> None:
    """Watch this process's memory once a second; above the limit end it."""
    limit = rss_mb * 1024 * 1024
    process = psutil.Process()

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(_WATCH_S):
            memory = process.memory_info()
            # Pages of the mapped file can be dropped at any time, so they do not count.
            if memory.rss - getattr(memory, "shared", 0) > limit:
                sys.stderr.write("worker: memory limit reached: out of memory\n")
                sys.stderr.flush()
                os._exit(OUT_OF_MEMORY_EXIT)

    threading.Thread(target=watch, name="memory-watch", daemon=True).start()
