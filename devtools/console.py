"""Short lines for people, child processes, and a table of steps with their times."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PYTEST_CLOSING = re.compile(r"=+ (?:.* )?in [0-9.]+s(?: \([0-9:]+\))? =+")
_SUMMARY_WIDTH = 14


class DevError(Exception):
    """A command cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def call(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    quiet: bool = False,
    timeout: float | None = None,
) -> int:
    """Run a command in the working copy and return its exit status.

    `quiet` shows the output on failure only.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=dict(os.environ if env is None else env),
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise DevError(f"{words[0]} is not on this computer.") from error
    if quiet and done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        sys.stdout.flush()
    return done.returncode


def become(command: Sequence[str | Path]) -> int:
    """Start the program in our place, so that signals and Ctrl+C reach it and nothing else.

    Windows cannot replace a process: there we wait for it and leave Ctrl+C to it.
    """
    words = [str(word) for word in command]
    if os.name != "nt":
        os.execv(words[0], words)  # noqa: S606 - a list, no shell
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return call(words)


def call_and_keep_closing_line(
    command: Sequence[str | Path], *, env: Mapping[str, str]
) -> tuple[int, str]:
    """Run pytest, output passed through; return its exit status and its closing line."""
    words = [str(word) for word in command]
    closing = ""
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        if process.stdout is None:
            raise DevError("The output of the tests cannot be read.")
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if _PYTEST_CLOSING.fullmatch(line.strip()):
                closing = line.strip()
    return process.returncode, closing


@dataclass
class Steps:
    """Named steps of one command: each is timed, all are run, failures are told at the end."""

    results: list[tuple[str, bool, float]] = field(default_factory=list)

    def run(self, name: str, work: Callable[[], bool]) -> bool:
        """Run one step and record whether it succeeded."""
        say(f"--> {name}")
        start = time.monotonic()
        ok = work()
        self.results.append((name, ok, time.monotonic() - start))
        return ok

    @property
    def ok(self) -> bool:
        return all(ok for _, ok, _ in self.results)

    def summary(self) -> None:
        """Print one line per step and their sum."""
        say("")
        for name, ok, seconds in self.results:
            say(f"{name:<{_SUMMARY_WIDTH}} {'ok' if ok else 'FAILED':<7} {seconds:7.1f} s")
        total = sum(seconds for _, _, seconds in self.results)
        say(f"{'all':<{_SUMMARY_WIDTH}} {'ok' if self.ok else 'FAILED':<7} {total:7.1f} s")
