from typing import Any

import pytest

from node.chain.abi.functions import MARKET, MULTICALL
from node.chain.models import ModelRegistry
from node.chain.multicall import CHUNK, ContractReader
from node.chain.paging import MAX_ROWS, PAGE, all_keys
from node.chain.rpc.answers import Fault, RpcFaultError
from node.core.errors import RevertedError, RpcAnswerError
from node.core.ids import Address, ModelId
from tests.unit.chain.values import unhex

MARKETPLACE, TOKEN, BATCH = (Address(bytes(19) + bytes([n])) for n in (1, 2, 3))
TOO_SHORT = unhex("0xf4d7eed5")


def model_values(name: str) -> tuple[Any, ...]:
    return (bytes(32), 0, 1, bytes([7]) * 20, name, ("LLM",), 1_700_000_000, False)


class Contracts:
    """A node with one model per id; `odd` are ids whose record is rubbish, `failing` ids revert.

    `most` is the number of calls it takes in one request.
    """

    def __init__(self, total: int, *, most: int = 10**6, fault: Fault = Fault.OUT_OF_GAS) -> None:
        self.ids = [n.to_bytes(32, "big") for n in range(1, total + 1)]
        self.odd: set[bytes] = set()
        self.failing: set[bytes] = set()
        self.most = most
        self.fault = fault
        self.sizes: list[int] = []
        self.blocks: set[str] = set()

    async def request(self, method: str, params: Any) -> Any:
        assert method == "eth_call"
        self.blocks.add(params[1])
        calldata = unhex(params[0]["data"])
        if params[0]["to"] != BATCH.hex:
            return "0x" + self._call(calldata).hex()
        (calls,) = MULTICALL["aggregate3"].decode_arguments(calldata)
        self.sizes.append(len(calls))
        if len(calls) > self.most:
            raise RpcFaultError(self.fault, rpc_code=-32000, text="too much")
        answers = []
        for target, may_fail, inner in calls:
            assert may_fail
            assert target == MARKETPLACE.raw
            failed = inner[4:36] in self.failing
            answers.append((not failed, TOO_SHORT if failed else self._call(inner)))
        return "0x" + MULTICALL["aggregate3"].outputs.encode([answers]).hex()

    def _call(self, calldata: bytes) -> bytes:
        if calldata[:4] == MARKET["getActiveModelIds"].selector:
            offset, limit = MARKET["getActiveModelIds"].decode_arguments(calldata)
            page = self.ids[offset : offset + limit]
            return MARKET["getActiveModelIds"].outputs.encode((page, len(self.ids)))
        (key,) = MARKET["getModel"].decode_arguments(calldata)
        if key in self.odd:
            return b"\xff" * 64
        name = f"model {int.from_bytes(key, 'big')}"
        return MARKET["getModel"].outputs.encode([model_values(name)])


def reader_of(node: Contracts) -> ContractReader:
    return ContractReader(node, marketplace=MARKETPLACE, token=TOKEN, multicall=BATCH)


async def test_a_long_list_is_read_in_chunks_at_one_block():
    node = Contracts(2200)
    models = await ModelRegistry(reader_of(node)).active(77)
    assert [model.name for model in models] == [f"model {n}" for n in range(1, 2201)]
    # Two further pages of the list are one small batch of their own.
    assert sorted(node.sizes) == [2, 200, *[CHUNK] * 4]
    assert node.blocks == {hex(77)}


async def test_odd_and_failing_records_are_left_out_and_counted():
    node = Contracts(10)
    node.odd = {node.ids[2]}
    node.failing = {node.ids[5]}
    reader = reader_of(node)
    models = await ModelRegistry(reader).active(1)
    assert [int(model.name[6:]) for model in models] == [1, 2, 4, 5, 7, 8, 9, 10]
    assert reader.skipped == 2


async def test_a_chunk_that_is_too_much_for_a_node_is_halved():
    node = Contracts(300, most=100)
    assert len(await ModelRegistry(reader_of(node)).active(1)) == 300
    assert min(node.sizes) <= 100


@pytest.mark.parametrize("fault", [Fault.OUT_OF_GAS, Fault.TOO_LARGE, Fault.OTHER])
async def test_what_a_node_takes_at_a_time_is_found_out_once(fault):
    node = Contracts(300, most=100, fault=fault)
    models = ModelRegistry(reader_of(node))
    await models.active(1)
    node.sizes.clear()
    assert len(await models.active(2)) == 300
    assert max(node.sizes) <= 100


async def test_no_list_is_read_without_end():
    node = Contracts(MAX_ROWS + 500)
    assert len(await all_keys(reader_of(node), "getActiveModelIds", (), 1)) == MAX_ROWS
    assert MAX_ROWS % PAGE == 0


async def test_doubles_in_a_list_are_dropped():
    node = Contracts(5)
    node.ids.append(node.ids[0])
    assert len(await all_keys(reader_of(node), "getActiveModelIds", (), 1)) == 5


async def test_reads_that_must_succeed_raise_the_reason_of_the_first_failure():
    node = Contracts(3)
    node.failing = {node.ids[1]}
    reader = reader_of(node)
    queries = [reader.market_query("getModel", key) for key in node.ids]
    with pytest.raises(RevertedError) as caught:
        await reader.read_all(queries, 1)
    assert caught.value.reason == "SessionTooShort"


async def test_fewer_answers_than_questions_are_refused():
    node = Contracts(3)

    class Stingy:
        async def request(self, method: str, params: Any) -> Any:
            return "0x" + MULTICALL["aggregate3"].outputs.encode([[(True, b"")]]).hex()

    reader = ContractReader(Stingy(), marketplace=MARKETPLACE, token=TOKEN, multicall=BATCH)
    with pytest.raises(RpcAnswerError):
        await ModelRegistry(reader).many([ModelId(key) for key in node.ids], 1)
