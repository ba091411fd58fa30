"""Words of built-in errors; hostile revert data never raises."""

from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from node.devnet.revert import reason_of

ERROR = bytes.fromhex("08c379a0")
PANIC = bytes.fromhex("4e487b71")


def test_texts_and_panics() -> None:
    assert reason_of(ERROR + encode(["string"], ["ERC20: no"])) == "ERC20: no"
    assert reason_of(PANIC + encode(["uint256"], [0x11])) == "panic code 0x11"
    assert reason_of(b"") == ""
    assert reason_of(bytes.fromhex("f4d7eed5")) == ""


@given(st.sampled_from([ERROR, PANIC, b""]), st.binary(max_size=120))
def test_any_data(selector: bytes, rest: bytes) -> None:
    assert isinstance(reason_of(selector + rest), str)
