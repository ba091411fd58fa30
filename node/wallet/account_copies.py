"""A second copy of each account's file, for the day on which the first one cannot be read.

It is as encrypted as the first and written right after it, so that a change of the password leaves
no copy under the old one.
"""

from datetime import UTC, datetime
from pathlib import Path

from node.core.errors import NodeError, StorageError
from node.core.log import get_logger
from node.core.paths import write_private
from node.core.private_files import check_private_file, private_folder, sync_folder
from node.wallet.keystore import MAX_FILE
from node.wallet.wallet_file import WalletFile

_log = get_logger("node.wallet")
_FOLDER = "copies"


class AccountCopies:
    """Files of the same names as those of the accounts, in a folder below theirs."""

    def __init__(self, accounts: Path) -> None:
        self._folder = accounts / _FOLDER

    def keep(self, wallet: WalletFile) -> None:
        """Make the copy say the same. A disk that refuses is logged: the account itself is safe,
        and the next start tries again."""
        path, content = self._path(wallet), wallet.to_bytes()
        try:
            if path.is_file() and path.read_bytes() == content:
                return
            private_folder(self._folder)
            check_private_file(path)
            write_private(path, content)
        except (OSError, StorageError) as error:
            _log.warning("a wallet file has no copy", reason=type(error).__name__)

    def forget(self, name: str) -> None:
        """Raises OSError."""
        path = self._folder / name
        if path.exists():
            path.unlink()
            sync_folder(self._folder)

    def read(self, name: str) -> tuple[WalletFile, str] | None:
        """The copy of the account file `name` with its date, None without a sound one."""
        path = self._folder / name
        try:
            check_private_file(path)
            found = path.stat()
            if found.st_size > MAX_FILE:
                return None
            wallet = WalletFile.from_bytes(path.read_bytes())
        except (OSError, NodeError):
            # Told by the caller: the account's own file is the one that is missed.
            return None
        at = datetime.fromtimestamp(found.st_mtime, UTC)
        return (wallet, f"{at:%Y-%m-%d}") if self._path(wallet).name == name else None

    def _path(self, wallet: WalletFile) -> Path:
        return self._folder / f"{wallet.address.hex}.json"
