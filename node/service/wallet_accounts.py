"""The part of the facade's wallet group that is about accounts and their keys."""

from collections.abc import Callable

from pydantic import SecretStr

from node.core.errors import SessionError
from node.core.events import WalletChanged
from node.core.ids import Address
from node.core.settings import NodeSettings
from node.service.account_scan import AccountScanner
from node.service.dto import (
    AccountView,
    AddAccount,
    BackupQuestion,
    CreatedWallet,
    CreateWallet,
    FoundAccount,
    ImportWallet,
    PeerWallet,
    Revealed,
    RevealRequest,
    ScanRequest,
    WalletStatus,
)
from node.service.network_choice import market_title
from node.service.stack import StackHolder
from node.service.vaults import VaultDesk
from node.store.journal import SessionJournal
from node.wallet.mnemonic import Mnemonic
from node.wallet.safekeeping import Phrase


class WalletAccounts:
    """Implements `AccountsApi`, and what concerns keys of `WalletApi`."""

    def __init__(
        self,
        *,
        stacks: StackHolder,
        vaults: VaultDesk,
        journal: SessionJournal,
        settings: Callable[[], NodeSettings] = NodeSettings,
    ) -> None:
        """`journal` is that of all networks but the demo, whose account is no one here."""
        self._settings = settings
        self._stacks = stacks
        self._vaults = vaults
        self._journal = journal
        self._scanner = AccountScanner(stacks=stacks)

    async def status(self) -> WalletStatus:
        stack = self._stacks.current
        if stack is not None and stack.memory_wallet:
            return WalletStatus(kind="memory", address=stack.wallet.address.checksum)
        return await self._vaults.status()

    async def create(self, request: CreateWallet) -> CreatedWallet:
        created = await self._vaults.create(request)
        self._changed()
        return created

    async def import_(self, request: ImportWallet) -> WalletStatus:
        status = await self._vaults.import_(request)
        self._changed()
        return status

    async def unlock(self, password: str) -> WalletStatus:
        status = await self._vaults.unlock(password)
        self._changed()
        return status

    async def lock(self) -> WalletStatus:
        status = await self._vaults.lock()
        self._changed()
        return status

    async def remove(self) -> WalletStatus:
        status = await self._vaults.remove()
        self._changed()
        return status

    # --- accounts --------------------------------------------------------------------------------

    async def accounts(self, *, balances: bool = False) -> tuple[AccountView, ...]:
        stack = self._stacks.current
        if stack is not None and stack.memory_wallet:
            address = stack.wallet.address.checksum
            found: tuple[AccountView, ...] = (
                AccountView(address=address, label="Main", kind="key", group="", active=True),
            )
        else:
            found = self._vaults.accounts()
        if not balances:
            return found
        amounts = await self._scanner.holdings([Address.parse(item.address) for item in found])
        by_text = {address.checksum: held for address, held in amounts.items()}
        return tuple(
            item.model_copy(
                update={
                    "mor": by_text[item.address][0].base,
                    "eth_wei": by_text[item.address][1].base,
                }
            )
            if item.address in by_text
            else item
            for item in found
        )

    async def scan(self, request: ScanRequest) -> tuple[FoundAccount, ...]:
        if request.phrase is not None:
            phrase = Phrase(
                mnemonic=Mnemonic.parse(request.phrase.get_secret_value()),
                passphrase=request.passphrase.get_secret_value(),
            )
        else:
            phrase = await self._vaults.phrase_of(request.group, request.password)
        return await self._scanner.scan(request, phrase, self._vaults.known())

    async def add_account(self, request: AddAccount) -> AccountView:
        return await self._vaults.add_account(request)

    async def watch(self, address: str, label: str) -> AccountView:
        return await self._vaults.watch(address, label)

    async def select_account(self, address: str, password: SecretStr | None = None) -> WalletStatus:
        status = await self._vaults.select(address, password)
        self._changed()
        return status

    async def label_account(self, address: str, label: str) -> AccountView:
        return await self._vaults.label(address, label)

    async def hide_account(self, address: str, hidden: bool) -> AccountView:
        return await self._vaults.hide(address, hidden)

    async def remove_account(self, address: str, typed: str) -> WalletStatus:
        await self._refuse_open_sessions(Address.parse(address))
        status = await self._vaults.remove_account(address, typed)
        self._changed()
        return status

    async def _refuse_open_sessions(self, address: Address) -> None:
        """A session can only be closed, and its stake taken back, with the account's key: on
        whichever network it is.
        """
        watched = {item.address for item in self._vaults.accounts() if item.kind == "watch"}
        if address.checksum in watched:
            return
        held = await self._journal.with_stake(address)
        if held:
            settings = self._settings()
            titles = (market_title(settings, item.chain_id, item.marketplace) for item in held)
            names = " and ".join(dict.fromkeys(titles))
            raise SessionError(
                f"This account has open sessions on {names}; their stake returns only to it.",
                hint=f"Close them first: choose {names}, with this account in use.",
                code="wallet.open_sessions",
            )

    # --- secrets ---------------------------------------------------------------------------------

    async def change_password(
        self, old: SecretStr | None, new: SecretStr | None, use_keyring: bool = False
    ) -> WalletStatus:
        return await self._vaults.change_password(old, new, use_keyring)

    async def reveal(self, request: RevealRequest) -> Revealed:
        return await self._vaults.reveal(request)

    async def backup_challenge(
        self, password: SecretStr | None = None
    ) -> tuple[BackupQuestion, ...]:
        return await self._vaults.backup_challenge(password)

    async def confirm_backup(self, answers: tuple[str, ...]) -> WalletStatus:
        return await self._vaults.confirm_backup(answers)

    async def find_peer_wallet(self) -> PeerWallet:
        return await self._vaults.find_peer_wallet()

    def _changed(self) -> None:
        stack = self._stacks.current
        if stack is not None:
            stack.wallet.bus.publish(WalletChanged())
            stack.keeper.wake()
            stack.payday.wake()
