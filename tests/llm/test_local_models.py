"""The list of local models, with real workers behind it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from node.core.clock import FakeClock
from node.core.errors import ModelFileError
from node.llm.fit import Verdict
from node.llm.llama.options import EngineOptions
from node.llm.llama.process import WorkerState
from node.llm.local_models import LocalModels
from tests.support.tiny_gguf import TinySpec, write_tiny_gguf

_SMALL = EngineOptions(context_total=1024, threads=1)
_ASK = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 2}


class Shelf:
    """A registry in a folder; reopening it is what a restart of the program does."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "data" / "local-models.json"
        self.clock = FakeClock()
        self.events: list[tuple[str, WorkerState]] = []
        self._folder = folder
        self._opened: list[LocalModels] = []

    def open(self) -> LocalModels:
        models = LocalModels(
            registry_file=self.file,
            work_dir=self._folder / "work",
            clock=self.clock,
            on_state=lambda model_id, state, _: self.events.append((model_id, state)),
        )
        self._opened.append(models)
        return models

    async def aclose(self) -> None:
        for models in self._opened:
            await models.aclose()


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    await made.aclose()


async def test_added_models_are_there_after_a_restart(shelf: Shelf, tiny_model: Path) -> None:
    models = shelf.open()
    added = await models.add(tiny_model)
    assert (added.name, added.quantisation, added.context_length) == ("Tiny", "F32", 2048)
    await models.configure(added.model_id, options=_SMALL)
    again = shelf.open()
    assert again.list() == (replace(added, options=_SMALL),)
    assert again.find("tiny") == again.find(added.model_id) == again.list()[0]
    assert again.find("other") is None


async def test_same_file_twice_is_one_model_and_names_stay_apart(
    shelf: Shelf, tiny_model: Path, tmp_path: Path
) -> None:
    models = shelf.open()
    first = await models.add(tiny_model)
    assert await models.add(tiny_model) == first
    second = await models.add(write_tiny_gguf(tmp_path / "copy.gguf"))
    unnamed = await models.add(write_tiny_gguf(tmp_path / "file name.gguf", TinySpec(name=" ")))
    assert [model.name for model in models.list()] == ["Tiny", "Tiny (2)", "file name"]
    await models.remove(second.model_id)
    assert models.list() == (first, unnamed)
    with pytest.raises(ModelFileError) as caught:
        await models.ensure_loaded(second.model_id)
    assert caught.value.code == "backend.unknown_model"


async def test_a_bad_file_is_not_added(shelf: Shelf, tmp_path: Path) -> None:
    models = shelf.open()
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"<html>404 Not Found</html>")
    with pytest.raises(ModelFileError, match="Not a valid model file"):
        await models.add(bad)
    assert models.list() == ()
    assert not shelf.file.exists()


async def test_load_chat_and_unload(shelf: Shelf, tiny_model: Path) -> None:
    models = shelf.open()
    model = await models.add(tiny_model, name="My model")
    await models.configure(model.model_id, options=_SMALL)
    first, second = await asyncio.gather(
        models.ensure_loaded(model.model_id), models.ensure_loaded(model.model_id)
    )
    assert first is second
    assert first.name == "My model"
    (answer,) = [chunk async for chunk in first.chat(_ASK)]
    assert answer["model"] == "My model"
    assert models.state(model.model_id) is WorkerState.LOADED
    await models.stop(model.model_id)
    assert models.state(model.model_id) is WorkerState.STOPPED
    assert [state for _, state in shelf.events if state is WorkerState.LOADED] == [
        WorkerState.LOADED
    ]
    assert shelf.events[-1] == (model.model_id, WorkerState.STOPPED)


async def test_idle_models_are_unloaded_and_pinned_ones_kept(
    shelf: Shelf, tiny_model: Path, tmp_path: Path
) -> None:
    models = shelf.open()
    idle = await models.add(tiny_model)
    hosted = await models.add(write_tiny_gguf(tmp_path / "hosted.gguf"))
    for model in (idle, hosted):
        await models.configure(model.model_id, options=_SMALL)
    await models.ensure_loaded(idle.model_id)
    await models.ensure_loaded(hosted.model_id, pinned=True)
    shelf.clock.advance(599)
    await models.unload_idle()
    assert models.state(idle.model_id) is WorkerState.LOADED
    shelf.clock.advance(2)
    await models.unload_idle()
    assert models.state(idle.model_id) is WorkerState.STOPPED
    assert models.state(hosted.model_id) is WorkerState.LOADED


async def test_a_file_that_vanished_fails_to_load_and_may_come_back(
    shelf: Shelf, tmp_path: Path
) -> None:
    models = shelf.open()
    path = write_tiny_gguf(tmp_path / "moving.gguf")
    model = await models.add(path)
    await models.configure(model.model_id, options=_SMALL)
    away = path.rename(tmp_path / "away.gguf")
    with pytest.raises(ModelFileError):
        await models.ensure_loaded(model.model_id)
    away.rename(path)
    backend = await models.ensure_loaded(model.model_id)
    assert (await backend.health()).ok


async def test_fit_of_a_small_model(shelf: Shelf, tiny_model: Path) -> None:
    models = shelf.open()
    model = await models.add(tiny_model)
    fit = await models.fit(model.model_id)
    assert fit.verdict in (Verdict.FITS, Verdict.TIGHT)
    assert fit.weights == 432_896
    tiny_copy = await models.add(write_tiny_gguf(shelf.file.parent / "copy.gguf"))
    assert (await models.fit(tiny_copy.model_id)).weights == 432_896
    write_tiny_gguf(tiny_copy.path, TinySpec(layers=1))
    assert (await models.fit(tiny_copy.model_id)).weights < 432_896
    tiny_copy.path.unlink()
    with pytest.raises(ModelFileError):
        await models.fit(tiny_copy.model_id)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 9}', b'{"version": 1}', b"\xff"])
async def test_an_unreadable_list_is_kept_aside(
    shelf: Shelf, tiny_model: Path, content: bytes
) -> None:
    shelf.file.parent.mkdir()
    shelf.file.write_bytes(content)
    models = shelf.open()
    assert models.list() == ()
    assert shelf.file.with_name("local-models.json.bad").read_bytes() == content
    await models.add(tiny_model)
    assert len(orjson.loads(shelf.file.read_bytes())["models"]) == 1
