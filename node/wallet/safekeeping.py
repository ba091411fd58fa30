"""Encrypting a wallet's secrets for the disk and decrypting them again."""

import asyncio
import hmac
import secrets
from dataclasses import dataclass, field

from node.core.clock import Clock
from node.core.errors import (
    KeyringUnavailableError,
    UserInputError,
    WalletError,
    WeakPasswordError,
    WrongPasswordError,
)
from node.wallet.keyring_store import SecretStore, call_store
from node.wallet.keystore import keystore_address, keystore_fields, open_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.password import AttemptLimit, check_strength, normal_form
from node.wallet.secret_box import ScryptCost, open_box, seal_box
from node.wallet.wallet_file import Protection, WalletFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    """How a wallet is to be kept: under `password`, or under a random one in the system's secret
    store.

    `keep_phrase` stores the recovery phrase too, encrypted. `replace` allows that a wallet which is
    there gives way; its file is copied aside, not deleted.
    """

    password: str | None = field(default=None, repr=False)
    use_keyring: bool = False
    keep_phrase: bool = False
    replace: bool = False


@dataclass(slots=True, kw_only=True, repr=False)
class Contents:
    """Decrypted secrets. The holder calls `wipe`."""

    key: bytearray
    mnemonic: Mnemonic | None = None
    path: str = ""

    def wipe(self) -> None:
        self.key[:] = bytes(len(self.key))

    def __repr__(self) -> str:
        return "<Contents of a wallet>"


class Keeper:
    """Turns `Contents` into a `WalletFile` and back; minds passwords and the secret store."""

    def __init__(self, clock: Clock, store: SecretStore | None, cost: ScryptCost) -> None:
        self._clock = clock
        self._store = store
        self._cost = cost
        self._attempts = AttemptLimit(clock)

    @property
    def wait_s(self) -> int:
        """Seconds until a password may be tried again."""
        return self._attempts.wait_s

    async def seal(self, contents: Contents, keep: Safekeeping) -> WalletFile:
        """Encrypt. An entry of the secret store is written before the file that needs it.

        Raises:
            WeakPasswordError, KeyringUnavailableError, UserInputError (both or neither wanted).
        """
        entry = ""
        if keep.use_keyring:
            if keep.password is not None:
                raise UserInputError("Choose a password or the secret store, not both.")
            entry, password = await self._new_entry()
        else:
            password = _chosen_password(keep.password)
        kept = contents.mnemonic if keep.keep_phrase else None
        keystore = await asyncio.to_thread(keystore_fields, contents.key, password, self._cost)
        box = None
        if kept is not None:
            phrase = kept.phrase.encode()
            box = await asyncio.to_thread(seal_box, phrase, password, self._cost)
        address = keystore_address(keystore)
        if address is None:
            raise WalletError("The new wallet file has no address.")
        return WalletFile(
            address=address,
            keystore=keystore,
            protection=Protection.KEYRING if entry else Protection.PASSWORD,
            path=contents.path,
            phrase_box=box,
            keyring_entry=entry,
            created_at=self._clock.unix_seconds(),
        )

    async def open(
        self, wallet: WalletFile, password: str | None, *, with_phrase: bool = False
    ) -> Contents:
        """Decrypt the key, and the kept phrase only when asked for: it costs as much again.

        Raises:
            WrongPasswordError: wrong, missing, or too early after a wrong one.
            KeyringUnavailableError, KeystoreFormatError.
        """
        if wallet.protection is Protection.KEYRING:
            return await _decrypt(wallet, await self._entry_of(wallet), with_phrase)
        if password is None:
            raise WrongPasswordError(
                "Enter the password of this wallet.", code="wallet.password_needed"
            )
        self._attempts.check()
        try:
            contents = await _decrypt(wallet, normal_form(password), with_phrase)
        except WrongPasswordError as error:
            raise self._attempts.failed() from error
        self._attempts.succeeded()
        return contents

    async def forget(self, wallet: WalletFile) -> None:
        """Remove the entry of a wallet that is no longer used."""
        if wallet.keyring_entry and self._store is not None:
            await call_store(self._store.remove, wallet.keyring_entry)

    async def _new_entry(self) -> tuple[str, str]:
        store = self._store
        if store is None:
            raise KeyringUnavailableError(
                "Your system has no secret store; a password will protect the wallet."
            )
        name, password = f"wallet-{secrets.token_hex(8)}", secrets.token_hex(32)
        await call_store(store.put, name, password)
        # A store that forgets would lose the wallet; find out before anything depends on it.
        found = await call_store(store.get, name)
        if found is None or not hmac.compare_digest(found, password):
            raise KeyringUnavailableError(
                "The secret store of this system did not keep a test entry."
            )
        return name, password

    async def _entry_of(self, wallet: WalletFile) -> str:
        if self._store is None:
            raise KeyringUnavailableError(
                "The secret store that opens this wallet is not available.",
                hint="Log in to the desktop as usual, or import the recovery phrase again.",
            )
        found: str | None = await call_store(self._store.get, wallet.keyring_entry)
        if found is None:
            raise KeyringUnavailableError(
                "The secret store no longer has the entry of this wallet.",
                hint="Import the recovery phrase or a backup file.",
                code="wallet.keyring_entry_missing",
            )
        return found


async def _decrypt(wallet: WalletFile, password: str, with_phrase: bool) -> Contents:
    key = await asyncio.to_thread(open_keystore, wallet.keystore, password)
    mnemonic = None
    if with_phrase and wallet.phrase_box is not None:
        phrase = await asyncio.to_thread(open_box, wallet.phrase_box, password)
        mnemonic = Mnemonic.parse(phrase.decode())
        phrase[:] = bytes(len(phrase))
    return Contents(key=key, mnemonic=mnemonic, path=wallet.path)


def _chosen_password(password: str | None) -> str:
    if password is None:
        raise WeakPasswordError("A password is needed.")
    check_strength(password)
    return normal_form(password)
