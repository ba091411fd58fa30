"""JSON-RPC as strict clients need it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import rlp  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.core.keccak import keccak256
from node.devnet.artifacts import artifact
from node.devnet.genesis import MARKETPLACE_ADDRESS, MULTICALL_ADDRESS, TOKEN_ADDRESS
from node.devnet.params import RpcError, to_hex
from tests.unit.devnet.conftest import START, LocalChain, error_of

pytestmark = pytest.mark.chain

Ask = Callable[..., Any]
QUANTITY = re.compile(r"0x(0|[1-9a-f][0-9a-f]*)")
CONSUMER, SPARE = 3, 6


# --- names and versions --------------------------------------------------------------------------


def test_chain_id_is_the_demos_in_both_forms(ask: Ask) -> None:
    assert ask("eth_chainId") == "0x7a69"
    assert ask("net_version") == "31337"
    calldata = artifact("Multicall").call("getChainId()")
    answer = ask("eth_call", {"to": MULTICALL_ADDRESS.hex, "data": to_hex(calldata)}, "latest")
    assert int(answer, 16) == 31337


def test_unknown_method_and_wrong_number_of_arguments(ask: Ask) -> None:
    assert error_of(ask, "eth_signTransaction", {}).code == -32601
    assert error_of(ask, "eth_getBalance").code == -32602
    assert error_of(ask, "eth_chainId", 1, 2).code == -32602


# --- blocks --------------------------------------------------------------------------------------

HEADER = (
    ("parentHash", "data"),
    ("sha3Uncles", "data"),
    ("miner", "data"),
    ("stateRoot", "data"),
    ("transactionsRoot", "data"),
    ("receiptsRoot", "data"),
    ("logsBloom", "data"),
    ("difficulty", "number"),
    ("number", "number"),
    ("gasLimit", "number"),
    ("gasUsed", "number"),
    ("timestamp", "number"),
    ("extraData", "data"),
    ("mixHash", "data"),
    ("nonce", "data"),
    ("baseFeePerGas", "number"),
    ("withdrawalsRoot", "data"),
    ("blobGasUsed", "number"),
    ("excessBlobGas", "number"),
    ("parentBeaconBlockRoot", "data"),
    ("requestsHash", "data"),
)


@pytest.mark.parametrize("tag", ["0x0", "0x1", "latest"])
def test_block_hash_follows_from_the_header_fields(ask: Ask, tag: str) -> None:
    """A client that recomputes the hash (as the Go node's library does) gets the same."""
    block = ask("eth_getBlockByNumber", tag, False)
    fields: list[Any] = []
    for name, kind in HEADER:
        value = block[name]
        if kind == "number":
            assert QUANTITY.fullmatch(value), name
            fields.append(int(value, 16))
        else:
            fields.append(bytes.fromhex(value[2:]))
    assert to_hex(keccak256(rlp.encode(fields))) == block["hash"]
    assert len(block["logsBloom"]) == 2 + 512
    assert block["uncles"] == []


def test_block_by_hash_and_with_transactions(ask: Ask) -> None:
    by_number = ask("eth_getBlockByNumber", "0x1", True)
    assert ask("eth_getBlockByHash", by_number["hash"], True) == by_number
    count = int(ask("eth_getBlockTransactionCountByNumber", "0x1"), 16)
    assert len(by_number["transactions"]) == count > 10
    first = by_number["transactions"][0]
    assert ask("eth_getTransactionByBlockNumberAndIndex", "0x1", "0x0") == first
    assert ask("eth_getTransactionByHash", first["hash"]) == first
    assert first["blockHash"] == by_number["hash"]
    receipts = ask("eth_getBlockReceipts", "0x1")
    assert [r["transactionHash"] for r in receipts] == [
        t["hash"] for t in by_number["transactions"]
    ]


def test_what_does_not_exist_is_null(ask: Ask) -> None:
    unknown = "0x" + "11" * 32
    for method in (
        "eth_getTransactionByHash",
        "eth_getTransactionReceipt",
    ):
        assert ask(method, unknown) is None
    assert ask("eth_getBlockByHash", unknown, False) is None
    assert ask("eth_getBlockByNumber", "0xffffff", False) is None
    assert ask("eth_getTransactionByBlockNumberAndIndex", "0x1", "0xfff") is None


def test_reads_at_an_unknown_block_are_refused(ask: Ask) -> None:
    error = error_of(ask, "eth_getBalance", "0x" + "11" * 20, "0xffffff")
    assert (error.code, error.message) == (-32000, "header not found")


def test_state_of_the_past(chain: LocalChain) -> None:
    holder = chain.accounts[SPARE].address.hex
    before = chain.ask("eth_blockNumber")
    balance = chain.ask("eth_getBalance", holder, "latest")
    chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER, value=5))
    assert chain.ask("eth_getBalance", holder, before) == balance
    block_hash = chain.ask("eth_getBlockByNumber", before, False)["hash"]
    assert chain.ask("eth_getBalance", holder, {"blockHash": block_hash}) == balance
    assert int(chain.ask("eth_getBalance", holder, "latest"), 16) == int(balance, 16) + 5


