"""A new password for all accounts of a wallet, or for none."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.core.errors import KeyringUnavailableError, StorageError, WrongPasswordError
from node.core.faults import VARIABLE
from node.wallet.vault import VaultState
from tests.unit.wallet.folders import account_files, contents
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import (
    FIRST,
    JUNK,
    KEY,
    KEY_ADDRESS,
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    keep,
    reopened,
    three_accounts,
)

ROOT = Path(__file__).parents[3]
CHILD = """
import asyncio, sys
from pathlib import Path
from tests.unit.wallet.vaults import PASSWORD, OTHER_PASSWORD, keep, reopened

async def main():
    vault = await reopened(Path(sys.argv[1]))
    await vault.change_protection(PASSWORD, keep(password=OTHER_PASSWORD))

asyncio.run(main())
"""


async def test_all_accounts_of_the_phrase_get_the_new_password(tmp_path: Path) -> None:
    vault = await three_accounts(tmp_path)
    await vault.import_private_key(KEY, keep(add=True))
    await vault.select(FIRST, PASSWORD)
    await vault.change_protection(PASSWORD, keep(password=OTHER_PASSWORD))
    assert vault.status().state is VaultState.UNLOCKED
    again = await reopened(tmp_path)
    for address in (FIRST, SECOND):
        assert (await again.select(address, OTHER_PASSWORD)).state is VaultState.UNLOCKED
    assert (await again.reveal_phrase(OTHER_PASSWORD)).mnemonic.phrase == JUNK
    # Another wallet has a password of its own.
    assert (await again.select(KEY_ADDRESS, PASSWORD)).state is VaultState.UNLOCKED
    assert "wallets/change.json" not in contents(tmp_path)
    await again.select(FIRST)
    with pytest.raises(WrongPasswordError) as told:
        await again.unlock(PASSWORD)
    assert "It was changed on" in told.value.hint


async def test_to_the_secret_store_and_back(tmp_path: Path) -> None:
    store = DictStore()
    vault = await three_accounts(tmp_path, store)
    await vault.change_protection(PASSWORD, keep(password=None, use_keyring=True))
    assert len(store.entries) == 1
    first = dict(store.entries)
    await vault.change_protection(None, keep(password=None, use_keyring=True))
    assert len(store.entries) == 1
    assert store.entries != first
    await vault.change_protection(None, keep())
    assert store.entries == {}
    again = await reopened(tmp_path)
    for address in (FIRST, SECOND):
        assert (await again.select(address, PASSWORD)).state is VaultState.UNLOCKED
    broken = await reopened(tmp_path, DictStore(broken=True))
    with pytest.raises(KeyringUnavailableError):
        await broken.change_protection(PASSWORD, keep(password=None, use_keyring=True))
    assert (await broken.unlock(PASSWORD)).state is VaultState.UNLOCKED


@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of killed processes differ there")
@pytest.mark.parametrize(
    ("fault", "holds"),
    [
        ("wallet.change.before", PASSWORD),
        ("wallet.change.kept", OTHER_PASSWORD),
        ("wallet.change.file", OTHER_PASSWORD),
        ("wallet.change.file:2", OTHER_PASSWORD),
    ],
)
async def test_a_change_cut_short_leaves_one_password_for_all(
    tmp_path: Path, fault: str, holds: str
) -> None:
    await three_accounts(tmp_path)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, VARIABLE: fault, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    vault = await reopened(tmp_path)
    assert vault.status().damaged == ()
    for address in (FIRST, SECOND):
        assert (await vault.select(address, holds)).state is VaultState.UNLOCKED
    assert (await vault.reveal_phrase(holds)).mnemonic.phrase == JUNK
    if holds == OTHER_PASSWORD:
        with pytest.raises(WrongPasswordError) as told:
            await vault.reveal_key(PASSWORD)
        # People who saw the program die do not know which one holds: they are told.
        assert "It was changed on" in told.value.hint
    assert "wallets/change.json" not in contents(tmp_path)


async def test_an_interrupted_change_is_finished_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    store = DictStore()
    vault = await three_accounts(tmp_path, store)
    await vault.change_protection(PASSWORD, keep(password=None, use_keyring=True))
    (unused,) = store.entries
    files = [json.loads(path.read_text()) for path in account_files(tmp_path).values()]
    change = tmp_path / "wallets" / "change.json"
    change.write_text(json.dumps({"files": files, "unused_entries": ["gone", 3]}))
    again = await reopened(tmp_path, store)
    assert (again.status().damaged, change.exists()) == ((), False)
    assert unused in store.entries
    for content in ("{", "[]", '{"files": 3}', '{"files": [{}]}'):
        change.write_text(content)
        status = (await reopened(tmp_path, store)).status()
        assert status.address == FIRST
        assert [item.path for item in status.damaged] == [change]
        assert "interrupted" in status.damaged[0].problem
        assert change.read_text() == content


async def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = await three_accounts(tmp_path)
    before = contents(tmp_path)
    wallets = tmp_path / "wallets"
    wallets.chmod(0o700)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("node.wallet.account_folder.write_private", full)
    for asked in (
        vault.change_protection(PASSWORD, keep(password=OTHER_PASSWORD)),
        vault.label(SECOND, "x"),
        vault.import_private_key(KEY, keep(add=True)),
        vault.select(SECOND),
        vault.remove(SECOND),
        vault.watch(KEY_ADDRESS, ""),
    ):
        with pytest.raises(StorageError, match="No space left"):
            await asked
    monkeypatch.undo()
    assert contents(tmp_path) == before
    assert (await vault.unlock(PASSWORD)).address == FIRST
    assert (await vault.add_account(vault.status().group, PASSWORD)).path.endswith("/2")
