"""What the chain accepts from JSON-RPC clients."""

from typing import Any

import pytest

from node.devnet import params
from node.devnet.params import INVALID_PARAMS, RpcError


@pytest.mark.parametrize(("value", "number"), [("0x0", 0), ("0x1F", 31), (7, 7)])
def test_quantity(value: Any, number: int) -> None:
    assert params.quantity(value) == number


@pytest.mark.parametrize(
    "value", ["", "0x", "12", "0xg", -1, True, None, 1.5, [], "0x1" + "0" * 64, 2**256]
)
def test_quantity_refuses(value: Any) -> None:
    with pytest.raises(RpcError) as caught:
        params.quantity(value)
    assert caught.value.code == INVALID_PARAMS


@pytest.mark.parametrize("value", ["0x1", "00", "0xzz", None, 5])
def test_data_refuses(value: Any) -> None:
    with pytest.raises(RpcError):
        params.data(value)


def test_address_has_twenty_bytes() -> None:
    assert params.address("0x" + "Ab" * 20) == b"\xab" * 20
    with pytest.raises(RpcError, match="20 bytes"):
        params.address("0x" + "ab" * 21)


def test_calldata_may_be_called_input_or_data() -> None:
    for name in ("input", "data"):
        request = params.call_request({"to": "0x" + "11" * 20, name: "0x1234"})
        assert request.data == b"\x12\x34"
    both = {"to": "0x" + "11" * 20, "input": "0x1234", "data": "0x1234"}
    assert params.call_request(both).data == b"\x12\x34"
    with pytest.raises(RpcError, match="not equal"):
        params.call_request({**both, "data": "0x5678"})


def test_a_call_without_sender_comes_from_the_zero_address() -> None:
    request = params.call_request({"to": "0x" + "11" * 20})
    assert request.sender == bytes(20)
    assert request.value == 0
    assert request.gas is None
