"""The worker process on a real engine: start, chat, cancel, crash, restart, end."""

import asyncio
import contextlib
import os
import re
import signal
import stat
from contextlib import aclosing
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest

from node.core.clock import SystemClock
from node.core.errors import BackendRefusedError, BackendUnavailableError, EngineError
from node.core.http_client import open_http_client
from node.llm.llama.backend import LlamaBackend
from node.llm.llama.process import LlamaProcess, WorkerState
from tests.llm.conftest import MakeProcess, is_alive, make_plan

_MESSAGES = [{"role": "user", "content": "hello"}]


def _body(**fields: Any) -> dict[str, Any]:
    return {"messages": _MESSAGES, "stream": True, **fields}


async def _start(
    make_process: MakeProcess, path: Path, **options: object
) -> tuple[LlamaProcess, LlamaBackend]:
    process, _ = await make_process(make_plan(path, **options))
    await process.start()
    return process, LlamaBackend(process, SystemClock())


async def test_states_of_a_start_and_a_stop(make_process: MakeProcess, tiny_model: Path) -> None:
    process, history = await make_process(make_plan(tiny_model))
    await process.start()
    assert process.ready is not None
    assert (process.ready.slots, process.ready.slot_context) == (2, 1024)
    pid = process.pid
    assert pid is not None
    await process.stop()
    assert [detail for _, detail in history.events if detail] == [
        "import",
        "load",
        "warmup",
        "smoke_test",
    ]
    assert history.states == [
        WorkerState.STARTING,
        WorkerState.LOADED,
        WorkerState.STOPPING,
        WorkerState.STOPPED,
    ]
    assert not is_alive(pid)


async def test_stream_of_the_asked_length(make_process: MakeProcess, tiny_model: Path) -> None:
    _, backend = await _start(make_process, tiny_model)
    chunks = [chunk async for chunk in backend.chat(_body(max_tokens=12, ignore_eos=True))]
    assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    assert all(chunk["model"] == "tiny" for chunk in chunks)
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"
    assert chunks[-1]["timings"]["predicted_n"] == 12
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert len(text) >= 12
    assert not any("prompt_progress" in chunk for chunk in chunks)


