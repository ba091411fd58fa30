from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.fees import (
    MAX_MEDIANS,
    FeeMarket,
    Fees,
    check_caps,
    middle_market,
    raised,
    read_market,
)
from node.chain.rpc.answers import Fault, RpcFaultError
from node.core.errors import RpcAnswerError, SpendLimitError
from node.core.units import Eth

GWEI = 10**9
NO_METHOD = RpcFaultError(Fault.NO_METHOD, rpc_code=-32601, text="")


class Node:
    """`history` None: the endpoint does not know `eth_feeHistory`."""

    def __init__(self, history, *, base_fee=5 * GWEI, tip=2 * GWEI, price=9 * GWEI):
        block = {"baseFeePerGas": None if base_fee is None else hex(base_fee)}
        self.answers = {
            "eth_feeHistory": history,
            "eth_maxPriorityFeePerGas": None if tip is None else hex(tip),
            "eth_gasPrice": hex(price),
            "eth_getBlockByNumber": block,
        }

    async def request(self, method, params):
        if self.answers[method] is None:
            raise NO_METHOD
        return self.answers[method]


def history(*base_fees, rewards=((GWEI, 2 * GWEI, 4 * GWEI),)):
    return {
        "baseFeePerGas": [hex(fee) for fee in base_fees],
        "reward": [[hex(item) for item in row] for row in rewards],
    }


async def test_speeds_differ_in_tip_and_in_room_for_a_rising_base_fee():
    market = await read_market(Node(history(5 * GWEI, 5 * GWEI)), legacy=False)
    slow, normal, fast = (market.fees(speed) for speed in ("slow", "normal", "fast"))
    assert (normal.max_fee, normal.tip, normal.gas_price) == (12 * GWEI, 2 * GWEI, None)
    assert (normal.expected, normal.highest) == (7 * GWEI, 12 * GWEI)
    assert slow.max_fee < normal.max_fee < fast.max_fee
    assert (slow.tip, fast.tip) == (GWEI, 4 * GWEI)


async def test_tiers_say_price_and_seconds():
    market = await read_market(Node(history(5 * GWEI, 5 * GWEI)), legacy=False)
    tiers = market.tiers(2.0)
    assert [item.speed for item in tiers] == ["slow", "normal", "fast"]
    assert [item.fee_per_gas for item in tiers] == [6 * GWEI, 7 * GWEI, 9 * GWEI]
    assert [item.seconds for item in tiers] == [20, 6, 2]
    assert all(item.seconds >= 1 for item in market.tiers(0.25))


async def test_without_a_history_the_newest_block_and_the_suggested_tip_serve():
    fees = (await read_market(Node(None), legacy=False)).fees()
    assert (fees.max_fee, fees.tip, fees.limit) == (12 * GWEI, 2 * GWEI, None)
    fees = (await read_market(Node(None, tip=None), legacy=False)).fees()
    assert fees.tip == 1_000_000


@pytest.mark.parametrize(
    ("node", "legacy"),
    [
        (Node(None, base_fee=None), False),
        (Node(history(0, 0)), False),
        (Node(history(5 * GWEI)), True),
    ],
)
async def test_legacy_price_where_asked_or_needed(node, legacy):
    market = await read_market(node, legacy=legacy)
    fees = market.fees()
    assert fees.gas_price == fees.highest == fees.expected == 9 * GWEI
    assert market.fees("fast").highest > fees.highest


@pytest.mark.parametrize(
    "answer",
    [
        {"baseFeePerGas": "0x1"},
        {"baseFeePerGas": ["1"]},
        {"baseFeePerGas": ["0x1"] * 5000},
        {"baseFeePerGas": ["0x1", "0x1"], "reward": [["0x1"]]},
        {"baseFeePerGas": ["0x1", "0x1"], "reward": "0x1"},
        {"baseFeePerGas": ["0x1", "0x1"], "reward": [[None] * 3]},
    ],
)
async def test_a_history_that_is_none_is_refused(answer):
    with pytest.raises(RpcAnswerError):
        await read_market(Node(answer), legacy=False)


