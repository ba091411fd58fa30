"""The wallet on disk: a version 3 keystore with a section of ours, which other wallets skip."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from node.core.errors import KeystoreFormatError, StorageError
from node.core.faults import fault_point
from node.core.ids import Address
from node.core.paths import write_private
from node.core.private_files import check_private_file, private_folder
from node.wallet.keystore import MAX_FILE, keystore_address, parse_keystore

FILE_NAME = "wallet.json"
_SECTION = "morpheus"


class Protection(StrEnum):
    """What opens the wallet: a password the user knows, an entry of the system's secret store that
    holds a random one, or nothing, for a key that lives in memory only."""

    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    KEYRING = "keyring"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletFile:
    """Content of `wallet.json`; everything secret in it is encrypted.

    `keystore`: members of the version 3 file. `phrase_box`: the recovery phrase, encrypted on its
    own, when the user asked to keep it. `path`: derivation path, empty for an imported key.
    `keyring_entry`: name of the entry that holds the password, empty without.
    """

    address: Address
    keystore: dict[str, Any]
    protection: Protection
    path: str = ""
    phrase_box: dict[str, Any] | None = None
    keyring_entry: str = ""
    created_at: int = 0

    def to_bytes(self) -> bytes:
        section = {
            "protection": self.protection.value,
            "path": self.path,
            "phrase": self.phrase_box,
            "keyring_entry": self.keyring_entry,
            "created_at": self.created_at,
        }
        return json.dumps({**self.keystore, _SECTION: section}, indent=1).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "WalletFile":
        """Raises KeystoreFormatError when this is no wallet file of ours or another's keystore."""
        fields = parse_keystore(content)
        section = fields.pop(_SECTION, {})
        address = keystore_address(fields)
        if address is None or not isinstance(section, dict):
            raise _damaged()
        try:
            protection = Protection(section.get("protection", Protection.PASSWORD))
        except ValueError as error:
            raise _damaged() from error
        phrase, created_at = section.get("phrase"), section.get("created_at", 0)
        texts = (section.get("path", ""), section.get("keyring_entry", ""))
        if not all(isinstance(text, str) for text in texts) or not isinstance(created_at, int):
            raise _damaged()
        if phrase is not None and not isinstance(phrase, dict):
            raise _damaged()
        return cls(
            address=address,
            keystore=fields,
            protection=protection,
            path=texts[0],
            phrase_box=phrase,
            keyring_entry=texts[1],
            created_at=created_at,
        )


class WalletFolder:
    """The folder of one wallet, mode 0700, and the file in it, mode 0600. Methods block briefly."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        return self._folder / FILE_NAME

    def load(self) -> WalletFile | None:
        """The wallet, None when there is none yet.

        Raises:
            KeystoreFormatError: the file is damaged; it is left as it is.
            StorageError: unreadable, a link, or somebody else's.
        """
        check_private_file(self.path)
        try:
            if self.path.stat().st_size > MAX_FILE:
                raise _damaged()
            return WalletFile.from_bytes(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except KeystoreFormatError as error:
            raise _damaged(self.path) from error
        except OSError as error:
            raise _io_error("read", error) from error

    def save(self, wallet: WalletFile, *, keep_old: bool) -> None:
        """Write in one step. With `keep_old` the file that is there is copied aside first."""
        private_folder(self._folder)
        check_private_file(self.path)
        try:
            if keep_old and self.path.exists():
                self._copy_aside()
            fault_point("wallet.save.before")
            write_private(self.path, wallet.to_bytes())
            fault_point("wallet.save.after")
        except OSError as error:
            raise _io_error("written", error) from error

    def remove(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _io_error("removed", error) from error

    def _copy_aside(self) -> None:
        """A replaced wallet stays, encrypted as it was: nobody loses a key by one wrong click."""
        number = 1
        while (target := self._folder / f"replaced-{number}.json").exists():
            number += 1
        write_private(target, self.path.read_bytes())


def _damaged(path: Path | None = None) -> KeystoreFormatError:
    name = f"The wallet file {path}" if path else "The wallet file"
    return KeystoreFormatError(
        f"{name} is damaged.",
        hint="Put a copy of it back, or move it away and import the recovery phrase.",
        code="wallet.file_damaged",
    )


def _io_error(verb: str, error: OSError) -> StorageError:
    return StorageError(
        f"The wallet file could not be {verb}: {error.strerror or error}.",
        hint="Check free space and permissions of the data folder.",
        code="storage.io",
    )
