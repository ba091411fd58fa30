"""The signer against recorded signatures and against an independent library."""

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import coincurve
import pytest
from eth_account import Account

from node.core.errors import BadMessageError, InvalidKeyError, WalletLockedError
from node.core.ids import Address
from node.core.ports import UnsignedTransaction
from node.core.units import Eth
from node.wallet.signer import KeySigner

VECTORS = Path(__file__).parents[2] / "vectors"
TARGET = Address(bytes.fromhex("9a3f1c2b5d6e7f8091a2b3c4d5e6f708192a3b4c"))
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def secret_of(who: str) -> bytes:
    return bytes.fromhex(load("keys")[who]["private_key"][2:])


def a_signer(who: str = "consumer") -> KeySigner:
    return KeySigner(secret_of(who))


@pytest.mark.parametrize("who", ["consumer", "provider"])
def test_address_and_public_key_belong_to_the_key(who: str) -> None:
    expected = load("keys")[who]
    signer = a_signer(who)
    assert signer.address.checksum == expected["address_checksum"]
    assert signer.public_key.hex() == expected["public_key_uncompressed"][2:]


def test_message_signatures_equal_the_recorded_ones() -> None:
    signed = [item for item in load("messages")["messages"] if item.get("signer")]
    assert len(signed) >= 17
    for item in signed:
        signature = a_signer(item["signer"]).sign_message_digest(
            bytes.fromhex(item["digest_keccak256"])
        )
        assert "0x" + signature.hex() == item["signature"], item["name"]


@pytest.mark.parametrize("kind", ["approvals", "reports"])
def test_blob_signatures_equal_the_recorded_ones(kind: str) -> None:
    items = load("abi-approval-report")[kind]
    assert items
    for item in items:
        signature = a_signer(item["signer"]).sign_blob(bytes.fromhex(item["encoded"][2:]))
        assert "0x" + signature.hex() == item["signature"]


@pytest.mark.parametrize(
    ("nonce", "value", "data"),
    [(0, 0, b""), (7, 10**18, bytes(55)), (300, 2**70, b"\x01" * 56), (2**40, 1, b"\x7f")],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_transactions_equal_those_of_another_library(
    nonce: int, value: int, data: bytes, legacy: bool
) -> None:
    transaction = UnsignedTransaction(
        chain_id=8453,
        nonce=nonce,
        to=TARGET,
        value=Eth(value),
        data=data,
        gas=21_000,
        max_fee_per_gas=None if legacy else 10**9 + 1,
        max_priority_fee_per_gas=None if legacy else 0,
        gas_price=10**9 + 1 if legacy else None,
    )
    fields: dict[str, Any] = {
        "chainId": 8453,
        "nonce": nonce,
        "to": TARGET.checksum,
        "value": value,
        "data": data,
        "gas": 21_000,
    }
    if legacy:
        fields["gasPrice"] = 10**9 + 1
    else:
        fields |= {"type": 2, "maxFeePerGas": 10**9 + 1, "maxPriorityFeePerGas": 0}
    expected = Account.sign_transaction(fields, secret_of("consumer"))
    signed = a_signer().sign_transaction(transaction)
    assert signed.raw == bytes(expected.raw_transaction)
    assert signed.tx_hash.raw == bytes(expected.hash)


def test_two_parties_agree_on_the_x_coordinate() -> None:
    consumer, provider = a_signer("consumer"), a_signer("provider")
    shared = consumer.agree(provider.public_key)
    assert shared == provider.agree(consumer.public_key)
    # Multiplying the other way round in the library must give the same point.
    point = coincurve.PublicKey(consumer.public_key).multiply(secret_of("provider"))
    assert shared == point.format(compressed=False)[1:33]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        bytes(65),
        b"\x04" + bytes(64),
        b"\x04" + b"\xff" * 64,
        pytest.param("compressed", id="compressed"),
        pytest.param("hybrid", id="hybrid"),
    ],
)
def test_agree_refuses_what_is_no_uncompressed_point(bad: bytes | str) -> None:
    other = a_signer("provider").public_key
    if bad == "compressed":
        bad = coincurve.PublicKey(other).format(compressed=True)
    elif bad == "hybrid":
        bad = bytes([6 + (other[-1] & 1)]) + other[1:]
    assert isinstance(bad, bytes)
    with pytest.raises(BadMessageError):
        a_signer().agree(bad)


@pytest.mark.parametrize(
    "key", [b"", bytes(31), bytes(33), bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32]
)
def test_numbers_that_are_no_key_are_refused(key: bytes) -> None:
    with pytest.raises(InvalidKeyError):
        KeySigner(key)


def test_largest_and_smallest_keys_work() -> None:
    for number in (1, ORDER - 1):
        key = number.to_bytes(32, "big")
        assert KeySigner(key).address.checksum == Account.from_key(key).address


def test_destroyed_signer_holds_zeros_and_refuses_everything() -> None:
    signer = a_signer()
    buffer = signer._buffer
    signer.destroy()
    signer.destroy()
    assert buffer == bytearray(32)
    transaction = UnsignedTransaction(
        chain_id=1,
        nonce=0,
        to=TARGET,
        value=Eth(0),
        data=b"",
        gas=1,
        max_fee_per_gas=1,
        max_priority_fee_per_gas=1,
    )
    for use in (
        lambda: signer.sign_message_digest(bytes(32)),
        lambda: signer.sign_blob(b"x"),
        lambda: signer.sign_transaction(transaction),
        lambda: signer.agree(a_signer("provider").public_key),
    ):
        with pytest.raises(WalletLockedError):
            use()


def test_signer_shows_and_gives_away_no_secret() -> None:
    signer = a_signer()
    assert secret_of("consumer").hex() not in repr(signer) + str(signer)
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(signer)
