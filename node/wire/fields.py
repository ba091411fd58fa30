"""Field types of the protocol: how each Go type is written, and which spellings are accepted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from node.core.errors import BadMessageError, UserInputError
from node.core.ids import Address, BidId, Hash32, SessionId
from node.wire.json_go import encode_string

_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}", re.ASCII)
_MAX_UINT64 = 2**64 - 1
H = TypeVar("H", bound=Hash32)


class Kind(Enum):
    """`SIGNATURE_*`: the slot whose treatment in the signed bytes is left out (O) or empty (E)."""

    HEX = "hex"
    ADDRESS = "address"
    BID_ID = "bid id"
    SESSION_ID = "session id"
    DECIMAL = "decimal"
    NUMBER = "number"
    STRING = "string"
    BOOL = "bool"
    SIGNATURE_OMITTED = "signature, rule O"
    SIGNATURE_EMPTY = "signature, rule E"

    @property
    def is_signature(self) -> bool:
        return self in (Kind.SIGNATURE_OMITTED, Kind.SIGNATURE_EMPTY)


@dataclass(frozen=True, slots=True)
class Field:
    """One member: its wire name, the attribute that holds it, its type.

    `required` refuses the zero value in requests; `omit_empty` leaves an empty string out.
    """

    name: str
    attribute: str
    kind: Kind
    required: bool = True
    omit_empty: bool = False


def read_hex(value: Any) -> bytes:
    """Hex text: prefix optional, odd length padded on the left, `""` is empty, `"0x"` is refused.

    A bare number stands for its digits, as the peer reads it.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value == "":
        return b""
    found = _HEX.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise BadMessageError("invalid hex string")
    digits = found[1]
    return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)


def write_hex(value: bytes) -> bytes:
    return b'"0x' + value.hex().encode() + b'"'


def read_decimal(value: Any) -> int:
    """A whole number as text or bare, sign and leading zeros allowed; no hex, no exponent."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise BadMessageError("invalid decimal string")
    return int(text)


def write_decimal(value: int) -> bytes:
    return b'"%d"' % value


def read_number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_UINT64:
        raise BadMessageError("invalid number")
    return value


def write_number(value: int) -> bytes:
    return b"%d" % value


def read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise BadMessageError("invalid string")
    return value


def read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadMessageError("invalid truth value")
    return value


def write_bool(value: bool) -> bytes:
    return b"true" if value else b"false"


def read_address(value: Any) -> Address:
    """`0x` and 40 digits of any case."""
    try:
        return Address.parse(read_string(value))
    except UserInputError as error:
        raise BadMessageError("invalid address") from error


def _read_hash(value: Any, kind: type[H]) -> H:
    text = read_string(value)
    if text[:2] not in ("0x", "0X"):
        raise BadMessageError("hex string without 0x prefix")
    try:
        return kind.parse(text)
    except UserInputError as error:
        raise BadMessageError("invalid hash") from error


def read_bid_id(value: Any) -> BidId:
    return _read_hash(value, BidId)


def read_session_id(value: Any) -> SessionId:
    return _read_hash(value, SessionId)


def _write_raw(value: Hash32 | Address) -> bytes:
    return write_hex(value.raw)


READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.HEX: read_hex,
    Kind.ADDRESS: read_address,
    Kind.BID_ID: read_bid_id,
    Kind.SESSION_ID: read_session_id,
    Kind.DECIMAL: read_decimal,
    Kind.NUMBER: read_number,
    Kind.STRING: read_string,
    Kind.BOOL: read_bool,
    Kind.SIGNATURE_OMITTED: read_hex,
    Kind.SIGNATURE_EMPTY: read_hex,
}

WRITERS: dict[Kind, Callable[[Any], bytes]] = {
    Kind.HEX: write_hex,
    Kind.ADDRESS: _write_raw,
    Kind.BID_ID: _write_raw,
    Kind.SESSION_ID: _write_raw,
    Kind.DECIMAL: write_decimal,
    Kind.NUMBER: write_number,
    Kind.STRING: encode_string,
    Kind.BOOL: write_bool,
    Kind.SIGNATURE_OMITTED: write_hex,
    Kind.SIGNATURE_EMPTY: write_hex,
}
