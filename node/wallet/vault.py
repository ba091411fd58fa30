"""The wallet of this profile: made, opened, locked and changed here; used through its signer."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace

from node.core.clock import Clock
from node.core.errors import KeystoreFormatError, WalletExistsError, WrongPasswordError
from node.core.ids import Address
from node.wallet.backup_check import BackupCheck
from node.wallet.backup_file import BackupFile
from node.wallet.derivation import Path, derive_key
from node.wallet.keystore import decrypt_keystore, open_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.password import normal_form
from node.wallet.private_key import parse_private_key
from node.wallet.safekeeping import Lock, Phrase, Safekeeping
from node.wallet.signer import KeySigner
from node.wallet.vault_core import VaultState, VaultStatus
from node.wallet.vault_secrets import VaultSecrets
from node.wallet.wallet_file import AccountKind, Protection, WalletFile

__all__ = ["Safekeeping", "Vault", "VaultState", "VaultStatus"]


class Vault(VaultSecrets):
    """The whole of it: new accounts come in here.

    All methods but `from_private_key` raise WalletExistsError when there is a wallet and `keep`
    neither replaces it nor adds to it, WeakPasswordError, KeyringUnavailableError and StorageError;
    nothing is stored unless everything given is valid.
    """

    @classmethod
    def from_private_key(cls, key: str | bytes, clock: Clock) -> "Vault":
        """An unlocked wallet in memory: the demo's, or that of WALLET_PRIVATE_KEY. It never locks.

        Raises:
            InvalidKeyError: `key` is no private key.
        """
        vault = cls(None, clock, idle_s=0)
        vault._unlock_with(parse_private_key(key) if isinstance(key, str) else bytearray(key))
        return vault

    async def create(self, words: int, keep: Safekeeping) -> Mnemonic:
        """Make a wallet of a new phrase and unlock it; the phrase is returned to be written down.

        Its backup can be verified without the password as long as the wallet stays unlocked.
        """
        phrase = Phrase(mnemonic=Mnemonic.generate(words))
        await self._keep_phrase(phrase, [Path.parse("")], keep, backed_up=False)
        group = self._present().group
        self._check = BackupCheck.of(group, phrase.mnemonic)
        return phrase.mnemonic

    async def import_phrase(
        self,
        phrase: str,
        keep: Safekeeping,
        *,
        passphrase: str = "",
        path: str = "",
        account: int = 0,
        more_paths: Sequence[str] = (),
    ) -> VaultStatus:
        """Use the account `account` places after `path`; add those at `more_paths` too.

        Raises:
            InvalidMnemonicError, UserInputError (path).
        """
        paths = [Path.parse(path).account(account), *map(Path.parse, more_paths)]
        found = Phrase(mnemonic=Mnemonic.parse(phrase), passphrase=passphrase)
        return await self._keep_phrase(found, list(dict.fromkeys(paths)), keep, backed_up=True)

    async def import_private_key(self, text: str, keep: Safekeeping) -> VaultStatus:
        """Raises InvalidKeyError."""
        return await self._keep([(parse_private_key(text), "")], keep)

    async def import_keystore(self, text: str, password: str, keep: Safekeeping) -> VaultStatus:
        """Take the key of another wallet's file; `password` is that file's.

        Raises:
            KeystoreFormatError, WrongPasswordError.
        """
        return await self._keep([(await decrypt_keystore(text, password), "")], keep)

    async def restore(self, text: str, password: str, keep: Safekeeping | None) -> VaultStatus:
        """Add the accounts of a backup; those that are there already stay as they are.

        `keep` None leaves them under `password`, which is that of the backup. Accounts that have
        another password keep it. The account that was in use is used again, unlocked.

        Raises:
            KeystoreFormatError: no backup or a damaged one.
            WrongPasswordError: it opens no account.
        """
        backup = BackupFile.parse(text)
        async with self._busy:
            self._storage()
            opened = await _open_all(backup, normal_form(password))
            try:
                added = [file for file in backup.accounts if self._is_new(file)]
                await self._add_restored(added, set(opened), normal_form(password), keep)
                if self.auto_lock.address is None:
                    chosen = backup.active or backup.accounts[0].address
                    await asyncio.to_thread(self._storage().select, chosen)
                    self._use(chosen)
                in_use = self.auto_lock.address
                if in_use in opened and in_use in {file.address for file in added}:
                    self._unlock_with(opened[in_use])
            finally:
                for key in opened.values():
                    key[:] = bytes(len(key))
        self._on_change()
        return self.status()

    async def _add_restored(
        self,
        files: list[WalletFile],
        opened: set[Address],
        password: str,
        keep: Safekeeping | None,
    ) -> None:
        """Store accounts of a backup; those that were opened under the protection of `keep`."""
        lock = Lock(password=password)
        if keep is not None and files:
            new = await self._keeper.new_lock(keep)
            files = [
                await self._resealed(file, lock, new) if file.address in opened else file
                for file in files
            ]
            lock = new
        await self._save_new(files, lock, keep_old=False)

    def _is_new(self, file: WalletFile) -> bool:
        known = self._stored.files.get(file.address)
        if known is None:
            return True
        return known.kind is AccountKind.WATCH and file.kind is not AccountKind.WATCH

    async def _keep_phrase(
        self, phrase: Phrase, paths: list[Path], keep: Safekeeping, *, backed_up: bool
    ) -> VaultStatus:
        keys = [(derive_key(phrase.mnemonic, path, phrase.passphrase), str(path)) for path in paths]
        return await self._keep(keys, keep, phrase=phrase, backed_up=backed_up)

    async def _keep(
        self,
        keys: list[tuple[bytearray, str]],
        keep: Safekeeping,
        *,
        phrase: Phrase | None = None,
        backed_up: bool = True,
    ) -> VaultStatus:
        """Store and unlock. The old wallet, if any, stays usable until the new one is on disk."""
        async with self._busy:
            try:
                self._storage()
                old = self._stored.files.get(self._stored.active) if self._stored.active else None
                addresses = [_address_of(key) for key, _ in keys]
                self._refuse_replacing(addresses, keep)
                lock = await self._keeper.new_lock(keep)
                files = await self._sealed(keys, lock, phrase if keep.keep_phrase else None)
                files = self._named(files, keep.label, backed_up)
                await self._save_new(files, lock, keep_old=True)
                await asyncio.to_thread(self._storage().select, files[0].address)
                if keep.replace and old is not None and old.address not in addresses:
                    await asyncio.to_thread(self._storage().remove, old.address, keep_copy=True)
                    del self._stored.files[old.address]
                self._use(files[0].address)
                self._unlock_with(keys[0][0])
            finally:
                for key, _ in keys:
                    key[:] = bytes(len(key))
        return self.status()

    def _refuse_replacing(self, addresses: list[Address], keep: Safekeeping) -> None:
        if keep.replace:
            return
        known = [self._stored.files.get(address) for address in addresses]
        only_watched = all(
            file is not None and file.protection is Protection.WATCH for file in known
        )
        if keep.add or only_watched:
            self._refuse_known(addresses)
        elif self._stored.active is not None:
            raise WalletExistsError(f"This would replace wallet {self._stored.active.checksum}.")

    async def _sealed(
        self, keys: list[tuple[bytearray, str]], lock: Lock, kept: Phrase | None
    ) -> list[WalletFile]:
        box = await self._keeper.seal_phrase(kept, lock) if kept is not None else None
        group = secrets.token_hex(8)
        return [
            replace(
                await self._keeper.seal_key(key, path, lock),
                phrase_box=box,
                group=group,
            )
            for key, path in keys
        ]

    def _named(self, files: list[WalletFile], label: str, backed_up: bool) -> list[WalletFile]:
        named: list[WalletFile] = []
        for file in files:
            known = self._stored.files.get(file.address)
            name = label if not named else ""
            name = name or (known.label if known else "")
            if not name:
                name = self._name("", taken={item.label for item in named})
            named.append(replace(file, label=self._name(name), backed_up=backed_up))
        return named


async def _open_all(backup: BackupFile, password: str) -> dict[Address, bytearray]:
    """Keys of the accounts that `password` opens."""
    opened: dict[Address, bytearray] = {}
    with_keys = [file for file in backup.accounts if file.kind is not AccountKind.WATCH]
    for file in with_keys:
        try:
            opened[file.address] = await asyncio.to_thread(open_keystore, file.keystore, password)
        except WrongPasswordError:
            # It has a password of its own, which it keeps.
            continue
        except KeystoreFormatError as error:
            raise KeystoreFormatError(
                "This backup file is damaged.",
                hint="Use another copy of it.",
                code="wallet.backup_damaged",
                details={"account": file.address.checksum},
            ) from error
    if with_keys and not opened:
        raise WrongPasswordError(
            "This is not the password of the backup.",
            hint="It is the one that was entered when the backup was saved.",
        )
    return opened


def _address_of(key: bytearray) -> Address:
    signer = KeySigner(key)
    signer.destroy()
    return signer.address
