"""The life of a session between separate processes that die, freeze and have wrong clocks."""

import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing

import pytest
import pytest_asyncio

from node.core.errors import NodeError
from node.core.units import next_midnight
from node.service.dto import TextDelta, TurnStarted
from node.service.remote import RemoteNode
from tests.support.process_world import (
    ProcessWorld,
    open_process_world,
    open_session,
    question,
    session_when,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL and no SIGSTOP there"),
]
AUTO_CLOSE_S = 90.0


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[ProcessWorld, None, None]:
    with open_process_world(tmp_path_factory.mktemp("lives")) as opened:
        yield opened


@pytest_asyncio.fixture
async def node(world: ProcessWorld) -> AsyncGenerator[RemoteNode, None]:
    async with world.node() as opened:
        yield opened


async def _answer(node: RemoteNode, session_id: str) -> str:
    async with aclosing(node.chat.send(question(session_id))) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


async def _nothing_is_lost(node: RemoteNode) -> None:
    overview = await node.wallet.overview()
    assert overview.total == 1000 * 10**18
    waiting = [item for item in await node.wallet.transactions(0, 200) if item.status == "sent"]
    assert waiting == []


async def test_a_session_passes_all_its_states_and_closes_by_itself(
    world: ProcessWorld, node: RemoteNode
) -> None:
    opened = await open_session(node, world)
    assert (opened.phase, opened.returns_at) == ("active", opened.ends_at)
    assert "stake" in (await _answer(node, opened.id)).lower()
    world.pass_time(opened.ends_at - world.chain_time() - 40)
    assert (await node.sessions.get(opened.id)).phase == "ending"
    assert "stake" in (await _answer(node, opened.id)).lower()
    world.pass_time(60)
    closed = await session_when(
        node, opened.id, lambda item: item.phase == "closed", within_s=AUTO_CLOSE_S
    )
    assert (closed.returned, closed.held, closed.dispute) == (opened.stake, 0, False)
    assert closed.closed_at - closed.ends_at < 60 + AUTO_CLOSE_S
    await _nothing_is_lost(node)


async def test_stake_on_hold_comes_back_after_midnight_without_being_asked_for(
    world: ProcessWorld, node: RemoteNode
) -> None:
    opened = await open_session(node, world)
    closed = (await node.sessions.close(opened.id)).session
    now = world.chain_time()
    assert (closed.phase, closed.returns_at) == ("on_hold", next_midnight(now))
    assert (await node.wallet.overview()).ready == 0
    shown = world.command("session", "show", opened.id)
    assert (shown["phase"], shown["returns_at"]) == ("on_hold", closed.held_until)
    world.pass_time(next_midnight(now) - now + 1)
    await session_when(node, opened.id, lambda item: item.phase == "closed")
    claims = [
        item.status
        for item in await node.wallet.transactions(0, 200)
        if item.intent == "withdraw_on_hold"
    ]
    assert claims == ["mined"]
    overview = await node.wallet.overview()
    assert (overview.ready, overview.locked) == (0, ())
    await _nothing_is_lost(node)


async def test_a_provider_killed_while_it_answers_costs_the_answer_only(
    world: ProcessWorld, node: RemoteNode
) -> None:
    opened = await open_session(node, world)
    chat_id, text = "", ""
    with pytest.raises(NodeError) as caught:
        async with aclosing(node.chat.send(question(opened.id))) as events:
            async for event in events:
                if isinstance(event, TurnStarted):
                    chat_id = event.chat_id
                if isinstance(event, TextDelta):
                    text += event.text
                    world.provider.kill()
    assert text
    assert caught.value.code.startswith("provider.")
    last = (await node.chat.history(chat_id)).messages[-1]
    assert last.status != "complete"
    assert last.content == text
    assert (await node.sessions.get(opened.id)).phase == "active"
    world.start_provider()
    assert "stake" in (await _answer(node, opened.id)).lower()
    closed = await node.sessions.close(opened.id)
    assert closed.with_provider_report


async def test_sessions_are_found_and_used_again_after_the_loss_of_all_data(
    world: ProcessWorld, node: RemoteNode
) -> None:
    opened = [await open_session(node, world) for _ in range(3)]
    assert await _answer(node, opened[0].id)
    world.consumer.kill()
    world.lose_data()
    world.start_consumer()
    async with world.node() as fresh:
        for session in opened:
            found = await session_when(fresh, session.id, lambda item: item.phase == "active")
            assert (found.stake, found.ends_at) == (session.stake, session.ends_at)
            assert "stake" in (await _answer(fresh, session.id)).lower()
        for session in opened:
            closed = await fresh.sessions.close(session.id)
            assert closed.with_provider_report
            assert closed.returned + closed.held == session.stake
        await _nothing_is_lost(fresh)


async def test_without_the_chain_open_sessions_answer_and_what_was_due_is_done_afterwards(
    world: ProcessWorld, node: RemoteNode
) -> None:
    ending = await open_session(node, world)
    world.pass_time(300)
    running = await open_session(node, world)
    assert await _answer(node, running.id)
    world.devnet.process.suspend()
    try:
        world.pass_time(330, chain=False)
        stuck = await session_when(node, ending.id, lambda item: bool(item.stuck), within_s=60)
        assert (stuck.phase, stuck.stuck_code) == ("ended", "chain.rpc_unavailable")
        assert "connection" in stuck.stuck
        components = {item.name: item.ok for item in (await node.system.status()).components}
        assert components["network"] is False
        states = {item.id: item.phase for item in await node.sessions.list()}
        assert (states[running.id], states[ending.id]) == ("active", "ended")
        assert "stake" in (await _answer(node, running.id)).lower()
    finally:
        world.devnet.process.resume()
    world.pass_chain_time(330)
    closed = await session_when(node, ending.id, lambda item: item.phase == "closed")
    assert (closed.returned, closed.stuck) == (ending.stake, "")
    await node.sessions.close(running.id)
    await _nothing_is_lost(node)


@pytest.mark.parametrize("ahead_s", [-600, 600])
async def test_a_clock_ten_minutes_off_is_named_and_nothing_is_spent(
    world: ProcessWorld, node: RemoteNode, ahead_s: int
) -> None:
    before = (await node.wallet.overview(), await node.wallet.transactions(0, 500))
    with world.wrong_clock(ahead_s):
        with pytest.raises(NodeError) as caught:
            await open_session(node, world)
        told = f"{caught.value.message} {caught.value.hint} {caught.value.details}".lower()
        assert "clock" in told
        assert f"10 minutes {'fast' if ahead_s > 0 else 'slow'}" in told
    after = (await node.wallet.overview(), await node.wallet.transactions(0, 500))
    assert after[0].wallet == before[0].wallet
    assert after[0].eth_wei == before[0].eth_wei
    assert [item.hash for item in after[1]] == [item.hash for item in before[1]]


async def test_a_prompt_with_a_wrong_clock_says_so_and_the_session_goes_on(
    world: ProcessWorld, node: RemoteNode
) -> None:
    opened = await open_session(node, world)
    with world.wrong_clock(-600):
        with pytest.raises(NodeError) as caught:
            await _answer(node, opened.id)
        assert caught.value.code == "node.wrong_clock"
        assert "10 minutes slow" in caught.value.message
    assert "stake" in (await _answer(node, opened.id)).lower()
    await node.sessions.close(opened.id)
