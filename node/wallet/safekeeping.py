"""Encrypting a wallet's secrets for the disk and decrypting them again."""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from node.core.clock import Clock
from node.core.errors import (
    KeyringUnavailableError,
    KeystoreFormatError,
    UserInputError,
    WalletError,
    WatchOnlyError,
    WeakPasswordError,
    WrongPasswordError,
)
from node.wallet.keyring_store import SecretStore, call_store
from node.wallet.keystore import keystore_address, keystore_fields, open_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.password import AttemptLimit, check_strength, normal_form
from node.wallet.secret_box import ScryptCost, open_box, seal_box
from node.wallet.wallet_file import Protection, WalletFile

MAX_PASSPHRASE = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    """How a wallet is to be kept: under `password`, or under a random one in the system's secret
    store.

    `keep_phrase` stores the recovery phrase too, encrypted. Where a wallet is already, `replace`
    lets it give way (its file is copied aside, not deleted) and `add` puts the new one beside it.
    """

    password: str | None = field(default=None, repr=False)
    use_keyring: bool = False
    keep_phrase: bool = False
    replace: bool = False
    add: bool = False
    label: str = ""


@dataclass(slots=True, kw_only=True, repr=False)
class Phrase:
    """A recovery phrase with its BIP-39 passphrase."""

    mnemonic: Mnemonic
    passphrase: str = ""

    def __repr__(self) -> str:
        return f"<Phrase {self.mnemonic!r}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What encrypts the secrets of a group. `entry`: where in the secret store it is kept."""

    password: str = field(repr=False)
    entry: str = ""

    @property
    def protection(self) -> Protection:
        return Protection.KEYRING if self.entry else Protection.PASSWORD


class Keeper:
    """Turns secrets into the members of a `WalletFile` and back; minds passwords and the secret
    store. Each encryption or decryption works in a thread for about 0.6 s."""

    def __init__(self, clock: Clock, store: SecretStore | None, cost: ScryptCost) -> None:
        self._clock = clock
        self._store = store
        self._cost = cost
        self._attempts = AttemptLimit(clock)

    @property
    def wait_s(self) -> int:
        """Seconds until a password may be tried again."""
        return self._attempts.wait_s

    async def new_lock(self, keep: Safekeeping) -> Lock:
        """A lock for a new wallet. An entry of the secret store is written, and read back.

        Raises:
            WeakPasswordError, KeyringUnavailableError, UserInputError (both or neither wanted).
        """
        if not keep.use_keyring:
            return Lock(password=_chosen_password(keep.password))
        if keep.password is not None:
            raise UserInputError("Choose a password or the secret store, not both.")
        entry, password = await self._new_entry()
        return Lock(password=password, entry=entry)

    async def lock_of(self, wallet: WalletFile, password: str | None) -> Lock:
        """The lock of a wallet that is there, not yet tried.

        Raises:
            WrongPasswordError: missing, or too early after a wrong one.
            WatchOnlyError, KeyringUnavailableError.
        """
        if wallet.protection is Protection.WATCH:
            raise WatchOnlyError("This account is watched only.")
        if wallet.protection is Protection.KEYRING:
            return Lock(password=await self._entry_of(wallet), entry=wallet.keyring_entry)
        if password is None:
            raise WrongPasswordError(
                "Enter the password of this wallet.", code="wallet.password_needed"
            )
        self._attempts.check()
        return Lock(password=normal_form(password))

    async def seal_key(self, key: bytearray, path: str, lock: Lock) -> WalletFile:
        """The file of a key."""
        keystore = await asyncio.to_thread(keystore_fields, key, lock.password, self._cost)
        address = keystore_address(keystore)
        if address is None:
            raise WalletError("The new wallet file has no address.")
        return WalletFile(
            address=address,
            keystore=keystore,
            protection=lock.protection,
            path=path,
            keyring_entry=lock.entry,
            created_at=self._clock.unix_seconds(),
        )

    async def seal_phrase(self, phrase: Phrase, lock: Lock) -> dict[str, Any]:
        """The `phrase_box` of a file: the words, and the passphrase in a second line."""
        if len(phrase.passphrase) > MAX_PASSPHRASE:
            raise UserInputError(
                f"A passphrase has at most {MAX_PASSPHRASE} characters here.",
                code="input.passphrase",
            )
        text = phrase.mnemonic.phrase + (f"\n{phrase.passphrase}" if phrase.passphrase else "")
        content = text.encode("utf-8", "surrogatepass")
        return await asyncio.to_thread(seal_box, content, lock.password, self._cost)

    async def open_key(self, wallet: WalletFile, lock: Lock) -> bytearray:
        """The private key, which the caller wipes.

        Raises:
            WrongPasswordError: wrong; the next try has to wait.
            KeystoreFormatError.
        """
        return await self._tried(wallet, lambda: open_keystore(wallet.keystore, lock.password))

    async def open_phrase(self, wallet: WalletFile, lock: Lock) -> Phrase:
        """The kept phrase. Raises as `open_key`; WalletError when it was not kept."""
        box = wallet.phrase_box
        if box is None:
            raise WalletError(
                "The recovery phrase was not kept in this wallet.",
                hint="Export a backup file instead, or import the phrase again.",
                code="wallet.no_phrase",
            )
        content = await self._tried(wallet, lambda: open_box(box, lock.password))
        try:
            words, _, passphrase = content.decode("utf-8", "surrogatepass").partition("\n")
        except UnicodeDecodeError as error:
            raise KeystoreFormatError("The kept phrase is damaged.") from error
        content[:] = bytes(len(content))
        return Phrase(mnemonic=Mnemonic.parse(words), passphrase=passphrase)

    async def forget(self, entry: str) -> None:
        """Remove an entry of the secret store that is no longer used."""
        if entry and self._store is not None:
            await call_store(self._store.remove, entry)

    async def _tried(self, wallet: WalletFile, decrypt: Callable[[], _T]) -> _T:
        try:
            opened = await asyncio.to_thread(decrypt)
        except WrongPasswordError as error:
            if wallet.protection is Protection.KEYRING:
                raise
            raise self._attempts.failed(_changed_hint(wallet)) from error
        self._attempts.succeeded()
        return opened

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


def _changed_hint(wallet: WalletFile) -> str:
    """After a crash in the middle of a change people do not know which password holds."""
    if not wallet.protected_at:
        return ""
    changed = datetime.fromtimestamp(wallet.protected_at, UTC).strftime("%Y-%m-%d at %H:%M UTC")
    return f"It was changed on {changed}. Forgotten? Restore it with your recovery phrase."


def _chosen_password(password: str | None) -> str:
    if password is None:
        raise WeakPasswordError("A password is needed.")
    check_strength(password)
    return normal_form(password)
