import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.chain.fees import Fees, FeeSource, raised
from node.chain.head import ChainHead
from node.core.clock import FakeClock
from node.core.errors import SpendLimitError
from node.core.units import Eth

GWEI = 10**9


class Node:
    def __init__(self, base_fee, tip=2 * GWEI, price=9 * GWEI):
        self.block = {
            "number": "0x1",
            "hash": "0x" + "ab" * 32,
            "timestamp": "0x6ae00000",
            "baseFeePerGas": None if base_fee is None else hex(base_fee),
        }
        self.answers = {"eth_maxPriorityFeePerGas": hex(tip), "eth_gasPrice": hex(price)}

    async def request(self, method, params):
        return self.answers.get(method, self.block)


def source(node, **options):
    return FeeSource(node, ChainHead(node, FakeClock()), cap=Eth(10**15), **options)


async def test_twice_the_base_fee_and_the_tip():
    fees = await source(Node(5 * GWEI)).current()
    assert (fees.max_fee, fees.tip, fees.gas_price) == (12 * GWEI, 2 * GWEI, None)
    assert (fees.expected, fees.highest) == (7 * GWEI, 12 * GWEI)


@pytest.mark.parametrize(("base_fee", "legacy"), [(None, False), (5 * GWEI, True)])
async def test_legacy_price_where_asked_or_needed(base_fee, legacy):
    fees = await source(Node(base_fee), legacy=legacy).current()
    assert fees.gas_price == fees.highest == fees.expected == 9 * GWEI


def test_the_cap():
    fees = source(Node(1))
    fees.check_cap(Eth(10**15))
    with pytest.raises(SpendLimitError, match=r"0\.001 ETH"):
        fees.check_cap(Eth(10**15 + 1))


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