# --- time ----------------------------------------------------------------------------------------


def test_a_waiting_client_sees_new_blocks(chain: LocalChain) -> None:
    chain.ask("eth_blockNumber")
    number = int(chain.ask("eth_blockNumber"), 16)
    assert int(chain.ask("eth_blockNumber"), 16) == number
    chain.time.advance(1)
    assert int(chain.ask("eth_blockNumber"), 16) == number + 1
    latest = chain.ask("eth_getBlockByNumber", "latest", False)
    assert int(latest["timestamp"], 16) == chain.time.unix_seconds()


def test_time_of_blocks_can_be_set_and_never_goes_back(chain: LocalChain) -> None:
    head = int(chain.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    assert error_of(chain.ask, "evm_setNextBlockTimestamp", hex(head)).code == -32602
    assert error_of(chain.ask, "evm_setNextBlockTimestamp", hex(10**12)).code == -32602
    chain.ask("evm_setNextBlockTimestamp", hex(head + 1000))
    chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER))
    block = chain.ask("eth_getBlockByNumber", "latest", False)
    assert int(block["timestamp"], 16) == head + 1000
    chain.ask("evm_increaseTime", "0xe10")
    chain.ask("evm_mine")
    block = chain.ask("eth_getBlockByNumber", "latest", False)
    assert int(block["timestamp"], 16) >= head + 1000 + 3600


def test_blocks_faster_than_the_clock_are_one_second_apart(chain: LocalChain) -> None:
    times = []
    for _ in range(3):
        chain.ask("evm_mine")
        times.append(int(chain.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16))
    assert times == [times[0], times[0] + 1, times[0] + 2]


# --- calls and estimates -------------------------------------------------------------------------


def test_revert_reasons_come_with_their_data(chain: LocalChain) -> None:
    data = artifact("Token").call("transfer(address,uint256)", b"\1" * 20, 1)
    call = {"from": "0x" + "77" * 20, "to": TOKEN_ADDRESS.hex, "input": to_hex(data)}
    error = error_of(chain.ask, "eth_call", call, "latest")
    assert error.code == 3
    assert error.message == "execution reverted: ERC20: transfer amount exceeds balance"
    assert error.data is not None and error.data.startswith("0x08c379a0")
    assert error_of(chain.ask, "eth_estimateGas", call).data == error.data

    data = artifact("BidFacet").call("setMarketplaceBidFee(uint256)", 1)
    call = {**call, "to": MARKETPLACE_ADDRESS.hex, "input": to_hex(data)}
    error = error_of(chain.ask, "eth_call", call, "latest")
    assert error.message == "execution reverted"
    assert error.data == "0x118cdaa7" + ("77" * 20).rjust(64, "0")


