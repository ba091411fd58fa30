"""A tool server's process: clean environment, lines in and out with limits, a certain end."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from node.core.errors import AgentError
from node.core.log import get_logger
from node.core.tasks import TaskScope

_PASSED_ON = frozenset((
    "APPDATA", "COMSPEC", "HOME", "HOMEDRIVE", "HOMEPATH", "LANG", "LOCALAPPDATA", "LOGNAME",
    "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA", "PROGRAMFILES", "SHELL",
    "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USER", "USERNAME", "USERPROFILE",
))  # fmt: skip
_KILL_WAIT_S = 5.0
_KEPT_LINES = 20
_KEPT_CHARS = 500
_log = get_logger("node.agents")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCommand:
    """What to start: never through a shell. `env` may hold keys of the tool's own services."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """Times in seconds, sizes in bytes; `output` counts all that one use of a server sends."""

    start_s: float = 20.0
    list_s: float = 20.0
    call_s: float = 60.0
    stop_s: float = 1.0
    line: int = 4 * 1024 * 1024
    output: int = 8 * 1024 * 1024
    tools: int = 500


def tool_environment(
    configured: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The few variables that programs need to start, and what the owner configured."""
    basic = {name: value for name, value in environment.items() if name.upper() in _PASSED_ON}
    return {**basic, **configured}


class ToolChild:
    """One running server. Made by `running`, which also ends it."""

    def __init__(
        self, process: asyncio.subprocess.Process, limits: ToolLimits, tasks: TaskScope
    ) -> None:
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._limits = limits
        self._received = 0
        self._last_words: deque[str] = deque(maxlen=_KEPT_LINES)
        self._reading = tasks.spawn(self._read_stderr(), name="stderr")

    async def send(self, line: bytes) -> None:
        """Write one line. Raises AgentError when the server has ended."""
        try:
            self._stdin.write(line + b"\n")
            await self._stdin.drain()
        except OSError as error:
            raise await self._ended() from error

    async def receive(self) -> bytes:
        """The next line. Raises AgentError: the server ended, or sent too much."""
        try:
            line = await self._stdout.readline()
        except ValueError as error:
            raise _too_large() from error
        except OSError as error:
            raise await self._ended() from error
        self._received += len(line)
        if self._received > self._limits.output:
            raise _too_large()
        if not line.endswith(b"\n"):
            raise await self._ended()
        return line

    async def stop(self) -> None:
        """Ask by closing its input, wait a moment, then end it with all that it started."""
        self._stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.stop_s):
                await self._process.wait()

    async def kill(self) -> None:
        """End the process and its group at once. Never fails."""
        _kill_group(self._process.pid)
        self._stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_KILL_WAIT_S):
                await self._process.wait()
        self._reading.cancel()

    async def _ended(self) -> AgentError:
        await asyncio.wait({self._reading}, timeout=0.5)
        status = self._process.returncode
        _log.warning("tool server ended", status=status, lines=list(self._last_words))
        return AgentError(
            "The tool server ended before it answered.",
            hint="Its last words are in the log.",
            code="agent.ended",
        )

    async def _read_stderr(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101 - a pipe was asked for
        rest = b""
        while data := await stderr.read(65536):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[-_KEPT_CHARS:]
            for line in lines[-_KEPT_LINES:]:
                self._last_words.append(line[:_KEPT_CHARS].decode(errors="replace"))


def _too_large() -> AgentError:
    return AgentError("The tool server sent too much.", code="agent.too_large")


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            _kill_tree(pid)
        else:
            os.killpg(pid, signal.SIGKILL)


def _kill_tree(pid: int) -> None:
    """For systems without process groups."""
    import psutil

    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (*root.children(recursive=True), root):
            with contextlib.suppress(psutil.Error):
                process.kill()


@asynccontextmanager
async def running(command: ToolCommand, limits: ToolLimits) -> AsyncGenerator[ToolChild, None]:
    """Start a server and end it on exit: orderly after use, at once on failure or cancellation.

    Raises:
        AgentError: it cannot be started.
    """
    async with TaskScope("tool server") as tasks:
        try:
            environment = tool_environment(command.env)
            process = await asyncio.create_subprocess_exec(
                # Found here, for Windows starts `npx.cmd` by its whole name only.
                shutil.which(command.command, path=environment.get("PATH")) or command.command,
                *command.args,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=sys.platform != "win32",
                limit=limits.line,
            )
        except (OSError, ValueError) as error:
            _log.warning("tool server not started", program=command.command, reason=str(error))
            raise AgentError(
                "The tool server cannot be started.",
                hint="Check command and arguments in agents-config.json.",
                code="agent.start",
            ) from error
        child = ToolChild(process, limits, tasks)
        try:
            yield child
            await child.stop()
        finally:
            await child.kill()
