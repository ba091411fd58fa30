import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from node.chain.raw_transaction import hash_of, read_signed
from node.core.errors import NodeError, UserInputError
from node.core.ids import Address
from node.core.keccak import keccak256
from node.core.units import Eth

KEY = keccak256(b"a key of the tests")
TO = Address(bytes([0xAB]) * 20)
COMMON = {"nonce": 300, "to": TO.checksum, "value": 2**70, "data": b"\x01" * 90, "gas": 90_000}


def test_a_dynamic_fee_transaction_of_another_library():
    fees = {"maxFeePerGas": 3 * 10**9, "maxPriorityFeePerGas": 10**9}
    signed = Account.sign_transaction({**COMMON, **fees, "chainId": 8453, "type": 2}, KEY)
    fields = read_signed(bytes(signed.raw_transaction))
    assert (fields.chain_id, fields.nonce, fields.to) == (8453, 300, TO)
    assert (fields.value, fields.data, fields.gas) == (Eth(2**70), b"\x01" * 90, 90_000)
    assert fields.max_fee_per_gas == 3 * 10**9
    assert fields.max_priority_fee_per_gas == 10**9
    assert fields.gas_price is None
    assert hash_of(bytes(signed.raw_transaction)).raw == bytes(signed.hash)


def test_a_legacy_transaction_of_another_library():
    signed = Account.sign_transaction({**COMMON, "gasPrice": 5, "chainId": 42161}, KEY)
    fields = read_signed(bytes(signed.raw_transaction))
    assert (fields.chain_id, fields.gas_price, fields.max_fee_per_gas) == (42161, 5, None)
    assert (fields.nonce, fields.to, fields.value) == (300, TO, Eth(2**70))


def test_a_transaction_that_any_chain_would_take_is_refused():
    signed = Account.sign_transaction({**COMMON, "gasPrice": 5}, KEY)
    with pytest.raises(UserInputError):
        read_signed(bytes(signed.raw_transaction))


def test_a_contract_creation_is_refused():
    fields = {**COMMON, "to": "", "gasPrice": 5, "chainId": 1}
    signed = Account.sign_transaction(fields, KEY)
    with pytest.raises(UserInputError):
        read_signed(bytes(signed.raw_transaction))


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(raw):
    for prefix in (b"", b"\x02"):
        with pytest.raises(NodeError):
            read_signed(prefix + raw)
