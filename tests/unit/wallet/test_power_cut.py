"""The power goes at any moment of what changes the wallet's files: it is as before or as after,
every account opens with the password of one of the two, and no key is gone."""

import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.core.errors import WrongPasswordError
from node.core.ids import Address
from node.wallet.keystore import decrypt_keystore
from node.wallet.vault import Vault
from node.wallet.wallet_file import Protection, WalletFile
from tests.support.lossy_disk import Disk, DiskLog, disks_after_cuts
from tests.unit.wallet.folders import contents
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import (
    FIRST,
    JUNK,
    KEY,
    KEY_ADDRESS,
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    THIRD,
    a_vault,
    keep,
    reopened,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
PASSWORDS = (PASSWORD, OTHER_PASSWORD, None)
OTHER_KEY = "22" * 32


@dataclass(frozen=True, slots=True)
class Seen:
    """A wallet after a start: what its user would notice. Accounts as name, hidden, backed up,
    protection."""

    accounts: dict[Address, tuple[str, bool, bool, str]]
    active: Address | None
    passwords: dict[Address, str | None]
    """That opens the key of each account, None for the secret store."""
    kept: frozenset[Address]
    """Accounts of files that were set aside."""


async def seen_in(folder: Path, store: DictStore) -> Seen:
    vault = await reopened(folder, store)
    status = vault.status()
    assert status.damaged == ()
    passwords = {}
    for file in vault.accounts():
        await vault.select(file.address)
        passwords[file.address] = await the_password(vault)
        if file.phrase_box is not None:
            await vault.reveal_phrase(passwords[file.address])
    if status.address is not None:
        await vault.select(status.address)
    return Seen(
        accounts={
            file.address: (file.label, file.hidden, file.backed_up, file.protection.value)
            for file in vault.accounts()
        },
        active=status.address,
        passwords=passwords,
        kept=frozenset([await kept_address(content) for content in aside(folder)]),
    )


async def the_password(vault: Vault) -> str | None:
    if vault.status().watch_only:
        return None
    by_store = vault.status().protection is Protection.KEYRING
    for password in [None] if by_store else PASSWORDS[:2]:
        vault._keeper._attempts.succeeded()
        try:
            key = await vault.reveal_key(password)
        except WrongPasswordError:
            continue
        assert bytes(key)
        return password
    raise AssertionError(f"{vault.status().address} opens with none of the passwords")


def aside(folder: Path) -> list[bytes]:
    return [
        content
        for name, content in contents(folder).items()
        if name.startswith("replaced-") and name.endswith(".json")
    ]


async def kept_address(content: bytes) -> Address:
    await decrypt_keystore(content.decode(), PASSWORD)
    return WalletFile.from_bytes(content).address


Act = Callable[[Vault], Awaitable[object]]


async def nothing(vault: Vault) -> None:
    """An empty folder, as at the first start."""


async def phrase_of_three(vault: Vault) -> None:
    await vault.import_phrase(JUNK, keep(), more_paths=["m/44'/60'/0'/0/1", "m/44'/60'/0'/0/2"])


async def phrase_and_key(vault: Vault) -> None:
    await phrase_of_three(vault)
    await vault.import_private_key(KEY, keep(add=True))


async def made_just_now(vault: Vault) -> None:
    await vault.create(12, keep())
    await vault.add_account(vault.accounts()[0].group, password=PASSWORD)


async def confirm(vault: Vault) -> None:
    phrase = (await vault.reveal_phrase(PASSWORD)).mnemonic
    questions = await vault.backup_questions(PASSWORD)
    await vault.confirm_backup(tuple(phrase.words[item.position - 1] for item in questions))


async def restore(vault: Vault) -> None:
    await vault.restore(BACKUP["text"], PASSWORD, None)


BACKUP: dict[str, str] = {}
ACTS: dict[str, tuple[Act, Act]] = {
    "create": (nothing, lambda vault: vault.create(12, keep())),
    "create another": (phrase_of_three, lambda vault: vault.create(12, keep(add=True))),
    "import": (nothing, phrase_of_three),
    "import beside": (phrase_of_three, lambda vault: vault.import_private_key(KEY, keep(add=True))),
    "import instead": (
        phrase_of_three,
        lambda vault: vault.import_private_key(KEY, keep(replace=True)),
    ),
    "password": (
        phrase_and_key,
        lambda vault: vault.change_protection(PASSWORD, keep(password=OTHER_PASSWORD)),
    ),
    "to the secret store": (
        phrase_of_three,
        lambda vault: vault.change_protection(PASSWORD, keep(password=None, use_keyring=True)),
    ),
    "add account": (
        phrase_of_three,
        lambda vault: vault.add_account(vault.accounts()[0].group, password=PASSWORD),
    ),
    "watch": (phrase_of_three, lambda vault: vault.watch(KEY_ADDRESS, "Cold")),
    "confirm backup": (made_just_now, confirm),
    "label": (phrase_of_three, lambda vault: vault.label(SECOND, "Rent")),
    "hide": (phrase_of_three, lambda vault: vault.hide(THIRD, True)),
    "select": (phrase_of_three, lambda vault: vault.select(SECOND)),
    "remove": (phrase_and_key, lambda vault: vault.remove(KEY_ADDRESS)),
    "remove the one in use": (phrase_and_key, lambda vault: vault.remove(FIRST)),
    "restore": (nothing, restore),
}


@pytest.fixture
async def backup(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "elsewhere")
    await phrase_of_three(vault)
    BACKUP["text"] = await vault.export_backup(PASSWORD, None)


async def recorded(folder: Path, store: DictStore, before: Act, act: Act) -> DiskLog:
    """What `act` does to the disk; what was there before is safe."""
    vault = a_vault(folder, store)
    await vault.open()
    await before(vault)
    vault = await reopened(folder, store)
    log = DiskLog.of(folder)
    with log.recording():
        await act(vault)
    return log


def check(found: Seen, old: Seen, new: Seen, where: str) -> None:
    """Nothing in between but an order: what comes is there before what it replaces goes."""
    both = {**old.accounts, **new.accounts}
    assert set(found.accounts) in (set(old.accounts), set(new.accounts), set(both)), where
    common = old.accounts.keys() & new.accounts.keys()
    for one in (found.accounts, found.passwords):
        parts = [
            {address: of[address] for address in common}  # type: ignore[index]
            for of in (
                one,
                *((w.accounts if one is found.accounts else w.passwords) for w in (old, new)),
            )
        ]
        assert parts[0] in parts[1:], f"{where}: some as before, some as after"
    assert found.active in {old.active, new.active}, where
    gone = set(old.passwords) - set(found.passwords)
    assert gone <= found.kept, f"{where}: a key is gone"


def old_disk(log: DiskLog, target: Path) -> Path:
    Disk(log, []).write(log, target)
    return target


@pytest.mark.parametrize("name", ACTS)
async def test_a_cut_leaves_the_old_wallet_or_the_new_one(
    tmp_path: Path, backup: None, name: str
) -> None:
    before, act = ACTS[name]
    folder, store = tmp_path / "wallet", DictStore()
    folder.mkdir()
    log = await recorded(folder, store, before, act)
    old = await seen_in(old_disk(log, tmp_path / "old"), store)
    new = await seen_in(folder, store)
    assert (old.accounts, old.active, old.passwords) != (new.accounts, new.active, new.passwords)
    for is_last, disk in disks_after_cuts(log, tmp_path / "cuts"):
        where = f"{name}, {disk.name} of {len(log.steps)}"
        found = await seen_in(disk, store)
        check(found, old, new, where)
        if is_last:
            done = (found.accounts, found.active, found.passwords)
            assert done == (new.accounts, new.active, new.passwords), f"{where}: it was said done"


async def test_a_second_cut_while_the_first_is_mended(tmp_path: Path) -> None:
    """A change of the password that was cut is finished by the next start, which is cut too."""
    before, act = ACTS["password"]
    folder, store = tmp_path / "wallet", DictStore()
    folder.mkdir()
    log = await recorded(folder, store, before, act)
    old = await seen_in(old_disk(log, tmp_path / "old"), store)
    new = await seen_in(folder, store)
    unfinished = [
        disk
        for _, disk in disks_after_cuts(log, tmp_path / "cuts")
        if (disk / "wallets" / "change.json").exists()
    ]
    assert unfinished
    for disk in unfinished[:: max(1, len(unfinished) // 6)]:
        again = DiskLog.of(disk)
        with again.recording():
            await reopened(disk, store)
        for _, twice in disks_after_cuts(again, tmp_path / f"again-{disk.name}"):
            found = await seen_in(twice, store)
            check(found, old, new, f"{disk.name}, then {twice.name}")
            assert found.passwords == new.passwords


async def test_the_wallet_of_an_earlier_version_moves_whole(tmp_path: Path) -> None:
    folder, store = tmp_path / "wallet", DictStore()
    await phrase_of_three(a_vault(folder, store))
    (path, *others) = sorted((folder / "wallets").glob("0x*.json"))
    path.rename(folder / "wallet.json")
    for other in [*others, folder / "wallets" / "active"]:
        other.unlink()
    shutil.rmtree(folder / "wallets" / "copies")
    (folder / "wallets").rmdir()
    log = DiskLog.of(folder)
    with log.recording():
        await reopened(folder, store)
    address = Address.parse(path.stem)
    assert log.steps
    for _, disk in disks_after_cuts(log, tmp_path / "cuts"):
        assert (await seen_in(disk, store)).passwords == {address: PASSWORD}


def test_the_disk_does_forget(tmp_path: Path) -> None:
    """Without a sync there is nothing to find, or the proofs above prove nothing."""
    folder = tmp_path / "disk"
    folder.mkdir()
    log = DiskLog.of(folder)
    with log.recording():
        handle = os.open(folder / "a", os.O_WRONLY | os.O_CREAT)
        os.write(handle, b"lost")
        os.close(handle)
        os.rename(folder / "a", folder / "b")  # noqa: PTH104 - the call that is looked at
    found = {
        tuple(sorted(contents(disk).items())) for _, disk in disks_after_cuts(log, tmp_path / "c")
    }
    assert () in found
    assert (("b", b""),) in found
    assert (("b", b"lost"),) in found
