"""A clock that is wrong is named as the reason, and only then."""

from contextlib import aclosing
from pathlib import Path

import pytest

from node.core.errors import ProviderRefusedError, WrongClockError
from node.router.clock_check import clock_words, wrong_clock
from node.router.consumer import AnswerEnd
from node.store.journal_records import SessionEntry
from tests.support.faulty_rpc import Fault, WrongClock, open_faulty_world, open_user
from tests.support.stacks import DemoStack

pytestmark = pytest.mark.chain
REFUSAL = ProviderRefusedError("The provider answered: …", details={"text": "invalid timestamp"})


async def _ask(demo: DemoStack, entry: SessionEntry) -> bool:
    body = {"messages": [{"role": "user", "content": "What is a stake?"}], "stream": True}
    async with aclosing(demo.stack.consumer.prompt(entry, body)) as answers:
        parts = [part async for part in answers]
    return isinstance(parts[-1], AnswerEnd) and parts[-1].complete


async def test_a_prompt_refused_for_its_time_names_the_clock_and_costs_nothing(
    tmp_path: Path,
) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        clock = WrongClock(world.devnet.clock, ahead_s=0)
        async with open_user(world, server, tmp_path, clock=clock) as demo:
            entry = await demo.open(seconds=3600)
            clock.ahead_s = -620
            with pytest.raises(WrongClockError) as caught:
                await _ask(demo, entry)
            assert "10 minutes slow" in caught.value.message
            clock.ahead_s = 0
            assert await _ask(demo, entry)


async def test_a_right_clock_another_reason_and_a_silent_chain_are_not_blamed_on_the_clock(
    tmp_path: Path,
) -> None:
    async with open_faulty_world(tmp_path) as (world, server):
        clock = WrongClock(world.devnet.clock, ahead_s=0)
        async with open_user(world, server, tmp_path, clock=clock) as demo:
            chain = demo.stack.chain
            await world.devnet.mine()
            assert await clock_words(chain) == ""
            assert await wrong_clock(chain, REFUSAL) is None
            clock.ahead_s = 620
            assert "10 minutes fast" in await clock_words(chain)
            assert await wrong_clock(chain, ProviderRefusedError("no capacity")) is None
            server.break_(Fault.DROP)
            assert await wrong_clock(chain, REFUSAL) is None
