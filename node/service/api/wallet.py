"""The wallet."""

from typing import Protocol

from node.service.api.accounts import AccountsApi
from node.service.api.money import MoneyApi
from node.service.api.pending import PendingApi
from node.service.dto import (
    ClaimResult,
    CreatedWallet,
    CreateWallet,
    ImportWallet,
    MorOverview,
    WalletStatus,
)


class WalletApi(AccountsApi, MoneyApi, PendingApi, Protocol):
    async def status(self) -> WalletStatus: ...

    async def create(self, request: CreateWallet) -> CreatedWallet: ...

    async def import_(self, request: ImportWallet) -> WalletStatus: ...

    async def unlock(self, password: str) -> WalletStatus: ...

    async def lock(self) -> WalletStatus: ...

    async def overview(self) -> MorOverview: ...

    async def remove(self) -> WalletStatus:
        """Remove the wallet from this computer. Without a backup its funds are lost for good."""
        ...

    async def withdraw_released(self) -> ClaimResult:
        """Take back all stake on hold whose time has come, into the wallet."""
        ...
