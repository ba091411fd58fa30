"""Keys that a Go node left in the secret store of this system, for moving here.

It keeps a private key, or a phrase with its derivation path, as items of one service; nothing of it
is changed or removed.
"""

import base64
import binascii
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from node.core.errors import WalletError
from node.core.ids import Address
from node.wallet.derivation import Path, derive_addresses
from node.wallet.keyring_store import OsKeyring, SecretStore, call_store
from node.wallet.mnemonic import Mnemonic
from node.wallet.private_key import parse_private_key
from node.wallet.signer import KeySigner

SERVICE = "morpheus-proxy-router"
PRIVATE_KEY, MNEMONIC, PATH = "private-key", "mnemonic", "mnemonic-derivation-path"
_BASE64, _HEX = "go-keyring-base64:", "go-keyring-encoded:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKey:
    """One of `private_key` and `phrase` is set; `address` is what it leads to."""

    address: Address
    private_key: str = field(default="", repr=False)
    phrase: str = field(default="", repr=False)
    path: str = ""


class _GoItems(OsKeyring):
    """Items as go-keyring names them: on Windows the user's name is part of the target."""

    def get(self, name: str) -> str | None:
        service = f"{SERVICE}:{name}" if sys.platform == "win32" else SERVICE
        return self.get_of(service, name)


def peer_store() -> SecretStore | None:
    """The system's store; None when it has none."""
    return _GoItems.find()


class PeerKeychain:
    """Looks only when asked: the system may ask the user for consent."""

    def __init__(self, find_store: Callable[[], SecretStore | None] = peer_store) -> None:
        self._find_store = find_store

    async def look(self) -> PeerKey | None:
        """The peer's key, None when there is none.

        Raises:
            WalletError: both kinds are there, so that nobody knows which one was used.
            InvalidKeyError, InvalidMnemonicError, UserInputError: damaged items.
            KeyringUnavailableError: the store is locked or does not answer.
        """
        store = await call_store(self._find_store)
        if store is None:
            return None
        key, phrase = await _item(store, PRIVATE_KEY), await _item(store, MNEMONIC)
        if key and phrase:
            raise WalletError(
                "The other node's store holds a private key and a recovery phrase.",
                hint="Import the one you used by hand.",
                code="wallet.peer_ambiguous",
            )
        if key:
            return PeerKey(address=_address(key), private_key=key)
        if not phrase:
            return None
        path = Path.parse(await _item(store, PATH))
        (address,) = derive_addresses(Mnemonic.parse(phrase), [path])
        return PeerKey(address=address, phrase=phrase, path=str(path))


async def _item(store: SecretStore, name: str) -> str:
    found: str | None = await call_store(store.get, name)
    return decoded((found or "").strip())


def decoded(text: str) -> str:
    """The secret as it was stored: on macOS it is wrapped, on Windows read as UTF-16."""
    try:
        if text.startswith(_BASE64):
            return base64.b64decode(text.removeprefix(_BASE64), validate=True).decode()
        if text.startswith(_HEX):
            return bytes.fromhex(text.removeprefix(_HEX)).decode()
        if not text.isascii():
            return text.encode("utf-16-le").decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise WalletError("The other node's item in the secret store is damaged.") from error
    return text


def _address(key: str) -> Address:
    secret = parse_private_key(key)
    signer = KeySigner(secret)
    secret[:] = bytes(len(secret))
    signer.destroy()
    return signer.address
