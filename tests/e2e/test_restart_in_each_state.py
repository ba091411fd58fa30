"""kill -9 of the running node in each state of a session: the next start goes on from there.

The many points within a state are those of `test_kill_points`.
"""

import signal
import sys
from collections.abc import Generator

import pytest

from node.core.errors import NodeError
from node.core.faults import VARIABLE
from node.core.units import next_midnight
from node.service.dto import SessionView, TransactionView
from node.service.remote import RemoteNode
from tests.support.process_world import (
    ProcessWorld,
    eventually,
    open_process_world,
    open_session,
    session_when,
    settled,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there"),
]
ALL_MOR = 1000 * 10**18


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[ProcessWorld, None, None]:
    with open_process_world(tmp_path_factory.mktemp("restarts")) as opened:
        yield opened


def _start_to_die_at(world: ProcessWorld, point: str) -> None:
    world.consumer.kill()
    world.start_consumer(**{VARIABLE: point})


def _restart(world: ProcessWorld) -> None:
    assert world.consumer.wait_dead() == -signal.SIGKILL
    world.start_consumer()


async def _newest(node: RemoteNode) -> SessionView:
    return (await settled(node))[0]


async def _all_is_there(node: RemoteNode) -> None:
    """No transaction waits, and no MOR is missing."""

    def is_so(found: tuple[TransactionView, ...]) -> bool:
        return not any(item.status in {"signed", "sent"} for item in found)

    await eventually(node, lambda: node.wallet.transactions(0, 300), is_so)
    assert (await node.wallet.overview()).total == ALL_MOR


@pytest.mark.parametrize(
    ("point", "phase"),
    [
        ("open.draft.after", "failed"),
        ("open.provider_ok.after", "failed"),
        ("approve.sent.after", "failed"),
        ("open.sent.after", "active"),
    ],
    ids=["quote", "approval", "approve", "open"],
)
async def test_while_it_is_opened(world: ProcessWorld, point: str, phase: str) -> None:
    _start_to_die_at(world, point)
    async with world.node() as node:
        before = await node.sessions.list()
        with pytest.raises(NodeError):
            await open_session(node, world)
    _restart(world)
    async with world.node() as node:
        session = await _newest(node)
        assert len(await node.sessions.list()) == len(before) + 1
        assert session.phase == phase
        assert [item.intent_id for item in await node.sessions.list() if item.resumed] == [
            session.intent_id
        ]
        if phase == "active":
            assert (await node.sessions.close(session.id)).with_provider_report
        else:
            assert "no MOR was locked" in session.error or "nothing was spent" in session.error
            assert (await node.wallet.overview()).in_sessions == 0
        await _all_is_there(node)


async def test_while_it_is_active_and_ending(world: ProcessWorld) -> None:
    world.consumer.kill()
    world.start_consumer()
    async with world.node() as node:
        opened = await open_session(node, world)
    for ahead_s, phase in ((0, "active"), (opened.ends_at - world.chain_time() - 50, "ending")):
        world.pass_time(ahead_s)
        world.consumer.kill()
        world.start_consumer()
        async with world.node() as node:
            found = await node.sessions.get(opened.id)
            assert (found.phase, found.ends_at) == (phase, opened.ends_at)
    async with world.node() as node:
        await node.sessions.close(opened.id)
        await _all_is_there(node)


async def test_a_session_that_ended_while_the_node_was_off_is_closed_at_its_start(
    world: ProcessWorld,
) -> None:
    async with world.node() as node:
        opened = await open_session(node, world)
    world.consumer.kill()
    world.pass_time(opened.ends_at - world.chain_time() + 30)
    world.start_consumer()
    async with world.node() as node:
        closed = await session_when(node, opened.id, lambda item: item.phase == "closed")
        assert (closed.returned, closed.held) == (opened.stake, 0)
        await _all_is_there(node)


async def test_while_it_is_closed(world: ProcessWorld) -> None:
    _start_to_die_at(world, "close.sent.after")
    async with world.node() as node:
        opened = await open_session(node, world)
        with pytest.raises(NodeError):
            await node.sessions.close(opened.id)
    _restart(world)
    async with world.node() as node:
        closed = await session_when(node, opened.id, lambda item: item.phase == "on_hold")
        assert closed.returned + closed.held == opened.stake
        await _all_is_there(node)


@pytest.mark.parametrize("point", ["single.signed.after", "single.sent.after"])
async def test_while_its_held_part_is_taken_back(world: ProcessWorld, point: str) -> None:
    async with world.node() as node:
        opened = await open_session(node, world)
        await node.sessions.close(opened.id)
        claims = len(await _claims(node))
    _start_to_die_at(world, point)
    now = world.chain_time()
    world.pass_time(next_midnight(now) - now + 1)
    _restart(world)
    async with world.node() as node:
        await session_when(node, opened.id, lambda item: item.phase == "closed")
        made = (await _claims(node))[: len(await _claims(node)) - claims]
        assert made == ["mined"]
        assert (await node.wallet.overview()).ready == 0
        await _all_is_there(node)


async def _claims(node: RemoteNode) -> list[str]:
    found = await node.wallet.transactions(0, 300)
    return [item.status for item in found if item.intent == "withdraw_on_hold"]
