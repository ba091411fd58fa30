"""The parent's side against a worker that misbehaves in every way the protocol allows."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from node.core.clock import SystemClock
from node.core.errors import NodeError
from node.llm.llama.options import EngineOptions
from node.llm.llama.process import LlamaProcess, ModelPlan, WorkerState
from node.llm.llama.socket_folder import SocketFolder
from tests.llm import fake_worker
from tests.llm.conftest import History

_COMMAND = [sys.executable, str(Path(fake_worker.__file__))]
Make = Callable[[str], tuple[LlamaProcess, History]]


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    # The fake one listens on loopback, as workers on Windows do.
    monkeypatch.setattr(SocketFolder, "new_path", lambda self: "")
    made: list[LlamaProcess] = []

    def start(scenario: str) -> tuple[LlamaProcess, History]:
        history = History()
        plan = ModelPlan(
            path=tmp_path / "model.gguf",
            alias=scenario,
            options=EngineOptions(context_total=4096, slots=1),
        )
        process = LlamaProcess(
            plan, work_dir=tmp_path, clock=SystemClock(), on_state=history, command=_COMMAND
        )
        made.append(process)
        return process, history

    yield start
    for process in made:
        await process.stop(0)


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("garbage", "engine.protocol"),
        ("endless line", "engine.protocol"),
        ("segfault", "engine.crash"),
        ("silent exit", "engine.crash"),
        ("broken answers", "engine.crash"),
        ("never enough memory", "engine.no_memory"),
    ],
)
async def test_failures_of_a_start(make: Make, scenario: str, code: str) -> None:
    process, _ = make(scenario)
    with pytest.raises(NodeError) as caught:
        await process.start()
    assert caught.value.code == code
    assert process.state is WorkerState.FAILED
    assert process.pid is None


async def test_half_the_context_is_tried_when_memory_is_short(make: Make) -> None:
    process, history = make("half is enough")
    await process.start()
    assert process.ready is not None
    assert process.ready.slot_context == 2048
    assert (WorkerState.STARTING, "smaller_context") in history.events


async def test_a_well_behaved_one_on_loopback_works(make: Make) -> None:
    process, _ = make("good")
    await process.start()
    assert process.state is WorkerState.LOADED


async def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    plan = ModelPlan(path=tmp_path / "m", alias="m", options=EngineOptions(context_total=1024))
    process = LlamaProcess(
        plan, work_dir=tmp_path, clock=SystemClock(), command=["/no/such/program"]
    )
    with pytest.raises(NodeError) as caught:
        await process.start()
    assert caught.value.code == "engine.crash"
    assert "/no/such" not in caught.value.message
