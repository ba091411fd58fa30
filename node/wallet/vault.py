"""The wallet of this profile: made, opened, locked and changed here; used through its signer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path as FilePath

from node.core.clock import Clock
from node.core.errors import (
    NotSupportedError,
    NoWalletError,
    StorageError,
    WalletError,
    WalletExistsError,
)
from node.core.ids import Address
from node.wallet.auto_lock import DEFAULT_IDLE_S, AutoLock
from node.wallet.derivation import Path, derive_key
from node.wallet.keyring_store import SecretStore
from node.wallet.keystore import decrypt_keystore, encrypt_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.password import check_strength, normal_form
from node.wallet.private_key import parse_private_key
from node.wallet.safekeeping import Contents, Keeper, Safekeeping
from node.wallet.secret_box import STANDARD_COST, ScryptCost
from node.wallet.signer import KeySigner
from node.wallet.vault_signer import VaultSigner
from node.wallet.wallet_file import Protection, WalletFile, WalletFolder

__all__ = ["Safekeeping", "Vault", "VaultState", "VaultStatus"]


class VaultState(StrEnum):
    EMPTY = "empty"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultStatus:
    """`idle_left_s`: until the wallet locks itself, None for never. `wait_s`: until a password may
    be tried again. `serves_while_locked`: running sessions still use the key for their messages."""

    state: VaultState
    address: Address | None = None
    protection: Protection | None = None
    path: str = ""
    has_phrase: bool = False
    keyring_available: bool = False
    idle_left_s: int | None = None
    wait_s: int = 0
    serves_while_locked: bool = False


class Vault:
    """One wallet in one folder, or a key in memory only.

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
        """`folder` None keeps nothing on disk: see `from_private_key`. `on_change` takes no time
        and is called after each lock, unlock and replacement."""
        self._clock = clock
        self._folder = WalletFolder(folder) if folder is not None else None
        self._keeper = Keeper(clock, keyring, cost)
        self._cost = cost
        self._keyring_available = keyring is not None
        self._file: WalletFile | None = None
        self._busy = asyncio.Lock()
        self.auto_lock = AutoLock(clock, idle_s=idle_s, on_change=on_change or _nothing)
        self.signer = VaultSigner(self.auto_lock)

    @classmethod
    def from_private_key(cls, key: str | bytes, clock: Clock) -> "Vault":
        """An unlocked wallet in memory: the demo's, or that of WALLET_PRIVATE_KEY. It never locks.

        Raises:
            InvalidKeyError: `key` is no private key.
        """
        vault = cls(None, clock, idle_s=0)
        secret = parse_private_key(key) if isinstance(key, str) else bytearray(key)
        vault.auto_lock.unlock(KeySigner(secret))
        _wipe(secret)
        return vault

    # --- state -----------------------------------------------------------------------------------

    async def open(self) -> VaultStatus:
        """Look for a wallet in the folder. A wallet kept by the secret store still has to be
        unlocked.

        Raises:
            KeystoreFormatError: the file is damaged; it stays, and a new wallet may be imported.
            StorageError: the file is unreadable, a link, or somebody else's.
        """
        if self._folder is not None:
            self._file = await asyncio.to_thread(self._folder.load)
            self.auto_lock.address = self._file.address if self._file else None
        return self.status()

    def status(self) -> VaultStatus:
        address = self.auto_lock.address
        if address is None:
            return VaultStatus(state=VaultState.EMPTY, keyring_available=self._keyring_available)
        unlocked = self.auto_lock.is_unlocked
        return VaultStatus(
            state=VaultState.UNLOCKED if unlocked else VaultState.LOCKED,
            address=address,
            protection=self._file.protection if self._file else Protection.MEMORY,
            path=self._file.path if self._file else "",
            has_phrase=self._file is not None and self._file.phrase_box is not None,
            keyring_available=self._keyring_available,
            idle_left_s=self.auto_lock.idle_left_s,
            wait_s=self._keeper.wait_s,
            serves_while_locked=not unlocked and self.auto_lock.has_grants,
        )

    async def unlock(self, password: str | None = None) -> VaultStatus:
        """Open the wallet; without a password when the secret store keeps it.

        Raises:
            NoWalletError, WrongPasswordError, KeyringUnavailableError, KeystoreFormatError.
        """
        async with self._busy:
            if self._folder is None and self.auto_lock.is_unlocked:
                return self.status()
            contents = await self._keeper.open(self._present(), password)
            self.auto_lock.unlock(KeySigner(contents.key))
            contents.wipe()
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

    # --- a new wallet ----------------------------------------------------------------------------

    async def create(self, words: int, keep: Safekeeping) -> Mnemonic:
        """Make a wallet of a new phrase and unlock it; the phrase is returned to be written down.

        Raises:
            WalletExistsError, WeakPasswordError, KeyringUnavailableError, StorageError.
        """
        mnemonic = Mnemonic.generate(words)
        await self._keep_phrase(mnemonic, Path.parse(""), "", keep)
        return mnemonic

    async def import_phrase(
        self,
        phrase: str,
        keep: Safekeeping,
        *,
        passphrase: str = "",
        path: str = "",
        account: int = 0,
    ) -> VaultStatus:
        """Use the account `account` places after `path`. Nothing is stored unless all of it is
        valid.

        Raises:
            InvalidMnemonicError, UserInputError (path), and those of `create`.
        """
        at = Path.parse(path).account(account)
        return await self._keep_phrase(Mnemonic.parse(phrase), at, passphrase, keep)

    async def import_private_key(self, text: str, keep: Safekeeping) -> VaultStatus:
        """Raises InvalidKeyError and those of `create`."""
        return await self._keep(Contents(key=parse_private_key(text)), keep)

    async def import_keystore(self, text: str, password: str, keep: Safekeeping) -> VaultStatus:
        """Take the key of another wallet's file; `password` is that file's.

        Raises:
            KeystoreFormatError, WrongPasswordError, and those of `create`.
        """
        return await self._keep(Contents(key=await decrypt_keystore(text, password)), keep)

    # --- the present wallet ----------------------------------------------------------------------

    async def change_protection(self, password: str | None, keep: Safekeeping) -> VaultStatus:
        """Encrypt the wallet anew, with another password or the secret store. `password` is the
        old.

        A kept phrase stays kept. Raises as `unlock` and `create`.
        """
        async with self._busy:
            old = self._present()
            contents = await self._keeper.open(old, password, with_phrase=True)
            try:
                new = await self._keeper.seal(contents, replace(keep, keep_phrase=True))
            finally:
                contents.wipe()
            await self._save(new, keep_old=False)
            await self._keeper.forget(old)
        return self.status()

    async def reveal_phrase(self, password: str | None) -> Mnemonic:
        """The kept phrase. Raises as `unlock`; WalletError when it was not kept."""
        async with self._busy:
            contents = await self._keeper.open(self._present(), password, with_phrase=True)
        contents.wipe()
        if contents.mnemonic is None:
            raise WalletError(
                "The recovery phrase was not kept in this wallet.",
                hint="Export a backup file instead.",
                code="wallet.no_phrase",
            )
        return contents.mnemonic

    async def export_keystore(self, password: str | None, new_password: str) -> str:
        """A version 3 file for a backup or another wallet, under `new_password`.

        Raises as `unlock`; WeakPasswordError.
        """
        check_strength(new_password)
        async with self._busy:
            contents = await self._keeper.open(self._present(), password)
        try:
            return await encrypt_keystore(contents.key, normal_form(new_password), cost=self._cost)
        finally:
            contents.wipe()

    async def wipe(self) -> VaultStatus:
        """Remove the wallet from this computer. Without a backup its funds are lost for good."""
        async with self._busy:
            old = self._present()
            await asyncio.to_thread(self._storage().remove)
            self._file = None
            self.auto_lock.lock(end_grants=True)
            self.auto_lock.address = None
            await self._keeper.forget(old)
        return self.status()

    def _present(self) -> WalletFile:
        if self._file is None:
            raise NoWalletError("There is no wallet yet.")
        return self._file

    def _storage(self) -> WalletFolder:
        if self._folder is None:
            raise NotSupportedError(
                "This node runs with a key that was given to it; it keeps no wallet of its own.",
                hint="Start without WALLET_PRIVATE_KEY to use a wallet file.",
            )
        return self._folder

    async def _keep_phrase(
        self, mnemonic: Mnemonic, path: Path, passphrase: str, keep: Safekeeping
    ) -> VaultStatus:
        key = derive_key(mnemonic, path, passphrase)
        return await self._keep(Contents(key=key, mnemonic=mnemonic, path=str(path)), keep)

    async def _keep(self, contents: Contents, keep: Safekeeping) -> VaultStatus:
        """Store and unlock. The old wallet, if any, stays usable until the new one is on disk."""
        async with self._busy:
            try:
                self._storage()
                if self._file is not None and not keep.replace:
                    raise WalletExistsError(
                        f"This would replace wallet {self._file.address.checksum}."
                    )
                new = await self._keeper.seal(contents, keep)
                await self._save(new, keep_old=True)
                self.auto_lock.lock(end_grants=True)
                self.auto_lock.unlock(KeySigner(contents.key))
            finally:
                contents.wipe()
        return self.status()

    async def _save(self, new: WalletFile, *, keep_old: bool) -> None:
        try:
            await asyncio.to_thread(self._storage().save, new, keep_old=keep_old)
        except StorageError:
            await self._keeper.forget(new)
            raise
        self._file = new


def _wipe(secret: bytearray) -> None:
    secret[:] = bytes(len(secret))


def _nothing() -> None:
    """Nobody wants to know."""
