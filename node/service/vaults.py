"""The wallet file of the profile, as the facade offers it."""

from pydantic import SecretStr

from node.core.errors import NotSupportedError, UserInputError
from node.service.dto import CreatedWallet, CreateWallet, ImportWallet, WalletStatus
from node.wallet.safekeeping import Safekeeping
from node.wallet.vault import Vault, VaultState, VaultStatus
from node.wallet.wallet_file import Protection


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def wallet_status(status: VaultStatus) -> WalletStatus:
    if status.state is VaultState.EMPTY or status.address is None:
        return WalletStatus(kind="none", keyring_available=status.keyring_available)
    return WalletStatus(
        kind="memory" if status.protection is Protection.MEMORY else "vault",
        address=status.address.checksum,
        locked=status.state is VaultState.LOCKED,
        keyring_available=status.keyring_available,
        by_keyring=status.protection is Protection.KEYRING,
    )


class VaultDesk:
    """Creates, imports, locks and unlocks the one wallet file."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def status(self) -> WalletStatus:
        return wallet_status(self._vault.status())

    async def create(self, request: CreateWallet) -> CreatedWallet:
        keep = Safekeeping(
            password=_text(request.password), use_keyring=request.use_keyring, keep_phrase=True
        )
        mnemonic = await self._vault.create(request.words, keep)
        status = self._vault.status()
        address = status.address.checksum if status.address is not None else ""
        return CreatedWallet(address=address, phrase=SecretStr(mnemonic.phrase))

    async def import_(self, request: ImportWallet) -> WalletStatus:
        keep = Safekeeping(
            password=_text(request.password),
            use_keyring=request.use_keyring,
            keep_phrase=False,
            replace=request.replace,
        )
        given = [request.phrase, request.private_key, request.keystore]
        if sum(item is not None for item in given) != 1:
            raise UserInputError("Import one thing: a phrase, a private key or a wallet file.")
        if request.phrase is not None:
            status = await self._vault.import_phrase(
                request.phrase.get_secret_value(),
                keep,
                passphrase=request.passphrase.get_secret_value(),
                path=request.path,
                account=request.account,
            )
        elif request.private_key is not None:
            status = await self._vault.import_private_key(
                request.private_key.get_secret_value(), keep
            )
        else:
            status = await self._vault.import_keystore(
                request.keystore or "", _text(request.keystore_password) or "", keep
            )
        return wallet_status(status)

    async def unlock(self, password: str | None) -> WalletStatus:
        return wallet_status(await self._vault.unlock(password or None))

    async def lock(self) -> WalletStatus:
        return wallet_status(self._vault.lock())

    async def remove(self) -> WalletStatus:
        """Raises NotSupportedError for a key that came from the environment."""
        if self._vault.status().protection is Protection.MEMORY:
            raise NotSupportedError(
                "The wallet of this run comes from WALLET_PRIVATE_KEY and cannot be removed.",
                hint="Remove the environment variable and start again.",
            )
        return wallet_status(await self._vault.wipe())
