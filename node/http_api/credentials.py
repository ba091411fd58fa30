"""Users of the API and the one header that is read to know them: `Authorization`."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from node.core.permissions import permissions_named
from node.http_api.permissions import Permission, Principal
from node.http_api.refusal import HttpRefusal
from node.store.passwords import PasswordHash
from node.store.proxy_conf import ApiUser

HINT = "The token is in Settings > API, or in the cookie file."
ADMIN = "admin"
"""The public node's name for the one user without limits."""
_NOBODY = hashlib.sha256(b"nobody has this password").digest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user with a random token, by its digest; the token itself is not kept."""

    name: str
    password_digest: bytes
    permissions: frozenset[Permission]
    is_admin: bool = False

    @classmethod
    def with_password(
        cls,
        name: str,
        password: str,
        permissions: Iterable[Permission],
        *,
        is_admin: bool = False,
    ) -> "User":
        return cls(
            name=name,
            password_digest=_digest(password),
            permissions=frozenset(permissions),
            is_admin=is_admin,
        )


def _unauthorised(message: str) -> HttpRefusal:
    return HttpRefusal(401, message, code="api.unauthorised", hint=HINT)


class Credentials:
    """Checks `Authorization` headers. The time taken does not depend on who is known.

    Users with tokens are known here, those with passwords come from `others` at each request.
    """

    def __init__(
        self, users: Iterable[User], others: Callable[[], Mapping[str, ApiUser]] = dict
    ) -> None:
        self._users = {user.name: user for user in users}
        self._others = others
        self._right = _RightPasswords()

    def put(self, user: User) -> None:
        """Add a user with a token, or give it another one from now on."""
        self._users[user.name] = user

    async def authenticate(self, header: str) -> Principal:
        """Return the caller named by a header value (empty when there was none).

        Basic with user and password, Bearer with a token alone or with the base64 of both.

        Raises:
            HttpRefusal: 401 with the texts that clients of the public node know.
        """
        if not header:
            raise _unauthorised("no basic auth provided")
        scheme, _, value = header.partition(" ")
        if scheme == "Bearer" and value.strip():
            return await self._by_token(value.strip())
        pair = _basic_pair(value) if scheme == "Basic" else None
        if pair is None:
            raise _unauthorised("invalid basic auth provided")
        return await self._by_password(*pair, bearer=False)

    async def _by_token(self, token: str) -> Principal:
        digest = _digest(token)
        found: User | None = None
        for user in self._users.values():
            if hmac.compare_digest(digest, user.password_digest):
                found = user
        if found is not None:
            return _principal(found, bearer=True)
        return await self._by_password(*(_basic_pair(token) or ("", token)), bearer=True)

    async def _by_password(self, name: str, password: str, *, bearer: bool) -> Principal:
        user = self._users.get(name)
        expected = user.password_digest if user is not None else _NOBODY
        if hmac.compare_digest(_digest(password), expected) and user is not None:
            return _principal(user, bearer=bearer)
        others = self._others()
        if not await self._right.is_right(others, name, password):
            raise _unauthorised("invalid username or password")
        return _other(others[name], bearer=bearer)


class _RightPasswords:
    """Checks passwords against their hashes, one at a time and beside the loop.

    A password that was right is remembered as a digest under a key of this run, so that only the
    first request of a client pays for the costly hash.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: dict[str, tuple[PasswordHash, bytes]] = {}
        self._checking = asyncio.Lock()

    async def is_right(self, users: Mapping[str, ApiUser], name: str, password: str) -> bool:
        mark = hmac.digest(self._key, password.encode("utf-8", "surrogatepass"), "sha256")
        user = users.get(name)
        if user is not None:
            stored, known = self._known.get(name, (None, b""))
            if stored == user.password and hmac.compare_digest(mark, known):
                return True
        async with self._checking:
            right = await self._checked(users, user, password)
        if user is None or not right:
            return False
        self._known[name] = (user.password, mark)
        return True

    async def _checked(
        self, users: Mapping[str, ApiUser], user: ApiUser | None, password: str
    ) -> bool:
        """A failure costs one costly hash as soon as anybody has one, whoever was named."""
        costly = [item.password for item in users.values() if item.password.is_costly]
        if user is not None and not user.password.is_costly and user.password.matches(password):
            return True
        if not costly:
            return False
        wanted = user.password if user is not None and user.password.is_costly else None
        right = await asyncio.to_thread((wanted or costly[0]).matches, password)
        return right and wanted is not None


def _principal(user: User, *, bearer: bool) -> Principal:
    return Principal(
        name=user.name, permissions=user.permissions, bearer=bearer, is_admin=user.is_admin
    )


def _other(user: ApiUser, *, bearer: bool) -> Principal:
    is_admin = user.name == ADMIN
    permissions = permissions_named(user.permissions)
    if is_admin and permissions == permissions_named(["*"]):
        permissions = frozenset(Permission)
    return Principal(name=user.name, permissions=permissions, bearer=bearer, is_admin=is_admin)


def _basic_pair(value: str) -> tuple[str, str] | None:
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon and name and password else None