async def test_blocks_without_tips_do_not_make_tips_nothing():
    empty, paid = (0, 0, 0), (GWEI, GWEI, GWEI)
    told = history(GWEI, GWEI, rewards=(empty, empty, empty, paid))
    assert (await read_market(Node(told), legacy=False)).tips == (GWEI, GWEI, GWEI)


def test_the_absolute_cap():
    fees = Fees(max_fee=1, tip=1, gas_price=None, expected=1)
    check_caps(fees, Eth(10**15), Eth(10**15))
    with pytest.raises(SpendLimitError, match=r"0\.001 ETH"):
        check_caps(fees, Eth(10**15 + 1), Eth(10**15))


def test_the_relative_cap():
    usual = (GWEI,) * 20
    calm = FeeMarket(base_fees=(*usual, GWEI), tips=(0, 0, 0))
    assert calm.limit == MAX_MEDIANS * GWEI
    check_caps(calm.fees("fast"), Eth(1), Eth(10**18))
    risen = FeeMarket(base_fees=(*usual, 4 * GWEI), tips=(0, 0, 0))
    assert risen.fees("fast").highest == MAX_MEDIANS * GWEI, "offers more than the cap"
    check_caps(risen.fees("fast"), Eth(1), Eth(10**18))
    mad = FeeMarket(base_fees=(*usual, 6 * GWEI), tips=(0, 0, 0))
    with pytest.raises(SpendLimitError, match="5 times") as caught:
        check_caps(mad.fees("slow"), Eth(1), Eth(10**18))
    assert caught.value.code == "funds.fee_too_high"


def test_a_replacement_may_pass_the_relative_cap_only_as_far_as_nodes_ask_for():
    calm = FeeMarket(base_fees=(GWEI, GWEI), tips=(0, 0, 0)).fees()
    fees = calm.at_least(9 * GWEI, 0)
    check_caps(fees, Eth(1), Eth(10**18))
    with pytest.raises(SpendLimitError):
        check_caps(replace(fees, max_fee=10 * GWEI), Eth(1), Eth(10**18))


fees = st.integers(0, 10**12)
markets = st.builds(
    FeeMarket,
    base_fees=st.lists(fees, min_size=2, max_size=21).map(tuple),
    tips=st.tuples(fees, fees, fees).map(lambda tips: tuple(sorted(tips))),
)


@given(markets, markets, st.booleans())
def test_one_source_of_three_cannot_move_what_is_offered(honest, liar, first):
    said = [liar, honest, honest] if first else [honest, honest, liar]
    found = middle_market(said)
    length = min(len(honest.base_fees), len(liar.base_fees))
    assert found.base_fees == honest.base_fees[-length:]
    assert found.tips == honest.tips
    assert found.gas_price is None


@given(markets)
def test_nothing_offers_more_than_five_medians(market):
    for speed in ("slow", "normal", "fast"):
        offered = market.fees(speed)
        assert offered.tip <= offered.highest
        assert offered.highest <= market.limit or market.base_fees[-1] > market.limit


@given(st.integers(0, 10**15))
def test_a_raised_fee_is_an_eighth_higher_and_never_the_same(fee):
    assert raised(fee) > fee
    assert raised(fee) * 8 >= fee * 9
    assert raised(fee) <= fee * 9 // 8 + 1


@given(*[st.integers(1, 10**12) for _ in range(4)], st.booleans())
def test_replacement_fees_are_never_lower_than_either(market, tip, old, old_tip, legacy):
    tip, old_tip = min(tip, market), min(old_tip, old)
    price = market if legacy else None
    now = Fees(max_fee=market, tip=tip, gas_price=price, expected=market)
    fees = now.at_least(old, old_tip)
    assert fees.highest >= max(market, old)
    assert fees.tip <= fees.highest
    if not legacy:
        assert fees.tip >= max(tip, old_tip)
