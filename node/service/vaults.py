"""The wallet's accounts on this computer, as the facade offers them."""

from collections.abc import Sequence

from pydantic import SecretStr

from node.core.errors import NotSupportedError, NoWalletError, UserInputError
from node.core.ids import Address
from node.service.dto import (
    AccountView,
    AddAccount,
    BackupQuestion,
    CreatedWallet,
    CreateWallet,
    DamagedWallet,
    ImportWallet,
    PeerWallet,
    Revealed,
    RevealRequest,
    WalletStatus,
)
from node.wallet.peer_keychain import PeerKey, PeerKeychain
from node.wallet.safekeeping import Phrase, Safekeeping
from node.wallet.vault import Vault, VaultState, VaultStatus
from node.wallet.wallet_file import Protection, WalletFile

TYPED_REMOVE = "REMOVE"
FIRST_NAME = "Main"
"""Of a wallet that was made when there was only one."""


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def wallet_status(status: VaultStatus) -> WalletStatus:
    damaged = tuple(
        DamagedWallet(path=str(item.path), problem=item.problem, hint=item.hint)
        for item in status.damaged
    )
    if status.state is VaultState.EMPTY or status.address is None:
        return WalletStatus(
            kind="none", keyring_available=status.keyring_available, damaged=damaged
        )
    return WalletStatus(
        kind="memory" if status.protection is Protection.MEMORY else "vault",
        address=status.address.checksum,
        label=status.label or FIRST_NAME,
        # There is nothing to unlock where there is no key.
        locked=status.state is VaultState.LOCKED and not status.watch_only,
        backed_up=status.backed_up,
        keyring_available=status.keyring_available,
        by_keyring=status.protection is Protection.KEYRING,
        watch_only=status.watch_only,
        has_phrase=status.has_phrase,
        group=status.group,
        path=status.path,
        idle_left_s=status.idle_left_s,
        wait_s=status.wait_s,
        damaged=damaged,
    )


def account_view(file: WalletFile, active: Address | None) -> AccountView:
    return AccountView(
        address=file.address.checksum,
        label=file.label or FIRST_NAME,
        kind=file.kind.value,
        group=file.group,
        path=file.path,
        active=file.address == active,
        hidden=file.hidden,
        backed_up=file.backed_up,
        has_phrase=file.phrase_box is not None,
        by_keyring=file.protection is Protection.KEYRING,
    )


