"""Several accounts: adding, choosing, watching, naming, hiding, removing."""

from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import (
    NotSupportedError,
    NoWalletError,
    UserInputError,
    WalletError,
    WalletExistsError,
    WalletLockedError,
    WatchOnlyError,
    WrongPasswordError,
)
from node.core.ids import Address
from node.core.ports import UnsignedTransaction
from node.core.units import Eth
from node.wallet.keystore import decrypt_keystore
from node.wallet.vault import Vault, VaultState
from node.wallet.vault_accounts import VaultAccounts
from node.wallet.wallet_file import AccountKind
from tests.unit.wallet.folders import account_files, contents, copy_of
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import (
    FIRST,
    JUNK,
    KEY,
    KEY_ADDRESS,
    PASSWORD,
    SECOND,
    STRANGER,
    THIRD,
    a_vault,
    keep,
    reopened,
)


async def a_junk_vault(folder: Path, store: DictStore | None = None) -> Vault:
    vault = a_vault(folder, store)
    await vault.import_phrase(JUNK, keep())
    return vault


def listed(vault: VaultAccounts) -> list[Address]:
    return [file.address for file in vault.accounts()]


async def test_next_accounts_of_the_phrase_are_those_of_every_wallet(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    (first,) = vault.accounts()
    second = await vault.add_account(first.group, PASSWORD)
    third = await vault.add_account(first.group, PASSWORD, label="  For\nsavings ")
    assert (second.address, second.path, second.label) == (
        SECOND,
        "m/44'/60'/0'/0/1",
        "Account 2",
    )
    assert (third.address, third.label) == (THIRD, "For savings")
    # The one in use is still the first.
    assert vault.signer.address == FIRST
    again = await reopened(tmp_path)
    assert listed(again) == [FIRST, SECOND, THIRD]
    assert again.status().address == FIRST
    assert {file.group for file in again.accounts()} == {first.group}
    # Each file is a whole wallet.
    for path in account_files(tmp_path).values():
        assert len(await decrypt_keystore(path.read_text(), PASSWORD)) == 32


async def test_an_account_by_path_and_a_passphrase(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.import_phrase(JUNK, keep(), passphrase="é x")
    (first,) = vault.accounts()
    added = await vault.add_account(first.group, PASSWORD, path="m/44'/60'/3'/0/0")
    other = a_vault(tmp_path / "other")
    await other.import_phrase(JUNK, keep(), passphrase="é x", path="m/44'/60'/3'/0/0")
    assert added.address == other.signer.address
    revealed = await vault.reveal_phrase(PASSWORD)
    assert (revealed.mnemonic.phrase, revealed.passphrase) == (JUNK, "é x")


async def test_adding_needs_password_phrase_and_a_new_path(tmp_path: Path) -> None:
    clock = FakeClock()
    vault = a_vault(tmp_path, clock=clock)
    await vault.import_phrase(JUNK, keep())
    group = vault.accounts()[0].group
    with pytest.raises(WrongPasswordError) as told:
        await vault.add_account(group, None)
    assert told.value.code == "wallet.password_needed"
    with pytest.raises(WrongPasswordError):
        await vault.add_account(group, "not the password")
    clock.advance(1)
    with pytest.raises(WalletExistsError) as exists:
        await vault.add_account(group, PASSWORD, path="m/44'/60'/0'/0/0")
    assert FIRST.checksum in exists.value.message
    with pytest.raises(UserInputError):
        await vault.add_account(group, PASSWORD, path="m/x")
    with pytest.raises(WalletError):
        await vault.add_account("nobody", PASSWORD)
    await vault.import_private_key(KEY, keep(add=True))
    with pytest.raises(WalletError) as none:
        await vault.add_account(vault.status().group, PASSWORD)
    assert none.value.code == "wallet.no_phrase"
    assert listed(vault) == [FIRST, KEY_ADDRESS] or listed(vault) == [KEY_ADDRESS, FIRST]


async def test_several_accounts_of_a_phrase_are_imported_at_once(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    paths = ["m/44'/60'/0'/0/1", "m/44'/60'/0'/0/2", "m/44'/60'/0'/0/0"]
    status = await vault.import_phrase(JUNK, keep(keep_phrase=False), more_paths=paths)
    assert (status.address, status.has_phrase) == (FIRST, False)
    assert listed(vault) == [FIRST, SECOND, THIRD]
    assert len({file.group for file in vault.accounts()}) == 1


async def test_selecting_destroys_the_key_of_the_one_before(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    old = vault.auto_lock.for_transactions()
    vault.auto_lock.grant("session-1")
    status = await vault.select(SECOND)
    assert (status.address, status.state) == (SECOND, VaultState.LOCKED)
    assert old.is_destroyed
    assert not vault.auto_lock.has_grants
    with pytest.raises(WalletLockedError):
        vault.signer.sign_message_digest(bytes(32))
    assert (await vault.unlock(PASSWORD)).state is VaultState.UNLOCKED
    assert vault.auto_lock.for_transactions().address == SECOND
    assert (await reopened(tmp_path)).status().address == SECOND


async def test_selecting_with_a_wrong_password_changes_nothing(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    with pytest.raises(WrongPasswordError):
        await vault.select(SECOND, "not the password")
    assert vault.status().address == FIRST
    assert vault.status().state is VaultState.UNLOCKED
    assert (await reopened(tmp_path)).status().address == FIRST
    with pytest.raises(NoWalletError):
        await vault.select(STRANGER)


async def test_accounts_of_the_secret_store_stay_unlocked_through_a_change(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path, store)
    await vault.import_phrase(JUNK, keep(password=None, use_keyring=True))
    await vault.add_account(vault.status().group, None)
    assert len(store.entries) == 1
    assert (await vault.select(SECOND)).state is VaultState.UNLOCKED
    vault.lock()
    assert (await vault.select(FIRST)).state is VaultState.LOCKED
    # The entry stays as long as one account needs it.
    await vault.remove(SECOND, keep_copy=False)
    assert len(store.entries) == 1
    await vault.remove(FIRST, keep_copy=False)
    assert store.entries == {}


async def test_every_signature_of_a_watched_account_is_refused_in_words(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    watched = await vault.watch(STRANGER, "Cold")
    assert watched.kind is AccountKind.WATCH
    assert vault.status().address == FIRST
    status = await vault.select(STRANGER, PASSWORD)
    assert (status.watch_only, status.address) == (True, STRANGER)
    transaction = UnsignedTransaction(
        chain_id=1,
        nonce=0,
        to=FIRST,
        value=Eth(0),
        data=b"",
        gas=21000,
        gas_price=1,
        max_fee_per_gas=None,
        max_priority_fee_per_gas=None,
    )
    for refused in (
        lambda: vault.signer.sign_message_digest(bytes(32)),
        lambda: vault.signer.sign_blob(b""),
        lambda: vault.signer.agree(bytes(65)),
        lambda: vault.signer.public_key,
        lambda: vault.signer.sign_transaction(transaction),
        lambda: vault.auto_lock.grant("session"),
    ):
        with pytest.raises(WatchOnlyError) as told:
            refused()
        assert told.value.message == "This account is watched only."
        assert told.value.code == "wallet.watch_only"
        assert told.value.hint
    for asked in (
        vault.unlock(PASSWORD),
        vault.reveal_key(PASSWORD),
        vault.reveal_phrase(PASSWORD),
        vault.export_keystore(PASSWORD, PASSWORD),
        vault.change_protection(PASSWORD, keep()),
        vault.backup_questions(PASSWORD),
    ):
        with pytest.raises(WatchOnlyError):
            await asked
    assert vault.signer.address == STRANGER
    assert (await reopened(tmp_path)).status().watch_only


async def test_a_watched_account_gets_its_key_later(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.watch(KEY_ADDRESS, "Mine")
    assert vault.status().address == KEY_ADDRESS
    with pytest.raises(WalletExistsError):
        await vault.watch(KEY_ADDRESS, "again")
    status = await vault.import_private_key(KEY, keep())
    assert (status.watch_only, status.state) == (False, VaultState.UNLOCKED)
    assert (status.label, status.address) == ("Mine", KEY_ADDRESS)
    with pytest.raises(WalletExistsError):
        await vault.watch(KEY_ADDRESS, "again")


async def test_a_second_wallet_needs_a_word_of_the_user(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    with pytest.raises(WalletExistsError):
        await vault.import_private_key(KEY, keep())
    with pytest.raises(WalletExistsError):
        await vault.create(12, keep())
    await vault.import_private_key(KEY, keep(add=True, label="Old"))
    assert vault.signer.address == KEY_ADDRESS
    with pytest.raises(WalletExistsError) as told:
        await vault.import_private_key(KEY, keep(add=True))
    assert told.value.code == "wallet.account_exists"
    await vault.create(24, keep(add=True))
    assert len(vault.accounts()) == 3
    assert not [name for name in contents(tmp_path) if name.startswith("replaced")]


async def test_names_and_hiding_last(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    await vault.label(SECOND, " Tea\tmoney\u202e " + "x" * 100)
    await vault.hide(SECOND, True)
    again = await reopened(tmp_path)
    hidden = again.accounts()[1]
    assert hidden.label.startswith("Tea money x")
    assert len(hidden.label) == 60
    assert hidden.hidden
    with pytest.raises(UserInputError):
        await again.label(SECOND, " \n\u200b")
    with pytest.raises(WalletError) as told:
        await again.hide(FIRST, True)
    assert told.value.code == "wallet.account_in_use"
    assert not (await again.hide(SECOND, False)).hidden


async def test_a_removed_account_stays_aside_and_the_next_is_used(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    await vault.add_account(vault.status().group, PASSWORD)
    await vault.hide(SECOND, True)
    status = await vault.remove(FIRST)
    assert (status.address, status.state) == (THIRD, VaultState.LOCKED)
    copy = (tmp_path / "replaced-1.json").read_text()
    assert await decrypt_keystore(copy, PASSWORD)
    assert listed(await reopened(tmp_path)) == [SECOND, THIRD]
    await vault.remove(SECOND)
    assert (await vault.remove(THIRD)).state is VaultState.EMPTY
    with pytest.raises(NoWalletError):
        _ = vault.signer.address
    assert (await reopened(tmp_path)).status().state is VaultState.EMPTY
    with pytest.raises(NoWalletError):
        await vault.remove(THIRD)


async def test_a_wallet_of_an_earlier_version_moves_to_its_place(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path / "new")
    (path,) = account_files(tmp_path / "new").values()
    old = tmp_path / "old"
    old.mkdir()
    (old / "wallet.json").write_bytes(path.read_bytes())
    moved = await reopened(old)
    assert list(contents(old)) == [
        f"wallets/{FIRST.hex}.json",
        f"wallets/copies/{FIRST.hex}.json",
    ]
    assert (await moved.unlock(PASSWORD)).address == vault.signer.address
    # Put there once more: the account is used, the copy is named and left alone.
    (old / "wallet.json").write_bytes(path.read_bytes())
    twice = (await reopened(old)).status()
    assert (twice.address, [item.path.name for item in twice.damaged]) == (FIRST, ["wallet.json"])
    assert "second file" in twice.damaged[0].problem


@pytest.mark.parametrize("pointer", [b"", b"\xff", b"0x12", STRANGER.checksum.encode(), b"0" * 500])
async def test_a_damaged_pointer_leads_to_the_oldest_account(
    tmp_path: Path, pointer: bytes
) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    await vault.select(SECOND)
    (tmp_path / "wallets" / "active").write_bytes(pointer)
    assert (await reopened(tmp_path)).status().address == FIRST


async def test_a_damaged_account_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    vault = await a_junk_vault(tmp_path)
    await vault.add_account(vault.status().group, PASSWORD)
    account_files(tmp_path)[FIRST.hex].write_bytes(b"{")
    copy_of(tmp_path, FIRST).unlink()
    again = await reopened(tmp_path)
    status = again.status()
    assert (status.address, len(status.damaged)) == (SECOND, 1)
    assert FIRST.hex in status.damaged[0].problem
    assert (await again.unlock(PASSWORD)).state is VaultState.UNLOCKED
    # The damaged file is copied aside before the same account comes again.
    await again.add_account(status.group, PASSWORD, path="m/44'/60'/0'/0/0")
    assert (tmp_path / "replaced-1.json").read_bytes() == b"{"


async def test_the_number_of_accounts_has_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.wallet.vault_core.MAX_ACCOUNTS", 2)
    vault = await a_junk_vault(tmp_path)
    await vault.watch(STRANGER, "")
    with pytest.raises(WalletError) as told:
        await vault.watch(KEY_ADDRESS, "")
    assert told.value.code == "wallet.too_many_accounts"
    assert len((await reopened(tmp_path)).accounts()) == 2


async def test_a_key_in_memory_has_no_accounts(tmp_path: Path) -> None:
    vault = Vault.from_private_key(KEY, FakeClock())
    assert vault.accounts() == ()
    for refused in (vault.watch(STRANGER, ""), vault.select(STRANGER), vault.remove(STRANGER)):
        with pytest.raises(NotSupportedError):
            await refused
