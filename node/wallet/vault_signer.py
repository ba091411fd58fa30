"""The signer that the rest of the node holds, through locking, unlocking and replacement."""

from typing import NoReturn

from node.core.errors import NoWalletError
from node.core.ids import Address
from node.core.ports import SignedTransaction, UnsignedTransaction
from node.wallet.auto_lock import AutoLock


class VaultSigner:
    """Implements `core.ports.Signer` for whatever key the vault holds at the moment.

    Raises NoWalletError while there is no wallet and WalletLockedError while it is locked; messages
    of sessions with a grant go on then.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: AutoLock) -> None:
        self._keys = keys

    @property
    def address(self) -> Address:
        """Known also while locked."""
        if self._keys.address is None:
            raise NoWalletError("There is no wallet yet.")
        return self._keys.address

    @property
    def public_key(self) -> bytes:
        return self._keys.for_messages().public_key

    def sign_message_digest(self, digest: bytes) -> bytes:
        return self._keys.for_messages().sign_message_digest(digest)

    def sign_blob(self, abi_bytes: bytes) -> bytes:
        return self._keys.for_messages().sign_blob(abi_bytes)

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        return self._keys.for_transactions().sign_transaction(transaction)

    def agree(self, public_key: bytes) -> bytes:
        return self._keys.for_messages().agree(public_key)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is never pickled or copied")
