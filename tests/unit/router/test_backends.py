"""Which model answers to which name, and that each backend is made once and closed."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import ModelNotFoundError
from node.core.ids import ModelId
from node.core.ports import BackendHealth, LlmBackend
from node.llm.claude import ClaudeBackend
from node.llm.guide import GuideBackend
from node.llm.local_models import LocalModels
from node.llm.openai import OpenAiBackend
from node.router.backend_factory import BackendMaker, FileBackend, file_entries, file_model_id
from node.router.backends import Backends
from node.router.models_config import ModelEntry
from tests.support.tiny_gguf import write_tiny_gguf


class Recorded:
    """A backend that knows whether it was closed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        yield {"choices": []}

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    async def health(self) -> BackendHealth:
        return BackendHealth(ok=True)

    async def aclose(self) -> None:
        self.closed = True


def entry(number: int, name: str, **more: Any) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "modelId": "0x" + f"{number:064x}",
            "modelName": name,
            "apiType": "openai",
            "apiUrl": "http://127.0.0.1:1/v1",
            **more,
        }
    )


def backends(*entries: ModelEntry) -> tuple[Backends, list[Recorded]]:
    made: list[Recorded] = []

    async def make(wanted: ModelEntry) -> LlmBackend:
        made.append(Recorded(wanted.name))
        await asyncio.sleep(0)
        return made[-1]

    return Backends(entries=entries, factory=make), made


async def test_one_backend_for_many_requests_at_once() -> None:
    pool, made = backends(entry(1, "a"))

    async def use() -> None:
        async with pool.backend(ModelId((1).to_bytes(32, "big"))):
            await asyncio.sleep(0)

    await asyncio.gather(*(use() for _ in range(8)))
    assert len(made) == 1
    await pool.aclose()
    assert made[0].closed


def test_found_by_name_and_by_id_in_any_spelling() -> None:
    pool, _ = backends(entry(1, "Alpha"), entry(0xAB, "Beta"))
    beta = entry(0xAB, "Beta").model_id
    for text in ("beta", "BETA", beta.hex, beta.hex[2:], beta.hex.upper().replace("0X", "0x")):
        found = pool.find(text)
        assert found is not None
        assert found.model_id == beta
    assert pool.find("gamma") is None


def test_the_default_is_the_zero_id_or_the_only_one() -> None:
    assert backends(entry(1, "a"), entry(2, "b"))[0].default() is None
    only = backends(entry(1, "a"))[0].default()
    assert only is not None
    zero = backends(entry(1, "a"), entry(0, "b"))[0].default()
    assert zero is not None
    assert zero.name == "b"


async def test_an_unknown_model_is_named_as_such() -> None:
    pool, _ = backends()
    with pytest.raises(ModelNotFoundError):
        async with pool.backend(ModelId(bytes(32))):
            raise AssertionError("no backend for an unknown model")


async def test_each_api_type_gets_its_backend(tmp_path: Path) -> None:
    local = LocalModels(
        registry_file=tmp_path / "models.json", work_dir=tmp_path, clock=SystemClock()
    )
    maker = BackendMaker(local=local, clock=SystemClock())
    url = await maker.make(entry(1, "a"))
    guide = await maker.make(entry(2, "g", apiType="guide"))
    file = await maker.make(entry(3, "f", apiType="llama", path="/x.gguf"))
    claude = await maker.make(entry(4, "c", apiType="claudeai", apiKey="sk"))
    assert isinstance(claude, ClaudeBackend)
    assert isinstance(url, OpenAiBackend)
    assert isinstance(guide, GuideBackend)
    assert isinstance(file, FileBackend)
    for made in (url, guide, file, claude):
        await made.aclose()
    await local.aclose()


@pytest.mark.slow
async def test_a_file_on_this_computer_answers(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_tiny_gguf(path)
    local = LocalModels(
        registry_file=tmp_path / "models.json", work_dir=tmp_path, clock=SystemClock()
    )
    await local.add(path)
    entries = file_entries(local)
    assert list(entries) == [file_model_id(path)]
    maker = BackendMaker(local=local, clock=SystemClock())
    backend = await maker.make(entries[file_model_id(path)])
    request = {
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "max_tokens": 4,
    }
    try:
        chunks = [chunk async for chunk in backend.chat(request)]
        assert any(chunk.get("choices") for chunk in chunks)
    finally:
        await backend.aclose()
        await local.aclose()
