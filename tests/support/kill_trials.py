"""Kills a consumer at a point, starts it again and looks whether anything is missing."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from node.core.errors import NodeError
from node.core.tasks import TaskScope
from node.service.dto import MorOverview, SessionView, TransactionView
from node.service.local import LocalNode, open_node
from tests.support.fresh_accounts import START_ETH, START_MOR, ChainTruth, FreshAccount, chain_truth
from tests.support.mortal_consumer import Life, live_and_die, options, process_context
from tests.support.small_market import SmallMarket, chain_environment

UNDER_WAY = {"opening", "closing"}
WAITING = {"signed", "sent"}
FROM_OTHERS = {"received", "dust", "stake_returned", "session_pay"}
SETTLED_S = 30
DEATH_S = 60
AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A consumer that came back and has nothing under way any more."""

    life: Life
    truth: ChainTruth
    overview: MorOverview
    sessions: tuple[SessionView, ...]
    transactions: tuple[TransactionView, ...]

    def mined(self, intent: str) -> list[TransactionView]:
        return [
            item for item in self.transactions if (item.intent, item.status) == (intent, "mined")
        ]

    def in_state(self, state: str) -> list[SessionView]:
        return [item for item in self.sessions if item.state == state]


Check = Callable[[After], None]


def life_of(
    market: SmallMarket, folder: Path, account: FreshAccount, act: str, **more: str
) -> Life:
    environment = chain_environment(market.chain, market.url, 0, MORPHEUS_AUTO_CLAIM="false")
    return Life(
        home=str(folder / account.address.hex),
        environment={**environment, "WALLET_PRIVATE_KEY": account.key},
        model_id=market.model_id,
        recipient=account.recipient.hex,
        act=act,
        **more,
    )


async def live(life: Life) -> None:
    """Until its point, or to the end when it has none."""
    await process_ends(live_and_die, life, killed=bool(life.point))


async def process_ends(target: Callable[..., None], *arguments: object, killed: bool) -> None:
    """Run `target` in a process of its own, which must end as expected."""
    process = process_context().Process(target=target, args=arguments)
    process.start()
    if not await _has_ended(process.sentinel):
        process.kill()
    # Not in a thread: each start looks at all others, and the status can be read only once.
    process.join()
    expected = -signal.SIGKILL if killed else 0
    if process.exitcode != expected:
        raise AssertionError(f"the consumer ended with {process.exitcode}, not {expected}")


async def _has_ended(sentinel: int) -> bool:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sentinel, ended.set)
    try:
        async with asyncio.timeout(DEATH_S):
            await ended.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(sentinel)
    return True


async def revived(market: SmallMarket, account: FreshAccount, life: Life, check: Check) -> None:
    """Start on the same folder; when all is settled the books and the chain must agree."""
    async with open_node(options(life.home, life.environment)) as node:
        after = await _settled(market, account, life, node)
        _assert_accounted(after)
        check(after)
        for session in after.in_state("active"):
            await node.sessions.close(session.id)
        if after.in_state("active"):
            after = await _settled(market, account, life, node)
            _assert_accounted(after)
            assert after.overview.in_sessions == 0, "a session did not close"


async def _settled(
    market: SmallMarket, account: FreshAccount, life: Life, node: LocalNode
) -> After:
    changed = asyncio.Event()

    async def follow() -> None:
        async for _ in node.system.events():
            changed.set()

    async with asyncio.timeout(SETTLED_S), TaskScope("follow") as tasks:
        tasks.spawn(follow(), name="events")
        while True:
            changed.clear()
            sessions = await node.sessions.list()
            listed = await node.wallet.transactions(0, 50)
            transactions = tuple(item for item in listed if item.intent not in FROM_OTHERS)
            busy = [item.state for item in sessions if item.state in UNDER_WAY]
            if not busy and not any(item.status in WAITING for item in transactions):
                break
            await changed.wait()
    return After(
        life=life,
        truth=await chain_truth(market.chain, account),
        overview=await node.wallet.overview(),
        sessions=sessions,
        transactions=transactions,
    )


def _assert_accounted(after: After) -> None:
    truth, seen = after.truth, after.overview
    gone = sum(truth.gifts)
    assert seen.total == START_MOR - gone, "MOR is missing from the overview"
    assert seen.wallet == truth.mor == START_MOR - gone - sum(truth.stakes) + truth.returned
    assert seen.allowance == truth.allowance
    mined = [item for item in after.transactions if item.status in {"mined", "failed"}]
    assert len(mined) == truth.nonce, "a transaction on the chain is not in the journal"
    assert sorted(item.nonce for item in mined) == list(range(truth.nonce))
    fees = sum(item.fee_wei for item in mined)
    assert truth.eth == START_ETH - fees - truth.recipient_eth, "ETH is missing"
    assert len(truth.stakes) == len(after.in_state("active") + after.in_state("closed"))
    assert sum(item.stake for item in after.in_state("active")) == seen.in_sessions
    assert len(truth.gifts) <= 1, "one confirmation paid twice"
    assert len(truth.stakes) <= 1, "one confirmation staked twice"


async def all_pass(
    trials: Iterable[tuple[str, Callable[[], Awaitable[None]]]], *, at_once: int = AT_ONCE
) -> None:
    """Carry all out, some at the same time; what failed is told together."""
    failures: list[str] = []
    free = asyncio.Semaphore(at_once)

    async def one(name: str, trial: Callable[[], Awaitable[None]]) -> None:
        async with free:
            try:
                await trial()
            except (AssertionError, NodeError, TimeoutError) as error:
                failures.append(f"{name}: {type(error).__name__}: {error}")

    async with asyncio.TaskGroup() as group:
        for name, trial in trials:
            group.create_task(one(name, trial))
    assert not failures, "\n".join(failures)
