"""ABI types of the Ethereum contract ABI specification, with strict decoding.

Everything decoded here was sent by an RPC endpoint, so nothing is believed: offsets and lengths
must lie inside the data, padding must be clean, and no byte may be read twice. The last rule stops
answers in which thousands of pointers share one large string (a megabyte of input that unfolds to
gigabytes).

Addresses and `bytesN` are plain `bytes` here; typed ids are made one level up.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from node.core.errors import RpcAnswerError

WORD = 32


class AbiError(RpcAnswerError):
    """Bytes that are no valid ABI encoding of the expected type."""

    default_code = "chain.abi"


class Reader:
    """The bytes under decoding and how many of them may still be read."""

    __slots__ = ("data", "left")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = len(data)

    def take(self, offset: int, size: int) -> bytes:
        self.left -= size
        end = offset + size
        if end > len(self.data) or self.left < 0:
            raise AbiError("A network node sent an answer that is cut or folded.")
        return self.data[offset:end]

    def number(self, offset: int) -> int:
        return int.from_bytes(self.take(offset, WORD), "big")


class AbiType(ABC):
    """One type.

    `size` is the length of its part in the head of a tuple, `dynamic` as in the specification.
    """

    dynamic: bool = False
    size: int = WORD

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Encode the body. Raises ValueError when `value` does not fit: a fault of the caller."""

    @abstractmethod
    def decode(self, reader: Reader, offset: int) -> Any:
        """Decode the body that starts at `offset`. Raises AbiError."""


class UInt(AbiType):
    def __init__(self, bits: int) -> None:
        self._limit = 1 << bits

    def encode(self, value: Any) -> bytes:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < self._limit:
            raise ValueError("number out of range")
        return value.to_bytes(WORD, "big")

    def decode(self, reader: Reader, offset: int) -> int:
        value = reader.number(offset)
        if value >= self._limit:
            raise AbiError("A network node sent a number that is out of range.")
        return value


class Int(AbiType):
    def __init__(self, bits: int) -> None:
        self._half = 1 << (bits - 1)

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, int) or not -self._half <= value < self._half:
            raise ValueError("number out of range")
        return value.to_bytes(WORD, "big", signed=True)

    def decode(self, reader: Reader, offset: int) -> int:
        value = int.from_bytes(reader.take(offset, WORD), "big", signed=True)
        if not -self._half <= value < self._half:
            raise AbiError("A network node sent a number that is out of range.")
        return value


class Bool(AbiType):
    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bool):
            raise ValueError("not a boolean")
        return int(value).to_bytes(WORD, "big")

    def decode(self, reader: Reader, offset: int) -> bool:
        value = reader.number(offset)
        if value > 1:
            raise AbiError("A network node sent a boolean that is neither 0 nor 1.")
        return value == 1


class Address20(AbiType):
    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != 20:
            raise ValueError("not an address")
        return value.rjust(WORD, b"\0")

    def decode(self, reader: Reader, offset: int) -> bytes:
        word = reader.take(offset, WORD)
        if any(word[:12]):
            raise AbiError("A network node sent an address with dirty bits.")
        return word[12:]


class FixedBytes(AbiType):
    def __init__(self, length: int) -> None:
        self._length = length

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != self._length:
            raise ValueError(f"not {self._length} bytes")
        return value.ljust(WORD, b"\0")

    def decode(self, reader: Reader, offset: int) -> bytes:
        word = reader.take(offset, WORD)
        if self._length < WORD and any(word[self._length :]):
            raise AbiError("A network node sent bytes with dirty padding.")
        return word[: self._length]


class Bytes(AbiType):
    dynamic = True

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise ValueError("not bytes")
        return len(value).to_bytes(WORD, "big") + value + bytes(-len(value) % WORD)

    def decode(self, reader: Reader, offset: int) -> bytes:
        length = reader.number(offset)
        if length > len(reader.data):
            raise AbiError("A network node sent bytes longer than its answer.")
        return reader.take(offset + WORD, length)


class String(Bytes):
    """UTF-8 text. Invalid sequences become U+FFFD: one odd name must not hide a whole list."""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise ValueError("not text")
        return super().encode(value.encode())

    def decode(self, reader: Reader, offset: int) -> str:  # type: ignore[override]
        return super().decode(reader, offset).decode("utf-8", "replace")


class Tuple(AbiType):
    def __init__(self, parts: Sequence[AbiType]) -> None:
        self.parts = tuple(parts)
        self.dynamic = any(part.dynamic for part in self.parts)
        self.head = sum(part.size for part in self.parts)
        self.size = WORD if self.dynamic else self.head

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, list | tuple) or len(value) != len(self.parts):
            raise ValueError("wrong number of values")
        return _encode_row(self.parts, value, self.head)

    def decode(self, reader: Reader, offset: int) -> tuple[Any, ...]:
        values = []
        place = offset
        for part in self.parts:
            values.append(part.decode(reader, _body(reader, part, offset, place)))
            place += part.size
        return tuple(values)


class Array(AbiType):
    """`T[]`."""

    dynamic = True

    def __init__(self, item: AbiType) -> None:
        self._item = item

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, list | tuple):
            raise ValueError("not a list")
        row = _encode_row([self._item] * len(value), value, self._item.size * len(value))
        return len(value).to_bytes(WORD, "big") + row

    def decode(self, reader: Reader, offset: int) -> tuple[Any, ...]:
        length = reader.number(offset)
        item, start = self._item, offset + WORD
        if start + length * max(WORD, item.size) > len(reader.data):
            raise AbiError("A network node sent a list longer than its answer.")
        step = item.size
        return tuple(
            item.decode(reader, _body(reader, item, start, start + index * step))
            for index in range(length)
        )


def _encode_row(parts: Sequence[AbiType], values: Sequence[Any], head: int) -> bytes:
    heads: list[bytes] = []
    tails: list[bytes] = []
    place = head
    for part, value in zip(parts, values, strict=True):
        body = part.encode(value)
        if part.dynamic:
            heads.append(place.to_bytes(WORD, "big"))
            tails.append(body)
            place += len(body)
        else:
            heads.append(body)
    return b"".join(heads + tails)


def _body(reader: Reader, part: AbiType, start: int, place: int) -> int:
    """Where the body of `part` starts: at its place in the head, or where the head points to."""
    if not part.dynamic:
        return place
    distance = reader.number(place)
    if distance > len(reader.data):
        raise AbiError("A network node sent an answer that points outside of itself.")
    return start + distance
