"""Sessions that are to go on get a successor before they end, inside the day's limit."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
import pytest_asyncio

from node.core.units import Mor
from node.router.extension import ExtensionPlan, Planner, SessionExtender, mark_extension
from node.router.spending import Grant
from node.router.succession import stand_in
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry, SessionPurpose, SessionState
from tests.support.provider_trio import Trio, open_trio

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="function")]
PLENTY = Mor(500 * 10**18)
GRANT = Grant(purpose=SessionPurpose.EXTENSION, session_cap=PLENTY, day_cap=PLENTY)
PLAN = ExtensionPlan(before_s=60, duration_s=600, grant=GRANT)


@pytest_asyncio.fixture
async def trio(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Trio, None]:
    async with open_trio(tmp_path_factory.mktemp("trio")) as opened:
        yield opened


def extender(stack: NetworkStack, plan: ExtensionPlan | None = PLAN) -> SessionExtender:
    async def planned(_: SessionEntry) -> ExtensionPlan | None:
        return plan

    planner: Planner = planned
    return SessionExtender(
        chain=stack.chain, wallet=stack.wallet, opening=stack.limited_opening, plan=planner
    )


async def before_end(trio: Trio, entry: SessionEntry, seconds: int) -> None:
    await trio.world.devnet.advance_to(entry.ends_at - seconds)


async def successors(stack: NetworkStack, entry: SessionEntry) -> list[SessionEntry]:
    return [
        item
        for item in await stack.wallet.journal.followers(entry.intent_id)
        if item.state is SessionState.ACTIVE
    ]


async def test_the_next_session_opens_a_minute_before_the_end(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, duration_s=600, auto_extend=True, failover=True)
        duty = extender(stack)
        assert await duty.extend_due()
        assert not await successors(stack, entry), "there is time yet"
        await before_end(trio, entry, 55)
        await duty.extend_due()
        await duty.extend_due()
        (following,) = await successors(stack, entry)
        assert following.bid_id == entry.bid_id
        assert following.purpose is SessionPurpose.EXTENSION
        assert following.auto_extend
        assert following.failover
        assert following.ends_at >= entry.ends_at + 500
        journal = stack.wallet.journal
        now = stack.chain.clock.unix_seconds()
        assert (await stand_in(journal, entry, now)).intent_id == entry.intent_id
        assert (await stand_in(journal, entry, entry.ends_at - 1)) == following
        assert (await stand_in(journal, entry, entry.ends_at + 5)) == following


async def test_a_marked_session_is_extended_after_a_restart_and_then_again(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, duration_s=600, auto_extend=True)
    await before_end(trio, entry, 50)
    async with trio.consumer() as stack:
        await extender(stack).extend_due()
        (second,) = await successors(stack, entry)
        await before_end(trio, second, 50)
        await extender(stack).extend_due()
        (third,) = await successors(stack, second)
        at = second.ends_at - 1
        assert (await stand_in(stack.wallet.journal, entry, at)) == third


@pytest.mark.parametrize("case", ["not marked", "plan says no", "ended"])
async def test_nothing_is_opened_unasked(trio: Trio, case: str) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, duration_s=600, auto_extend=case != "not marked")
        await before_end(trio, entry, -1 if case == "ended" else 30)
        await extender(stack, None if case == "plan says no" else PLAN).extend_due()
        assert not await successors(stack, entry)


async def test_the_days_limit_ends_it_and_the_session_says_so(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, duration_s=600, auto_extend=True)
        await before_end(trio, entry, 50)
        small = replace(PLAN, grant=replace(GRANT, day_cap=Mor(1)))
        await extender(stack, small).extend_due()
        assert not await successors(stack, entry)
        told = await stack.wallet.journal.entry(entry.intent_id)
        assert told is not None
        assert told.error.startswith("Not extended:")
        assert "per day" in told.error
        switched_off = await mark_extension(stack.wallet, told, on=False)
        assert not switched_off.error
        assert not switched_off.auto_extend
        assert not await extender(stack).extend_due()


async def test_a_provider_that_is_gone_is_tried_again_until_the_end(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, duration_s=600, auto_extend=True)
        await before_end(trio, entry, 55)
        await trio.of(entry).kill()
        duty = extender(stack)
        await duty.extend_due()
        rows = len(await stack.wallet.journal.followers(entry.intent_id))
        await duty.extend_due()
        assert len(await stack.wallet.journal.followers(entry.intent_id)) == rows, "not at once"
        await before_end(trio, entry, 30)
        await duty.extend_due()
        assert len(await stack.wallet.journal.followers(entry.intent_id)) == rows + 1
        assert not await successors(stack, entry)
