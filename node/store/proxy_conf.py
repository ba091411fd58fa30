"""The public node's file of API users, `proxy.conf`, line by line.

`rpcauth=<user>:<salt>$<hash>`, `rpcwhitelist=<user>:<permission>,…` and `rpcwhitelistdefault=0|1`
are read as they are. Users made here have `rpcauthscrypt=<user>:scrypt$…` in place of `rpcauth`.
Comments and unknown lines survive every change.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from node.core.errors import ConfigError
from node.core.paths import write_private
from node.core.permissions import ALL
from node.core.private_files import check_private_file
from node.store.passwords import PasswordHash

MAX_BYTES = 1024 * 1024
USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}", re.ASCII)
"""Names that this program makes; names in a file may be anything without a colon."""
_AUTH, _AUTH_SCRYPT = "rpcauth", "rpcauthscrypt"
_WHITELIST, _DEFAULT = "rpcwhitelist", "rpcwhitelistdefault"
_OF_USER = frozenset({_AUTH, _AUTH_SCRYPT, _WHITELIST})
_SWITCH = {"0": False, "false": False, "1": True, "true": True}
_HEAD = "# Users of the local HTTP API. Lines are changed by the program; comments stay."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUser:
    """`permissions` are names as in the file, `*` for all."""

    name: str
    password: PasswordHash
    permissions: tuple[str, ...]


class ProxyConf:
    """The users of one file, in memory and on disk. Changes are written before they count."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist. Nothing is read before `load`."""
        self._path = path
        self._users: Mapping[str, ApiUser] = {}

    @property
    def path(self) -> Path:
        return self._path

    @property
    def users(self) -> Mapping[str, ApiUser]:
        return self._users

    def load(self) -> None:
        """Read the file, if there is one; its mode becomes 0600.

        Raises:
            ConfigError: a line that is not understood, with its number, or an unreadable file.
            StorageError: a link, or a file of somebody else.
        """
        self._users = self._parsed(self._lines())

    def put(self, *changed: ApiUser) -> None:
        """Add users or replace those of the same names. Raises as `load`, ConfigError on disk."""
        lines = self._lines() or [_HEAD]
        for user in changed:
            lines = [line for line in lines if _owner(line) != user.name]
            key = _AUTH_SCRYPT if user.password.is_costly else _AUTH
            lines.append(f"{key}={user.name}:{user.password.text}")
            lines.append(f"{_WHITELIST}={user.name}:{','.join(user.permissions)}")
        self._save(lines)

    def remove(self, name: str) -> None:
        """Take all lines of a user away. Raises as `put`."""
        self._save([line for line in self._lines() if _owner(line) != name])

    def _lines(self) -> list[str]:
        check_private_file(self._path)
        try:
            if not self._path.exists():
                return []
            with self._path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise ConfigError(f"{self._path.name} is larger than 1 MiB.")
            return content.decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{self._path.name}, the file of API users, cannot be read.",
                hint="Choose another one with AUTH_CONFIG_FILE_PATH.",
            ) from error

    def _save(self, lines: list[str]) -> None:
        users = self._parsed(lines)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._path, "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise ConfigError(
                f"{self._path.name}, the file of API users, cannot be written.",
                hint="Is the disk full? Choose another one with AUTH_CONFIG_FILE_PATH.",
            ) from error
        self._users = users

    def _parsed(self, lines: Iterable[str]) -> dict[str, ApiUser]:
        passwords: dict[str, PasswordHash] = {}
        permissions: dict[str, tuple[str, ...]] = {}
        unlisted: tuple[str, ...] = ()
        for number, line in enumerate(lines, 1):
            key, value = _split(line)
            try:
                if key == _DEFAULT:
                    unlisted = (ALL,) if _switch(value) else ()
                elif key in _OF_USER:
                    name, rest = _of_user(value)
                    if key == _WHITELIST:
                        permissions[name] = _names(rest)
                    else:
                        passwords[name] = PasswordHash.parse(rest)
            except ConfigError as error:
                raise ConfigError(
                    f"{self._path.name}, line {number}: {error.message}",
                    hint="Correct or remove this line. Nobody was let in.",
                    details={"path": str(self._path), "line": number},
                ) from error
        return {
            name: ApiUser(name=name, password=password, permissions=permissions.get(name, unlisted))
            for name, password in passwords.items()
        }


def _split(line: str) -> tuple[str, str]:
    """Key and value; an empty key for comments and empty lines."""
    text = line.strip()
    if not text or text.startswith("#"):
        return "", ""
    key, _, value = text.partition("=")
    return key.strip(), value.strip()


def _owner(line: str) -> str:
    """The user whom a line is about, empty for all other lines."""
    key, value = _split(line)
    return value.partition(":")[0].strip() if key in _OF_USER else ""


def _of_user(value: str) -> tuple[str, str]:
    name, colon, rest = value.partition(":")
    if not colon or not name.strip():
        raise ConfigError("A user name and a colon are missing.")
    return name.strip(), rest.strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ConfigError("rpcwhitelistdefault is 0 or 1.")
    return _SWITCH[text.lower()]
