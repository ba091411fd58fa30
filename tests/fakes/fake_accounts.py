"""Accounts of the fake wallet: a created phrase with two accounts, a hidden key, a watched one."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from node.core.errors import (
    InvalidMnemonicError,
    NoWalletError,
    UserInputError,
    WalletExistsError,
    WrongPasswordError,
)
from node.core.events import EventBus, WalletChanged
from node.core.ids import Address
from node.service.api.accounts import AccountsApi
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
from node.service.dto.accounts import AccountKind
from tests.fakes import sample_data
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
ADDRESSES = (
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
    "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
)
PRIVATE_KEY = "0x" + "11" * 32
GROUP = "9f1c2b7a"
ETH = 10**18


def account_at(number: int, group: str = "") -> str:
    """The address of an account of a phrase: of one that is pasted, or of a kept one."""
    if group or number >= len(ADDRESSES):
        return Address(bytes.fromhex(f"{number + 1:02x}") * 20).checksum
    return ADDRESSES[number]


def sample_accounts() -> list[AccountView]:
    return [
        AccountView(
            address=sample_data.WALLET,
            label="Main",
            kind="phrase",
            group=GROUP,
            path="m/44'/60'/0'/0/0",
            active=True,
            has_phrase=True,
        ),
        AccountView(
            address=ADDRESSES[0],
            label="Savings",
            kind="phrase",
            group=GROUP,
            path="m/44'/60'/0'/0/1",
            has_phrase=True,
        ),
        AccountView(address=ADDRESSES[1], label="Old key", kind="key", group="52d0", hidden=True),
        AccountView(address=ADDRESSES[2], label="Cold wallet", kind="watch", group="77aa"),
    ]


class FakeAccounts(AccountsApi):
    """`World.accounts` is the list, `World.wallet` follows the active one."""

    _script: Script
    _world: "World"
    _bus: EventBus

    async def accounts(self, *, balances: bool = False) -> tuple[AccountView, ...]:
        await self._script.enter("wallet.accounts", balances)
        found = self._world.accounts if self._world.wallet.kind != "none" else []
        if not balances:
            return tuple(found)
        return tuple(
            item.model_copy(update={"mor": (number + 1) * 12 * ETH, "eth_wei": ETH // 50})
            for number, item in enumerate(found)
        )

    async def scan(self, request: ScanRequest) -> tuple[FoundAccount, ...]:
        await self._script.enter("wallet.scan", request)
        if request.group:
            self._check(request.password)
        there = self._world.accounts if self._world.wallet.kind != "none" else []
        known = {item.address for item in there}
        count = request.count or len(ADDRESSES)
        found = []
        for number in range(request.first, request.first + count):
            path = f"m/44'/60'/0'/0/{number}"
            kept = (item for item in there if request.group and item.path == path)
            address = next((item.address for item in kept), account_at(number, request.group))
            full = number in ((0, 3) if request.group else (0,))
            found.append(
                FoundAccount(
                    path=path,
                    index=number,
                    address=address,
                    mor=80 * ETH if full else 0,
                    eth_wei=ETH // 100 if full else 0,
                    known=address in known,
                )
            )
        return tuple(found)

    async def add_account(self, request: AddAccount) -> AccountView:
        await self._script.enter("wallet.add_account", request)
        self._check(request.password)
        count = len(self._world.accounts)
        used = [item for item in self._world.accounts if item.group == request.group]
        number = int(request.path.rsplit("/", 1)[-1]) if request.path else len(used)
        return self._append(
            AccountView(
                address=account_at(number, request.group),
                label=request.label or f"Account {count + 1}",
                kind="phrase",
                group=request.group,
                path=request.path or f"m/44'/60'/0'/0/{number}",
                has_phrase=True,
            )
        )

    async def watch(self, address: str, label: str) -> AccountView:
        await self._script.enter("wallet.watch", address, label)
        if any(item.address == address for item in self._world.accounts):
            raise WalletExistsError("This account is in the wallet already.")
        label = label or f"Account {len(self._world.accounts) + 1}"
        return self._append(
            AccountView(address=address, label=label, kind="watch", group=address[2:10])
        )

    async def select_account(self, address: str, password: SecretStr | None = None) -> WalletStatus:
        await self._script.enter("wallet.select_account", address, password)
        wanted = self._account(address)
        if password is not None:
            self._check(password)
        self._world.accounts = [
            item.model_copy(update={"active": item.address == address})
            for item in self._world.accounts
        ]
        return self._follow(wanted, locked=wanted.kind != "watch" and password is None)

    async def label_account(self, address: str, label: str) -> AccountView:
        await self._script.enter("wallet.label_account", address, label)
        return self._update(address, label=label)

    async def hide_account(self, address: str, hidden: bool) -> AccountView:
        await self._script.enter("wallet.hide_account", address, hidden)
        return self._update(address, hidden=hidden)

    async def remove_account(self, address: str, typed: str) -> WalletStatus:
        await self._script.enter("wallet.remove_account", address, typed)
        if typed != "REMOVE":
            raise UserInputError("Type REMOVE to remove this account.", code="input.typed_word")
        self._account(address)
        self._world.accounts = [item for item in self._world.accounts if item.address != address]
        if self._world.wallet.address != address:
            self._bus.publish(WalletChanged())
            return self._world.wallet
        if not self._world.accounts:
            self._world.wallet = sample_data.wallet_status("none")
            self._bus.publish(WalletChanged())
            return self._world.wallet
        return await self.select_account(self._world.accounts[0].address)

    async def change_password(
        self, old: SecretStr | None, new: SecretStr | None, use_keyring: bool = False
    ) -> WalletStatus:
        await self._script.enter("wallet.change_password", old, new, use_keyring)
        self._check(old)
        if new is not None:
            self._world.password = new.get_secret_value()
        status = self._world.wallet.model_copy(update={"by_keyring": use_keyring})
        self._world.wallet = status
        self._bus.publish(WalletChanged())
        return status

    async def reveal(self, request: RevealRequest) -> Revealed:
        await self._script.enter("wallet.reveal", request)
        self._check(request.password)
        if request.what == "phrase":
            return Revealed(text=SecretStr(PHRASE), file_name="")
        if request.what == "private_key":
            return Revealed(text=SecretStr(PRIVATE_KEY), file_name="")
        name = "morpheus-backup" if request.what == "backup" else "wallet"
        return Revealed(text=SecretStr('{"version": 3}'), file_name=f"{name}.json")

    async def backup_challenge(
        self, password: SecretStr | None = None
    ) -> tuple[BackupQuestion, ...]:
        await self._script.enter("wallet.backup_challenge", password)
        if self._world.wallet.locked:
            self._check(password)
        words = PHRASE.split()
        others = ("abandon", "zoo", "ocean", "lunar", "tiger")
        return tuple(
            BackupQuestion(
                position=position,
                choices=(*others[:place], words[position - 1], *others[place:]),
            )
            for place, position in ((1, 3), (4, 7), (0, 11))
        )

    async def confirm_backup(self, answers: tuple[str, ...]) -> WalletStatus:
        await self._script.enter("wallet.confirm_backup", answers)
        words = PHRASE.split()
        for position, answer in zip((3, 7, 11), answers, strict=False):
            if answer != words[position - 1]:
                raise InvalidMnemonicError(
                    f"Word {position} is another one.",
                    hint="Look at what you wrote down. Nothing has changed.",
                    code="input.backup_word",
                    details={"position": position},
                )
        self._world.accounts = [
            item.model_copy(update={"backed_up": True}) for item in self._world.accounts
        ]
        self._world.wallet = self._world.wallet.model_copy(update={"backed_up": True})
        self._bus.publish(WalletChanged())
        return self._world.wallet

    async def find_peer_wallet(self) -> PeerWallet:
        await self._script.enter("wallet.find_peer_wallet")
        return self._world.peer_wallet

    def _check(self, password: SecretStr | None) -> None:
        if self._world.wallet.by_keyring:
            return
        if password is None:
            raise WrongPasswordError(
                "Enter the password of this wallet.", code="wallet.password_needed"
            )
        if password.get_secret_value() != self._world.password:
            raise WrongPasswordError("Wrong password. Next try in 1 s.", details={"wait_s": 1})

    def _account(self, address: str) -> AccountView:
        for item in self._world.accounts:
            if item.address == address:
                return item
        raise NoWalletError("There is no account with this address.")

    def _beside(self, kind: AccountKind, *, backed_up: bool = True) -> AccountView:
        """A further wallet, which is in use from now on."""
        count = len(self._world.accounts)
        made = AccountView(
            address=account_at(90 + count, "beside"),
            label=f"Account {count + 1}",
            kind=kind,
            group=f"beside{count}",
            path="m/44'/60'/0'/0/0" if kind == "phrase" else "",
            active=True,
            has_phrase=kind == "phrase",
            backed_up=backed_up,
        )
        before = [item.model_copy(update={"active": False}) for item in self._world.accounts]
        self._world.accounts = [*before, made]
        self._follow(made, locked=False)
        return made

    def _append(self, account: AccountView) -> AccountView:
        self._world.accounts = [*self._world.accounts, account]
        self._bus.publish(WalletChanged())
        return account

    def _update(self, address: str, **changes: object) -> AccountView:
        changed = self._account(address).model_copy(update=changes)
        self._world.accounts = [
            changed if item.address == address else item for item in self._world.accounts
        ]
        if changed.active:
            self._world.wallet = self._world.wallet.model_copy(update={"label": changed.label})
        self._bus.publish(WalletChanged())
        return changed

    def _follow(self, account: AccountView, *, locked: bool) -> WalletStatus:
        self._world.wallet = sample_data.wallet_status().model_copy(
            update={
                "address": account.address,
                "label": account.label,
                "locked": locked,
                "watch_only": account.kind == "watch",
                "backed_up": account.backed_up,
                "has_phrase": account.has_phrase,
                "group": account.group,
                "path": account.path,
            }
        )
        self._bus.publish(WalletChanged())
        return self._world.wallet
