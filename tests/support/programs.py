"""`mor-cli` as separate processes: started, listened to, stopped, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import psutil

START_S = 60.0
CALL_S = 60.0
_KEPT = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def clean_environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nothing of the developer's profile can be found."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    root = str(Path(__file__).parents[2])
    own = {"HOME": str(home), "USERPROFILE": str(home), "PYTHONUTF8": "1", "PYTHONPATH": root}
    return {**kept, **own, **more}


def cli_command(home: Path, arguments: Sequence[str], module: str = "node.cli.main") -> list[str]:
    return [sys.executable, "-m", module, "--home", str(home), *arguments]


def cli(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Any:
    """Run one command with `--json` and return what it printed."""
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*cli_command(home, arguments), "--json"],
        env=clean_environment(home, environment or {}),
        capture_output=True,
        text=True,
        timeout=CALL_S,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"mor-cli {arguments[0]}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Program:
    """A long-running command. Its first line on stdout is JSON and says that it is ready.

    Leaving the context kills it with everything it started. `module` is what Python runs instead of
    the command line itself.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        module: str = "node.cli.main",
        folder: Path | None = None,
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self._folder = folder or home
        self.command = [*cli_command(home, arguments, module), "--json"]
        self._environment = clean_environment(home, environment or {})
        self._lines: list[str] = []
        self._first = threading.Event()
        self._cleanup = ExitStack()
        self._family: list[psutil.Process] = []

    def __enter__(self) -> Self:
        errors = self._cleanup.enter_context((self.home / "stderr.txt").open("wb"))
        self._process = subprocess.Popen(
            self.command,
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        reader.start()
        self._cleanup.callback(reader.join, 10)
        self._cleanup.callback(self.kill)
        try:
            self.announced: dict[str, Any] = self._announcement()
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def output(self) -> str:
        """All that was printed so far, errors included."""
        errors = (self.home / "stderr.txt").read_text("utf-8", "replace")
        return "\n".join(self._lines) + errors

    def children(self) -> list[psutil.Process]:
        """Everything that this process started and that still runs."""
        found: list[psutil.Process] = self.process.children(recursive=True)
        self._family.extend(child for child in found if child not in self._family)
        return found

    def terminate(self, within_s: float) -> int:
        """Ask it to stop; the exit status. AssertionError when it takes longer."""
        self.children()
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not stop within {within_s} s: {self.output}") from None

    def orphans(self, within_s: float = 5.0) -> list[psutil.Process]:
        """Processes it started that outlive it by `within_s`."""
        _, alive = psutil.wait_procs(self._family, timeout=within_s)
        return list(alive)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.append(line)
                self._first.set()
        self._first.set()

    def _announcement(self) -> dict[str, Any]:
        if not self._first.wait(START_S) or not self._lines:
            raise AssertionError(f"{self.command} did not start: {self.output}")
        announced: dict[str, Any] = json.loads(self._lines[0])
        return announced

    def wait_dead(self, within_s: float = 30.0) -> int:
        """Wait until it has ended by itself; its exit status, negative for a signal."""
        return self._process.wait(within_s)

    def kill(self) -> None:
        """End it at once, as `kill -9` does, with everything it started."""
        if self._process.poll() is None:
            self.children()
            self._process.kill()
            self._process.wait(10)
        for child in self._family:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
