"""An account on disk: a version 3 keystore with a section of ours, which other wallets skip."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from node.core.errors import KeystoreFormatError, UserInputError
from node.core.ids import Address
from node.wallet import derivation
from node.wallet.keystore import keystore_address, keystore_members, parse_object

_SECTION = "morpheus"
MAX_LABEL = 60
_LATEST = 2**36


class Protection(StrEnum):
    """What opens the account: a password the user knows, an entry of the system's secret store that
    holds a random one, nothing for a key that lives in memory only, or nothing at all for an
    address that is only watched."""

    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    KEYRING = "keyring"
    MEMORY = "memory"
    WATCH = "watch"


class AccountKind(StrEnum):
    PHRASE = "phrase"
    KEY = "key"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFile:
    """One account on disk; everything secret in it is encrypted.

    `keystore`: members of the version 3 file, none for a watched address. `phrase_box`: the
    recovery phrase, encrypted on its own, when the user asked to keep it. `path`: derivation path,
    empty for an imported key. `keyring_entry`: name of the entry that holds the password, empty
    without. `group` is shared by the accounts of one phrase, which also share their protection.
    `protected_at`: when the password was changed last, 0 for never.
    """

    address: Address
    keystore: dict[str, Any] = field(repr=False)
    protection: Protection
    path: str = ""
    phrase_box: dict[str, Any] | None = field(default=None, repr=False)
    keyring_entry: str = ""
    created_at: int = 0
    label: str = ""
    group: str = ""
    hidden: bool = False
    backed_up: bool = True
    protected_at: int = 0

    @property
    def kind(self) -> AccountKind:
        if self.protection is Protection.WATCH:
            return AccountKind.WATCH
        return AccountKind.PHRASE if self.path else AccountKind.KEY

    def fields(self) -> dict[str, Any]:
        """The file as a JSON object."""
        section = {
            "protection": self.protection.value,
            "path": self.path,
            "phrase": self.phrase_box,
            "keyring_entry": self.keyring_entry,
            "created_at": self.created_at,
            "label": self.label,
            "group": self.group,
            "hidden": self.hidden,
            "backed_up": self.backed_up,
            "protected_at": self.protected_at,
        }
        # A watched address has no keystore that would name it.
        return {"address": self.address.raw.hex(), **self.keystore, _SECTION: section}

    def to_bytes(self) -> bytes:
        return json.dumps(self.fields(), indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "WalletFile":
        """Raises KeystoreFormatError when this is no wallet file of ours or another's keystore."""
        parsed = parse_object(content)
        section = parsed.get(_SECTION)
        if isinstance(section, dict) and section.get("protection") == Protection.WATCH.value:
            parsed = {"address": parsed.get("address")}
        else:
            parsed = keystore_members(parsed)
        section = {} if section is None else section
        parsed.pop(_SECTION, None)
        address = keystore_address(parsed)
        if address is None or not isinstance(section, dict):
            raise damaged_file()
        return _from_section(address, parsed, section)


def _from_section(
    address: Address, keystore: dict[str, Any], section: dict[str, Any]
) -> WalletFile:
    try:
        protection = Protection(section.get("protection", Protection.PASSWORD))
        if path := _typed(section, "path", ""):
            derivation.Path.parse(path)
    except (ValueError, UserInputError) as error:
        raise damaged_file() from error
    phrase = section.get("phrase")
    texts = [_typed(section, name, "") for name in ("path", "keyring_entry", "label", "group")]
    times = [_typed(section, name, 0) for name in ("created_at", "protected_at")]
    if phrase is not None and not isinstance(phrase, dict):
        raise damaged_file()
    if protection is Protection.MEMORY or not all(0 <= time < _LATEST for time in times):
        raise damaged_file()
    return WalletFile(
        address=address,
        keystore=keystore,
        protection=protection,
        path=texts[0],
        phrase_box=phrase,
        keyring_entry=texts[1],
        created_at=times[0],
        label=clean_label(texts[2]),
        # A file of an earlier version, or of another wallet, is a group of its own.
        group=texts[3][:64] or address.raw.hex()[:16],
        hidden=_typed(section, "hidden", False),
        # Earlier versions kept the phrases they made, and those only.
        backed_up=_typed(section, "backed_up", phrase is None),
        protected_at=times[1],
    )


_T = TypeVar("_T")
DAMAGED = "wallet.file_damaged"


def _typed(section: dict[str, Any], name: str, default: _T) -> _T:
    found = section.get(name, default)
    if type(found) is not type(default):
        raise damaged_file()
    return found


def clean_label(text: str) -> str:
    """A name as one line of at most 60 printable characters."""
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(one_line.split())[:MAX_LABEL].strip()


def damaged_file(path: Path | None = None) -> KeystoreFormatError:
    name = f"The wallet file {path}" if path else "The wallet file"
    return KeystoreFormatError(
        f"{name} is damaged.",
        hint="Put a copy of it back, or move it away and import the recovery phrase.",
        code=DAMAGED,
    )
