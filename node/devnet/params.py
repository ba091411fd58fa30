"""JSON-RPC values: parsing what clients send, writing what they expect."""

import re
from dataclasses import dataclass
from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603
SERVER_ERROR = -32000
REVERTED = 3

_HEX = re.compile(r"0x[0-9a-fA-F]*")
_MAX_UINT256 = 2**256 - 1


class RpcError(Exception):
    """An error answer: `data` is the revert data as hex where there is some."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            answer["data"] = self.data
        return answer


def invalid(message: str) -> RpcError:
    return RpcError(INVALID_PARAMS, message)


def to_hex(value: bytes) -> str:
    return "0x" + value.hex()


def quantity(value: Any, name: str = "quantity") -> int:
    """`0x1f` (or, more lenient than the standard, a plain integer) as a number of 256 bits."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and len(value) > 2 and _HEX.fullmatch(value):
        number = int(value, 16)
    else:
        raise invalid(f"invalid {name}: a hex number is expected")
    if not 0 <= number <= _MAX_UINT256:
        raise invalid(f"{name} is out of range")
    return number


def data(value: Any, name: str = "data", *, length: int | None = None) -> bytes:
    """Bytes as `0x` and an even number of digits."""
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) % 2:
        raise invalid(f"invalid {name}: hex bytes are expected")
    raw = bytes.fromhex(value[2:])
    if length is not None and len(raw) != length:
        raise invalid(f"invalid {name}: {length} bytes are expected, not {len(raw)}")
    return raw


def address(value: Any, name: str = "address") -> bytes:
    return data(value, name, length=20)


def hash32(value: Any, name: str = "hash") -> bytes:
    return data(value, name, length=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """What `eth_call` and `eth_estimateGas` take. `to` is empty for a deployment."""

    sender: bytes
    to: bytes
    value: int
    data: bytes
    gas: int | None


def call_request(value: Any) -> CallRequest:
    """Read a transaction object; calldata may be called `data` or `input`."""
    if not isinstance(value, dict):
        raise invalid("a transaction object is expected")
    payload = value.get("input")
    other = value.get("data")
    if payload is not None and other is not None and payload != other:
        raise invalid('both "data" and "input" are set and not equal')
    calldata = payload if payload is not None else other
    target = value.get("to")
    sender = value.get("from")
    gas = value.get("gas")
    return CallRequest(
        sender=bytes(20) if sender is None else address(sender, "from"),
        to=b"" if target in (None, "", "0x") else address(target, "to"),
        value=quantity(value["value"], "value") if value.get("value") is not None else 0,
        data=b"" if calldata is None else data(calldata, "input"),
        gas=None if gas is None else quantity(gas, "gas"),
    )
