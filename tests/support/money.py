"""The facade's wallet and sessions on a demo stack, with a wallet file that has a password."""

from dataclasses import dataclass, replace
from pathlib import Path

from node.core.clock import FakeClock
from node.core.settings import load_settings
from node.devnet.accounts import CONSUMER
from node.service.guards import SpendingGuards
from node.service.sessions_service import SessionsService
from node.service.stack import StackHolder
from node.service.vaults import VaultDesk
from node.service.wallet_money import money_parts
from node.service.wallet_service import WalletService
from node.wallet.safekeeping import Safekeeping
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Vault
from tests.support.stacks import DemoStack, default_rules, owners_desk

PASSWORD = "correct horse battery"
CHEAP = ScryptCost(n=2, r=8, p=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    wallet: WalletService
    sessions: SessionsService
    guards: SpendingGuards
    holder: StackHolder
    vault: Vault


def demo_money(demo: DemoStack, folder: Path, **settings: str) -> Money:
    """The demo's own wallet: a key in memory, without a password."""
    account = demo.world.devnet.accounts[CONSUMER]
    vault = Vault.from_private_key("0x" + account.private_key.hex(), demo.world.devnet.clock)
    return _money(demo, _holder(demo, memory=True), vault, folder, settings)


async def guarded_money(
    demo: DemoStack, folder: Path, clock: FakeClock | None = None, **settings: str
) -> Money:
    """The same key in a wallet file under `PASSWORD`. `clock` is that of the waits after wrong
    ones; `settings` by the names of the environment, without MORPHEUS_."""
    account = demo.world.devnet.accounts[CONSUMER]
    vault = Vault(folder / "keys", clock or FakeClock(), cost=CHEAP)
    await vault.open()
    keep = Safekeeping(password=PASSWORD, use_keyring=False)
    await vault.import_private_key("0x" + account.private_key.hex(), keep)
    return _money(demo, _holder(demo, memory=False), vault, folder, settings)


def _holder(demo: DemoStack, *, memory: bool) -> StackHolder:
    holder = StackHolder()
    holder.replace(replace(demo.stack, memory_wallet=memory))
    return holder


def _money(
    demo: DemoStack, holder: StackHolder, vault: Vault, folder: Path, settings: dict[str, str]
) -> Money:
    environment = {f"MORPHEUS_{name}": value for name, value in settings.items()}
    chosen = load_settings(file=None, environment=environment)
    vaults, desk = VaultDesk(vault), owners_desk(holder, folder)
    guards = SpendingGuards(settings=lambda: chosen, vaults=vaults)
    parts = money_parts(
        stacks=holder,
        vaults=vaults,
        touch=lambda: None,
        allowances=desk,
        guards=guards,
        journal=demo.journal,
    )
    return Money(
        wallet=WalletService(stacks=holder, vaults=vaults, touch=lambda: None, money=parts),
        sessions=SessionsService(
            holder, touch=lambda: None, allowances=desk, rules=default_rules(), guards=guards
        ),
        guards=guards,
        holder=holder,
        vault=vault,
    )
