"""One run of everything; each exchange is then a test of its own."""

import asyncio
from pathlib import Path

import pytest

from tests.replay.player import Played, Player, in_order, numbers_of
from tests.replay.tcp_player import VECTORS, Reply, TcpPlayer
from tests.replay.world import open_replay_world

_SET_UP = (
    "provider.create",
    *(
        f"{what}.{model}"
        for what in ("model.create", "bid.create")
        for model in ("fake-chat", "fake-embed", "fake-stt", "fake-tts")
    ),
    *("open.model", "open.bid", "open.fake-embed", "open.fake-stt", "open.fake-tts"),
)
"""What must have happened before the first recorded TCP connection makes sense."""


@pytest.fixture(scope="session")
def played_http(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Played]:
    """All HTTP exchanges, by number."""
    folder = tmp_path_factory.mktemp("replay-http")
    return asyncio.run(_play_http(folder))


async def _play_http(folder: Path) -> dict[int, Played]:
    async with open_replay_world(folder) as world:
        return {item.number: item for item in await Player(world).play(in_order())}


@pytest.fixture(scope="session")
def played_tcp(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[Reply]]:
    """Answers to all recorded TCP requests, by connection."""
    folder = tmp_path_factory.mktemp("replay-tcp")
    return asyncio.run(_play_tcp(folder))


async def _play_tcp(folder: Path) -> dict[int, list[Reply]]:
    async with open_replay_world(folder) as world:
        player = Player(world)
        ready = await player.play(numbers_of(*_SET_UP))
        assert [item.name for item in ready if item.found.status != 200] == []
        again = TcpPlayer(player, world.provider_port)
        return {item["n"]: await again.play(item) for item in VECTORS["connections"]}
