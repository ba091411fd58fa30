"""Signatures in text to encoders and decoders: `getBid(bytes32)->((address,bytes32,uint256))`."""

import functools
import re
from dataclasses import dataclass, field
from typing import Any

from node.chain.abi import abi_types as abi
from node.chain.abi.abi_types import AbiError, AbiType, Reader, Tuple
from node.core.keccak import keccak256

_NUMBER = re.compile(r"(u?int)(\d+)")
_FIXED = re.compile(r"bytes(\d+)")
_SIMPLE: dict[str, AbiType] = {
    "address": abi.Address20(),
    "bool": abi.Bool(),
    "bytes": abi.Bytes(),
    "string": abi.String(),
}


@functools.cache
def parse_type(text: str) -> AbiType:
    """Read one canonical type name. Raises ValueError for a name this codec does not know."""
    if text.endswith("[]"):
        return abi.Array(parse_type(text[:-2]))
    if text.startswith("(") and text.endswith(")"):
        return Tuple([parse_type(part) for part in split_types(text[1:-1])])
    if text in _SIMPLE:
        return _SIMPLE[text]
    if match := _NUMBER.fullmatch(text):
        bits = int(match[2])
        return abi.UInt(bits) if match[1] == "uint" else abi.Int(bits)
    if match := _FIXED.fullmatch(text):
        return abi.FixedBytes(int(match[1]))
    raise ValueError(f"unknown ABI type {text}")


def split_types(text: str) -> list[str]:
    """Split a list of types at its top-level commas."""
    parts: list[str] = []
    depth, start = 0, 0
    for index, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]] if text else []


def _tuple_of(text: str) -> Tuple:
    parsed = parse_type(text)
    if not isinstance(parsed, Tuple):
        raise ValueError(f"not a tuple: {text}")
    return parsed


def decode_values(kind: Tuple, data: bytes) -> tuple[Any, ...]:
    """Decode `data` as the values of a tuple.

    Bytes behind the last value are tolerated, as on chain.

    Raises:
        AbiError: not a valid encoding.
    """
    return kind.decode(Reader(data), 0)


@dataclass(frozen=True, slots=True)
class Function:
    """A contract function.

    `signature` is canonical, without names; `selector` its first four hash bytes.
    """

    signature: str
    selector: bytes
    inputs: Tuple
    outputs: Tuple

    @classmethod
    def parse(cls, text: str) -> "Function":
        """Read `name(types)->(types)`; without an arrow there are no outputs."""
        signature, _, outputs = text.partition("->")
        arguments = signature[signature.index("(") :]
        return cls(
            signature,
            keccak256(signature.encode())[:4],
            _tuple_of(arguments),
            _tuple_of(outputs or "()"),
        )

    def encode(self, *arguments: Any) -> bytes:
        """Calldata. Raises ValueError when an argument does not fit its type."""
        return self.selector + self.inputs.encode(arguments)

    def decode_arguments(self, calldata: bytes) -> tuple[Any, ...]:
        if calldata[:4] != self.selector:
            raise AbiError("This is a call of another function.")
        return decode_values(self.inputs, calldata[4:])

    def decode(self, answer: bytes) -> tuple[Any, ...]:
        """Decode what a call returned. Raises AbiError."""
        return decode_values(self.outputs, answer)


@dataclass(frozen=True, slots=True)
class Event:
    """A log. `names` and `indexed` are in declaration order."""

    signature: str
    topic: bytes
    names: tuple[str, ...]
    indexed: tuple[bool, ...]
    types: tuple[AbiType, ...]
    _data: Tuple = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Event":
        """Read `Name(type indexed name,type name)`."""
        name, _, rest = text.partition("(")
        fields = [part.split() for part in split_types(rest[:-1])]
        kinds = [words[0] for words in fields]
        indexed = tuple(len(words) == 3 for words in fields)
        types = tuple(parse_type(kind) for kind in kinds)
        signature = f"{name}({','.join(kinds)})"
        plain = [kind for kind, is_topic in zip(types, indexed, strict=True) if not is_topic]
        return cls(
            signature,
            keccak256(signature.encode()),
            tuple(words[-1] for words in fields),
            indexed,
            types,
            Tuple(plain),
        )

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    def decode(self, topics: tuple[bytes, ...], data: bytes) -> dict[str, Any]:
        """Values by name. Raises AbiError when topics and data do not fit this event."""
        if not topics or topics[0] != self.topic or len(topics) != 1 + sum(self.indexed):
            raise AbiError("A network node sent a log that does not fit its event.")
        plain = iter(decode_values(self._data, data))
        keys = iter(topics[1:])
        values: dict[str, Any] = {}
        for name, is_topic, kind in zip(self.names, self.indexed, self.types, strict=True):
            values[name] = kind.decode(Reader(next(keys)), 0) if is_topic else next(plain)
        return values
