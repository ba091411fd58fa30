"""Passwords of API users as they may be stored: hashes, never the text.

Two forms: HMAC-SHA256 as the public node writes it (`rpcauth` lines), read only; and scrypt, which
is what this program writes.
"""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass

from node.core.errors import ConfigError

SALT_LENGTH = 16
_N, _R, _P = 2**14, 8, 1
"""16 MiB and some 40 ms for each guess."""
_MAX_N, _MAX_R, _MAX_P = 2**17, 16, 4
_LENGTH = 32
_HMAC = re.compile(r"([0-9a-fA-F]{2,128})\$([0-9a-fA-F]{64})", re.ASCII)
_SCRYPT = re.compile(
    r"scrypt\$([0-9]{1,7})\$([0-9]{1,2})\$([0-9]{1,2})\$([0-9a-f]{32})\$([0-9a-f]{64})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordHash:
    """`n` 0 means HMAC-SHA256 with the salt as key."""

    salt: bytes
    digest: bytes
    n: int = 0
    r: int = 0
    p: int = 0

    @classmethod
    def of(cls, password: str) -> "PasswordHash":
        """A new scrypt hash. Takes some 40 ms of CPU: call it in a thread."""
        salt = os.urandom(SALT_LENGTH)
        return cls(salt=salt, digest=_scrypt(password, salt, _N, _R, _P), n=_N, r=_R, p=_P)

    @classmethod
    def parse(cls, text: str) -> "PasswordHash":
        """From either form. Raises ConfigError."""
        match = _HMAC.fullmatch(text)
        if match is not None and len(match[1]) % 2 == 0:
            return cls(salt=bytes.fromhex(match[1]), digest=bytes.fromhex(match[2]))
        match = _SCRYPT.fullmatch(text)
        if match is None:
            raise ConfigError("This is no password hash.")
        n, r, p = int(match[1]), int(match[2]), int(match[3])
        if not (1 < n <= _MAX_N and n & (n - 1) == 0 and 0 < r <= _MAX_R and 0 < p <= _MAX_P):
            raise ConfigError("This password hash needs too much memory or time.")
        return cls(salt=bytes.fromhex(match[4]), digest=bytes.fromhex(match[5]), n=n, r=r, p=p)

    @property
    def is_costly(self) -> bool:
        """Whether a check takes tens of milliseconds and belongs into a thread."""
        return self.n > 0

    @property
    def text(self) -> str:
        if not self.is_costly:
            return f"{self.salt.hex()}${self.digest.hex()}"
        return f"scrypt${self.n}${self.r}${self.p}${self.salt.hex()}${self.digest.hex()}"

    def matches(self, password: str) -> bool:
        """Whether this is the password; the time does not depend on how wrong it is."""
        if self.is_costly:
            found = _scrypt(password, self.salt, self.n, self.r, self.p)
        else:
            found = hmac.digest(self.salt, _bytes(password), "sha256")
        return hmac.compare_digest(found, self.digest)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    memory = 128 * r * (n + p + 2) + 1024 * 1024
    return hashlib.scrypt(_bytes(password), salt=salt, n=n, r=r, p=p, dklen=_LENGTH, maxmem=memory)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
