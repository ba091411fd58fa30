"""Budget, supply, stipend and session length to the wei, as recorded at the public contracts."""

from collections.abc import Iterator
from typing import Any

import pytest

from node.core.units import ceil_div
from node.devnet.params import RpcError
from tests.chain.replay import VECTORS, ReplayChain, calldata

pytestmark = pytest.mark.chain


@pytest.fixture(scope="module")
def chain() -> Iterator[ReplayChain]:
    yield ReplayChain()


def _pool(values: list[Any]) -> list[int]:
    return [int(value) for value in values]


def check_table(chain: ReplayChain, table: dict[str, Any]) -> None:
    """Compare every row of one economy table."""
    assert chain.read("getProvidersTotalClaimed") == table["providersTotalClaimed"]
    assert chain.read("getMaxSessionDuration") == table["maxSessionDuration"]
    pools = [list(map(int, pool.values())) for pool in chain.read("getPools")]
    assert pools == [_pool(pool) for pool in table["pools"]]
    for row in table["rows"]:
        moment = row["timestamp"]
        if "reverts" in row:
            with pytest.raises(RpcError) as caught:
                chain.read("getComputeBalance", moment)
            assert caught.value.message == "execution reverted: panic code 0x11"
            assert caught.value.data is not None and caught.value.data.startswith("0x4e487b71")
            continue
        assert chain.read("startOfTheDay", moment) == row["startOfTheDay"]
        assert chain.read("getComputeBalance", moment) == row["computeBalance"]
        assert chain.read("totalMORSupply", moment) == row["totalMORSupply"]
        assert chain.read("getTodaysBudget", moment) == row["todaysBudget"]
        for stake in row["stakes"]:
            amount = int(stake["stake"])
            stipend = chain.read("stakeToStipend", amount, moment)
            assert stipend == stake["stipend"]
            assert chain.read("stipendToStake", int(stipend), moment) == stake["stipendToStake"]
            for end in stake["sessionEnd"]:
                price = int(end["pricePerSecond"])
                assert chain.read("getSessionEnd", amount, price, moment) == end["endsAt"]
                assert int(end["endsAt"]) - moment == int(end["duration"])


def test_table_with_nothing_claimed(chain: ReplayChain) -> None:
    check_table(chain, VECTORS["economy"][0])


def test_table_with_altered_pools_and_a_shorter_maximum(chain: ReplayChain) -> None:
    table = VECTORS["economy"][1]
    before = [list(map(int, pool.values())) for pool in chain.read("getPools")]
    for index in (3, 4):
        data = calldata("setPoolConfig", index, _pool(table["pools"][index]))
        chain.expect_ok(chain.owner, data)
    chain.expect_ok(chain.owner, calldata("setMaxSessionDuration", 86_400))
    try:
        check_table(chain, table)
    finally:
        for index in (3, 4):
            chain.expect_ok(chain.owner, calldata("setPoolConfig", index, before[index]))
        chain.expect_ok(chain.owner, calldata("setMaxSessionDuration", 604_800))


def test_a_price_of_zero_divides_by_zero(chain: ReplayChain) -> None:
    with pytest.raises(RpcError, match="panic code 0x12"):
        chain.read("getSessionEnd", 10**18, 0, 1_793_520_000)


def test_ratio_of_stake_to_compute_is_316_and_two_thirds(chain: ReplayChain) -> None:
    moment = 1_893_456_000
    supply = int(chain.read("totalMORSupply", moment))
    balance = int(chain.read("getComputeBalance", moment))
    assert supply * 100 * 3 == balance * 950
    assert ceil_div(300 * 10**13 * supply * 100, balance) == 950_000_000_000_000_000
