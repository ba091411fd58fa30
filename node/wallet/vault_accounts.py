"""Accounts of the vault: adding, choosing, naming, hiding, removing."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from node.core.errors import NoWalletError, UserInputError, WalletError, WalletExistsError
from node.core.ids import Address
from node.wallet.account_folder import by_age
from node.wallet.derivation import Path, derive_addresses, derive_key, next_path
from node.wallet.safekeeping import Phrase
from node.wallet.vault_core import VaultCore, VaultState, VaultStatus
from node.wallet.wallet_file import AccountKind, Protection, WalletFile, clean_label


class VaultAccounts(VaultCore):
    """The part of the vault for several accounts."""

    def accounts(self) -> tuple[WalletFile, ...]:
        """All accounts in the order in which they were made, hidden ones too."""
        return tuple(sorted(self._stored.files.values(), key=by_age))

    async def select(self, address: Address, password: str | None = None) -> VaultStatus:
        """Use another account; the key of the one before is destroyed and its grants end.

        Without a password it stays locked, unless the secret store keeps it and the one before was
        unlocked. Nothing has changed when the password is wrong.

        Raises:
            NoWalletError (unknown account), and as `unlock` with a password.
        """
        async with self._busy:
            file = self._account(address)
            was_unlocked = self.status().state is VaultState.UNLOCKED
            if self._stored.active == address and (password is None or was_unlocked):
                return self.status()
            by_store = file.protection is Protection.KEYRING and was_unlocked
            key = None
            if file.protection is not Protection.WATCH and (password is not None or by_store):
                lock = await self._keeper.lock_of(file, password)
                key = await self._keeper.open_key(file, lock)
            await asyncio.to_thread(self._storage().select, address)
            self._use(address)
            if key is not None:
                self._unlock_with(key)
        return self.status()

    async def phrase_of(self, group: str, password: str | None) -> Phrase:
        """The kept phrase of a group. Raises as `unlock`; WalletError when it was not kept."""
        async with self._busy:
            file = self._with_phrase(group)
            return await self._keeper.open_phrase(file, await self._keeper.lock_of(file, password))

    async def add_account(
        self, group: str, password: str | None, *, path: str = "", label: str = ""
    ) -> WalletFile:
        """A further account of the kept phrase, under the same protection. `path` empty: the next
        one.

        Raises:
            WalletExistsError, UserInputError (path), and as `phrase_of`.
        """
        async with self._busy:
            file = self._with_phrase(group)
            used = [Path.parse(item.path) for item in self._group(group) if item.path]
            at = Path.parse(path) if path.strip() else next_path(used)
            lock = await self._keeper.lock_of(file, password)
            phrase = await self._keeper.open_phrase(file, lock)
            (address,) = await asyncio.to_thread(
                derive_addresses, phrase.mnemonic, [at], phrase.passphrase
            )
            self._refuse_known([address])
            key = await asyncio.to_thread(derive_key, phrase.mnemonic, at, phrase.passphrase)
            try:
                sealed = await self._keeper.seal_key(key, str(at), lock)
            finally:
                key[:] = bytes(len(key))
            added = replace(
                sealed,
                phrase_box=file.phrase_box,
                group=group,
                label=self._name(label),
                backed_up=file.backed_up,
                protected_at=file.protected_at,
            )
            await self._save(added)
        self._on_change()
        return added

    async def watch(self, address: Address, label: str) -> WalletFile:
        """Add an address without its key; it is used at once when it is the first account.

        Raises:
            WalletExistsError, StorageError.
        """
        async with self._busy:
            self._storage()
            if address in self._stored.files:
                raise _already_there(address)
            file = WalletFile(
                address=address,
                keystore={},
                protection=Protection.WATCH,
                created_at=self._clock.unix_seconds(),
                label=self._name(label),
                group=address.raw.hex()[:16],
            )
            await self._save(file)
            if self.auto_lock.address is None:
                await asyncio.to_thread(self._storage().select, address)
                self._use(address)
        self._on_change()
        return file

    async def label(self, address: Address, label: str) -> WalletFile:
        """Rename an account. Raises UserInputError for a name without a printable character."""
        name = clean_label(label)
        if not name:
            raise UserInputError("Enter a name.", code="input.label")
        return await self._change(address, label=name)

    async def hide(self, address: Address, hidden: bool) -> WalletFile:
        """Raises WalletError for the account in use."""
        if hidden and address == self._stored.active:
            raise WalletError(
                "The account in use cannot be hidden.",
                hint="Choose another account first.",
                code="wallet.account_in_use",
            )
        return await self._change(address, hidden=hidden)

    async def remove(self, address: Address, *, keep_copy: bool = True) -> VaultStatus:
        """Take an account out of the wallet. If it was in use, the next one is, locked.

        With `keep_copy` its encrypted file stays aside, and so does the entry of the secret store
        that opens it. Without a copy and without a backup its funds are lost for good.
        """
        async with self._busy:
            file = self._account(address)
            rest = [other for other in self.accounts() if other.address != address]
            if self._stored.active == address:
                shown = [other for other in rest if not other.hidden] or rest
                following = shown[0].address if shown else None
                await asyncio.to_thread(self._storage().select, following)
            else:
                following = self._stored.active
            await asyncio.to_thread(self._storage().remove, address, keep_copy=keep_copy)
            del self._stored.files[address]
            if self._stored.active == address:
                self._use(following)
            if not keep_copy and all(other.keyring_entry != file.keyring_entry for other in rest):
                await self._keeper.forget(file.keyring_entry)
        self._on_change()
        return self.status()

    async def wipe(self) -> VaultStatus:
        """Remove the account in use without a copy."""
        return await self.remove(self._present().address, keep_copy=False)

    def _with_phrase(self, group: str) -> WalletFile:
        """An account that keeps the phrase of its group, or any other one of the group."""
        self._storage()
        files = self._group(group)
        if not files:
            raise NoWalletError("There is no such wallet.", hint="Look at the list of accounts.")
        return max(files, key=lambda file: file.phrase_box is not None)

    def _refuse_known(self, addresses: Sequence[Address]) -> None:
        for address in addresses:
            file = self._stored.files.get(address)
            if file is not None and file.kind is not AccountKind.WATCH:
                raise _already_there(address)

    def _name(self, label: str, taken: Collection[str] = ()) -> str:
        """`label` as one line, or the first free name with a number."""
        taken = {*taken, *(file.label for file in self._stored.files.values())}
        number = len(taken) + 1
        while f"Account {number}" in taken:
            number += 1
        return clean_label(label) or f"Account {number}"

    async def _change(
        self, address: Address, *, label: str | None = None, hidden: bool | None = None
    ) -> WalletFile:
        async with self._busy:
            old = self._account(address)
            changed = replace(
                old,
                label=old.label if label is None else label,
                hidden=old.hidden if hidden is None else hidden,
            )
            await self._save(changed)
        self._on_change()
        return changed


def _already_there(address: Address) -> WalletExistsError:
    return WalletExistsError(
        f"Account {address.checksum} is in the wallet already.",
        hint="Choose it in the list of accounts; it may be hidden.",
        code="wallet.account_exists",
    )
