"""Every fault of hosting is found, named and given a way out; a sound one raises no alarm."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.events import EventBus, HealthChanged
from node.core.ids import ModelId
from node.core.units import Mor, PricePerSecond
from node.router.hosting_findings import Finding, FixAction, Severity
from node.service.stack import NetworkStack
from tests.support.own_provider import PRICE, PROVIDER, OwnMarket, open_own_market
from tests.support.small_market import free_port
from tests.support.wire_pair import running

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
OTHER = 5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[OwnMarket, None]:
    async with open_own_market(tmp_path_factory.mktemp("own")) as opened:
        yield opened


async def found(stack: NetworkStack) -> dict[str, Finding]:
    return {item.code: item for item in await stack.self_check.run()}


def alarms(items: dict[str, Finding]) -> list[str]:
    return sorted(item.code for item in items.values() if not item.ok)


async def test_sound_hosting_raises_no_alarm(market: OwnMarket) -> None:
    async with market.stack(PROVIDER, (market.entry(),), listen=market.endpoint) as stack:
        items = await found(stack)
        assert alarms(items) == []
        assert sorted(items) == [
            "hosting.backend",
            "hosting.bid",
            "hosting.endpoint",
            "hosting.registered",
        ]
        assert "own" in items["hosting.bid"].message
        assert stack.self_check.checked_at > 0


async def test_a_wallet_that_hosts_nothing_is_left_in_peace(market: OwnMarket) -> None:
    async with market.stack(OTHER) as stack:
        assert await found(stack) == {}


async def test_configured_models_without_registration_are_told(market: OwnMarket) -> None:
    async with market.stack(OTHER, (market.entry(),)) as stack:
        items = await found(stack)
        assert items["hosting.not_registered"].action is FixAction.REGISTER
        assert items["hosting.no_bid"].action is FixAction.POST_BID
        assert items["hosting.no_bid"].subject == market.model_id.hex


async def test_a_provider_that_does_not_listen_is_told(market: OwnMarket) -> None:
    async with market.stack(PROVIDER, (market.entry(),)) as stack:
        item = (await found(stack))["hosting.not_listening"]
        assert item.action is FixAction.START_HOSTING


async def test_an_address_where_nobody_answers_is_told(market: OwnMarket) -> None:
    here = f"127.0.0.1:{free_port()}"
    async with market.stack(PROVIDER, (market.entry(),), listen=here) as stack:
        item = (await found(stack))["hosting.unreachable"]
        assert item.severity is Severity.ERROR
        assert market.endpoint in item.message
        assert here in item.hint


async def test_an_address_where_somebody_else_answers_is_told(market: OwnMarket) -> None:
    async with running() as pair, market.stack(PROVIDER) as admin:
        await admin.provider_admin.register(Mor(0), pair.endpoint)
        async with market.stack(PROVIDER, (market.entry(),), listen=market.endpoint) as stack:
            assert alarms(await found(stack)) == ["hosting.endpoint_other"]
        await admin.provider_admin.register(Mor(0), market.endpoint)


async def test_a_private_address_is_told_where_strangers_must_come(market: OwnMarket) -> None:
    changes = {"listen": market.endpoint, "allow_private": False}
    async with market.stack(PROVIDER, (market.entry(),), **changes) as stack:
        assert alarms(await found(stack)) == ["hosting.endpoint_private"]


async def test_a_bid_without_a_model_is_told(market: OwnMarket) -> None:
    async with market.stack(PROVIDER, listen=market.endpoint) as stack:
        item = (await found(stack))["hosting.bid_not_served"]
        assert (item.action, item.subject) == (FixAction.DELETE_BID, market.bid_id.hex)


async def test_an_id_nobody_registered_is_told(market: OwnMarket) -> None:
    wrong = market.entry(modelId=ModelId(b"\x09" * 32), modelName="wrong")
    async with market.stack(PROVIDER, (market.entry(), wrong), listen=market.endpoint) as stack:
        items = await found(stack)
        assert alarms(items) == ["hosting.model_unknown"]
        assert "wrong" in items["hosting.model_unknown"].message


async def test_a_model_server_that_is_down_is_told(market: OwnMarket) -> None:
    market.backend.is_well = False
    async with market.stack(PROVIDER, (market.entry(),), listen=market.endpoint) as stack:
        item = (await found(stack))["hosting.backend_down"]
        assert item.action is FixAction.CHECK_BACKEND
    market.backend.is_well = True


async def test_a_price_far_from_the_others_is_told(market: OwnMarket) -> None:
    async with (
        market.stack(OTHER) as rival,
        market.stack(PROVIDER, (market.entry(),), listen=market.endpoint) as stack,
    ):
        await rival.provider_admin.register(Mor(10**18), "127.0.0.1:4444")
        dear = await rival.provider_admin.post_bid(
            market.model_id, PricePerSecond(PRICE.base * 100)
        )
        stack.chain.market.forget_lists()  # type: ignore[attr-defined]
        assert alarms(await found(stack)) == ["hosting.price_unusual"]
        await rival.provider_admin.delete_bid(dear)
        stack.chain.market.forget_lists()  # type: ignore[attr-defined]
        assert alarms(await found(stack)) == []


async def test_a_stake_that_is_used_up_is_told(tmp_path: Path) -> None:
    async with open_own_market(tmp_path, stake=Mor(10**17)) as poor:
        async with poor.stack(3) as user, poor.hosting():
            entries = [await poor.open(user, 3000) for _ in range(2)]
        await poor.chain.advance_to(entries[-1].ends_at + 5)
        await poor.chain.mine()
        async with poor.stack(PROVIDER, (poor.entry(),), listen=poor.endpoint) as stack:
            await stack.pay.claim_all()
            items = await found(stack)
            assert items["hosting.cap_reached"].action is FixAction.ADD_STAKE


async def test_an_attested_model_is_told(tmp_path: Path) -> None:
    async with (
        open_own_market(tmp_path, tags=("tee",)) as attested,
        attested.stack(PROVIDER, (attested.entry(),), listen=attested.endpoint) as stack,
    ):
        assert alarms(await found(stack)) == ["hosting.model_attested"]


async def test_the_check_runs_by_itself_and_tells_of_a_change(market: OwnMarket) -> None:
    bus = EventBus()
    market.backend.is_well = False
    with bus.subscribe() as events:
        changes = {"listen": market.endpoint, "bus": bus}
        async with asyncio.timeout(20), market.stack(PROVIDER, (market.entry(),), **changes):
            while not isinstance(event := await events.get(), HealthChanged):
                continue
            assert (event.component, event.ok) == ("provider", False)
            assert "does not answer" in event.detail
    market.backend.is_well = True
