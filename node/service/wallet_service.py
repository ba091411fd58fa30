"""The facade's wallet group."""

from collections.abc import Callable

from node.core.settings import NodeSettings
from node.service.dto import ClaimResult, MorOverview
from node.service.mor_overview import mor_overview
from node.service.stack import StackHolder
from node.service.vaults import VaultDesk
from node.service.wallet_accounts import WalletAccounts
from node.service.wallet_money import MoneyParts, WalletMoney
from node.service.wallet_pending import WalletPending


class WalletService(WalletAccounts, WalletMoney, WalletPending):
    """Accounts, keys and money by what it is built on, on the network in use."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        vaults: VaultDesk,
        touch: Callable[[], None],
        money: MoneyParts,
        settings: Callable[[], NodeSettings] = NodeSettings,
    ) -> None:
        WalletAccounts.__init__(
            self, stacks=stacks, vaults=vaults, journal=money.journal, settings=settings
        )
        WalletMoney.__init__(self, money)
        WalletPending.__init__(self, stacks=stacks, listing=money.listing, touch=touch)
        self._touch = touch

    async def overview(self) -> MorOverview:
        return await mor_overview(self._stacks.require())

    async def withdraw_released(self) -> ClaimResult:
        self._touch()
        stack = self._stacks.require()
        claimed = await stack.claimer.claim()
        stack.keeper.reconcile_soon()
        return ClaimResult(tx_hash=claimed.tx_hash, amount=claimed.amount.base)
