"""Sessions that a provider serves while the servers of the chain are away."""

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import pytest

from node.core.clock import FakeClock
from node.core.errors import NodeError, RevertedError, RpcUnavailableError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.records import Bid, Session
from node.core.tasks import TaskScope
from node.core.units import Mor, PricePerSecond, UnixSeconds
from node.router.access import ChainAccess
from node.router.capacity import Capacity
from node.router.model_tags import TeeModels
from node.router.served import OUTAGE_S, STALE_AFTER_S, ServedSessions
from node.store.session_stats import SessionStats
from node.wire.refusals import Refusal
from tests.support.signers import KeySigner

PROVIDER = KeySigner(b"\x07" * 32)
SESSION = SessionId(b"\x01" * 32)
CLOCK_START = 1_793_520_000


class Chain:
    """A session that can be read until `error` is set."""

    def __init__(self) -> None:
        self.error: NodeError | None = None
        self.fails = 0
        self.reads = 0
        self.record = Session(
            id=SESSION,
            user=Address(b"\x03" * 20),
            bid_id=BidId(b"\x04" * 32),
            stake=Mor(1),
            closeout_receipt=b"",
            closeout_type=0,
            provider_withdrawn=Mor(0),
            opened_at=UnixSeconds(CLOCK_START),
            ends_at=UnixSeconds(CLOCK_START + 7200),
            closed_at=UnixSeconds(0),
            is_direct_payment=False,
        )

    async def session(self, _: SessionId) -> Session:
        self.reads += 1
        if self.fails:
            self.fails -= 1
            raise RpcUnavailableError("slow")
        if self.error is not None:
            raise self.error
        return self.record

    async def bid(self, bid_id: BidId) -> Bid:
        return Bid(
            id=bid_id,
            provider=PROVIDER.address,
            model_id=ModelId(b"\x05" * 32),
            price_per_second=PricePerSecond(1),
            nonce=0,
            created_at=UnixSeconds(1),
            deleted_at=UnixSeconds(0),
        )


class World:
    def __init__(self, tasks: TaskScope) -> None:
        self.chain, self.clock = Chain(), FakeClock(CLOCK_START)
        access = SimpleNamespace(market=self.chain, clock=self.clock)
        self.served = ServedSessions(
            chain=cast(ChainAccess, access),
            signer=PROVIDER,
            stats=cast(SessionStats, SimpleNamespace(put_served=_nothing, served=_nothing)),
            capacity=Capacity(self.clock),
            tee=cast(TeeModels, SimpleNamespace(has=_never)),
            tasks=tasks,
        )


async def _nothing(*_: Any) -> None:
    """Keeps nothing."""


async def _never(_: ModelId) -> bool:
    return False


async def test_an_open_session_is_served_through_an_outage_of_ten_minutes() -> None:
    async with TaskScope("test") as tasks:
        world = World(tasks)
        assert await world.served.find(SESSION)
        world.chain.error = RpcUnavailableError("away")
        world.clock.advance(STALE_AFTER_S + 1)
        assert await world.served.find(SESSION)
        asked = world.chain.reads
        assert await world.served.find(SESSION), "and the next prompt does not wait for it"
        assert world.chain.reads == asked
        world.clock.advance(OUTAGE_S)
        with pytest.raises(Refusal, match="session cannot be loaded"):
            await world.served.find(SESSION)
        world.chain.error = None
        assert await world.served.find(SESSION)


async def test_a_close_that_happened_meanwhile_is_seen_when_the_chain_is_back() -> None:
    async with TaskScope("test") as tasks:
        world = World(tasks)
        await world.served.find(SESSION)
        world.chain.error = RpcUnavailableError("away")
        world.clock.advance(STALE_AFTER_S + 1)
        await world.served.find(SESSION)
        world.chain.error = None
        closed = UnixSeconds(CLOCK_START + 30)
        world.chain.record = dataclasses.replace(world.chain.record, closed_at=closed)
        world.clock.advance(11)
        with pytest.raises(Refusal, match="session expired"):
            await world.served.find(SESSION)


async def test_after_a_report_nothing_is_served_unread() -> None:
    """The consumer closes right after it has asked for the report."""
    async with TaskScope("test") as tasks:
        world = World(tasks)
        await world.served.find(SESSION)
        world.served.recheck(SESSION)
        world.chain.error = RpcUnavailableError("away")
        with pytest.raises(Refusal, match="session cannot be loaded"):
            await world.served.find(SESSION)


async def test_a_first_prompt_is_not_lost_by_one_slow_answer() -> None:
    async with TaskScope("test") as tasks:
        world = World(tasks)
        world.chain.fails = 1
        assert await world.served.find(SESSION)
        other = World(tasks)
        other.chain.fails = 2
        with pytest.raises(Refusal, match="session cannot be loaded"):
            await other.served.find(SESSION)


async def test_an_announcement_that_comes_late_takes_nothing_away() -> None:
    """The first prompt may be here before the chain's log; then the servers may be away."""
    async with TaskScope("test") as tasks:
        world = World(tasks)
        await world.served.find(SESSION)
        asked = world.chain.reads
        world.chain.error = RpcUnavailableError("away")
        world.served.announced(SESSION)
        assert await world.served.find(SESSION)
        assert world.chain.reads == asked


async def test_a_refusal_of_the_chain_is_no_outage() -> None:
    async with TaskScope("test") as tasks:
        world = World(tasks)
        await world.served.find(SESSION)
        world.chain.error = RevertedError("no", reason="no")
        world.clock.advance(STALE_AFTER_S + 1)
        with pytest.raises(Refusal, match="session cannot be loaded"):
            await world.served.find(SESSION)
