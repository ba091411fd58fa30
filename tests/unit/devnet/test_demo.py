"""The demo's market as a client finds it on the chain."""

from collections.abc import AsyncIterator

import pytest
from eth_abi.abi import decode

from node.core.clock import FakeClock
from node.core.errors import UserInputError
from node.devnet import demo
from node.devnet.artifacts import artifact
from node.devnet.chain import Devnet
from node.devnet.demo import DEMO_MODELS, DEMO_PROVIDERS, Behaviour
from node.devnet.params import to_hex

pytestmark = pytest.mark.chain


@pytest.fixture
async def devnet() -> AsyncIterator[Devnet]:
    async with await Devnet.start(clock=FakeClock()) as devnet:
        yield devnet


async def read(devnet: Devnet, facet: str, signature: str, *arguments: object) -> bytes:
    call = {
        "to": devnet.marketplace_address.hex,
        "input": to_hex(artifact(facet).call(signature, *arguments)),
    }
    answer = await devnet.request("eth_call", [call, "latest"])
    return bytes.fromhex(answer["result"][2:])


ENDPOINTS = {
    provider.key: f"127.0.0.1:{4000 + index}" for index, provider in enumerate(DEMO_PROVIDERS)
}
BID = "(address,bytes32,uint256,uint256,uint128,uint128)"
PROVIDER = "(string,uint256,uint128,uint128,uint256,bool)"


async def test_every_offer_is_on_the_chain(devnet: Devnet) -> None:
    market = await demo.open_market(devnet, ENDPOINTS)
    assert set(market.models) == {model.key for model in DEMO_MODELS}
    for provider in DEMO_PROVIDERS:
        address = devnet.accounts[provider.account_index].address
        output = await read(devnet, "RegistryFacet", "getProvider(address)", address.raw)
        endpoint, stake, *_ = decode([PROVIDER], output)[0]
        assert (endpoint, stake) == (ENDPOINTS[provider.key], provider.stake.base)
        for offer in provider.offers:
            bid = market.bids[provider.key, offer.model]
            output = await read(devnet, "BidFacet", "getBid(bytes32)", bid.raw)
            owner, model, price, _, _, deleted = decode([BID], output)[0]
            assert owner == address.hex
            assert model == market.models[offer.model].raw
            assert price == offer.price.base
            assert deleted == 0


async def test_models_carry_their_names(devnet: Devnet) -> None:
    market = await demo.open_market(devnet, ENDPOINTS)
    for model in DEMO_MODELS:
        output = await read(
            devnet, "RegistryFacet", "getModel(bytes32)", market.models[model.key].raw
        )
        assert model.name.encode() in output
    ids = await read(devnet, "RegistryFacet", "getActiveModelIds(uint256,uint256)", 0, 100)
    found, total = decode(["bytes32[]", "uint256"], ids)
    assert total == len(DEMO_MODELS)
    assert {bytes(item) for item in found} == {item.raw for item in market.models.values()}


async def test_only_providers_with_an_endpoint_take_part(devnet: Devnet) -> None:
    market = await demo.open_market(devnet, {"harbor": "127.0.0.1:4000"})
    assert set(market.models) == {"guide"}
    assert set(market.bids) == {("harbor", "guide")}
    with pytest.raises(UserInputError):
        await demo.open_market(devnet, {"nobody": "127.0.0.1:1"})


async def test_the_set_up_leaves_the_clock_alone(devnet: Devnet) -> None:
    await demo.open_market(devnet, ENDPOINTS)
    block = await devnet.request("eth_getBlockByNumber", ["latest", False])
    assert int(block["result"]["timestamp"], 16) <= devnet.timestamp + 1


def test_prices_and_behaviours_show_what_the_demo_is_for() -> None:
    prices = [offer.price.base for provider in DEMO_PROVIDERS for offer in provider.offers]
    assert min(prices) >= 10**13
    assert max(prices) == 10**15
    assert {provider.behaviour for provider in DEMO_PROVIDERS} == set(Behaviour)
    assert len({provider.account_index for provider in DEMO_PROVIDERS}) == len(DEMO_PROVIDERS)
    owners = {provider.key: provider for provider in DEMO_PROVIDERS}
    for model in DEMO_MODELS:
        assert model.key in {offer.model for offer in owners[model.owner].offers}
    flaky = next(p for p in DEMO_PROVIDERS if p.behaviour is Behaviour.FLAKY)
    for offer in flaky.offers:
        others = [p for p in DEMO_PROVIDERS if p is not flaky]
        assert any(offer.model in {o.model for o in p.offers} for p in others)