async def test_progress_of_a_long_prompt_on_request(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    _, backend = await _start(make_process, tiny_model)
    body = _body(max_tokens=1, return_progress=True)
    body["messages"] = [{"role": "user", "content": "abcd " * 150}]
    chunks = [chunk async for chunk in backend.chat(body)]
    progress = [chunk["prompt_progress"] for chunk in chunks if "prompt_progress" in chunk]
    assert progress[-1]["processed"] == progress[-1]["total"] > 500


async def test_plain_answer_is_assembled_with_usage(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    _, backend = await _start(make_process, tiny_model)
    request = {"messages": _MESSAGES, "max_tokens": 9, "ignore_eos": True, "seed": 4}
    (answer,) = [chunk async for chunk in backend.chat(request)]
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 9
    streamed = [chunk async for chunk in backend.chat({**request, "stream": True})]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in streamed)
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": text}


async def test_grammar_and_json_mode_shape_the_answer(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    _, backend = await _start(make_process, tiny_model)
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    body = {
        "messages": _MESSAGES,
        "max_tokens": 100,
        "response_format": {"type": "json_schema", "json_schema": {"schema": schema}},
    }
    (answer,) = [chunk async for chunk in backend.chat(body)]
    assert orjson.loads(answer["choices"][0]["message"]["content"])["ok"] in (True, False)
    forced = {"messages": _MESSAGES, "max_tokens": 20, "grammar": 'root ::= "na \\u00efve"'}
    (answer,) = [chunk async for chunk in backend.chat(forced)]
    assert answer["choices"][0]["message"]["content"] == "na ïve"


async def test_leaving_an_answer_frees_its_slot(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, backend = await _start(make_process, tiny_model, slots=1, context_total=2048)
    async with aclosing(backend.chat(_body(ignore_eos=True, max_tokens=1900))) as chunks:
        async for chunk in chunks:
            if chunk["choices"][0]["delta"].get("content"):
                break
    assert backend.in_flight == 0
    # The only slot is free: a short answer comes at once, long before the first would have ended.
    (answer,) = [chunk async for chunk in backend.chat({"messages": _MESSAGES, "max_tokens": 1})]
    assert answer["timings"]["predicted_n"] == 1
    released = re.findall(r"stop processing: n_tokens = (\d+)", "\n".join(process.log_lines))
    assert released and max(map(int, released)) < 1900


async def test_answers_run_side_by_side(make_process: MakeProcess, tiny_model: Path) -> None:
    _, backend = await _start(make_process, tiny_model)

    async def ask() -> list[dict[str, Any]]:
        return [chunk async for chunk in backend.chat(_body(max_tokens=40, ignore_eos=True))]

    answers = await asyncio.gather(*(ask() for _ in range(6)))
    assert [answer[-1]["timings"]["predicted_n"] for answer in answers] == [40] * 6


async def test_too_long_a_prompt_is_the_clients_fault(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    _, backend = await _start(make_process, tiny_model, context_total=1024)
    body = _body()
    body["messages"] = [{"role": "user", "content": "x " * 2000}]
    with pytest.raises(BackendRefusedError) as caught:
        await anext(aiter(backend.chat(body)))
    assert caught.value.status == 400
    assert caught.value.body["error"]["type"] == "exceed_context_size_error"


async def test_embeddings_need_a_model_loaded_for_them(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    _, backend = await _start(make_process, tiny_model)
    with pytest.raises(BackendRefusedError) as caught:
        await backend.embeddings({"input": "text"})
    assert caught.value.status == 501
    _, embedder = await _start(make_process, tiny_model, embedding=True)
    answer = await embedder.embeddings({"input": ["one", "two"]})
    assert [len(item["embedding"]) for item in answer["data"]] == [64, 64]


async def test_nobody_else_can_use_the_socket(make_process: MakeProcess, tiny_model: Path) -> None:
    process, _ = await _start(make_process, tiny_model)
    assert process.ready is not None
    socket = Path(process.ready.url.removeprefix("unix://"))
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    async with open_http_client(base_url="http://x", unix_socket=str(socket)) as client:
        refused = await client.post("/v1/chat/completions", json=_body())
        assert refused.status_code == 401
        assert (await client.get("/")).status_code != 200
        models = await client.get("/v1/models", headers={"origin": "http://evil.example"})
        assert models.headers.get("access-control-allow-origin") != "http://evil.example"
    await process.stop()
    assert not socket.parent.exists()


async def test_nothing_secret_in_arguments_or_environment(
    make_process: MakeProcess, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALLET_PRIVATE_KEY", "not-for-the-worker")
    process, _ = await _start(make_process, tiny_model)
    worker = psutil.Process(process.pid)
    assert str(tiny_model) not in " ".join(worker.cmdline())
    assert "not-for-the-worker" not in worker.environ().values()


async def test_a_crash_fails_the_answer_and_the_worker_comes_back(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, history = await make_process(make_plan(tiny_model))
    await process.start()
    backend = LlamaBackend(process, SystemClock())
    assert [chunk async for chunk in backend.chat(_body(max_tokens=1))]
    first_pid = process.pid
    assert first_pid is not None
    with pytest.raises(BackendUnavailableError) as caught:
        async for chunk in backend.chat(_body(ignore_eos=True, max_tokens=900)):
            if chunk["choices"][0]["delta"].get("content"):
                with contextlib.suppress(ProcessLookupError):  # chunks on the way still arrive
                    os.kill(first_pid, signal.SIGKILL)
    assert caught.value.code == "backend.lost"
    assert caught.value.retryable
    await history.heard(WorkerState.RESTARTING)
    # A request during the restart waits for it.
    assert [chunk async for chunk in backend.chat(_body(max_tokens=1))]
    assert process.pid not in (None, first_pid)
    assert (await backend.health()).ok
    assert WorkerState.RESTARTING in history.states


async def test_crashes_on_the_first_request_stop_the_restarts(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, history = await make_process(make_plan(tiny_model))
    await process.start()
    backend = LlamaBackend(process, SystemClock())
    for next_state in (WorkerState.RESTARTING, WorkerState.CRASHED):
        await process.server()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGSEGV)
        await history.heard(next_state)
    with pytest.raises(EngineError) as caught:
        await anext(aiter(backend.chat(_body())))
    assert caught.value.code == "engine.crash"
    assert history.states[-1] is WorkerState.CRASHED
    assert process.pid is None


async def test_stopping_during_the_start_leaves_nothing(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, history = await make_process(make_plan(tiny_model))
    starting = asyncio.gather(process.start(), return_exceptions=True)
    await history.heard("import")
    await process.stop(0)
    (result,) = await starting
    assert isinstance(result, BackendUnavailableError)
    assert process.pid is None
    assert process.state is WorkerState.STOPPED


async def test_a_stop_lets_running_answers_finish(
    make_process: MakeProcess, tiny_model: Path
) -> None:
    process, backend = await _start(make_process, tiny_model)
    chunks = backend.chat(_body(max_tokens=300, ignore_eos=True))
    await anext(chunks)
    stopping = asyncio.gather(process.stop(20))
    rest = [chunk async for chunk in chunks]
    await stopping
    assert rest[-1]["timings"]["predicted_n"] == 300
    with pytest.raises(BackendUnavailableError):
        await anext(backend.chat(_body()))


async def test_a_stop_does_not_wait_for_ever(make_process: MakeProcess, tiny_model: Path) -> None:
    process, backend = await _start(make_process, tiny_model)
    chunks = backend.chat(_body(max_tokens=900, ignore_eos=True))
    await anext(chunks)
    await process.stop(0.05)  # nobody reads the answer meanwhile
    assert process.pid is None
    await chunks.aclose()


async def test_a_hanging_worker_is_replaced(
    make_process: MakeProcess, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.llm.llama.process._HEALTH_EVERY_S", 0.05)
    monkeypatch.setattr("node.llm.openai.HEALTH_S", 0.3)
    process, history = await make_process(make_plan(tiny_model))
    await process.start()
    backend = LlamaBackend(process, SystemClock())
    assert [chunk async for chunk in backend.chat(_body(max_tokens=1))]
    hanging = process.pid
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)
    await history.heard(WorkerState.RESTARTING)
    monkeypatch.undo()
    await process.server()
    assert process.pid not in (None, hanging)
    assert not is_alive(hanging)
