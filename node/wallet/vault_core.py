"""State of the vault: which account is in use, and whether its key is at hand."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as FilePath

from node.core.clock import Clock
from node.core.errors import (
    NotSupportedError,
    NoWalletError,
    StorageError,
    WalletError,
    WatchOnlyError,
)
from node.core.ids import Address
from node.wallet.account_folder import (
    MAX_ACCOUNTS,
    UNFINISHED,
    AccountFolder,
    DamagedFile,
    StoredAccounts,
)
from node.wallet.auto_lock import DEFAULT_IDLE_S, AutoLock
from node.wallet.backup_check import BackupCheck
from node.wallet.keyring_store import SecretStore
from node.wallet.safekeeping import Keeper, Lock
from node.wallet.secret_box import STANDARD_COST, ScryptCost
from node.wallet.signer import KeySigner
from node.wallet.vault_signer import VaultSigner
from node.wallet.wallet_file import Protection, WalletFile


class VaultState(StrEnum):
    EMPTY = "empty"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultStatus:
    """Of the account in use. `idle_left_s`: until the wallet locks itself, None for never.
    `wait_s`: until a password may be tried again. `serves_while_locked`: running sessions still use
    the key for their messages."""

    state: VaultState
    address: Address | None = None
    protection: Protection | None = None
    path: str = ""
    label: str = ""
    group: str = ""
    has_phrase: bool = False
    backed_up: bool = True
    keyring_available: bool = False
    idle_left_s: int | None = None
    wait_s: int = 0
    serves_while_locked: bool = False
    damaged: tuple[DamagedFile, ...] = ()

    @property
    def watch_only(self) -> bool:
        return self.protection is Protection.WATCH


class VaultCore:
    """Accounts in one folder, of which one is in use, or a key in memory only.

    `signer` stays the same object for the life of the vault. Methods that take a password work in a
    thread for about 0.6 s and run one at a time.
    """

    def __init__(
        self,
        folder: FilePath | None,
        clock: Clock,
        keyring: SecretStore | None = None,
        *,
        idle_s: int = DEFAULT_IDLE_S,
        cost: ScryptCost = STANDARD_COST,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """`folder` None keeps nothing on disk: see `Vault.from_private_key`. `on_change` takes no
        time and is called after each lock, unlock and change of an account."""
        self._clock = clock
        self._folder = AccountFolder(folder) if folder is not None else None
        self._keeper = Keeper(clock, keyring, cost)
        self._cost = cost
        self._keyring_available = keyring is not None
        self._stored = StoredAccounts()
        self._busy = asyncio.Lock()
        self._check: BackupCheck | None = None
        self._on_change = on_change or _nothing
        self.auto_lock = AutoLock(clock, idle_s=idle_s, on_change=self._lock_changed)
        self.signer = VaultSigner(self.auto_lock)

    async def open(self) -> VaultStatus:
        """Look for accounts in the folder. One kept by the secret store still has to be unlocked.

        Damaged files are left as they are and listed in the status.

        Raises:
            StorageError: the folder cannot be read.
        """
        if self._folder is not None:
            self._stored = await asyncio.to_thread(self._folder.load)
            self._use(self._stored.active)
            entries, self._stored.unused_entries = self._stored.unused_entries, ()
            for entry in entries:
                await self._keeper.forget(entry)
        return self.status()

    def status(self) -> VaultStatus:
        address, damaged = self.auto_lock.address, tuple(self._stored.damaged)
        if address is None:
            return VaultStatus(
                state=VaultState.EMPTY, keyring_available=self._keyring_available, damaged=damaged
            )
        file = self._stored.files.get(address)
        unlocked = self.auto_lock.is_unlocked
        return VaultStatus(
            state=VaultState.UNLOCKED if unlocked else VaultState.LOCKED,
            address=address,
            protection=file.protection if file else Protection.MEMORY,
            path=file.path if file else "",
            label=file.label if file else "",
            group=file.group if file else "",
            has_phrase=file is not None and file.phrase_box is not None,
            backed_up=file.backed_up if file else True,
            keyring_available=self._keyring_available,
            idle_left_s=self.auto_lock.idle_left_s,
            wait_s=self._keeper.wait_s,
            serves_while_locked=not unlocked and self.auto_lock.has_grants,
            damaged=damaged,
        )

    async def unlock(self, password: str | None = None) -> VaultStatus:
        """Open the account in use; without a password when the secret store keeps it.

        Raises:
            NoWalletError, WatchOnlyError, WrongPasswordError, KeyringUnavailableError,
            KeystoreFormatError.
        """
        async with self._busy:
            if self._folder is None and self.auto_lock.is_unlocked:
                return self.status()
            file = self._present()
            self._unlock_with(
                await self._keeper.open_key(file, await self._keeper.lock_of(file, password))
            )
        return self.status()

    def lock(self, *, end_grants: bool = False) -> VaultStatus:
        """Lock now. With `end_grants` running sessions lose the key as well.

        Raises:
            NotSupportedError: a wallet in memory could not be unlocked again.
        """
        if self._folder is None:
            raise NotSupportedError("This wallet lives in memory only; it ends with the program.")
        self.auto_lock.lock(end_grants=end_grants)
        return self.status()

    # --- for the classes built on this one -------------------------------------------------------

    def _present(self) -> WalletFile:
        address = self.auto_lock.address
        file = self._stored.files.get(address) if address is not None else None
        if file is None:
            raise NoWalletError("There is no wallet yet.")
        return file

    def _account(self, address: Address) -> WalletFile:
        self._storage()
        file = self._stored.files.get(address)
        if file is None:
            raise NoWalletError(
                f"There is no account {address.checksum} in this wallet.",
                hint="Look at the list of accounts.",
            )
        return file

    def _group(self, group: str) -> list[WalletFile]:
        return [file for file in self._stored.files.values() if file.group == group]

    async def _key_owner(self, password: str | None) -> tuple[WalletFile, Lock]:
        """The account in use and its lock, not yet tried. Raises as `unlock`."""
        self._storage()
        file = self._present()
        if file.protection is Protection.WATCH:
            raise WatchOnlyError("This account is watched only.")
        return file, await self._keeper.lock_of(file, password)

    def _storage(self) -> AccountFolder:
        if self._folder is None:
            raise NotSupportedError(
                "This node runs with a key that was given to it; it keeps no wallet of its own.",
                hint="Start without WALLET_PRIVATE_KEY to use a wallet file.",
            )
        return self._folder

    def _use(self, address: Address | None) -> None:
        """Work with `address`, locked."""
        file = self._stored.files.get(address) if address is not None else None
        self._check = None
        self._stored.active = address
        self.auto_lock.use(
            address, watch_only=file is not None and file.protection is Protection.WATCH
        )

    def _unlock_with(self, key: bytearray) -> None:
        """Take the key; `key` is wiped."""
        try:
            self.auto_lock.unlock(KeySigner(key))
        finally:
            key[:] = bytes(len(key))

    async def _save(self, file: WalletFile, *, keep_old: bool = False) -> None:
        """Write one account. A file nobody could read there is always copied aside."""
        self._require_room([file])
        aside = keep_old or file.address not in self._stored.files
        await asyncio.to_thread(self._storage().save, file, keep_old=aside)
        self._stored.files[file.address] = file

    async def _save_new(self, files: list[WalletFile], lock: Lock, *, keep_old: bool) -> None:
        """Write all of `files` or none; when the disk refuses, the new entry of the secret store
        goes again."""
        try:
            if len(files) == 1:
                await self._save(files[0], keep_old=keep_old)
            elif files:
                self._require_room(files)
                aside = {
                    file.address
                    for file in files
                    if keep_old or file.address not in self._stored.files
                }
                await self._save_together(files, aside=aside)
        except StorageError as error:
            if error.code != UNFINISHED and all(
                file.keyring_entry != lock.entry for file in self._stored.files.values()
            ):
                await self._keeper.forget(lock.entry)
            raise

    async def _save_together(
        self,
        files: list[WalletFile],
        unused_entries: Sequence[str] = (),
        *,
        aside: Collection[Address] = (),
    ) -> None:
        """All of `files` or none of them."""
        try:
            await asyncio.to_thread(
                self._storage().save_together, files, unused_entries, aside=aside
            )
        except StorageError as error:
            if error.code != UNFINISHED:
                raise
            self._stored.files.update({file.address: file for file in files})
            raise
        self._stored.files.update({file.address: file for file in files})

    def _require_room(self, files: list[WalletFile]) -> None:
        new = {file.address for file in files} - self._stored.files.keys()
        if new and len(self._stored.files) + len(new) > MAX_ACCOUNTS:
            raise WalletError(
                f"A wallet has at most {MAX_ACCOUNTS} accounts.",
                hint="Remove one first; its file is copied aside.",
                code="wallet.too_many_accounts",
            )

    def _lock_changed(self) -> None:
        if not self.auto_lock.is_unlocked:
            # Three words of the phrase are in it.
            self._check = None
        self._on_change()


def _nothing() -> None:
    """Nobody wants to know."""
