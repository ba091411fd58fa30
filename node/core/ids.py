"""Identifiers as validated value types over bytes; hex only at the edges."""

import functools
import re
from dataclasses import dataclass
from typing import ClassVar, Self

from node.core.errors import InvalidAddressError, InvalidIdError
from node.core.keccak import keccak256

_HEX = re.compile(r"[0-9a-fA-F]*")
_SECRET = re.compile(r"(?:0[xX])?[0-9a-fA-F]{64}|[a-z]{3,8}(?: [a-z]{3,8}){11,23}")
_PHRASE_SPACES = frozenset({11, 14, 17, 20, 23})
_NAME = re.compile(r"[^\s.]{1,63}(?:\.[^\s.]{1,63})+")


@dataclass(frozen=True, slots=True, order=True)
class Hash32:
    """32 bytes. Base of the typed ids; two ids of different classes are never equal."""

    raw: bytes
    label: ClassVar[str] = "id"

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise InvalidIdError(f"A {self.label} has 32 bytes; this has {len(self.raw)}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 64 hex digits, prefix `0x` optional, any case.

        Raises:
            InvalidIdError: wrong length or a character that is no hex digit.
        """
        digits = text[2:] if text[:2] in ("0x", "0X") else text
        if len(digits) != 64 or not _HEX.fullmatch(digits):
            raise InvalidIdError(
                f"This is not a {cls.label}.", hint="It has 0x and 64 hex digits. Copy it again."
            )
        return cls(bytes.fromhex(digits))

    @property
    def hex(self) -> str:
        """`0x` and 64 lower-case digits, the form of the wire and of the HTTP API."""
        return "0x" + self.raw.hex()

    @property
    def short(self) -> str:
        """For people: `0x12ab…9f3c`."""
        text = self.raw.hex()
        return f"0x{text[:4]}…{text[-4:]}"

    def __bool__(self) -> bool:
        return any(self.raw)

    def __str__(self) -> str:
        return self.hex


@dataclass(frozen=True, slots=True, order=True)
class ModelId(Hash32):
    label: ClassVar[str] = "model id"


@dataclass(frozen=True, slots=True, order=True)
class BidId(Hash32):
    label: ClassVar[str] = "bid id"


@dataclass(frozen=True, slots=True, order=True)
class SessionId(Hash32):
    label: ClassVar[str] = "session id"


@dataclass(frozen=True, slots=True, order=True)
class TxHash(Hash32):
    label: ClassVar[str] = "transaction hash"


@functools.lru_cache(maxsize=4096)
def _checksum(raw: bytes) -> str:
    digits = raw.hex()
    marks = keccak256(digits.encode()).hex()
    return "0x" + "".join(
        char.upper() if int(mark, 16) >= 8 else char
        for char, mark in zip(digits, marks, strict=False)
    )


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An account or contract address, 20 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 20:
            raise InvalidAddressError(f"An address has 20 bytes; this has {len(self.raw)}.")

    @classmethod
    def parse(cls, text: str, *, strict: bool = False) -> Self:
        """Read `0x` and 40 hex digits.

        With `strict` (what people type) a mixed-case address must carry a right checksum (EIP-55),
        and spaces around it do not matter.

        Raises:
            InvalidAddressError: not an address, or a wrong checksum. The text, which may be a
            secret, is never repeated.
        """
        if strict:
            text = text.strip()
        if len(text) != 42 or text[:2] not in ("0x", "0X") or not _HEX.fullmatch(text[2:]):
            raise _no_address(text)
        address = cls(bytes.fromhex(text[2:]))
        digits = text[2:]
        mixed = digits != digits.lower() and digits != digits.upper()
        if strict and mixed and address.checksum[2:] != digits:
            raise InvalidAddressError(
                "One or more letters are in the wrong case: possibly a typo.",
                hint="Copy the address again.",
                code="input.address_checksum",
            )
        return address

    @property
    def hex(self) -> str:
        """Lower-case form, as the wire and the HTTP API write it."""
        return "0x" + self.raw.hex()

    @property
    def checksum(self) -> str:
        """Mixed-case form of EIP-55, for people."""
        return _checksum(self.raw)

    @property
    def short(self) -> str:
        text = self.checksum
        return f"{text[:6]}…{text[-4:]}"

    def __bool__(self) -> bool:
        return any(self.raw)

    def __str__(self) -> str:
        return self.checksum


def _no_address(text: str) -> InvalidAddressError:
    if _SECRET.fullmatch(text) and (" " not in text or text.count(" ") in _PHRASE_SPACES):
        return InvalidAddressError(
            "This looks like a private key or recovery phrase. It was not sent.",
            hint="Never share it. Clear the clipboard.",
            code="input.secret",
        )
    message = "This is not an address of this network (0x and 40 characters)."
    if _NAME.fullmatch(text):
        return InvalidAddressError(message, hint="Names are not supported yet.")
    return InvalidAddressError(message, hint="Copy the address again.")


ZERO_ADDRESS = Address(bytes(20))


def address_of_public_key(public_key: bytes) -> Address:
    """Address of an uncompressed public key (65 bytes, first 0x04):

    Last 20 bytes of keccak256(X || Y).
    """
    if len(public_key) != 65 or public_key[0] != 4:
        raise InvalidIdError("A public key has 65 bytes and starts with 04.")
    return Address(keccak256(public_key[1:])[-20:])
