"""The wallet."""

from typing import Protocol

from node.service.api.accounts import AccountsApi
from node.service.dto import (
    ClaimResult,
    CreatedWallet,
    CreateWallet,
    ImportWallet,
    MorOverview,
    SendDraft,
    TransactionView,
    WalletStatus,
)


class WalletApi(AccountsApi, Protocol):
    async def status(self) -> WalletStatus: ...

    async def create(self, request: CreateWallet) -> CreatedWallet: ...

    async def import_(self, request: ImportWallet) -> WalletStatus: ...

    async def unlock(self, password: str) -> WalletStatus: ...

    async def lock(self) -> WalletStatus: ...

    async def overview(self) -> MorOverview: ...

    async def transactions(self, offset: int, limit: int) -> tuple[TransactionView, ...]: ...

    async def draft_send(self, asset: str, to: str, amount: int) -> SendDraft: ...

    async def send(self, draft_id: str, client: str = "") -> TransactionView:
        """Send a draft; within the allowance of `client` (a user of the API), empty for the owner.

        Raises:
            ClientAllowanceError: the client may not spend so much; nothing was sent.
        """
        ...

    async def remove(self) -> WalletStatus:
        """Remove the wallet from this computer. Without a backup its funds are lost for good."""
        ...

    async def withdraw_released(self) -> ClaimResult:
        """Take back all stake on hold whose time has come, into the wallet."""
        ...