def test_a_call_needs_no_eth_and_leaves_no_trace(chain: LocalChain) -> None:
    holder = chain.accounts[SPARE].address
    data = artifact("Token").call("transfer(address,uint256)", b"\1" * 20, 1)
    call = {"from": holder.hex, "to": TOKEN_ADDRESS.hex, "data": to_hex(data)}
    before = chain.ask("eth_getStorageAt", TOKEN_ADDRESS.hex, "0x2", "latest")
    root = chain.ask("eth_getBlockByNumber", "latest", False)["stateRoot"]
    assert int(chain.ask("eth_call", call, "latest"), 16) == 1
    assert chain.ask("eth_getStorageAt", TOKEN_ADDRESS.hex, "0x2", "latest") == before
    chain.ask("evm_mine")
    latest = chain.ask("eth_getBlockByNumber", "latest", False)
    assert latest["gasUsed"] == "0x0"
    assert chain.ask("eth_getTransactionCount", holder.hex, "latest") == "0x0"
    assert len(root) == 66


def test_estimates_suffice_and_are_close(chain: LocalChain) -> None:
    sender = chain.accounts[SPARE]
    data = artifact("Token").call("approve(address,uint256)", b"\1" * 20, 2**256 - 1)
    call = {"from": sender.address.hex, "to": TOKEN_ADDRESS.hex, "input": to_hex(data)}
    gas = int(chain.ask("eth_estimateGas", call), 16)
    raw = chain.signed(SPARE, to=TOKEN_ADDRESS.checksum, data=to_hex(data), value=0, gas=gas)
    receipt = chain.ask("eth_getTransactionReceipt", chain.ask("eth_sendRawTransaction", raw))
    assert receipt["status"] == "0x1"
    assert int(receipt["gasUsed"], 16) <= gas <= int(receipt["gasUsed"], 16) * 1.02
    assert len(receipt["logs"]) == 1


def test_estimate_of_a_plain_transfer_is_exact(chain: LocalChain) -> None:
    call = {"from": chain.accounts[SPARE].address.hex, "to": "0x" + "55" * 20, "value": "0x1"}
    assert chain.ask("eth_estimateGas", call) == hex(21_000)
    error = error_of(chain.ask, "eth_estimateGas", {**call, "value": hex(10**40)})
    assert error.message == "insufficient funds for transfer"


def test_overrides_are_refused_rather_than_ignored(ask: Ask) -> None:
    error = error_of(ask, "eth_call", {"to": TOKEN_ADDRESS.hex}, "latest", {"0x": {}})
    assert error.code == -32602


# --- fees, logs, snapshots -----------------------------------------------------------------------


def test_fee_history(chain: LocalChain) -> None:
    for _ in range(3):
        chain.ask("evm_mine")
    history = chain.ask("eth_feeHistory", "0x2", "latest", [10, 50, 90])
    newest = int(chain.ask("eth_blockNumber"), 16)
    assert int(history["oldestBlock"], 16) == newest - 1
    assert len(history["baseFeePerGas"]) == 3
    assert len(history["gasUsedRatio"]) == 2
    assert [len(rewards) for rewards in history["reward"]] == [3, 3]
    for offset, fee in enumerate(history["baseFeePerGas"][:2]):
        block = chain.ask("eth_getBlockByNumber", hex(newest - 1 + offset), False)
        assert block["baseFeePerGas"] == fee
    chain.ask("evm_mine")
    following = chain.ask("eth_getBlockByNumber", "latest", False)
    assert following["baseFeePerGas"] == history["baseFeePerGas"][2]
    assert "reward" not in chain.ask("eth_feeHistory", "0x2", "latest", [])


