"""Broken model files and settings get the right words; the node never crashes with them."""

from dataclasses import replace
from pathlib import Path

import pytest

from node.core.errors import NodeError, OutOfMemoryError
from node.llm.llama.failures import classify
from node.llm.llama.options import EngineOptions
from node.llm.llama.process import ModelPlan, WorkerState
from tests.llm.conftest import MakeProcess, make_plan
from tests.support.tiny_gguf import BROKEN_TEMPLATE, TinySpec, tiny_gguf_bytes

_OPTIONS = EngineOptions(context_total=512, slots=1, threads=1, cache_ram_mib=16)


async def _failure(make_process: MakeProcess, plan: ModelPlan) -> NodeError:
    process, history = await make_process(plan)
    with pytest.raises(NodeError) as caught:
        await process.start()
    assert process.state is WorkerState.FAILED
    assert process.pid is None
    assert history.events[-1] == (WorkerState.FAILED, caught.value.message)
    assert str(plan.path) not in caught.value.message + caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "engine.bad_file"),
        (b"not a model at all" * 100, "engine.bad_file"),
        (tiny_gguf_bytes(TinySpec())[:5000], "engine.bad_file"),
        (tiny_gguf_bytes(TinySpec())[:-1000], "engine.bad_file"),
        (tiny_gguf_bytes(TinySpec(architecture="unheardof")), "engine.unsupported_arch"),
        (tiny_gguf_bytes(TinySpec(template=BROKEN_TEMPLATE)), "engine.bad_template"),
    ],
    ids=["empty", "text", "cut header", "cut data", "architecture", "template"],
)
async def test_bad_file(
    make_process: MakeProcess, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    error = await _failure(make_process, ModelPlan(path=path, alias="bad", options=_OPTIONS))
    assert error.code == code


async def test_missing_file(make_process: MakeProcess, tmp_path: Path) -> None:
    plan = ModelPlan(path=tmp_path / "gone.gguf", alias="x", options=_OPTIONS)
    assert (await _failure(make_process, plan)).code == "engine.bad_file"


async def test_a_worker_that_grows_too_big_is_ended_and_not_restarted(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, history = await make_process(replace(make_plan(tiny_model), rss_mb=1))
    await process.start()
    await history.heard(WorkerState.CRASHED)
    assert WorkerState.RESTARTING not in history.states
    with pytest.raises(OutOfMemoryError) as caught:
        await process.server()
    assert caught.value.code == "engine.no_memory"


async def test_an_unknown_expert_option(make_process: MakeProcess, tiny_model: Path) -> None:
    plan = make_plan(tiny_model, expert={"no_such_option": 1})
    assert (await _failure(make_process, plan)).code == "engine.bad_option"


async def test_the_other_engine_is_missing_or_works(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    plan = replace(make_plan(tiny_model), engine="llama-cpp-python")
    try:
        import llama_cpp  # noqa: F401
    except ImportError:
        assert (await _failure(make_process, plan)).code == "engine.engine_missing"
    else:
        process, _ = await make_process(plan)
        await process.start()


async def test_a_template_of_ours_helps_a_file_with_a_broken_one(
    make_process: MakeProcess, tmp_path: Path
) -> None:
    path = tmp_path / "template.gguf"
    path.write_bytes(tiny_gguf_bytes(TinySpec(template=BROKEN_TEMPLATE)))
    plan = ModelPlan(path=path, alias="t", options=replace(_OPTIONS, chat_template="chatml"))
    process, _ = await make_process(plan)
    await process.start()
    assert process.state is WorkerState.LOADED


def test_a_signal_is_a_crash_whatever_was_printed_before() -> None:
    assert classify(["llama: invalid magic"], exit_status=-11) == "crash"
    assert classify(["ggml: failed to allocate buffer"], exit_status=-6) == "no_memory"
