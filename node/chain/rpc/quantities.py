"""JSON-RPC values: hex quantities and byte strings, checked."""

import re
from typing import Any

from node.core.errors import RpcAnswerError

_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


def quantity(value: Any) -> int:
    """Read `0x1f`. Raises RpcAnswerError for anything else, numbers above 2**256 included."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise RpcAnswerError("A network node sent a number that is none.")
    return int(value, 16)


def data(value: Any, length: int | None = None) -> bytes:
    """Read `0x` and whole bytes; `length` is the number of bytes wanted. Raises RpcAnswerError."""
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise RpcAnswerError("A network node sent bytes that are none.")
    raw = bytes.fromhex(value[2:])
    if length is not None and len(raw) != length:
        raise RpcAnswerError(f"A network node sent {len(raw)} bytes instead of {length}.")
    return raw


def hex_quantity(value: int) -> str:
    return hex(value)


def hex_data(value: bytes) -> str:
    return "0x" + value.hex()
