"""Files changed under a running node: taken over when right, told and left alone when wrong."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.events import EventBus, HealthChanged, Subscription
from node.core.ports import BackendHealth, LlmBackend
from node.llm.mcp.child import ToolLimits
from node.router.agents import Agents
from node.router.backends import Backends
from node.router.models_config import ModelEntry, load_models_config
from node.router.rating import RatingBook
from node.router.rating_config import load_rating_config
from node.service.config_watch import ConfigWatch
from node.service.live_config import LiveConfig


class Answering:
    """A backend whose answer waits until it is let go; it knows whether it was closed."""

    def __init__(self, entry: ModelEntry) -> None:
        self.name = entry.name
        self.url = entry.api_url
        self.go_on = asyncio.Event()
        self.closed = False

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        await self.go_on.wait()
        yield {"closed": self.closed}

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    async def health(self) -> BackendHealth:
        return BackendHealth(ok=True)

    async def aclose(self) -> None:
        self.closed = True


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "modelId": "0x" + f"{number:064x}",
        "modelName": f"m{number}",
        "apiType": "openai",
        "apiUrl": "http://127.0.0.1:1/v1",
        **more,
    }


class Place:
    """A folder with both files, what follows them, and what is told."""

    def __init__(self, folder: Path, told: Subscription, bus: EventBus) -> None:
        self.models = folder / "models-config.json"
        self.rating_file = folder / "rating-config.json"
        self.write(row(1), row(2))
        self.rating_file.write_text("{}")
        self.made: list[Answering] = []
        self.backends = Backends(entries=load_models_config(self.models).entries, factory=self.make)
        self.agents_file = folder / "agents-config.json"
        self.agents = Agents((), ToolLimits())
        self.rating = RatingBook(load_rating_config(self.rating_file))
        self.told = told
        self.watch: ConfigWatch = LiveConfig(
            models_file=self.models,
            rating_file=self.rating_file,
            agents_file=self.agents_file,
            allowed=(),
            backends=self.backends,
            agents=self.agents,
            rating=self.rating,
            bus=bus,
            port_is_closed=False,
        ).watch(SystemClock())

    def write(self, *rows: dict[str, Any]) -> None:
        self.models.write_text(json.dumps({"models": rows}))

    async def make(self, entry: ModelEntry) -> LlmBackend:
        self.made.append(Answering(entry))
        return self.made[-1]

    async def settle(self) -> None:
        for _ in range(2):
            await self.watch.look()

    def names(self) -> list[str]:
        return [entry.name for entry in self.backends.entries()]

    async def health(self) -> HealthChanged:
        while True:
            event = await asyncio.wait_for(self.told.get(), 5)
            if isinstance(event, HealthChanged):
                return event


@pytest.fixture
def place(tmp_path: Path) -> Any:
    bus = EventBus()
    with bus.subscribe() as told:
        yield Place(tmp_path, told, bus)


async def test_models_are_added_removed_and_changed(place: Place) -> None:
    place.write(row(2, modelName="renamed"), row(3))
    await place.settle()
    assert place.names() == ["renamed", "m3"]
    event = await place.health()
    assert (event.component, event.ok) == ("config", True)
    assert "1 new, 1 gone" in event.detail


async def test_a_prompt_under_way_ends_with_the_server_it_began_with(place: Place) -> None:
    first = place.backends.entries()[0].model_id
    async with place.backends.backend(first) as backend:
        answer = asyncio.gather(*[anext(aiter(backend.chat({})))])
        place.write(row(1, apiUrl="http://127.0.0.1:2/v1"))
        await place.settle()
        place.made[0].go_on.set()
        assert await asyncio.wait_for(answer, 5) == [{"closed": False}]
        assert not place.made[0].closed
    assert place.made[0].closed
    async with place.backends.backend(first):
        assert place.made[1].url == "http://127.0.0.1:2/v1"


async def test_a_server_that_did_not_change_is_kept(place: Place) -> None:
    first = place.backends.entries()[0].model_id
    async with place.backends.backend(first):
        pass
    place.write(row(1), row(7))
    await place.settle()
    assert not place.made[0].closed
    async with place.backends.backend(first):
        assert len(place.made) == 1


async def test_a_file_that_does_not_fit_changes_nothing_and_is_told(place: Place) -> None:
    place.models.write_text('{"models": [\n{"modelId": "0x12"}]}')
    await place.settle()
    assert place.names() == ["m1", "m2"]
    event = await place.health()
    assert not event.ok
    assert "models-config.json, line 2" in event.detail
    (fault,) = place.watch.faults.values()
    assert fault.details["field"] == "models[0].modelId"
    place.write(row(5))
    await place.settle()
    assert (await place.health()).ok
    assert not place.watch.faults
    assert place.names() == ["m5"]


async def test_a_file_is_read_only_when_it_has_settled(place: Place) -> None:
    place.models.write_text('{"models": [')
    await place.watch.look()
    place.write(row(9))
    await place.watch.look()
    assert place.names() == ["m1", "m2"]
    await place.watch.look()
    assert place.names() == ["m9"]
    assert (await place.health()).ok


async def test_a_file_that_goes_away_changes_nothing(place: Place) -> None:
    place.models.unlink()
    await place.settle()
    assert place.names() == ["m1", "m2"]
    assert "gone" in (await place.health()).detail


async def test_new_weights_are_in_force_for_the_next_quote(place: Place) -> None:
    before = place.rating.current
    place.rating_file.write_text('{"params": {"weights": {"stake": 1}}}')
    await place.settle()
    assert place.rating.current is not before
    assert place.rating.current.weights.stake == 1.0
    place.rating_file.write_text('{"params": {"weights": {"stake": 3}}}')
    await place.settle()
    assert place.rating.current.weights.stake == 1.0
    assert "rating file" in place.watch.faults


async def test_a_file_that_is_new_is_taken_over(place: Place) -> None:
    agent = {"agentId": "0x" + "cd" * 32, "agentName": "tools", "command": "true"}
    place.agents_file.write_text(json.dumps({"agents": [agent]}))
    await place.settle()
    assert [entry.name for entry in place.agents.entries()] == ["tools"]
    place.agents_file.write_text(json.dumps({"agents": [{**agent, "command": 3}]}))
    await place.settle()
    assert [entry.name for entry in place.agents.entries()] == ["tools"]
    assert "agents[0].command" in place.watch.faults["agents file"].message


async def test_the_loop_notices_by_itself(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.service.config_watch.POLL_S", 0.01)
    running = asyncio.get_running_loop().create_task(place.watch.run())
    place.write(row(4))
    try:
        assert (await place.health()).ok
    finally:
        running.cancel()
    assert place.names() == ["m4"]
