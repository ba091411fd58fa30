"""Helper processes of the benchmarks: they print their port and end with their standard input."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def helper_port(module: str, *arguments: str) -> Generator[int, None, None]:
    """Run `python -m module`; yields the port that it listens on."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None:
            raise RuntimeError("no pipe to the helper")
        try:
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.terminate()
