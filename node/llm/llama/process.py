"""A model kept running: states, smoke test, health, restarts after a crash, orderly end."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from node.core.clock import Clock
from node.core.errors import BackendUnavailableError, NodeError, OutOfMemoryError
from node.core.tasks import TaskScope
from node.llm.llama.child import WorkerChild, worker_command
from node.llm.llama.failures import failure_error
from node.llm.llama.options import EngineOptions
from node.llm.llama.protocol import LoadSpec, Ready
from node.llm.llama.socket_folder import SocketFolder
from node.llm.openai import OpenAiBackend

_BACKOFF_S = (0.5, 2.0, 8.0, 30.0)
_MAX_RESTARTS = 3
_RESTART_WINDOW_S = 600.0
_HEALTH_EVERY_S = 5.0
_HEALTH_MISSES = 3
_SMOKE_S = 30.0
_STOP_GRACE_S = 5.0
_MIN_SLOT_CONTEXT = 512
_log = logging.getLogger("node.llm.process")


class WorkerState(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    LOADED = "loaded"
    RESTARTING = "restarting"
    DRAINING = "draining"
    STOPPING = "stopping"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """A model file and how to run it. `rss_mb` 0 means no memory limit.

    `options` must be complete (see `resolve`).
    """

    path: Path
    alias: str
    options: EngineOptions
    engine: str = "xllamacpp"
    rss_mb: int = 0


StateListener = Callable[[WorkerState, str], None]


class LlamaProcess:
    """Owns at most one worker at a time. All methods run on the node's loop.

    `on_state` hears every change with a detail: the stage while starting, a failure's message.
    """

    def __init__(
        self,
        plan: ModelPlan,
        *,
        work_dir: Path,
        clock: Clock,
        on_state: StateListener | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        self._plan = plan
        self._work_dir = work_dir
        self._clock = clock
        self._on_state = on_state
        self._command = tuple(command or worker_command())
        self._tasks = TaskScope(f"llama:{plan.alias}")
        self._child: WorkerChild | None = None
        self._server: OpenAiBackend | None = None
        self._sockets = SocketFolder(work_dir)
        self._changed = asyncio.Condition()
        self._crashes: deque[float] = deque()
        self._error: NodeError | None = None
        self._answered = False
        self._supervisor: asyncio.Task[None] | None = None
        self._requests = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.state = WorkerState.STOPPED

    @property
    def plan(self) -> ModelPlan:
        return self._plan

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    @property
    def ready(self) -> Ready | None:
        return self._child.ready if self._child is not None else None

    @property
    def log_lines(self) -> tuple[str, ...]:
        return self._child.lines if self._child is not None else ()

    async def start(self) -> None:
        """Load the model and test it with one token; then keep it running until `stop`.

        Raises EngineError, ModelFileError or OutOfMemoryError when it cannot be loaded.
        """
        if self.state in (WorkerState.STARTING, WorkerState.LOADED, WorkerState.RESTARTING):
            await self.server()
            return
        self._crashes.clear()
        self._tasks = TaskScope(f"llama:{self._plan.alias}")
        self._error = None
        await self._set_state(WorkerState.STARTING)
        loading = self._tasks.spawn(self._try_load(WorkerState.STARTING), name="load")
        try:
            error = await loading
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                await self.stop(0)
                raise
            raise _not_loaded() from None  # `stop` came in between
        if error is not None:
            await self._fail(WorkerState.FAILED, error)
            raise error
        self._supervisor = self._tasks.spawn(self._supervise(), name="supervise")

    async def server(self) -> OpenAiBackend:
        """The running server; waits while the worker starts or restarts.

        Raises the failure of the last start, or BackendUnavailableError when it was stopped.
        """
        waiting = (WorkerState.STARTING, WorkerState.RESTARTING)
        async with self._changed:
            await self._changed.wait_for(lambda: self.state not in waiting)
        if self.state is WorkerState.LOADED and self._server is not None:
            return self._server
        if self._error is not None:
            raise self._error
        raise _not_loaded()

    async def stop(self, grace_s: float = _STOP_GRACE_S) -> None:
        """End the worker; running answers get `grace_s` to finish. Safe in every state."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            self._supervisor = None
        if self.state is WorkerState.LOADED and self._requests and grace_s > 0:
            await self._set_state(WorkerState.DRAINING)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self._quiet.wait()
        await self._set_state(WorkerState.STOPPING)
        await self._tasks.aclose()
        await self._drop_child(grace_s)
        self._error = None
        await self._set_state(WorkerState.STOPPED)

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Held by each running request, so that `stop` can wait for it."""
        self._requests += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._requests -= 1
            if not self._requests:
                self._quiet.set()

    async def end_hung_worker(self) -> None:
        """Kill a worker that gave no sign of life for too long; supervision starts a new one."""
        if self._child is not None:
            _log.warning("worker %s gives no sign of life", self._child.pid)
            await self._child.kill()

    def answered(self) -> None:
        """Told by the backend after the first good answer: a later crash is not the request's."""
        self._answered = True

    async def _try_load(self, state: WorkerState) -> NodeError | None:
        """Load, with half the context when memory does not suffice; returns what went wrong."""
        try:
            await self._load(state)
        except OutOfMemoryError as error:
            smaller = _with_half_context(self._plan)
            if smaller is None:
                return error
            _log.warning("%s: not enough memory, trying half the context", self._plan.alias)
            self._plan = smaller
            self._report(state, "smaller_context")
            return await self._try_load_once(state)
        except NodeError as error:
            return error
        return None

    async def _try_load_once(self, state: WorkerState) -> NodeError | None:
        try:
            await self._load(state)
        except NodeError as error:
            return error
        return None

    async def _load(self, state: WorkerState) -> None:
        spec = self._make_spec()
        self._child = await WorkerChild.start(
            spec,
            command=self._command,
            work_dir=self._work_dir,
            tasks=self._tasks,
            on_stage=lambda stage: self._report(state, stage),
        )
        ready = self._child.ready
        assert ready is not None  # noqa: S101 - `start` returns no other child
        self._server = OpenAiBackend(
            url="http://127.0.0.1" if spec.socket else ready.url,
            model=spec.alias,
            api_key=spec.key,
            unix_socket=spec.socket or None,
        )
        self._report(state, "smoke_test")
        try:
            await self._smoke_test(self._server)
        except NodeError:
            await self._drop_child(0)
            raise
        self._answered = False
        await self._set_state(WorkerState.LOADED)

    async def _smoke_test(self, server: OpenAiBackend) -> None:
        """One token, so that "loaded" is the truth."""
        probe: Mapping[str, Any] = {
            "messages": [{"role": "user", "content": "Hi"}],
            "max_tokens": 1,
            "stream": True,
        }
        try:
            async with asyncio.timeout(_SMOKE_S):
                if self._plan.options.embedding:
                    await server.embeddings({"input": "Hi"})
                else:
                    async for _ in server.chat(probe):
                        pass
        except TimeoutError as error:
            raise failure_error("timeout", detail="smoke test", lines=self.log_lines) from error
        except NodeError as error:
            detail = f"{error.message} {error.details}"
            raise failure_error("crash", detail=detail, lines=self.log_lines) from error

    async def _supervise(self) -> None:
        """Restart after crashes until stopped or out of attempts."""
        while self._child is not None:
            error = await self._until_dead(self._child)
            # A death in the first request after the load counts double: the input may be poison.
            for _ in range(1 if self._answered else 2):
                self._crashes.append(self._clock.monotonic())
            await self._drop_child(0)
            while True:
                attempt = self._recent_crashes()
                if attempt > _MAX_RESTARTS or isinstance(error, OutOfMemoryError):
                    await self._fail(WorkerState.CRASHED, error)
                    return
                await self._set_state(WorkerState.RESTARTING, error.message)
                await self._clock.sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S)) - 1])
                next_error = await self._try_load(WorkerState.RESTARTING)
                if next_error is None:
                    break
                error = next_error
                self._crashes.append(self._clock.monotonic())

    async def _until_dead(self, child: WorkerChild) -> NodeError:
        """Wait until the process has ended or hangs; a hanging one is killed."""
        exited = self._tasks.spawn(child.wait(), name="exit")
        misses = 0
        while not exited.done():
            await asyncio.wait({exited}, timeout=_HEALTH_EVERY_S)
            if exited.done() or self._server is None:
                break
            health = await self._server.health()
            misses = 0 if health.ok else misses + 1
            if misses >= _HEALTH_MISSES and child.running:
                _log.warning("worker %s hangs: %s", child.pid, health.detail)
                await child.kill()
        report = await exited
        return report.error()

    def _recent_crashes(self) -> int:
        oldest = self._clock.monotonic() - _RESTART_WINDOW_S
        while self._crashes and self._crashes[0] < oldest:
            self._crashes.popleft()
        return len(self._crashes)

    def _make_spec(self) -> LoadSpec:
        return LoadSpec(
            engine=self._plan.engine,
            model=str(self._plan.path),
            alias=self._plan.alias,
            key=secrets.token_hex(32),
            socket=self._sockets.new_path(),
            parent_pid=os.getpid(),
            rss_mb=self._plan.rss_mb,
            options=self._plan.options,
        )

    async def _drop_child(self, grace_s: float) -> None:
        child, server = self._child, self._server
        self._child = self._server = None
        if server is not None:
            await server.aclose()
        if child is not None:
            await child.stop(grace_s) if grace_s else await child.kill()
        self._sockets.remove()

    async def _fail(self, state: WorkerState, error: NodeError) -> None:
        self._error = error
        await self._drop_child(0)
        await self._set_state(state, error.message)

    async def _set_state(self, state: WorkerState, detail: str = "") -> None:
        async with self._changed:
            self.state = state
            self._changed.notify_all()
        self._report(state, detail)

    def _report(self, state: WorkerState, detail: str) -> None:
        if self._on_state is not None:
            self._on_state(state, detail)


def _not_loaded() -> BackendUnavailableError:
    return BackendUnavailableError("This model is not loaded.", code="backend.not_loaded")


def _with_half_context(plan: ModelPlan) -> ModelPlan | None:
    """The plan for a second try, None when a slot's context would become too small for a chat."""
    context = plan.options.context_total // 2
    if context // plan.options.slots < _MIN_SLOT_CONTEXT:
        return None
    return replace(plan, options=replace(plan.options, context_total=context))
