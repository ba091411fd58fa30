"""What a server tells of a marketplace that somebody described: the demo chain over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from node.chain.network_probe import ProbedChain, probe_chain
from node.chain.networks import MULTICALL3
from node.chain.rpc.endpoint import HttpRpc
from node.core.errors import ChainError
from node.core.http_client import open_http_client
from node.core.ids import Address
from node.devnet.chain import Devnet
from tests.support.faulty_rpc import Fault, FaultyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOBODY = Address(bytes(19) + b"\x99")
WORD = 32


@dataclass
class Place:
    devnet: Devnet
    server: FaultyServer
    rpc: HttpRpc

    async def probe(self, **other: Any) -> ProbedChain:
        wanted = {
            "chain_id": self.devnet.chain_id,
            "market": self.devnet.marketplace_address,
            "token": self.devnet.token_address,
            **other,
        }
        return await probe_chain(self.rpc, **wanted)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[Place]:
    async with (
        await Devnet.start() as devnet,
        FaultyServer(devnet) as server,
        open_http_client(read_timeout_s=5.0) as client,
    ):
        yield Place(devnet, server, HttpRpc(client, server.url, timeout_s=0.5))


@pytest.fixture(autouse=True)
def healed(place: Place) -> None:
    place.server.heal()
    place.server.bend = None
    place.server.seen.clear()


async def test_a_marketplace_and_its_token(place: Place) -> None:
    found = await place.probe()
    assert (found.chain_id, found.missing) == (place.devnet.chain_id, ())
    assert (found.token, found.decimals) == (place.devnet.token_address, 18)
    assert found.height >= 1
    assert found.latency_ms >= 0
    assert found.multicall == (place.devnet.multicall_address == MULTICALL3)


async def test_another_chain_is_asked_nothing_of_contracts(place: Place) -> None:
    found = await place.probe(chain_id=1)
    assert found.chain_id == place.devnet.chain_id
    assert (found.token, found.decimals, found.missing) == (None, None, ())
    assert set(place.server.seen) == {"eth_chainId", "eth_blockNumber"}


async def test_contracts_that_are_not_there(place: Place) -> None:
    assert (await place.probe(market=NOBODY)).missing == ("marketplace",)
    person = place.devnet.accounts[0].address
    assert (await place.probe(token=person)).missing == ("token",)
    assert (await place.probe(market=NOBODY, token=person)).missing == ("marketplace", "token")


async def test_a_contract_of_another_kind(place: Place) -> None:
    """As somebody enters who mistakes the fields for each other."""
    mixed_up = await place.probe(
        market=place.devnet.token_address, token=place.devnet.marketplace_address
    )
    assert (mixed_up.token, mixed_up.decimals) == (None, None)
    assert mixed_up.missing == ()


@pytest.mark.parametrize(
    "told",
    ["0x", "0x" + "00" * 31, "0x" + "ff" * WORD, "0x" + "ff" * WORD * 2, "0x" + "ff" * 100_000],
)
async def test_answers_of_a_contract_that_mean_nothing(place: Place, told: str) -> None:
    place.server.bend = lambda method, result: told if method == "eth_call" else result
    found = await place.probe()
    assert found.token is None
    assert found.decimals is None


async def test_another_token_is_told_as_it_is(place: Place) -> None:
    other = "0x" + NOBODY.raw.rjust(WORD, b"\0").hex() * 2
    place.server.bend = lambda method, result: other if method == "eth_call" else result
    found = await place.probe()
    assert found.token == NOBODY
    assert found.decimals != 18


@pytest.mark.parametrize(
    "fault",
    [item for item in Fault if item not in (Fault.LOST_ANSWER, Fault.OTHER_CHAIN)],
)
@pytest.mark.parametrize("method", ["eth_chainId", "eth_getCode"])
async def test_a_server_that_fails(place: Place, fault: Fault, method: str) -> None:
    place.server.break_(fault, method)
    with pytest.raises(ChainError):
        await place.probe()


@pytest.mark.parametrize("method", ["eth_chainId", "eth_blockNumber", "eth_getCode", "eth_call"])
@pytest.mark.parametrize("told", [None, 7, "7", "0x" + "1" * 65, "0xzz", [], {"a": 1}, True])
async def test_a_server_that_talks_nonsense(place: Place, method: str, told: Any) -> None:
    place.server.bend = lambda asked, result: told if asked == method else result
    with pytest.raises(ChainError):
        await place.probe()
