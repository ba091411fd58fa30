"""Secrets of the account in use: showing, backing up, protecting them anew."""

from dataclasses import replace

from node.core.errors import WeakPasswordError, WrongPasswordError
from node.wallet.backup_check import BackupCheck, Question
from node.wallet.backup_file import BackupFile
from node.wallet.keystore import encrypt_keystore
from node.wallet.password import check_strength, normal_form
from node.wallet.safekeeping import Lock, Phrase, Safekeeping
from node.wallet.vault_accounts import VaultAccounts
from node.wallet.vault_core import VaultState, VaultStatus
from node.wallet.wallet_file import Protection, WalletFile


class VaultSecrets(VaultAccounts):
    """The part of the vault that decrypts on request. `password` is asked every time, None when
    the secret store keeps it; each method raises as `unlock`."""

    async def reveal_phrase(self, password: str | None) -> Phrase:
        """The kept phrase. Raises WalletError (`wallet.no_phrase`) when it was not kept."""
        async with self._busy:
            file, lock = await self._key_owner(password)
            phrase = await self._keeper.open_phrase(file, lock)
            self._prepare_check(file, phrase)
        return phrase

    async def reveal_key(self, password: str | None) -> bytearray:
        """The private key; the caller wipes it."""
        async with self._busy:
            file, lock = await self._key_owner(password)
            return await self._keeper.open_key(file, lock)

    async def export_keystore(self, password: str | None, new_password: str) -> str:
        """A version 3 file for another wallet, under `new_password`. Raises WeakPasswordError."""
        check_strength(new_password)
        key = await self.reveal_key(password)
        try:
            return await encrypt_keystore(key, normal_form(new_password), cost=self._cost)
        finally:
            key[:] = bytes(len(key))

    async def export_backup(self, password: str | None, new_password: str | None) -> str:
        """All accounts in one file.

        Those of the group in use are encrypted under `new_password` where one is given, which a
        wallet of the secret store needs; other accounts stay under the passwords they have.

        Raises:
            WeakPasswordError: `new_password` is weak, or needed and missing.
            KeyringUnavailableError: another account's entry cannot be read.
        """
        lock = (
            await self._keeper.new_lock(Safekeeping(password=new_password))
            if new_password
            else None
        )
        async with self._busy:
            present = self._present()
            if present.protection is not Protection.WATCH:
                _, old = await self._key_owner(password)
                key = await self._keeper.open_key(present, old)
                key[:] = bytes(len(key))
            accounts = []
            for file in self.accounts():
                in_use = file.group == present.group and file.protection is not Protection.WATCH
                if file.protection is Protection.KEYRING or (in_use and lock is not None):
                    accounts.append(await self._under(file, lock, password))
                else:
                    accounts.append(file)
        backup = BackupFile(
            accounts=tuple(accounts),
            active=present.address,
            created_at=self._clock.unix_seconds(),
        )
        return backup.to_text()

    async def change_protection(self, password: str | None, keep: Safekeeping) -> VaultStatus:
        """Encrypt all accounts of the group in use anew, with another password or the secret store.

        All of them change or none, also when the process dies in between; `password` is the old
        one. A kept phrase stays kept.

        Raises:
            WeakPasswordError, KeyringUnavailableError, UserInputError, StorageError.
        """
        async with self._busy:
            present, old = await self._key_owner(password)
            key = await self._keeper.open_key(present, old)
            key[:] = bytes(len(key))
            new = await self._keeper.new_lock(keep)
            files = [file for file in self._group(present.group) if file.kind != "watch"]
            try:
                changed = [await self._resealed(file, old, new) for file in files]
            except BaseException:
                await self._keeper.forget(new.entry)
                raise
            now = self._clock.unix_seconds()
            # From here on a file may need the new entry: it is not taken back any more.
            await self._save_together(
                [replace(file, protected_at=now) for file in changed],
                [old.entry] if old.entry else [],
            )
            await self._keeper.forget(old.entry)
        self._on_change()
        return self.status()

    # --- verified backup -------------------------------------------------------------------------

    async def backup_questions(self, password: str | None) -> tuple[Question, ...]:
        """Three words to be asked back. Just after the phrase was made or shown no password is
        needed."""
        async with self._busy:
            self._storage()
            file = self._present()
            ready = self._check
            if ready is None or ready.group != file.group or password is not None:
                _, lock = await self._key_owner(password)
                ready = self._prepare_check(file, await self._keeper.open_phrase(file, lock))
            return ready.questions

    async def confirm_backup(self, answers: tuple[str, ...]) -> VaultStatus:
        """Note that the phrase was written down, for all its accounts.

        Raises:
            InvalidMnemonicError: a wrong word; nothing has changed.
            WrongPasswordError: the questions have to be asked first.
        """
        async with self._busy:
            check = self._check
            if check is None or check.group != self._present().group:
                raise WrongPasswordError(
                    "Enter the password, then the questions are asked anew.",
                    code="wallet.password_needed",
                )
            check.verify(answers)
            proved = [replace(file, backed_up=True) for file in self._group(check.group)]
            await self._save_together(proved)
            self._check = None
        self._on_change()
        return self.status()

    def _prepare_check(self, file: WalletFile, phrase: Phrase) -> BackupCheck:
        check = BackupCheck.of(file.group, phrase.mnemonic)
        if self.status().state is VaultState.UNLOCKED or not file.backed_up:
            self._check = check
        return check

    async def _under(self, file: WalletFile, lock: Lock | None, password: str | None) -> WalletFile:
        if lock is None:
            raise WeakPasswordError(
                "A password for the backup is needed: this wallet has none of its own."
            )
        return await self._resealed(file, await self._keeper.lock_of(file, password), lock)

    async def _resealed(self, file: WalletFile, old: Lock, new: Lock) -> WalletFile:
        key = await self._keeper.open_key(file, old)
        try:
            sealed = await self._keeper.seal_key(key, file.path, new)
        finally:
            key[:] = bytes(len(key))
        box = None
        if file.phrase_box is not None:
            box = await self._keeper.seal_phrase(await self._keeper.open_phrase(file, old), new)
        return replace(
            file,
            keystore=sealed.keystore,
            protection=new.protection,
            keyring_entry=new.entry,
            phrase_box=box,
        )
