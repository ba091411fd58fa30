"""Transactions: sent, refused, waiting, replaced."""

from collections.abc import Callable
from typing import Any

import pytest

from node.core.keccak import keccak256
from node.devnet.params import to_hex
from tests.unit.devnet.conftest import LocalChain, error_of

pytestmark = pytest.mark.chain

Ask = Callable[..., Any]
CONSUMER, SPARE = 3, 6


def test_a_transfer_from_signature_to_receipt(chain: LocalChain) -> None:
    raw = chain.signed(CONSUMER)
    tx_hash = chain.ask("eth_sendRawTransaction", raw)
    assert tx_hash == to_hex(keccak256(bytes.fromhex(raw[2:])))
    receipt = chain.ask("eth_getTransactionReceipt", tx_hash)
    assert receipt["status"] == "0x1"
    assert receipt["gasUsed"] == hex(21_000)
    assert receipt["contractAddress"] is None
    assert receipt["type"] == "0x2"
    transaction = chain.ask("eth_getTransactionByHash", tx_hash)
    assert transaction["blockNumber"] == receipt["blockNumber"]
    assert transaction["from"] == chain.accounts[CONSUMER].address.hex
    block = chain.ask("eth_getBlockByNumber", receipt["blockNumber"], False)
    paid = int(receipt["effectiveGasPrice"], 16)
    assert paid == int(block["baseFeePerGas"], 16) + 100_000_000
    assert transaction["gasPrice"] == receipt["effectiveGasPrice"]
    for source in (receipt, transaction):
        for name, value in source.items():
            assert value != "", name
            assert not isinstance(value, bytes | int) or isinstance(value, bool), name


def test_legacy_transactions_and_deployments(chain: LocalChain) -> None:
    code = "0x600a600c600039600a6000f3602a60005260206000f3"
    raw = chain.signed(SPARE, gasPrice=10**10, to="", data=code, gas=200_000, value=0)
    receipt = chain.ask("eth_getTransactionReceipt", chain.ask("eth_sendRawTransaction", raw))
    assert receipt["to"] is None
    created = receipt["contractAddress"]
    assert chain.ask("eth_getCode", created, "latest") == "0x602a60005260206000f3"
    answer = chain.ask("eth_call", {"to": created, "input": "0x"}, "latest")
    assert int(answer, 16) == 42


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"chainId": 1}, "invalid chain id for signer: have 1 want 31337"),
        ({"gas": 20_000}, "intrinsic gas too low: gas 20000, minimum needed 21000"),
        ({"value": 10**30}, "insufficient funds for gas * price + value"),
        ({"gas": 31_000_000}, "exceeds block gas limit"),
        (
            {"maxPriorityFeePerGas": 10**11},
            "max priority fee per gas higher than max fee per gas",
        ),
    ],
)
def test_refused_transactions(chain: LocalChain, changes: dict[str, Any], text: str) -> None:
    error = error_of(chain.ask, "eth_sendRawTransaction", chain.signed(CONSUMER, **changes))
    assert error.code == -32000
    assert error.message.startswith(text)


def test_used_nonces_are_refused(chain: LocalChain) -> None:
    raw = chain.signed(CONSUMER, nonce=0)
    chain.ask("eth_sendRawTransaction", raw)
    error = error_of(chain.ask, "eth_sendRawTransaction", raw)
    assert error.message == "nonce too low: next nonce 1, tx nonce 0"


def test_a_gap_in_the_nonces_waits_to_be_filled(chain: LocalChain) -> None:
    sender = chain.accounts[CONSUMER].address.hex
    later = chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER, nonce=1))
    assert chain.ask("eth_getTransactionReceipt", later) is None
    assert chain.ask("eth_getTransactionByHash", later)["blockNumber"] is None
    assert chain.ask("eth_getTransactionCount", sender, "latest") == "0x0"
    chain.ask("eth_sendRawTransaction", chain.signed(CONSUMER, nonce=0))
    assert chain.ask("eth_getTransactionReceipt", later)["status"] == "0x1"
    assert chain.ask("eth_getTransactionCount", sender, "pending") == "0x2"


def test_stuck_transactions_can_be_replaced_at_a_higher_price(chain: LocalChain) -> None:
    chain.ask("evm_setAutomine", False)
    first = chain.signed(CONSUMER, nonce=0)
    chain.ask("eth_sendRawTransaction", first)
    sender = chain.accounts[CONSUMER].address.hex
    assert chain.ask("eth_getTransactionCount", sender, "pending") == "0x1"
    assert error_of(chain.ask, "eth_sendRawTransaction", first).message == "already known"
    cheap = chain.signed(CONSUMER, nonce=0, maxFeePerGas=10**10 + 1)
    error = error_of(chain.ask, "eth_sendRawTransaction", cheap)
    assert error.message == "replacement transaction underpriced"
    better = chain.signed(
        CONSUMER, nonce=0, maxFeePerGas=2 * 10**10, maxPriorityFeePerGas=2 * 10**8
    )
    replaced = chain.ask("eth_sendRawTransaction", better)
    chain.time.advance(3)
    chain.ask("eth_blockNumber")
    assert chain.ask("eth_getTransactionReceipt", replaced) is None
    chain.ask("evm_setAutomine", True)
    assert chain.ask("eth_getTransactionReceipt", replaced)["status"] == "0x1"
    assert (
        chain.ask("eth_getTransactionByHash", to_hex(keccak256(bytes.fromhex(first[2:])))) is None
    )


def test_a_transaction_below_the_base_fee_waits(chain: LocalChain) -> None:
    raw = chain.signed(CONSUMER, maxFeePerGas=1, maxPriorityFeePerGas=1)
    tx_hash = chain.ask("eth_sendRawTransaction", raw)
    assert chain.ask("eth_getTransactionReceipt", tx_hash) is None


@pytest.mark.parametrize("raw", ["0x", "0x02", "0xc0", "0x" + "ff" * 100, "nothing"])
def test_bytes_that_are_no_transaction(ask: Ask, raw: str) -> None:
    assert error_of(ask, "eth_sendRawTransaction", raw).code in (-32000, -32602)
