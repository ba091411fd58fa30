"""The folder of all accounts: one file each, a pointer to the one in use, nothing ever lost.

```
keystore/wallets/<address>.json   an account
keystore/wallets/active           address of the account in use
keystore/wallets/change.json      only while several accounts are being changed
keystore/wallets/copies/          a second copy of each account
keystore/replaced-1.json          what was replaced or removed, encrypted as it was
keystore/damaged-1.json           what could not be read and was replaced by its copy
keystore/wallet.json              the one wallet of earlier versions; moved at the first start
```
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from node.core.errors import KeystoreFormatError, NodeError, StorageError
from node.core.faults import fault_point
from node.core.ids import Address
from node.core.paths import write_private
from node.core.private_files import check_private_file, private_folder, sync_folder
from node.wallet.account_copies import AccountCopies
from node.wallet.derivation import Path as DerivationPath
from node.wallet.keystore import MAX_FILE, parse_object
from node.wallet.wallet_file import DAMAGED, WalletFile, damaged_file

MAX_ACCOUNTS = 500
"""More are not added; those that are there are all read."""
UNFINISHED = "wallet.change_unfinished"
_EARLIER = "wallet.json"
_FOLDER = "wallets"
_ACTIVE = "active"
_CHANGE = "change.json"
_MAX_POINTER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedFile:
    """A file that cannot be used and was left as it is."""

    path: Path
    problem: str
    hint: str


@dataclass(slots=True, kw_only=True)
class StoredAccounts:
    """What `AccountFolder.load` found. `unused_entries`: of the secret store, after a change of
    password that was interrupted."""

    files: dict[Address, WalletFile] = field(default_factory=dict)
    damaged: list[DamagedFile] = field(default_factory=list)
    active: Address | None = None
    unused_entries: tuple[str, ...] = ()


class AccountFolder:
    """Folders have mode 0700, files 0600. Methods block briefly.

    All but `load` raise StorageError when the disk refuses or something in the way is no plain file
    of this user.
    """

    def __init__(self, folder: Path) -> None:
        self._top = folder
        self._folder = folder / _FOLDER
        self._copies = AccountCopies(self._folder)

    def path_of(self, address: Address) -> Path:
        return self._folder / f"{address.hex}.json"

    def load(self) -> StoredAccounts:
        """All accounts. A damaged file is listed and keeps nobody from the others; where there is
        a copy of it, the copy takes its place."""
        found = StoredAccounts()
        self._finish_change(found)
        for path in self._candidates():
            try:
                self._take(path, found)
            except KeystoreFormatError as error:
                if error.code != DAMAGED or not self._use_copy(path, found):
                    found.damaged.append(_damaged(path, error))
            except NodeError as error:
                found.damaged.append(_damaged(path, error))
        found.active = self._pointer(found.files)
        return found

    def save(self, wallet: WalletFile, *, keep_old: bool) -> None:
        """Write in one step. With `keep_old` the file that is there is copied aside first."""
        path = self.path_of(wallet.address)
        self._ready(path)
        try:
            if keep_old and path.exists():
                self._copy_aside(path)
            fault_point("wallet.save.before")
            self._write(path, wallet)
            fault_point("wallet.save.after")
        except OSError as error:
            raise _io_error("written", error) from error

    def save_together(
        self,
        wallets: Sequence[WalletFile],
        unused_entries: Sequence[str] = (),
        *,
        aside: Collection[Address] = (),
    ) -> None:
        """Write several files, all or none: an interrupted change is finished by `load`. What is
        there of the accounts `aside` is copied aside first."""
        change = self._folder / _CHANGE
        self._ready(change)
        content = {
            "files": [wallet.fields() for wallet in wallets],
            "unused_entries": list(unused_entries),
        }
        try:
            for path in map(self.path_of, aside):
                if path.exists():
                    self._copy_aside(path)
            fault_point("wallet.change.before")
            write_private(change, json.dumps(content).encode())
        except OSError as error:
            raise _io_error("written", error) from error
        fault_point("wallet.change.kept")
        try:
            self._apply(change, wallets)
        except OSError as error:
            raise StorageError(
                f"Not all wallet files could be written yet: {error.strerror or error}.",
                hint="The change holds; the rest is done at the next start.",
                code=UNFINISHED,
            ) from error

    def select(self, address: Address | None) -> None:
        """Remember which account is in use."""
        path = self._folder / _ACTIVE
        self._ready(path)
        try:
            fault_point("wallet.select.before")
            write_private(path, (address.checksum if address else "").encode())
            fault_point("wallet.select.after")
        except OSError as error:
            raise _io_error("written", error) from error

    def remove(self, address: Address, *, keep_copy: bool) -> None:
        """Take the file away; with `keep_copy` it stays aside, encrypted as it was."""
        path = self.path_of(address)
        try:
            if keep_copy and path.exists():
                fault_point("wallet.remove.before")
                self._copy_aside(path)
                fault_point("wallet.remove.copied")
            self._copies.forget(path.name)
            path.unlink(missing_ok=True)
            sync_folder(self._folder)
        except OSError as error:
            raise _io_error("removed", error) from error

    def _ready(self, path: Path) -> None:
        private_folder(self._top)
        private_folder(self._folder)
        check_private_file(path)

    def _candidates(self) -> Iterator[Path]:
        """Files of accounts: those with their proper name first, so that they win over copies."""
        try:
            inside = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        except OSError as error:
            raise _io_error("read", error) from error
        proper = [path for path in inside if path.name.startswith("0x")]
        others = [path for path in inside if path not in proper and path.name != _CHANGE]
        yield from proper
        yield from others
        earlier = self._top / _EARLIER
        if earlier.exists() or earlier.is_symlink():
            yield earlier

    def _take(self, path: Path, found: StoredAccounts) -> None:
        wallet = _read(path)
        if wallet.address in found.files:
            raise KeystoreFormatError(
                f"{path.name} is a second file of account {wallet.address.checksum}.",
                hint=f"The other one is in use. Move this one away: {path}",
                code="wallet.file_twice",
            )
        self._adopt(path, wallet.address)
        found.files[wallet.address] = wallet
        self._copies.keep(wallet)

    def _write(self, path: Path, wallet: WalletFile) -> None:
        write_private(path, wallet.to_bytes())
        self._copies.keep(wallet)

    def _use_copy(self, path: Path, found: StoredAccounts) -> bool:
        """Put the copy in the place of the damaged file at `path`, which is kept aside."""
        copy = self._copies.read(path.name) if path.parent == self._folder else None
        if copy is None or copy[0].address in found.files:
            return False
        wallet, date = copy
        aside = self._free_name("damaged")
        try:
            write_private(aside, path.read_bytes())
            write_private(path, wallet.to_bytes())
        except OSError as error:
            raise _io_error("restored", error) from error
        found.files[wallet.address] = wallet
        found.damaged.append(
            DamagedFile(
                path=aside,
                problem=f"The wallet file of {wallet.address.checksum} was damaged; its copy of"
                f" {date} is used.",
                hint=f"Nothing is lost. The damaged file is kept: {aside}",
            )
        )
        return True

    def _adopt(self, path: Path, address: Address) -> None:
        """Give a file from elsewhere its place. A rename: a crash leaves it here or there."""
        proper = self.path_of(address)
        if path == proper:
            return
        try:
            if not proper.exists():
                private_folder(self._folder)
                fault_point("wallet.move.before")
                path.rename(proper)
                fault_point("wallet.move.after")
                sync_folder(self._folder)
                sync_folder(path.parent)
                return
        except OSError as error:
            raise _io_error("moved", error) from error
        raise KeystoreFormatError(
            f"{proper.name} is in the way of {path.name}.",
            hint=f"Move one of the two away: {proper}",
            code="wallet.file_twice",
        )

    def _pointer(self, files: dict[Address, WalletFile]) -> Address | None:
        path = self._folder / _ACTIVE
        try:
            check_private_file(path)
            if path.stat().st_size <= _MAX_POINTER:
                named = Address.parse(path.read_text("ascii").strip())
                if named in files:
                    return named
        except (OSError, ValueError, NodeError):
            # Missing or damaged: it names nothing that could be lost, another account is taken.
            return _first(files)
        return _first(files)

    def _finish_change(self, found: StoredAccounts) -> None:
        change = self._folder / _CHANGE
        if not change.is_file():
            return
        try:
            check_private_file(change)
            content = parse_object(change.read_bytes(), MAX_FILE * MAX_ACCOUNTS)
            wallets = [
                WalletFile.from_bytes(json.dumps(item).encode())
                for item in _list_of(content, "files")
            ]
            self._apply(change, wallets)
            entries = [name for name in _list_of(content, "unused_entries") if type(name) is str]
            found.unused_entries = tuple(entries)
        except (OSError, NodeError) as error:
            found.damaged.append(
                DamagedFile(
                    path=change,
                    problem="A change of several accounts was interrupted and not finished.",
                    hint=f"They may still have the old password, or be missing. Cause: {error}",
                )
            )

    def _apply(self, change: Path, wallets: Sequence[WalletFile]) -> None:
        for wallet in wallets:
            path = self.path_of(wallet.address)
            check_private_file(path)
            self._write(path, wallet)
            fault_point("wallet.change.file")
        change.unlink()
        sync_folder(self._folder)

    def _copy_aside(self, path: Path) -> None:
        """A replaced wallet stays, encrypted as it was: nobody loses a key by one wrong click."""
        write_private(self._free_name("replaced"), path.read_bytes())

    def _free_name(self, kind: str) -> Path:
        number = 1
        while (target := self._top / f"{kind}-{number}.json").exists():
            number += 1
        return target


def by_age(file: WalletFile) -> tuple[int, str, tuple[int, ...], bytes]:
    """Order of accounts; those of one phrase that came together by their paths."""
    steps = DerivationPath.parse(file.path).steps if file.path else ()
    return file.created_at, file.group, steps, file.address.raw


def _read(path: Path) -> WalletFile:
    try:
        check_private_file(path)
        if path.stat().st_size > MAX_FILE:
            raise damaged_file(path)
        return WalletFile.from_bytes(path.read_bytes())
    except KeystoreFormatError as error:
        raise damaged_file(path) from error
    except OSError as error:
        raise _io_error("read", error) from error


def _damaged(path: Path, error: NodeError) -> DamagedFile:
    return DamagedFile(path=path, problem=error.message, hint=error.hint)


def _first(files: dict[Address, WalletFile]) -> Address | None:
    """The oldest account that is shown; a hidden one when there is no other."""
    ordered = sorted(files.values(), key=lambda file: (file.hidden, *by_age(file)))
    return ordered[0].address if ordered else None


def _list_of(content: dict[str, Any], name: str) -> list[Any]:
    found = content.get(name)
    if not isinstance(found, list):
        raise KeystoreFormatError("This file is damaged.")
    return found


def _io_error(verb: str, error: OSError) -> StorageError:
    return StorageError(
        f"The wallet file could not be {verb}: {error.strerror or error}.",
        hint="Check free space and permissions of the data folder.",
        code="storage.io",
    )
