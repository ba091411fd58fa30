"""Users of the API and the one header that is read to know them: `Authorization`."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from node.http_api.permissions import Permission, Principal
from node.http_api.refusal import HttpRefusal

HINT = "The token is in Settings > API, or in the cookie file."
_NOBODY = hashlib.sha256(b"nobody has this password").digest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user by name and digest of the password; the password itself is not kept."""

    name: str
    password_digest: bytes
    permissions: frozenset[Permission]

    @classmethod
    def with_password(cls, name: str, password: str, permissions: Iterable[Permission]) -> "User":
        return cls(name=name, password_digest=_digest(password), permissions=frozenset(permissions))


def _unauthorised(message: str) -> HttpRefusal:
    return HttpRefusal(401, message, code="api.unauthorised", hint=HINT)


class Credentials:
    """Checks `Authorization` headers. The time taken does not depend on who is known."""

    def __init__(self, users: Iterable[User]) -> None:
        self._users = {user.name: user for user in users}

    def authenticate(self, header: str) -> Principal:
        """Return the caller named by a header value (empty when there was none).

        Basic with user and password, Bearer with a password alone or with the base64 of both.

        Raises:
            HttpRefusal: 401 with the texts that clients of the public node know.
        """
        if not header:
            raise _unauthorised("no basic auth provided")
        scheme, _, value = header.partition(" ")
        if scheme == "Bearer" and value.strip():
            return self._by_token(value.strip())
        pair = _basic_pair(value) if scheme == "Basic" else None
        if pair is None:
            raise _unauthorised("invalid basic auth provided")
        return self._by_password(*pair, bearer=False)

    def _by_password(self, name: str, password: str, *, bearer: bool) -> Principal:
        user = self._users.get(name)
        expected = user.password_digest if user is not None else _NOBODY
        if not hmac.compare_digest(_digest(password), expected) or user is None:
            raise _unauthorised("invalid username or password")
        return Principal(name=user.name, permissions=user.permissions, bearer=bearer)

    def _by_token(self, token: str) -> Principal:
        digest = _digest(token)
        found: User | None = None
        for user in self._users.values():
            if hmac.compare_digest(digest, user.password_digest):
                found = user
        if found is not None:
            return Principal(name=found.name, permissions=found.permissions, bearer=True)
        return self._by_password(*(_basic_pair(token) or ("", token)), bearer=True)


def _basic_pair(value: str) -> tuple[str, str] | None:
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon and name and password else None
