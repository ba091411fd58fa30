"""The running demo chain: start, requests from many tasks, time, treasury, stuck transactions."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from eth_account import Account

from node.core.clock import FakeClock
from node.core.errors import NodeStoppedError, UserInputError
from node.core.units import Mor, next_midnight, start_of_day
from node.devnet.accounts import CONSUMER, FUNDING, MNEMONIC, well_known_accounts
from node.devnet.artifacts import artifact
from node.devnet.chain import Devnet
from node.devnet.params import to_hex

pytestmark = pytest.mark.chain
START = 1_793_520_000


@pytest.fixture
async def devnet() -> AsyncIterator[Devnet]:
    async with await Devnet.start(clock=FakeClock(START)) as devnet:
        yield devnet


async def mor_of(devnet: Devnet, account: int) -> int:
    data = artifact("Token").call("balanceOf(address)", devnet.accounts[account].address.raw)
    call = {"to": devnet.token_address.hex, "input": to_hex(data)}
    answer = await devnet.request("eth_call", [call, "latest"])
    return int(answer["result"], 16)


@pytest.mark.parametrize("chain_id", [1, 8453, 84532, 42161, 421614])
async def test_refuses_the_ids_of_public_networks(chain_id: int) -> None:
    with pytest.raises(UserInputError) as caught:
        await Devnet.start(chain_id=chain_id)
    assert caught.value.code == "devnet.public_chain_id"


async def test_a_test_may_ask_for_a_public_id() -> None:
    async with await Devnet.start(chain_id=84532, allow_public_chain_id=True) as devnet:
        assert (await devnet.request("eth_chainId", []))["result"] == "0x14a34"


def test_accounts_are_those_of_the_public_test_phrase() -> None:
    accounts = well_known_accounts()
    assert MNEMONIC.endswith("junk")
    assert accounts[0].address.checksum == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert accounts[CONSUMER].address.checksum == "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
    assert accounts[CONSUMER].path == "m/44'/60'/0'/0/3"
    assert accounts[0].private_key.hex().startswith("ac0974bec39a17e3")
    assert "ac0974bec39a17e3" not in repr(accounts[0])


async def test_the_consumer_has_1000_mor_and_1_eth(devnet: Devnet) -> None:
    assert await mor_of(devnet, CONSUMER) == 1_000 * 10**18
    consumer = devnet.accounts[CONSUMER].address.hex
    balance = await devnet.request("eth_getBalance", [consumer, "latest"])
    assert int(balance["result"], 16) == 10**18
    assert await devnet.treasury() == Mor(1_000_000 * 10**18)


async def test_the_set_up_does_not_run_ahead_of_the_clock(devnet: Devnet) -> None:
    block = await devnet.request("eth_getBlockByNumber", ["latest", False])
    assert int(block["result"]["timestamp"], 16) <= START
    assert devnet.timestamp == START
    assert devnet.clock.unix_seconds() == START


async def test_answers_have_a_result_or_an_error(devnet: Devnet) -> None:
    assert await devnet.request("net_version", []) == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": "31337",
    }
    answer = await devnet.request("eth_nothing", [], request_id="x")
    assert answer["id"] == "x"
    assert answer["error"]["code"] == -32601
    assert "result" not in answer


async def test_many_tasks_ask_at_once(devnet: Devnet) -> None:
    answers = await asyncio.gather(
        *(
            devnet.request("eth_getBalance", [devnet.accounts[i % 10].address.hex, "latest"])
            for i in range(50)
        )
    )
    assert all("result" in answer for answer in answers)


async def test_an_estimate_does_not_block_the_loop(devnet: Devnet) -> None:
    """Other tasks run while the EVM works."""
    data = artifact("Token").call("approve(address,uint256)", bytes(19) + b"\1", 5)
    call = {
        "from": devnet.accounts[CONSUMER].address.hex,
        "to": devnet.token_address.hex,
        "input": to_hex(data),
    }
    estimates = asyncio.gather(*(devnet.request("eth_estimateGas", [call]) for _ in range(20)))
    turns = 0
    while not estimates.done():
        turns += 1
        await asyncio.sleep(0)
    assert all("result" in answer for answer in await estimates)
    assert turns > 20


async def test_batches_and_malformed_requests(devnet: Devnet) -> None:
    one = {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId"}
    note = {"jsonrpc": "2.0", "method": "eth_chainId"}
    assert await devnet.handle(one) == {"jsonrpc": "2.0", "id": 7, "result": "0x7a69"}
    assert await devnet.handle(note) is None
    assert await devnet.handle([note]) is None
    answers = await devnet.handle([one, 5, note, {**one, "params": {"a": 1}}])
    assert isinstance(answers, list)
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, -32600, -32602]
    empty = await devnet.handle([])
    assert isinstance(empty, dict) and empty["error"]["code"] == -32600
    strange = await devnet.handle({**one, "id": [1]})
    assert isinstance(strange, dict) and strange["error"]["code"] == -32600


async def test_skip_to_midnight_and_speed(devnet: Devnet) -> None:
    await devnet.skip_to_midnight()
    assert devnet.timestamp % 86_400 == 0
    block = await devnet.request("eth_getBlockByNumber", ["latest", False])
    assert int(block["result"]["timestamp"], 16) == devnet.timestamp
    with pytest.raises(UserInputError):
        await devnet.advance_to(devnet.timestamp - 1)
    await devnet.advance_to(devnet.timestamp + 100)
    assert devnet.timestamp % 86_400 == 100
    devnet.set_speed(60)
    assert devnet.clock.speed == 60


async def test_blocks_made_in_one_second_may_pass_midnight_before_the_clock(devnet: Devnet) -> None:
    """Then "skip to midnight" means the one after, when what they hold becomes free."""
    await devnet.advance_to(next_midnight(devnet.timestamp) - 2)
    for _ in range(5):
        await devnet.mine()
    first_night = start_of_day(devnet.timestamp)
    assert devnet.clock.unix_seconds() < first_night
    await devnet.skip_to_midnight()
    assert devnet.timestamp == first_night + 86_400


async def test_treasury_can_be_emptied_and_refilled(devnet: Devnet) -> None:
    await devnet.empty_treasury()
    assert await devnet.treasury() == Mor(0)
    await devnet.empty_treasury()
    await devnet.refill_treasury(Mor(5))
    assert await mor_of(devnet, FUNDING) == 5
    await devnet.refill_treasury()
    assert await devnet.treasury() == Mor(1_000_000 * 10**18)


async def test_held_transactions_wait(devnet: Devnet) -> None:
    await devnet.hold_transactions(True)
    consumer = devnet.accounts[CONSUMER]
    transaction = {
        "type": 2,
        "chainId": devnet.chain_id,
        "nonce": 0,
        "to": devnet.accounts[0].address.checksum,
        "value": 1,
        "gas": 21_000,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 1,
    }
    raw = Account.sign_transaction(transaction, consumer.private_key).raw_transaction
    sent = await devnet.request("eth_sendRawTransaction", [to_hex(bytes(raw))])
    await devnet.advance_to(devnet.timestamp + 60)
    await devnet.empty_treasury()  # the demo's own steps are not held
    assert await devnet.treasury() == Mor(0)
    receipt = await devnet.request("eth_getTransactionReceipt", [sent["result"]])
    assert receipt["result"] is None
    await devnet.hold_transactions(False)
    receipt = await devnet.request("eth_getTransactionReceipt", [sent["result"]])
    assert receipt["result"]["status"] == "0x1"


async def test_after_the_end_requests_are_refused(devnet: Devnet) -> None:
    await devnet.aclose()
    await devnet.aclose()
    with pytest.raises(NodeStoppedError):
        await devnet.request("eth_chainId", [])
