"""Accounts of the wallet."""

from typing import Protocol

from pydantic import SecretStr

from node.service.dto import (
    AccountView,
    AddAccount,
    BackupQuestion,
    FoundAccount,
    PeerWallet,
    Revealed,
    RevealRequest,
    ScanRequest,
    WalletStatus,
)


class AccountsApi(Protocol):
    """Part of `WalletApi`. Methods with a password raise WrongPasswordError when it is wrong,
    missing (code `wallet.password_needed`) or too early (`wallet.wait`)."""

    async def accounts(self, *, balances: bool = False) -> tuple[AccountView, ...]:
        """All accounts, hidden ones too. Balances come from one batch at one block."""
        ...

    async def scan(self, request: ScanRequest) -> tuple[FoundAccount, ...]:
        """Look which accounts of a phrase hold something. Nothing is stored."""
        ...

    async def add_account(self, request: AddAccount) -> AccountView:
        """Raises WalletError (`wallet.no_phrase`) when the phrase of the group is not kept."""
        ...

    async def watch(self, address: str, label: str) -> AccountView:
        """Add an address without its key. Raises InvalidAddressError, WalletExistsError."""
        ...

    async def select_account(self, address: str, password: SecretStr | None = None) -> WalletStatus:
        """Use another account. Without a password it is locked, unless the secret store opens it.

        Sessions of the account before stay open; they are closed when it is used again.
        """
        ...

    async def label_account(self, address: str, label: str) -> AccountView: ...

    async def hide_account(self, address: str, hidden: bool) -> AccountView: ...

    async def remove_account(self, address: str, typed: str) -> WalletStatus:
        """Remove an account; `typed` is the word REMOVE. Its file is copied aside.

        Raises:
            SessionError: it has open sessions (`wallet.open_sessions`).
        """
        ...

    async def change_password(
        self, old: SecretStr | None, new: SecretStr | None, use_keyring: bool = False
    ) -> WalletStatus:
        """Protect all accounts of the active one's group anew: all of them, or none."""
        ...

    async def reveal(self, request: RevealRequest) -> Revealed:
        """A secret of the active account, or a backup file of all accounts."""
        ...

    async def backup_challenge(
        self, password: SecretStr | None = None
    ) -> tuple[BackupQuestion, ...]:
        """Three questions about the phrase. No password is needed just after creating it."""
        ...

    async def confirm_backup(self, answers: tuple[str, ...]) -> WalletStatus:
        """Answer the questions asked last.

        Raises:
            InvalidMnemonicError: a wrong word (`input.backup_word`, details `position`); nothing
                has changed and the same questions stand.
        """
        ...

    async def find_peer_wallet(self) -> PeerWallet:
        """Look into the system's secret store for the keys of a Go node."""
        ...
