import asyncio

import pytest

from node.chain.cache import TimedCache
from node.core.clock import FakeClock


class Loader:
    def __init__(self):
        self.loads = 0

    async def load(self):
        self.loads += 1
        await asyncio.sleep(0)
        return self.loads


async def test_an_answer_is_kept_for_its_age():
    clock, loader = FakeClock(), Loader()
    cache = TimedCache(clock, 15.0)
    assert await cache.get("a", loader.load) == 1
    clock.advance(15)
    assert await cache.get("a", loader.load) == 1
    clock.advance(0.1)
    assert await cache.get("a", loader.load) == 2


async def test_many_who_ask_at_once_share_one_load():
    cache, loader = TimedCache(FakeClock(), 15.0), Loader()
    found = await asyncio.gather(*(cache.get("a", loader.load) for _ in range(20)))
    assert (found, loader.loads) == ([1] * 20, 1)


async def test_a_failure_is_not_kept():
    cache, loader = TimedCache(FakeClock(), 15.0), Loader()

    async def fail():
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await cache.get("a", fail)
    assert await cache.get("a", loader.load) == 1


async def test_what_was_loading_while_everything_was_forgotten_is_not_kept():
    cache, loader = TimedCache(FakeClock(), 15.0), Loader()
    loading = asyncio.gather(cache.get("a", loader.load))
    await asyncio.sleep(0)
    cache.clear()
    assert await loading == [1]
    assert await cache.get("a", loader.load) == 2
