"""Real workers on a tiny model file."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.core.clock import SystemClock
from node.llm.gguf import read_gguf
from node.llm.hardware import read_hardware
from node.llm.llama.options import EngineOptions, resolve
from node.llm.llama.process import LlamaProcess, ModelPlan, WorkerState
from tests.support.tiny_gguf import write_tiny_gguf

pytest.importorskip("xllamacpp", reason="the engine is not installed")


class History:
    """Hears the states of a worker."""

    def __init__(self) -> None:
        self.events: list[tuple[WorkerState, str]] = []
        self._heard: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def __call__(self, state: WorkerState, detail: str) -> None:
        self.events.append((state, detail))
        self._heard[state].set()
        self._heard[detail].set()

    async def heard(self, state_or_detail: str) -> None:
        """Wait until this was reported at least once."""
        async with asyncio.timeout(20):
            await self._heard[state_or_detail].wait()

    @property
    def states(self) -> list[WorkerState]:
        seen: list[WorkerState] = []
        for state, _ in self.events:
            if not seen or seen[-1] is not state:
                seen.append(state)
        return seen


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("models") / "tiny.gguf")


def make_plan(path: Path, **options: object) -> ModelPlan:
    info = read_gguf(path)
    base = replace(EngineOptions(context_total=2048, threads=1), **options)  # type: ignore[arg-type]
    return ModelPlan(path=path, alias="tiny", options=resolve(base, info, read_hardware()))


MakeProcess = Callable[[ModelPlan], Awaitable[tuple[LlamaProcess, History]]]


@pytest.fixture
async def make_process(tmp_path: Path) -> AsyncIterator[MakeProcess]:
    made: list[LlamaProcess] = []

    async def make(plan: ModelPlan) -> tuple[LlamaProcess, History]:
        history = History()
        process = LlamaProcess(
            plan, work_dir=tmp_path / "work", clock=SystemClock(), on_state=history
        )
        made.append(process)
        return process, history

    yield make
    for process in made:
        await process.stop(0.5)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
