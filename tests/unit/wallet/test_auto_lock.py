"""Locking by hand, by idle time, and grants that keep running sessions alive."""

import asyncio
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import NoWalletError, WalletLockedError
from node.core.ids import Address
from node.core.ports import UnsignedTransaction
from node.core.tasks import TaskScope
from node.core.units import Eth
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault, VaultState

PASSWORD = "correct horse battery"
TRANSACTION = UnsignedTransaction(
    chain_id=1,
    nonce=0,
    to=Address(bytes(20)),
    value=Eth(0),
    data=b"",
    gas=21_000,
    max_fee_per_gas=1,
    max_priority_fee_per_gas=1,
)


class Profile:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.changes: list[VaultState] = []
        self.vault = Vault(
            folder,
            self.clock,
            idle_s=900,
            cost=ScryptCost(n=2, r=8, p=1),
            on_change=lambda: self.changes.append(self.vault.status().state),
        )

    def may(self, what: str) -> bool:
        signer = self.vault.signer
        uses = {
            "message": lambda: signer.sign_message_digest(bytes(32)),
            "blob": lambda: signer.sign_blob(b"report"),
            "agree": lambda: signer.agree(signer.public_key),
            "transaction": lambda: signer.sign_transaction(TRANSACTION),
        }
        try:
            uses[what]()
        except WalletLockedError:
            return False
        return True

    def all_rights(self) -> list[bool]:
        return [self.may(what) for what in ("message", "blob", "agree", "transaction")]


@pytest.fixture
async def profile(tmp_path: Path) -> Profile:
    profile = Profile(tmp_path)
    await profile.vault.create(12, Safekeeping(password=PASSWORD))
    return profile


async def test_locked_wallet_refuses_everything(profile: Profile) -> None:
    assert profile.all_rights() == [True] * 4
    assert profile.vault.lock().state is VaultState.LOCKED
    assert profile.all_rights() == [False] * 4
    await profile.vault.unlock(PASSWORD)
    assert profile.all_rights() == [True] * 4
    assert profile.changes == [VaultState.UNLOCKED, VaultState.LOCKED, VaultState.UNLOCKED]


async def test_idle_time_locks_even_without_the_background_task(profile: Profile) -> None:
    profile.clock.advance(899)
    assert profile.vault.status().idle_left_s == 1
    assert profile.may("transaction")
    profile.clock.advance(1)
    assert not profile.may("transaction")
    assert profile.vault.status().state is VaultState.LOCKED


async def test_activity_of_the_user_starts_the_idle_time_again(profile: Profile) -> None:
    profile.clock.advance(600)
    profile.vault.auto_lock.touch()
    profile.clock.advance(600)
    assert profile.may("transaction")
    profile.clock.advance(300)
    assert not profile.may("transaction")


async def test_signing_is_no_activity(profile: Profile) -> None:
    for _ in range(10):
        profile.clock.advance(90)
        profile.may("message")
    assert not profile.may("message")


async def test_idle_time_can_be_changed_and_switched_off(profile: Profile) -> None:
    profile.vault.auto_lock.set_idle(0)
    assert profile.vault.status().idle_left_s is None
    profile.clock.advance(10**6)
    assert profile.may("transaction")
    profile.vault.auto_lock.set_idle(60)
    profile.clock.advance(60)
    assert not profile.may("transaction")


async def test_background_task_locks_and_tells(profile: Profile) -> None:
    locked = asyncio.Event()
    original = profile.changes.append
    profile.vault.auto_lock._on_change = lambda: (original(VaultState.LOCKED), locked.set())[0]
    async with TaskScope("test") as scope:
        scope.spawn(profile.vault.auto_lock.run(), name="auto-lock")
        for _ in range(40):
            await asyncio.sleep(0)
            profile.clock.advance(30)
        await asyncio.wait_for(locked.wait(), 5)
    signer = profile.vault.auto_lock._signer
    assert signer is None


async def test_grant_keeps_messages_but_no_transactions(profile: Profile) -> None:
    profile.vault.auto_lock.grant("session-1")
    profile.vault.auto_lock.grant("session-2")
    profile.clock.advance(900)
    assert profile.all_rights() == [True, True, True, False]
    status = profile.vault.status()
    assert (status.state, status.serves_while_locked) == (VaultState.LOCKED, True)
    profile.vault.auto_lock.release("session-1")
    assert profile.may("message")
    profile.vault.auto_lock.release("session-2")
    assert profile.all_rights() == [False] * 4
    profile.vault.auto_lock.release("unknown")


async def test_locking_may_end_all_grants(profile: Profile) -> None:
    profile.vault.auto_lock.grant("session-1")
    profile.vault.lock(end_grants=True)
    assert profile.all_rights() == [False] * 4


async def test_locked_or_empty_wallet_gives_no_grant(profile: Profile, tmp_path: Path) -> None:
    profile.vault.lock()
    with pytest.raises(WalletLockedError):
        profile.vault.auto_lock.grant("session-1")
    empty = Profile(tmp_path / "empty")
    with pytest.raises(NoWalletError):
        empty.vault.auto_lock.grant("session-1")


async def test_locking_destroys_the_key_in_memory(profile: Profile) -> None:
    signer = profile.vault.auto_lock.for_transactions()
    buffer = signer._buffer
    assert any(buffer)
    profile.vault.lock()
    assert not any(buffer)
    assert signer.is_destroyed
