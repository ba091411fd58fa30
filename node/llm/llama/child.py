"""One run of a worker process, seen from the node: start, wait until ready, watch, stop."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from node.core.errors import EngineError, NodeError
from node.core.tasks import TaskScope
from node.llm.child_environment import child_environment, python_command
from node.llm.llama.failures import classify, failure_error
from node.llm.llama.protocol import (
    MAX_LINE_BYTES,
    Failed,
    LoadSpec,
    Ready,
    Stage,
    decode_event,
    encode_spec,
    encode_stop,
)

KEPT_LINES = 200
_MAX_LOG_LINE = 4096
_IMPORT_S = 20.0
_LOAD_BASE_S = 10.0
_LOAD_BYTES_PER_S = 100 * 1024 * 1024
_KILL_WAIT_S = 5.0
_log = logging.getLogger("node.llm.worker")


def worker_command() -> list[str]:
    """Command of the worker for this installation; no data in it."""
    return python_command(flag="--llama-worker", module="node.llm.llama.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitReport:
    status: int
    lines: tuple[str, ...]

    def error(self) -> NodeError:
        code = classify(self.lines, exit_status=self.status)
        return failure_error(code, detail=f"exit status {self.status}", lines=self.lines)


class WorkerChild:
    """A started worker. Made by `start`; ends by `stop`, by `kill`, or by itself."""

    def __init__(self, process: asyncio.subprocess.Process, tasks: TaskScope) -> None:
        self._process = process
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._log_task = tasks.spawn(self._read_log(), name="stderr")
        self.ready: Ready | None = None

    @classmethod
    async def start(
        cls,
        spec: LoadSpec,
        *,
        command: Sequence[str],
        work_dir: Path,
        tasks: TaskScope,
        on_stage: Callable[[str], None],
    ) -> "WorkerChild":
        """Spawn and wait until the model is loaded.

        Must run on the node's own thread: on Linux the worker dies with the thread that started it.

        Raises:
            EngineError, ModelFileError, OutOfMemoryError: with a code of `failures`.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=work_dir,
                env=child_environment(),
                start_new_session=sys.platform != "win32",
                limit=MAX_LINE_BYTES,
            )
        except OSError as error:
            raise failure_error("crash", detail=str(error)) from error
        child = cls(process, tasks)
        try:
            await child._begin(spec, on_stage)
        except BaseException:
            await child.kill()
            raise
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines the engine printed, oldest first."""
        return tuple(self._lines)

    async def wait(self) -> ExitReport:
        """Return as soon as the process has ended."""
        status = await self._process.wait()
        await asyncio.wait({self._log_task}, timeout=1)
        return ExitReport(status=status, lines=self.lines)

    async def stop(self, grace_s: float) -> None:
        """Ask it to end, insist after `grace_s`."""
        if self.running and self._process.stdin is not None:
            with contextlib.suppress(ConnectionError):
                self._process.stdin.write(encode_stop(grace_s))
                await self._process.stdin.drain()
            try:
                async with asyncio.timeout(grace_s + 1):
                    await self._process.wait()
            except TimeoutError:
                _log.warning("worker %s did not stop in time", self.pid)
        await self.kill()

    async def kill(self) -> None:
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        async with asyncio.timeout(_KILL_WAIT_S):
            await self._process.wait()
        await asyncio.wait({self._log_task}, timeout=1)

    async def _begin(self, spec: LoadSpec, on_stage: Callable[[str], None]) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - a pipe was asked for
        with contextlib.suppress(ConnectionError):
            stdin.write(encode_spec(spec))
            await stdin.drain()
        limits = {"start": _IMPORT_S, "import": _IMPORT_S}
        load_s = _load_seconds(Path(spec.model))
        stage = "start"
        while self.ready is None:
            try:
                async with asyncio.timeout(limits.get(stage, load_s)):
                    event = await self._next_event()
            except TimeoutError as error:
                raise failure_error("timeout", detail=stage, lines=self.lines) from error
            match event:
                case Stage():
                    stage = event.stage
                    on_stage(stage)
                case Ready():
                    self.ready = event
                case Failed():
                    await self._raise_failed(event)

    async def _next_event(self) -> Stage | Ready | Failed:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            line = await stdout.readline()
        except ValueError as error:
            raise EngineError("The worker sent too long a line.", code="engine.protocol") from error
        if line:
            return decode_event(line)
        raise (await self.wait()).error()

    async def _raise_failed(self, event: Failed) -> None:
        report = await self._ended_soon()
        code = classify([*report, event.detail], worker_code=event.code)
        raise failure_error(code, detail=event.detail, lines=report)

    async def _ended_soon(self) -> tuple[str, ...]:
        """Lines after the worker's end: the native reason is often the last thing on stderr."""
        try:
            async with asyncio.timeout(_KILL_WAIT_S):
                return (await self.wait()).lines
        except TimeoutError:
            return self.lines

    async def _read_log(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - a pipe was asked for
        rest = b""
        while raw := await stderr.read(65536):
            *lines, rest = (rest + raw).split(b"\n")
            for line in lines:
                self._keep(line)
            rest = rest[-_MAX_LOG_LINE:]
        if rest:
            self._keep(rest)

    def _keep(self, raw: bytes) -> None:
        line = raw[:_MAX_LOG_LINE].decode("utf-8", "replace").rstrip()
        if line:
            self._lines.append(line)
            _log.debug("%s: %s", self.pid, line)


def _load_seconds(model: Path) -> float:
    """Patience for a load, by file size: slow disks are slow, not broken."""
    try:
        size = model.stat().st_size
    except OSError:
        size = 0  # the engine will say what is wrong with the file
    return _LOAD_BASE_S + size / _LOAD_BYTES_PER_S
