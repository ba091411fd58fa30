"""One of three endpoints lies, a thousand times at random: nothing wrong is believed or signed."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from node.chain.calls import ContractCalls
from node.chain.networks import Network, demo_network
from node.chain.outgoing import outgoing_of
from node.chain.raw_transaction import read_signed
from node.core.errors import NodeError, SourcesDisagreeError, SpendLimitError, WrongNetworkError
from node.core.ids import Address, BidId, TxHash
from node.core.ports import Call
from node.core.units import Eth, Mor
from node.devnet.accounts import CONSUMER
from node.devnet.chain import AccountCall, Devnet
from node.devnet.demo import DEMO_PROVIDERS, open_market
from node.router.quote import stake_for
from node.wallet.signer import KeySigner
from tests.support.lying_rpc import METHODS, Lie, StillChain, View, liar, open_view

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
RUNS = 1000
SECONDS = 3600
FRIEND = Address(b"\x5a" * 20)


@dataclass(frozen=True)
class World:
    chain: StillChain
    network: Network
    now: int
    signer: KeySigner
    bid: BidId
    sent: TxHash
    truth: "Picture"

    def view(self, *lies: Lie | None) -> View:
        return open_view(self.chain, self.network, self.now, lies)


@dataclass(frozen=True)
class Picture:
    """All that an opening rests on, and what is signed for it."""

    economy: Any
    bid: Any
    balances: Any
    provider: Any
    on_hold: Any
    receipt: Any
    approval: bytes
    transfer: bytes


async def picture(world: World, view: View) -> Picture:
    """Ask one thing after the other; any of them may be refused."""
    user = world.signer.address
    economy = await view.market.economy()
    bid = await view.market.bid(world.bid)
    stake = stake_for(economy, bid.price_per_second, SECONDS)
    return Picture(
        economy=economy,
        bid=bid,
        balances=await view.market.balances(user),
        provider=await view.market.provider(bid.provider),
        on_hold=await view.market.on_hold(user),
        receipt=await view.lane.receipt(world.sent),
        approval=await signed(world, view, view.calls.approve(stake)),
        transfer=await signed(world, view, view.calls.send_mor(FRIEND, Mor(5))),
    )


async def signed(world: World, view: View, call: Call) -> bytes:
    prepared = await view.lane.prepare(call, world.signer)
    view.lane.give_up(prepared.signed.tx_hash)
    return prepared.signed.raw


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncGenerator[World, None]:
    async with await Devnet.start() as devnet:
        ports = {item.key: f"127.0.0.1:{4000 + n}" for n, item in enumerate(DEMO_PROVIDERS)}
        market = await open_market(devnet, ports)
        account = devnet.accounts[CONSUMER]
        network = demo_network(
            marketplace=devnet.marketplace_address,
            token=devnet.token_address,
            multicall=devnet.multicall_address,
        )
        call = ContractCalls(network).approve(Mor(10**18))
        (receipt,) = await devnet.transact(
            [AccountCall(account=account, to=call.to, data=call.data)]
        )
        for _ in range(25):
            await devnet.mine()
        blank = World(
            chain=StillChain(devnet),
            network=network,
            now=devnet.timestamp,
            signer=KeySigner(account.private_key),
            bid=market.bids["harbor", "guide"],
            sent=TxHash.parse(receipt["transactionHash"]),
            truth=None,  # type: ignore[arg-type]
        )
        yield replace(blank, truth=await picture(blank, blank.view(None, None, None)))


async def test_one_liar_of_three_makes_nobody_sign_anything_wrong(world: World) -> None:
    random = Random(20)
    refused: list[NodeError] = []
    for _ in range(RUNS):
        lies: list[Lie | None] = [None, None, None]
        lies[random.randrange(3)] = liar(random, random.sample(METHODS, random.randint(1, 3)))
        try:
            assert await picture(world, world.view(*lies)) == world.truth
        except NodeError as error:
            refused.append(error)
    # Two honest ones are enough to go on.
    assert len(refused) <= RUNS // 20, [error.code for error in refused]


@pytest.mark.parametrize("method", METHODS)
async def test_each_lie_alone_is_outvoted(world: World, method: str) -> None:
    for place in range(3):
        lies: list[Lie | None] = [None, None, None]
        lies[place] = liar(Random(place), (method,))
        assert await picture(world, world.view(*lies)) == world.truth


def constant(method: str, change: Any) -> Lie:
    def lie(asked: str, answer: Any) -> Any:
        return change(answer) if asked == method else answer

    return lie


async def test_two_equal_liars_about_fees_meet_the_caps(world: World) -> None:
    def dear(answer: Any) -> Any:
        return {**answer, "baseFeePerGas": [hex(10**15)] * len(answer["baseFeePerGas"])}

    lie = constant("eth_feeHistory", dear)
    view = world.view(lie, None, lie)
    with pytest.raises(SpendLimitError):
        await signed(world, view, view.calls.approve(Mor(1)))


async def test_two_equal_liars_about_the_chain_get_nothing_signed(world: World) -> None:
    lie = constant("eth_chainId", lambda answer: "0x1")
    view = world.view(lie, lie, None)
    with pytest.raises((WrongNetworkError, NodeError)):
        await signed(world, view, view.calls.approve(Mor(1)))


@pytest.mark.parametrize("endpoints", [1, 2])
async def test_a_liar_who_is_believed_changes_nothing_of_what_was_ordered(
    world: World, endpoints: int
) -> None:
    """With one or two endpoints there is nobody to ask: balance, allowance, nonce and fee may be
    false. Recipient, amount, contract and chain are the order's, and the fee is within the cap.
    """
    random, refused, most = Random(21), 0, Eth(0)
    calls = ContractCalls(world.network)
    orders = (
        calls.approve(Mor(7 * 10**18)),
        calls.send_mor(FRIEND, Mor(5)),
        calls.send_eth(FRIEND, Eth(3)),
        calls.revoke(FRIEND),
    )
    for run in range(RUNS // 4):
        call = orders[run % len(orders)]
        lies = [liar(random, random.sample(METHODS, random.randint(1, 4)))] * endpoints
        view = world.view(*lies)
        try:
            fields = read_signed(await signed(world, view, call))
        except NodeError:
            refused += 1
            continue
        assert (fields.chain_id, fields.to, fields.value, fields.data) == (
            world.network.chain_id,
            call.to,
            call.value,
            call.data,
        )
        assert fields.max_fee_per_gas is not None
        most = max(most, Eth(fields.gas * fields.max_fee_per_gas))
    assert most <= world.network.fee_cap
    assert refused < RUNS // 4


async def test_a_liar_who_is_believed_gets_no_more_than_the_fee_that_was_shown(
    world: World,
) -> None:
    """Fees looked fine when the user agreed; now the only endpoint wants a thousand times more."""
    honest = world.view(None)
    call = honest.calls.send_mor(FRIEND, Mor(5))
    shown = await honest.lane.highest_fee(call, world.signer.address)

    def dear(factor: int) -> Lie:
        def raise_(answer: Any) -> Any:
            fees = [hex(int(fee, 16) * factor) for fee in answer["baseFeePerGas"]]
            return {**answer, "baseFeePerGas": fees}

        return constant("eth_feeHistory", raise_)

    view = world.view(dear(1000))
    with pytest.raises(SpendLimitError) as caught:
        await view.lane.prepare(call, world.signer, most=shown)
    assert caught.value.code == "funds.fee_rose"
    assert str(shown) in caught.value.message
    # A little more is not refused, and not paid either.
    prepared = await world.view(dear(2)).lane.prepare(call, world.signer, most=shown)
    assert prepared.max_fee <= shown
    fields = read_signed(prepared.signed.raw)
    assert fields.gas * (fields.max_fee_per_gas or 0) <= shown.base


async def test_what_the_marketplace_may_take_is_the_order_whatever_is_said_of_allowances(
    world: World,
) -> None:
    def word(value: int) -> Lie:
        return constant("eth_call", lambda answer: "0x" + value.to_bytes(32, "big").hex())

    for value in (0, 1, 2**256 - 1):
        raw = await signed(
            world, world.view(word(value)), ContractCalls(world.network).approve(Mor(11))
        )
        found = outgoing_of(raw)
        assert (found.spender, found.allowance) == (world.network.marketplace, Mor(11))


async def test_three_different_answers_switch_signing_off_and_show_all(world: World) -> None:
    lies = [constant("eth_getBalance", lambda answer, n=n: hex(10**18 + n)) for n in (1, 2)]
    view = world.view(None, *lies)
    with pytest.raises(SourcesDisagreeError) as caught:
        await signed(world, view, view.calls.approve(Mor(1)))
    shown = {item["value"] for item in caught.value.details["values"]}
    assert len(shown) == 3
    with pytest.raises(SourcesDisagreeError):
        await signed(world, view, view.calls.send_mor(FRIEND, Mor(1)))
