"""Vaults for tests: cheap encryption, and keys whose addresses everybody knows."""

from pathlib import Path

from node.core.clock import FakeClock
from node.core.ids import Address
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault
from tests.unit.wallet.stores import DictStore

CHEAP = ScryptCost(n=2, r=8, p=1)
PASSWORD = "correct horse battery"
OTHER_PASSWORD = "another good password"
JUNK = "test test test test test test test test test test test junk"
FIRST, SECOND, THIRD = (
    Address.parse(text)
    for text in (
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    )
)
KEY = "11" * 32
KEY_ADDRESS = Address.parse("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A")
STRANGER = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906")


def keep(**changes: object) -> Safekeeping:
    """Under `PASSWORD` and with the phrase, unless `changes` say otherwise."""
    return Safekeeping(**{"password": PASSWORD, "keep_phrase": True, **changes})  # type: ignore[arg-type]


def a_vault(folder: Path, store: DictStore | None = None, clock: FakeClock | None = None) -> Vault:
    return Vault(folder, clock or FakeClock(), store, cost=CHEAP)


async def reopened(folder: Path, store: DictStore | None = None) -> Vault:
    """The same folder after a restart."""
    vault = a_vault(folder, store)
    await vault.open()
    return vault


async def three_accounts(folder: Path, store: DictStore | None = None) -> Vault:
    """Two of a phrase, of which the first is in use, and a watched one."""
    vault = a_vault(folder, store)
    await vault.import_phrase(JUNK, keep(), more_paths=["1"])
    await vault.watch(STRANGER, "Cold")
    return vault