class VaultDesk:
    """Creates, imports, locks and unlocks accounts; shows and backs up their secrets."""

    def __init__(self, vault: Vault, peer: PeerKeychain | None = None) -> None:
        self._vault = vault
        self._peer = peer or PeerKeychain()

    async def status(self) -> WalletStatus:
        return wallet_status(self._vault.status())

    # --- new accounts ----------------------------------------------------------------------------

    async def create(self, request: CreateWallet) -> CreatedWallet:
        keep = Safekeeping(
            password=_text(request.password),
            use_keyring=request.use_keyring,
            keep_phrase=True,
            add=request.add,
            label=request.label,
        )
        mnemonic = await self._vault.create(request.words, keep)
        address = self._vault.signer.address.checksum
        return CreatedWallet(address=address, phrase=SecretStr(mnemonic.phrase))

    async def import_(self, request: ImportWallet) -> WalletStatus:
        given = (request.phrase, request.private_key, request.keystore, request.backup)
        if sum(item is not None for item in given) + request.from_peer != 1:
            raise UserInputError("Import one thing: a phrase, a private key or a wallet file.")
        keep = _keep(request)
        if request.backup is not None:
            password = _text(request.keystore_password) or ""
            protected = request.password is not None or request.use_keyring
            status = await self._vault.restore(
                request.backup, password, keep if protected else None
            )
        elif request.keystore is not None:
            password = _text(request.keystore_password) or ""
            status = await self._vault.import_keystore(request.keystore, password, keep)
        elif request.from_peer:
            status = await self._import_peer(await self._peer.look(), keep)
        elif request.private_key is not None:
            status = await self._vault.import_private_key(_text(request.private_key) or "", keep)
        else:
            status = await self._vault.import_phrase(
                _text(request.phrase) or "",
                keep,
                passphrase=request.passphrase.get_secret_value(),
                path=request.path,
                account=request.account,
                more_paths=request.paths,
            )
        return wallet_status(status)

    async def _import_peer(self, found: PeerKey | None, keep: Safekeeping) -> VaultStatus:
        if found is None:
            raise NoWalletError(
                "No key of a Go node was found in the secret store of this system.",
                hint="Import the phrase or the private key by hand.",
            )
        if found.private_key:
            return await self._vault.import_private_key(found.private_key, keep)
        return await self._vault.import_phrase(found.phrase, keep, path=found.path)

    async def find_peer_wallet(self) -> PeerWallet:
        found = await self._peer.look()
        if found is None:
            return PeerWallet(found=False)
        return PeerWallet(
            found=True,
            kind="private_key" if found.private_key else "phrase",
            address=found.address.checksum,
            path=found.path,
        )

    async def add_account(self, request: AddAccount) -> AccountView:
        file = await self._vault.add_account(
            request.group, _text(request.password), path=request.path, label=request.label
        )
        return self._view(file)

    async def watch(self, address: str, label: str) -> AccountView:
        return self._view(await self._vault.watch(Address.parse(address, strict=True), label))

    # --- accounts that are there -----------------------------------------------------------------

    def accounts(self) -> tuple[AccountView, ...]:
        return tuple(self._view(file) for file in self._vault.accounts())

    def known(self) -> frozenset[Address]:
        return frozenset(file.address for file in self._vault.accounts())

    async def phrase_of(self, group: str, password: SecretStr | None) -> Phrase:
        return await self._vault.phrase_of(group, _text(password))

    async def select(self, address: str, password: SecretStr | None) -> WalletStatus:
        return wallet_status(await self._vault.select(Address.parse(address), _text(password)))

    async def label(self, address: str, label: str) -> AccountView:
        return self._view(await self._vault.label(Address.parse(address), label))

    async def hide(self, address: str, hidden: bool) -> AccountView:
        return self._view(await self._vault.hide(Address.parse(address), hidden))

    async def remove_account(self, address: str, typed: str) -> WalletStatus:
        if typed != TYPED_REMOVE:
            raise UserInputError(
                "The account was not removed.",
                hint=f"Type {TYPED_REMOVE} to remove it.",
                code="input.typed_word",
            )
        return wallet_status(await self._vault.remove(Address.parse(address)))

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

    # --- secrets ---------------------------------------------------------------------------------

    async def change_password(
        self, old: SecretStr | None, new: SecretStr | None, use_keyring: bool
    ) -> WalletStatus:
        keep = Safekeeping(password=_text(new), use_keyring=use_keyring)
        return wallet_status(await self._vault.change_protection(_text(old), keep))

    async def reveal(self, request: RevealRequest) -> Revealed:
        password, new = _text(request.password), _text(request.new_password)
        if request.what == "phrase":
            phrase = await self._vault.reveal_phrase(password)
            return Revealed(
                text=SecretStr(phrase.mnemonic.phrase),
                file_name="",
                passphrase=SecretStr(phrase.passphrase),
            )
        if request.what == "private_key":
            key = await self._vault.reveal_key(password)
            text = "0x" + key.hex()
            key[:] = bytes(len(key))
            return Revealed(text=SecretStr(text), file_name="")
        if request.what == "keystore":
            text = await self._vault.export_keystore(password, new or password or "")
            return Revealed(text=SecretStr(text), file_name=self._file_name("wallet"))
        text = await self._vault.export_backup(password, new)
        return Revealed(text=SecretStr(text), file_name=self._file_name("morpheus-backup"))

    async def backup_challenge(self, password: SecretStr | None) -> tuple[BackupQuestion, ...]:
        asked = await self._vault.backup_questions(_text(password))
        return tuple(BackupQuestion(position=q.position, choices=q.choices) for q in asked)

    async def confirm_backup(self, answers: Sequence[str]) -> WalletStatus:
        return wallet_status(await self._vault.confirm_backup(tuple(answers)))

    def _view(self, file: WalletFile) -> AccountView:
        return account_view(file, self._vault.status().address)

    def _file_name(self, kind: str) -> str:
        return f"{kind}-{self._vault.signer.address.hex[2:10]}.json"


def _keep(request: ImportWallet) -> Safekeeping:
    return Safekeeping(
        password=_text(request.password),
        use_keyring=request.use_keyring,
        keep_phrase=request.keep_phrase,
        replace=request.replace,
        add=request.add,
        label=request.label,
    )
