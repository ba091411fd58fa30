import pytest

from node.chain.abi.functions import MARKET
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import demo_network
from node.core.errors import (
    BidNotFoundError,
    ConfigError,
    ModelNotFoundError,
    SessionNotFoundError,
)
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.units import Eth, Mor, PricePerSecond, start_of_day
from node.devnet.demo import DEMO_MODELS, DEMO_PROVIDERS
from tests.unit.chain.sessions import PROVIDER, USER, approval_of, close_session, open_session

pytestmark = pytest.mark.chain
MOR = 10**18


async def test_lists_hold_what_the_demo_registered(chain):
    models = await chain.marketplace.active_models()
    providers = await chain.marketplace.active_providers()
    assert {model.name for model in models} == {model.name for model in DEMO_MODELS}
    assert {item.tags for item in models} == {item.tags for item in DEMO_MODELS}
    assert {item.stake for item in providers} == {item.stake for item in DEMO_PROVIDERS}
    assert sorted(item.endpoint for item in providers)[0] == "127.0.0.1:4000"


async def test_bids_of_a_model_come_with_providers_and_statistics(chain):
    guide = chain.market.models["guide"]
    found = await chain.marketplace.model_bids(guide)
    assert found.model.name == "Guide"
    assert found.provider_min_stake == Mor(MOR // 10)
    assert {(view.bid.id, view.bid.price_per_second.base) for view in found.bids} == {
        (chain.market.bids[item.key, "guide"], offer.price.base)
        for item in DEMO_PROVIDERS
        for offer in item.offers
        if offer.model == "guide"
    }
    assert all(view.provider.address == view.bid.provider for view in found.bids)
    assert all(view.stats.total_count == 0 for view in found.bids)


async def test_bids_are_read_in_few_requests_and_then_from_memory(chain):
    guide = chain.market.models["guide"]
    await chain.marketplace.model_bids(guide)
    assert chain.rpc.methods.count("eth_call") <= 5
    assert set(chain.rpc.methods) == {"eth_call", "eth_getBlockByNumber"}
    chain.rpc.methods.clear()
    await chain.marketplace.model_bids(guide)
    assert chain.rpc.methods == []
    chain.marketplace.forget_lists()
    await chain.marketplace.model_bids(guide)
    assert chain.rpc.methods


async def test_without_multicall_the_same_answers_come_one_by_one(chain):
    bare = demo_network(
        marketplace=chain.network.marketplace,
        token=chain.network.token,
        multicall=Address(bytes(19) + b"\x77"),
    )
    market = ContractMarketplace(chain.rpc, bare, chain.head, chain.devnet.clock)
    guide = chain.market.models["guide"]
    want = await chain.marketplace.model_bids(guide)
    found = await market.model_bids(guide)
    assert (found.model, found.stats) == (want.model, want.stats)
    assert {view.bid.id for view in found.bids} == {view.bid.id for view in want.bids}


async def test_economy_equals_the_contracts_own_views(chain):
    economy = await chain.marketplace.economy()
    stake, now = Mor(100 * MOR), economy.block_time
    own = MARKET["stakeToStipend"].encode(stake.base, now)
    call = {"to": chain.network.marketplace.hex, "data": "0x" + own.hex()}
    answer = await chain.rpc.request("eth_call", [call, hex(economy.block)])
    assert economy.stipend_of(stake).base == int(answer, 16)
    assert economy.todays_budget.base == economy.compute_balance.base // 100
    assert economy.payable == Mor(1_000_000 * MOR)
    assert (economy.min_session_s, economy.max_session_s) == (300, 604_800)
    assert economy.day_start == start_of_day(now)


async def test_economy_needs_one_batched_read_when_the_payer_is_known(chain):
    await chain.marketplace.economy()
    chain.rpc.methods.clear()
    await chain.marketplace.economy()
    assert chain.rpc.methods == ["eth_getBlockByNumber", "eth_call"]


async def test_an_empty_payout_account_is_seen(chain):
    await chain.devnet.empty_treasury()
    assert (await chain.marketplace.economy()).payable == Mor(0)


async def test_parameters_and_contract_check(chain):
    parameters = await chain.marketplace.parameters()
    assert parameters.token == chain.network.token
    assert (parameters.min_price, parameters.max_price) == (
        PricePerSecond(10**13),
        PricePerSecond(10**16),
    )
    await chain.marketplace.check_contracts()
    for wrong in (
        {"marketplace": Address(bytes(19) + b"\x77"), "token": chain.network.token},
        {"marketplace": chain.network.marketplace, "token": chain.devnet.multicall_address},
    ):
        market = ContractMarketplace(
            chain.rpc, demo_network(**wrong), ChainHead(chain.rpc, chain.devnet.clock),
            chain.devnet.clock,
        )  # fmt: skip
        with pytest.raises(ConfigError):
            await market.check_contracts()


async def test_balances_of_the_consumer(chain):
    balances = await chain.marketplace.balances(chain.signer(USER).address)
    assert (balances.mor, balances.eth) == (Mor(1_000 * MOR), Eth(MOR))
    assert balances.allowance == Mor(0)
    assert balances.block_time <= await chain.marketplace.block_time()


async def test_unknown_keys(chain):
    with pytest.raises(ModelNotFoundError):
        await chain.marketplace.model(ModelId(bytes([9]) * 32))
    with pytest.raises(ModelNotFoundError):
        await chain.marketplace.model_bids(ModelId(bytes([9]) * 32))
    with pytest.raises(BidNotFoundError):
        await chain.marketplace.bid(BidId(bytes([9]) * 32))
    with pytest.raises(SessionNotFoundError):
        await chain.marketplace.session(SessionId(bytes([9]) * 32))
    assert await chain.marketplace.provider(Address(bytes([9]) * 20)) is None


async def test_bid_pages_tell_the_length_and_hold_deleted_bids(chain):
    provider = chain.signer(PROVIDER).address
    bid = chain.market.bids["harbor", "guide"]
    await chain.send(chain.calls.delete_bid(bid), PROVIDER)
    pages = chain.marketplace.bid_pages
    active = await pages(provider=provider, active_only=True, offset=0, limit=10)
    every = await pages(provider=provider, active_only=False, offset=0, limit=1)
    beyond = await pages(provider=provider, active_only=False, offset=7, limit=5)
    assert [item.id for item in active.items] == [chain.market.bids["harbor", "guide-moody"]]
    assert (every.total, [item.id for item in every.items]) == (2, [bid])
    assert not every.items[0].is_active
    assert (beyond.total, beyond.items) == (2, ())
    by_model = await pages(
        model_id=chain.market.models["guide"], active_only=True, offset=0, limit=10
    )
    assert by_model.total == 2
    with pytest.raises(ValueError, match="either"):
        await pages(active_only=True, offset=0, limit=1)


async def test_many_offers_are_one_read_and_unknown_ids_are_left_out(chain):
    known = list(chain.market.bids.values())
    chain.rpc.methods.clear()
    found = await chain.marketplace.bids([*known, known[0], BidId(bytes([9]) * 32)])
    assert set(found) == set(known)
    assert chain.rpc.methods == ["eth_getBlockByNumber", "eth_call"]


async def test_a_session_from_open_to_close(chain):
    user, provider = chain.signer(USER).address, chain.signer(PROVIDER).address
    approval, _ = approval_of(chain, chain.market.bids["harbor", "guide"], millis=1)
    assert not await chain.marketplace.is_approval_used(approval)

    session_id = await open_session(chain)
    session = await chain.marketplace.session(session_id)
    assert (session.user, session.bid_id) == (user, chain.market.bids["harbor", "guide"])
    assert session.stake == Mor(200 * MOR)
    assert not session.is_closed
    mine = await chain.marketplace.sessions(user=user, offset=0, limit=10)
    theirs = await chain.marketplace.sessions(provider=provider, offset=0, limit=10)
    assert (mine.total, mine.items) == (1, (session,))
    assert theirs == mine

    await chain.devnet.advance_to(chain.devnet.timestamp + 60)
    receipt = await close_session(chain, session_id)
    assert receipt.closed == session_id
    closed = await chain.marketplace.session(session_id)
    assert closed.is_closed
    assert closed.closeout_type == 0
    held = await chain.marketplace.on_hold(user)
    back = sum(amount.base for _, to, amount in receipt.transfers if to == user)
    assert back + held.locked.base == 200 * MOR
    assert held.available == Mor(0)
    stats = await chain.marketplace.provider_model_stats(chain.market.models["guide"], provider)
    assert (stats.success_count, stats.tps_scaled_1000.mean) == (1, 12_000)
    assert (await chain.marketplace.model_stats(chain.market.models["guide"])).count == 1


async def test_reads_never_go_behind_a_receipt(chain):
    receipt = await chain.send(chain.calls.approve(Mor(5)))
    balances = await chain.marketplace.balances(chain.signer(USER).address)
    assert balances.block >= receipt.block
    assert balances.allowance == Mor(5)


async def test_lists_are_read_anew_after_an_own_transaction(chain):
    guide = chain.market.models["guide"]
    assert len((await chain.marketplace.model_bids(guide)).bids) == 3
    await chain.send(chain.calls.delete_bid(chain.market.bids["harbor", "guide"]), PROVIDER)
    assert len((await chain.marketplace.model_bids(guide)).bids) == 2
