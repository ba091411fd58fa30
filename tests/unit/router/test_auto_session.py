"""Sessions opened for programs stay inside what the user granted."""

import asyncio
from dataclasses import replace

import pytest

from node.core.errors import (
    AttestationError,
    NoBidError,
    NoTargetError,
    NotEnoughMorError,
    SpendLimitError,
)
from node.core.ids import ModelId
from node.core.records import ModelBids
from node.core.settings import PolicyMode, SessionPolicy
from node.core.units import Mor
from node.router.auto_session import SessionWish
from node.router.quotes import QuoteOrder
from node.store.journal_records import SessionEntry, SessionPurpose
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
MOR = 10**18
PLENTY = Mor(900 * MOR)
OPEN = SessionPolicy(mode=PolicyMode.OPEN, duration_s=600, session_cap=PLENTY, day_cap=PLENTY)


async def ensure(
    demo: DemoStack,
    name: str,
    policy: SessionPolicy = OPEN,
    day_cap: Mor = PLENTY,
    provider: int | None = None,
) -> SessionEntry:
    pinned = demo.world.devnet.accounts[provider].address if provider is not None else None
    wish = SessionWish(model_id=(await demo.guide(name)).id, provider=pinned)
    return await demo.stack.auto_sessions.ensure(wish, policy, day_cap)


async def mor_of(demo: DemoStack) -> Mor:
    return (await demo.stack.chain.market.balances(demo.stack.wallet.address)).mor


@pytest.mark.parametrize(
    "policy",
    [
        replace(OPEN, mode=PolicyMode.REUSE),
        replace(OPEN, session_cap=Mor(0)),
        replace(OPEN, day_cap=Mor(0)),
    ],
)
async def test_nothing_is_locked_without_a_grant(demo: DemoStack, policy: SessionPolicy) -> None:
    with pytest.raises(NoTargetError) as refused:
        await ensure(demo, "Guide Patient", policy)
    assert refused.value.code == "session.none_open"


async def test_a_model_tagged_tee_is_never_opened_by_itself(
    demo: DemoStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = demo.stack.chain.market
    read, before = market.model_bids, await mor_of(demo)

    async def tagged(model_id: ModelId) -> ModelBids:
        bids = await read(model_id)
        return replace(bids, model=replace(bids.model, tags=("LLM", "TEE")))

    monkeypatch.setattr(market, "model_bids", tagged)
    with pytest.raises(AttestationError, match="cannot verify"):
        await ensure(demo, "Guide Patient")
    assert await mor_of(demo) == before


async def test_a_dearer_session_is_refused_before_anything_is_sent(demo: DemoStack) -> None:
    before = await demo.stack.chain.market.balances(demo.stack.wallet.address)
    with pytest.raises(SpendLimitError, match="at once"):
        await ensure(demo, "Guide Patient", replace(OPEN, session_cap=Mor(1)))
    assert (await demo.stack.chain.market.balances(demo.stack.wallet.address)).eth == before.eth


async def test_twenty_requests_open_one_session(demo: DemoStack) -> None:
    entries = await asyncio.gather(*(ensure(demo, "Guide Patient") for _ in range(20)))
    assert len({entry.session_id for entry in entries}) == 1
    kept = await demo.stack.wallet.journal.entry(entries[0].intent_id)
    assert kept is not None
    assert (kept.purpose, kept.failover) == (SessionPurpose.API, True)
    assert not kept.auto_extend


async def test_requests_for_many_models_do_not_exceed_the_day_together(demo: DemoStack) -> None:
    """Only one of the two fits into what is left of the day."""
    journal, market = demo.stack.wallet.journal, demo.stack.chain.market
    where = {
        "wallet": demo.stack.wallet.address,
        "chain_id": market.chain_id,
        "marketplace": market.marketplace_address,
    }
    spent = await journal.locked_since(0, (SessionPurpose.API,), **where)
    stakes = [
        (await demo.stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=600))).plan.stake
        for model in [await demo.guide(name) for name in ("Guide", "Guide Moody")]
    ]
    cap = spent + Mor(max(stakes).base * 101 // 100)
    assert Mor(sum(stake.base for stake in stakes)) > Mor(max(stakes).base * 101 // 100)
    before = await mor_of(demo)
    results = await asyncio.gather(
        *(
            ensure(demo, name, day_cap=cap)
            for name in ("Guide", "Guide Moody", "Guide", "Guide Moody") * 5
        ),
        return_exceptions=True,
    )
    refused = [item for item in results if isinstance(item, BaseException)]
    assert refused
    assert all(isinstance(item, SpendLimitError) for item in refused)
    opened = {item.session_id: item for item in results if isinstance(item, SessionEntry)}
    locked = await journal.locked_since(0, (SessionPurpose.API,), **where)
    assert locked <= cap
    assert Mor(sum(item.stake.base for item in opened.values())) == before - await mor_of(demo)
    assert spent + (before - await mor_of(demo)) == locked
    assert len(opened) == 1


async def test_the_days_limit_of_one_model_is_its_own(demo: DemoStack) -> None:
    entry = await ensure(demo, "Guide Patient")
    await demo.stack.closer.close(entry)
    with pytest.raises(SpendLimitError) as refused:
        await ensure(demo, "Guide Patient", replace(OPEN, day_cap=entry.stake))
    assert refused.value.code == "funds.day_limit"
    assert "for this model" in refused.value.message
    assert "00:00 UTC" in refused.value.hint


async def test_a_pinned_provider_gets_a_session_of_its_own(demo: DemoStack) -> None:
    meadow, nobody = 5, 7
    entry = await ensure(demo, "Guide", provider=meadow)
    assert entry.provider == demo.world.devnet.accounts[meadow].address
    assert (await ensure(demo, "Guide", provider=meadow)).intent_id == entry.intent_id
    with pytest.raises(NoBidError):
        await ensure(demo, "Guide Patient", provider=nobody)


async def test_too_dear_for_the_wallet_is_said_before_anything_is_sent(demo: DemoStack) -> None:
    endless = Mor(10**30)
    dear = replace(OPEN, duration_s=80_000, session_cap=endless, day_cap=endless)
    with pytest.raises(NotEnoughMorError):
        await ensure(demo, "Guide Grand", dear, endless)
    market = demo.stack.chain.market
    rows = await demo.stack.wallet.journal.all(
        demo.stack.wallet.address, market.chain_id, market.marketplace_address
    )
    grand = await demo.guide("Guide Grand")
    assert not [row for row in rows if row.model_id == grand.id]
