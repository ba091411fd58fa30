"""A provider fails: who answers, what is locked, and when nobody does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import pytest
import pytest_asyncio

from node.core.errors import (
    BackendRefusedError,
    BackendUnavailableError,
    IncompleteAnswerError,
    ProviderError,
    ProviderModelError,
    ProviderUnreachableError,
)
from node.core.tasks import TaskScope
from node.core.units import NO_MOR, Mor
from node.router.consumer import AnswerChunk
from node.router.failover import MAX_HOPS, FailoverRules, Hop, HopStep
from node.router.prompt_privacy import Privacy
from node.service.stack import NetworkStack
from node.store.abilities import AbilityBook, ProviderAbilities
from node.store.journal import journal_database
from node.store.journal_records import SessionEntry, SessionPurpose, SessionState
from tests.support.provider_trio import Trio, open_trio

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="function")]
PLENTY = Mor(500 * 10**18)
RULES = FailoverRules(use_open=True, open_always=False, prompt_cap=PLENTY, day_cap=PLENTY)
BODY = {"messages": [{"role": "user", "content": "Who is there?"}], "stream": True}


@pytest_asyncio.fixture
async def trio(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Trio, None]:
    async with open_trio(tmp_path_factory.mktemp("trio")) as opened:
        yield opened


class Asked:
    """What came for one prompt."""

    def __init__(self) -> None:
        self.text = ""
        self.hops: list[Hop] = []
        self.first = asyncio.Event()

    @property
    def steps(self) -> list[HopStep]:
        return [hop.step for hop in self.hops]


async def ask(
    stack: NetworkStack,
    entry: SessionEntry,
    rules: FailoverRules = RULES,
    asked: Asked | None = None,
) -> Asked:
    asked = asked or Asked()
    async with aclosing(stack.failover.prompt(entry, BODY, rules)) as answers:
        async for answer in answers:
            if isinstance(answer, Hop):
                asked.hops.append(answer)
            elif isinstance(answer, AnswerChunk):
                asked.text += answer.data["choices"][0]["delta"].get("content") or ""
                asked.first.set()
    return asked


async def mor_of(stack: NetworkStack) -> Mor:
    return (await stack.chain.market.balances(stack.wallet.address)).mor


async def test_a_dead_provider_is_replaced_within_the_grant(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        before = await mor_of(stack)
        await trio.of(entry).kill()
        asked = await ask(stack, entry)
        assert asked.steps == [HopStep.FAILED, HopStep.OPENING, HopStep.MOVED]
        failed, opening, moved = asked.hops
        assert failed.provider == entry.provider != moved.provider
        assert moved.entry is not None
        assert moved.is_new
        assert asked.text == f"{trio.of(moved.entry).backend.name} answers."
        assert before - await mor_of(stack) == opening.stake == moved.stake
        kept = await stack.wallet.journal.entry(moved.entry.intent_id)
        assert kept is not None
        assert kept.purpose is SessionPurpose.FAILOVER
        assert kept.follows == entry.intent_id
        assert kept.failover
        assert abs(kept.ends_at - entry.ends_at) <= 30, "for the time that was left"
        old = await stack.wallet.journal.entry(entry.intent_id)
        assert old is not None
        assert old.state is SessionState.ACTIVE, "closed early it would hold stake back"


async def test_an_open_session_elsewhere_comes_first_and_costs_nothing(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack)
        other = await trio.open(stack, skip=frozenset({entry.provider}))
        before = await mor_of(stack)
        await trio.of(entry).kill()
        asked = await ask(stack, entry)
        assert asked.steps == [HopStep.FAILED, HopStep.MOVED]
        assert asked.hops[-1].entry == other
        assert asked.hops[-1].stake == NO_MOR
        assert asked.text == f"{trio.of(other).backend.name} answers."
        assert await mor_of(stack) == before


async def test_without_a_grant_nothing_is_opened(trio: Trio) -> None:
    cases = (
        (False, RULES, ""),
        (True, replace(RULES, use_open=False), ""),
        (True, replace(RULES, prompt_cap=Mor(1)), "at once"),
        (True, replace(RULES, day_cap=Mor(1)), "per day"),
    )
    async with trio.consumer() as stack:
        entry = await trio.open(stack)
        before = await stack.chain.market.balances(stack.wallet.address)
        await trio.of(entry).kill()
        for agreed, rules, reason in cases:
            with pytest.raises(ProviderUnreachableError) as refused:
                await ask(stack, replace(entry, failover=agreed), rules)
            assert reason in refused.value.hint
        after = await stack.chain.market.balances(stack.wallet.address)
        assert (after.mor, after.eth) == (before.mor, before.eth)


async def test_always_needs_no_flag(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=False)
        await trio.of(entry).kill()
        asked = await ask(stack, entry, replace(RULES, open_always=True))
        assert asked.hops[-1].is_new


async def test_too_little_time_left_opens_nothing(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True, duration_s=330)
        await trio.of(entry).kill()
        with pytest.raises(ProviderUnreachableError) as refused:
            await ask(stack, entry)
        assert "Too little time" in refused.value.hint


async def test_two_hops_at_most_and_one_budget_for_both(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        before = await mor_of(stack)
        for provider in trio.providers.values():
            provider.backend.refuse = BackendUnavailableError("gone")
        asked = Asked()
        with pytest.raises(ProviderError):
            await ask(stack, entry, asked=asked)
        assert asked.steps.count(HopStep.MOVED) == MAX_HOPS
        assert sum(len(item.backend.prompts) for item in trio.providers.values()) == 1 + MAX_HOPS
        assert {hop.provider for hop in asked.hops if hop.step is HopStep.MOVED} == (
            set(trio.providers) - {entry.provider}
        )
        spent = before - await mor_of(stack)
        assert spent == Mor(sum(hop.stake.base for hop in asked.hops if hop.is_new))


async def test_the_second_hop_gets_what_the_first_left(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        for provider in trio.providers.values():
            provider.backend.refuse = BackendUnavailableError("gone")
        asked = Asked()
        budget = Mor(entry.stake.base * 3 // 2)
        with pytest.raises(ProviderError) as refused:
            await ask(stack, entry, replace(RULES, prompt_cap=budget), asked)
        assert asked.steps.count(HopStep.MOVED) == 1
        assert "at once" in refused.value.hint


async def test_a_models_own_error_is_the_answer(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        body = {"error": {"message": "too long", "type": "invalid_request_error"}}
        trio.of(entry).backend.refuse = BackendRefusedError("no", status=400, body=body)
        asked = Asked()
        with pytest.raises(ProviderModelError):
            await ask(stack, entry, asked=asked)
        assert not asked.hops


async def test_after_the_first_word_nobody_takes_over(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        provider, asked = trio.of(entry), Asked()
        provider.backend.hold = asyncio.Event()
        async with TaskScope("asking") as tasks:
            asking = tasks.spawn(ask(stack, entry, asked=asked), name="ask")
            async with asyncio.timeout(10):
                await asked.first.wait()
            await provider.kill()
            with pytest.raises(IncompleteAnswerError):
                await asking
        assert asked.text == f"{provider.backend.name} ", "what arrived is kept"
        assert not asked.hops
        assert len(await stack.auto_sessions.usable()) == 1


async def test_an_encrypted_chat_does_not_become_readable(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
        await ask(stack, entry)
        assert await stack.privacy.known(entry.provider) is Privacy.ENCRYPTED
        now = stack.chain.clock.unix_seconds()
    async with journal_database(trio.folder / "journal.db") as database:
        for provider in set(trio.providers) - {entry.provider}:
            await AbilityBook(database).put(
                ProviderAbilities(address=provider, opens_envelopes=False, checked_at=now)
            )
    async with trio.consumer() as stack:
        await trio.of(entry).kill()
        with pytest.raises(ProviderUnreachableError) as refused:
            await ask(stack, entry)
        assert "encrypted prompts" in refused.value.hint
        assert len(await stack.auto_sessions.usable()) == 1


async def test_payment_mode_is_kept(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True, direct_payment=True)
        await trio.of(entry).kill()
        moved = (await ask(stack, entry)).hops[-1].entry
        assert moved is not None
        assert moved.direct_payment


async def test_the_flag_and_the_new_session_survive_a_restart(trio: Trio) -> None:
    async with trio.consumer() as stack:
        entry = await trio.open(stack, failover=True)
    await trio.of(entry).kill()
    async with trio.consumer() as stack:
        kept = await stack.wallet.journal.entry(entry.intent_id)
        assert kept is not None
        moved = (await ask(stack, kept)).hops[-1].entry
        assert moved is not None
    async with trio.consumer() as stack:
        fresh = [item for item in await stack.auto_sessions.usable()]
        assert {item.intent_id for item in fresh} == {entry.intent_id, moved.intent_id}
        asked = await ask(stack, moved)
        assert not asked.hops
