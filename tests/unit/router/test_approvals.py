"""Whom a provider lets in, asked over its port: bids, users, attestation, slots, restarts."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import ProviderRefusedError
from node.core.ids import BidId
from node.router.capacity import APPROVAL_HOLD_S, IDLE_WINDOW_S
from node.router.user_rules import UserRules
from tests.support.own_provider import PROVIDER, OwnMarket, open_own_market

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE, TWO, THREE = 3, 4, 5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[OwnMarket, None]:
    async with open_own_market(tmp_path_factory.mktemp("own")) as opened:
        yield opened


async def refusal(market: OwnMarket, index: int) -> str:
    with pytest.raises(ProviderRefusedError) as caught:
        await market.approval(index)
    return str(caught.value.details["text"])


async def test_a_bid_nobody_posted_is_refused(market: OwnMarket) -> None:
    right = market.bid_id
    async with market.hosting():
        market.bid_id = BidId(b"\x01" * 32)
        try:
            assert (await refusal(market, ONE)).startswith("failed to get bid")
        finally:
            market.bid_id = right


async def test_denied_users_are_refused_at_once_and_others_are_not(market: OwnMarket) -> None:
    """The change needs no restart, and the text does not tell which list says no."""
    one, two = (market.chain.accounts[index].address for index in (ONE, TWO))
    async with market.hosting():
        await market.approval(ONE)
        market.users = UserRules(denied=frozenset({one}))
        assert await refusal(market, ONE) == "user not accepted"
        await market.approval(TWO)
        market.users = UserRules(allowed=frozenset({one}))
        await market.approval(ONE)
        assert await refusal(market, TWO) == "user not accepted"
        market.users = UserRules(allowed=frozenset({two}), denied=frozenset({two}))
        assert await refusal(market, TWO) == "user not accepted"
    market.users = UserRules()


async def test_the_lists_of_a_model_hold_beside_those_of_the_node(market: OwnMarket) -> None:
    one = market.chain.accounts[ONE].address
    async with market.hosting(denyUsers=[one.checksum]):
        assert await refusal(market, ONE) == "user not accepted"
        await market.approval(TWO)
    async with market.hosting(allowUsers=[one.hex]):
        await market.approval(ONE)
        assert await refusal(market, TWO) == "user not accepted"


async def test_a_user_denied_later_is_not_served_on_the_session_he_has(market: OwnMarket) -> None:
    one = market.chain.accounts[ONE].address
    async with market.hosting(), market.stack(ONE) as stack:
        entry = await market.open(stack)
        assert await market.say(ONE, entry)
        market.users = UserRules(denied=frozenset({one}))
        with pytest.raises(ProviderRefusedError, match="user not accepted"):
            await market.say(ONE, entry)
        market.users = UserRules()
        assert await market.say(ONE, entry)
        await stack.closer.close(entry)


async def test_a_model_that_promises_attested_hardware_is_refused(tmp_path: Path) -> None:
    async with open_own_market(tmp_path, tags=("LLM", "TEE")) as attested, attested.hosting():
        assert (await refusal(attested, ONE)).startswith("LLM TEE verification failed")


async def test_approvals_within_one_millisecond_differ(market: OwnMarket) -> None:
    async with market.hosting():
        replies = [await market.approval(ONE) for _ in range(3)]
    async with market.hosting():
        replies.append(await market.approval(ONE))
    times = [reply.issued_at for reply in replies]
    assert times == sorted(set(times))


async def test_slots_are_kept_over_a_restart_and_freed_by_an_early_close(
    market: OwnMarket,
) -> None:
    """A session that was never prompted counts too, with and without the provider's memory."""
    async with market.stack(ONE) as stack:
        async with market.hosting(memory="slots", concurrentSlots=1):
            entry = await market.open(stack)
            assert await refusal(market, TWO) == "no capacity"
        async with market.hosting(memory="slots", concurrentSlots=1) as side:
            assert await refusal(market, TWO) == "no capacity"
            assert side.active_sessions(market.model_id) == 1
        async with market.hosting(memory="lost", concurrentSlots=1):
            assert await refusal(market, TWO) == "no capacity"
            await stack.closer.close(entry)
        async with market.hosting(memory="slots", concurrentSlots=1):
            await market.approval(TWO)


async def test_a_close_nobody_told_of_is_noticed_before_somebody_is_refused(
    market: OwnMarket,
) -> None:
    async with (
        market.hosting(memory="close", concurrentSlots=1) as side,
        market.stack(ONE) as stack,
    ):
        entry = await market.open(stack)
        await market.say(ONE, entry)
        assert side.active_sessions(market.model_id) == 1
        await stack.closer.close(entry)
        await market.approval(TWO)


async def test_an_approval_under_way_is_kept_over_a_restart(market: OwnMarket) -> None:
    async with market.hosting(memory="held", concurrentSlots=1):
        await market.approval(ONE)
        assert await refusal(market, TWO) == "no capacity"
    async with market.hosting(memory="held", concurrentSlots=1):
        assert await refusal(market, TWO) == "no capacity"
        await market.approval(ONE)
    await market.chain.advance_to(market.chain.timestamp + int(APPROVAL_HOLD_S) + 5)
    async with market.hosting(memory="held", concurrentSlots=1):
        await market.approval(TWO)


async def test_idle_sessions_give_their_slot_to_others(market: OwnMarket) -> None:
    idle = {"concurrentSlots": 1, "capacityPolicy": "idle_timeout"}
    async with market.stack(ONE) as stack:
        async with market.hosting(memory="idle", **idle):
            entry = await market.open(stack)
            await market.say(ONE, entry)
            await market.say(ONE, entry)
            assert await refusal(market, TWO) == "no capacity"
        async with market.hosting(memory="idle", **idle):
            assert await refusal(market, TWO) == "no capacity"
            await market.chain.advance_to(market.chain.timestamp + IDLE_WINDOW_S + 5)
            await market.approval(TWO)
        await stack.closer.close(entry)


async def test_a_user_may_tell_his_key_again_to_a_full_provider_that_lost_its_data(
    market: OwnMarket,
) -> None:
    async with market.stack(ONE) as stack:
        async with market.hosting(memory="before", concurrentSlots=1):
            entry = await market.open(stack)
        async with market.hosting(memory="after", concurrentSlots=1):
            with pytest.raises(ProviderRefusedError, match="user not found"):
                await market.say(ONE, entry)
            await market.approval(ONE)
            assert await market.say(ONE, entry)
            assert await refusal(market, ONE) == "no capacity"
            assert await refusal(market, PROVIDER) == "no capacity"
        await stack.closer.close(entry)