def test_logs_by_topic_range_and_block(chain: LocalChain) -> None:
    transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    consumer = "0x" + chain.accounts[CONSUMER].address.raw.rjust(32, b"\0").hex()
    wanted = {"fromBlock": "0x0", "toBlock": "latest", "topics": [transfer, None, consumer]}
    logs = chain.ask("eth_getLogs", wanted)
    assert [int(log["data"], 16) for log in logs] == [1_000 * 10**18]
    assert logs[0]["blockNumber"] == "0x1"
    assert logs[0]["removed"] is False
    block_hash = logs[0]["blockHash"]
    assert chain.ask("eth_getLogs", {"blockHash": block_hash, "topics": wanted["topics"]}) == logs
    assert chain.ask("eth_getLogs", {**wanted, "fromBlock": "0x2"}) == []
    everything = chain.ask("eth_getLogs", {"fromBlock": "0x1", "toBlock": "0x1", "topics": None})
    assert [int(log["logIndex"], 16) for log in everything] == list(range(len(everything)))


def test_filters_tell_what_is_new(chain: LocalChain) -> None:
    logs = chain.ask("eth_newFilter", {"address": TOKEN_ADDRESS.hex})
    blocks = chain.ask("eth_newBlockFilter")
    assert chain.ask("eth_getFilterChanges", logs) == []
    data = artifact("Token").call("approve(address,uint256)", b"\1" * 20, 5)
    raw = chain.signed(SPARE, to=TOKEN_ADDRESS.checksum, data=to_hex(data), value=0, gas=100_000)
    tx_hash = chain.ask("eth_sendRawTransaction", raw)
    found = chain.ask("eth_getFilterChanges", logs)
    assert [log["transactionHash"] for log in found] == [tx_hash]
    assert chain.ask("eth_getFilterChanges", logs) == []
    receipt = chain.ask("eth_getTransactionReceipt", tx_hash)
    assert chain.ask("eth_getFilterChanges", blocks)[-1] == receipt["blockHash"]
    assert chain.ask("eth_uninstallFilter", logs) is True
    assert error_of(chain.ask, "eth_getFilterChanges", logs).message == "filter not found"


def test_snapshot_takes_everything_back(chain: LocalChain) -> None:
    snapshot = chain.ask("evm_snapshot")
    number = chain.ask("eth_blockNumber")
    tx_hash = chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER, nonce=0))
    assert chain.ask("evm_revert", snapshot) is True
    assert int(chain.ask("eth_blockNumber"), 16) <= int(number, 16) + 1
    assert chain.ask("eth_getTransactionByHash", tx_hash) is None
    sender = chain.accounts[CONSUMER].address.hex
    assert chain.ask("eth_getTransactionCount", sender, "latest") == "0x0"
    chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER, nonce=0, value=2))
    assert chain.ask("evm_revert", snapshot) is False


# --- hostile input -------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**70),
    st.floats(allow_nan=False),
    st.sampled_from(["latest", "pending", "0x", "0x1", "0x" + "11" * 20, "0x" + "22" * 32, "x"]),
    st.text(max_size=8),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(
        st.sampled_from(["to", "data", "input", "from", "topics", "fromBlock", "blockHash"]),
        st.sampled_from([None, "0x", "0x12", "0x" + "11" * 20, 5, [], {}]),
        max_size=4,
    ),
)
METHODS = [
    "eth_call",
    "eth_estimateGas",
    "eth_getBalance",
    "eth_getStorageAt",
    "eth_getLogs",
    "eth_feeHistory",
    "eth_getBlockByNumber",
    "eth_getBlockByHash",
    "eth_getTransactionReceipt",
    "eth_getTransactionCount",
    "eth_sendRawTransaction",
    "eth_newFilter",
    "eth_getFilterChanges",
    "eth_getBlockReceipts",
    "web3_sha3",
    "evm_revert",
    "evm_setAutomine",
    "eth_getTransactionByBlockNumberAndIndex",
]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(METHODS), arguments=st.lists(VALUES, max_size=4))
def test_every_argument_is_answered_or_refused(
    local_chain_of_module: LocalChain, method: str, arguments: list[Any]
) -> None:
    try:
        local_chain_of_module.rpc.call(method, arguments)
    except RpcError as error:
        assert error.code in (-32602, -32000, 3)


def test_start_time_is_that_of_the_clock(ask: Ask) -> None:
    assert int(ask("eth_getBlockByNumber", "0x1", False)["timestamp"], 16) == START - 9
