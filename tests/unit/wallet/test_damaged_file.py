"""An account's file that cannot be read any more is replaced by its copy, and kept."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.core.errors import WrongPasswordError
from node.core.log import LogOptions, configure_logging
from node.core.log_lines import recent_entries
from node.wallet.vault import VaultState
from tests.unit.wallet.folders import account_files, contents, copy_of
from tests.unit.wallet.vaults import (
    FIRST,
    JUNK,
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    STRANGER,
    a_vault,
    keep,
    reopened,
)

DAMAGE = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "zeros": lambda content: bytes(len(content)),
    "no text": lambda content: b"\xff" + content[1:],
}


async def a_wallet(folder: Path) -> None:
    vault = a_vault(folder)
    await vault.import_phrase(JUNK, keep(), more_paths=["m/44'/60'/0'/0/1"])


@pytest.mark.parametrize("kind", DAMAGE)
async def test_the_copy_takes_the_place_of_a_damaged_file(tmp_path: Path, kind: str) -> None:
    await a_wallet(tmp_path)
    path = account_files(tmp_path)[FIRST.hex]
    whole = path.read_bytes()
    damaged = DAMAGE[kind](whole)
    path.write_bytes(damaged)
    again = await reopened(tmp_path)
    (told,) = again.status().damaged
    assert told.problem.startswith(f"The wallet file of {FIRST.checksum} was damaged; its copy of")
    assert told.hint.startswith("Nothing is lost.")
    assert told.path.read_bytes() == damaged
    assert path.read_bytes() == whole
    assert (again.status().address, len(again.accounts())) == (FIRST, 2)
    assert (await again.unlock(PASSWORD)).state is VaultState.UNLOCKED
    assert (await again.reveal_phrase(PASSWORD)).mnemonic.words[0] == "test"
    assert (await reopened(tmp_path)).status().damaged == ()


async def test_without_a_copy_the_way_out_is_told(tmp_path: Path) -> None:
    await a_wallet(tmp_path)
    path = account_files(tmp_path)[FIRST.hex]
    path.write_bytes(b"{")
    copy_of(tmp_path, FIRST).write_bytes(b"{")
    (told,) = (await reopened(tmp_path)).status().damaged
    assert "is damaged" in told.problem
    assert "import the recovery phrase" in told.hint
    assert path.read_bytes() == b"{"


async def test_the_copy_has_the_newest_password_and_name(tmp_path: Path) -> None:
    await a_wallet(tmp_path)
    vault = await reopened(tmp_path)
    await vault.change_protection(PASSWORD, keep(password=OTHER_PASSWORD))
    await vault.label(SECOND, "Rent")
    for path in account_files(tmp_path).values():
        path.write_bytes(b"")
    again = await reopened(tmp_path)
    assert [item.label for item in again.accounts()] == ["Account 1", "Rent"]
    with pytest.raises(WrongPasswordError):
        await again.unlock(PASSWORD)
    again._keeper._attempts.succeeded()
    assert (await again.unlock(OTHER_PASSWORD)).state is VaultState.UNLOCKED


async def test_a_removed_account_leaves_no_copy(tmp_path: Path) -> None:
    await a_wallet(tmp_path)
    vault = await reopened(tmp_path)
    await vault.remove(SECOND)
    assert not copy_of(tmp_path, SECOND).exists()
    assert [item.address for item in (await reopened(tmp_path)).accounts()] == [FIRST]


async def test_a_copy_of_another_account_is_not_used(tmp_path: Path) -> None:
    await a_wallet(tmp_path)
    copy_of(tmp_path, SECOND).replace(copy_of(tmp_path, FIRST))
    account_files(tmp_path)[FIRST.hex].write_bytes(b"")
    again = await reopened(tmp_path)
    assert [item.address for item in again.accounts()] == [SECOND]
    assert len(again.status().damaged) == 1


async def test_wallets_of_earlier_versions_get_a_copy_at_the_first_start(tmp_path: Path) -> None:
    await a_wallet(tmp_path)
    for address in (FIRST, SECOND):
        copy_of(tmp_path, address).unlink()
    await reopened(tmp_path)
    for address in (FIRST, SECOND):
        own = account_files(tmp_path)[address.hex]
        assert copy_of(tmp_path, address).read_bytes() == own.read_bytes()


@pytest.fixture
def log() -> Iterator[None]:
    configure_logging(LogOptions(folder=None))
    yield
    configure_logging(LogOptions(folder=None))


async def test_where_no_copy_can_be_made_the_wallet_works(tmp_path: Path, log: None) -> None:
    await a_wallet(tmp_path)
    vault = await reopened(tmp_path)
    await asyncio.to_thread(_put_a_file_in_the_way, tmp_path)
    await vault.watch(STRANGER, "Cold")
    assert recent_entries(level="warning", limit=1)[0].text == "a wallet file has no copy"
    assert len((await reopened(tmp_path)).accounts()) == 3
    await vault.remove(STRANGER)


def _put_a_file_in_the_way(folder: Path) -> None:
    copies = folder / "wallets" / "copies"
    for path in copies.iterdir():
        path.unlink()
    copies.rmdir()
    copies.write_bytes(b"")
    assert "wallets/copies" in contents(folder)
