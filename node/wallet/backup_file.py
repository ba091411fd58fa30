"""The backup file: all accounts in one JSON text, each a version 3 keystore."""

import json
from dataclasses import dataclass

from node.core.errors import KeystoreFormatError, NodeError
from node.core.ids import Address
from node.wallet.account_folder import MAX_ACCOUNTS
from node.wallet.keystore import parse_object
from node.wallet.wallet_file import Protection, WalletFile

FORMAT = "morpheus-desktop-backup"
VERSION = 1
_MAX_TEXT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """Accounts that a password opens, or that are watched only; never one of a secret store."""

    accounts: tuple[WalletFile, ...]
    active: Address | None = None
    created_at: int = 0

    def to_text(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "created_at": self.created_at,
                "active": self.active.checksum if self.active else "",
                "accounts": [file.fields() for file in self.accounts],
            },
            indent=1,
        )

    @classmethod
    def parse(cls, text: str) -> "BackupFile":
        """Raises KeystoreFormatError when this is no backup, of a later version, or damaged."""
        content = parse_object(text, _MAX_TEXT)
        if content.get("format") != FORMAT:
            raise KeystoreFormatError(
                "This is not a backup file of Morpheus Desktop.",
                hint="Choose the file that was saved as a backup.",
            )
        if content.get("version") != VERSION:
            raise KeystoreFormatError(
                "This backup was made by a newer version.", hint="Update this program first."
            )
        entries, active = content.get("accounts"), content.get("active")
        if not isinstance(entries, list) or not 0 < len(entries) <= MAX_ACCOUNTS:
            raise _damaged()
        try:
            accounts = tuple(WalletFile.from_bytes(json.dumps(entry).encode()) for entry in entries)
            chosen = Address.parse(active) if isinstance(active, str) and active else None
        except NodeError as error:
            raise _damaged() from error
        addresses = {file.address for file in accounts}
        if len(addresses) < len(accounts) or any(
            file.protection is Protection.KEYRING for file in accounts
        ):
            raise _damaged()
        return cls(accounts=accounts, active=chosen if chosen in addresses else None)


def _damaged() -> KeystoreFormatError:
    return KeystoreFormatError(
        "This backup file is damaged.", hint="Use another copy of it.", code="wallet.backup_damaged"
    )
