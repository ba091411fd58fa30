import asyncio

import pytest

from node.chain.head import ChainHead, read_block
from node.core.clock import FakeClock
from node.core.errors import RpcAnswerError, RpcUnavailableError


def block(height, **fields):
    return {
        "number": hex(height),
        "hash": "0x" + "ab" * 32,
        "timestamp": "0x6ae00000",
        "baseFeePerGas": "0x7",
        **fields,
    }


class Heads:
    """An endpoint pool whose members are at different heights."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    async def request(self, method, params):
        return block(self.numbers.pop(0) if len(self.numbers) > 1 else self.numbers[0])


class QuickClock(FakeClock):
    async def sleep(self, seconds):
        self.advance(seconds)
        await asyncio.sleep(0)


async def test_a_lagging_endpoint_is_waited_for():
    head = ChainHead(Heads(9, 8, 8, 10), QuickClock())
    assert (await head.latest()).number == 9
    assert (await head.latest()).number == 10


async def test_a_receipts_block_is_the_least_that_counts():
    head = ChainHead(Heads(4, 5), QuickClock())
    head.observe(5)
    assert (await head.latest()).number == 5


async def test_one_false_height_does_not_stop_the_node_for_good():
    head = ChainHead(Heads(10**9, 12), QuickClock())
    await head.latest()
    with pytest.raises(RpcUnavailableError):
        await head.latest()
    assert (await head.latest()).number == 12


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        block(1, number="12"),
        block(1, number=None),
        block(1, hash="0x00"),
        block(1, timestamp="0xffffffffffffffff"),
        block(1, baseFeePerGas="x"),
    ],
)
def test_what_is_no_block_is_refused(answer):
    with pytest.raises(RpcAnswerError):
        read_block(answer)


def test_a_block_without_base_fee_is_a_legacy_chain():
    assert read_block(block(1, baseFeePerGas=None)).base_fee is None
