"""Damaged files among the wallets: told in words, left as they are, in nobody's way."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from node.core import private_files
from node.wallet.account_folder import AccountFolder
from node.wallet.vault import VaultState
from tests.unit.wallet.folders import account_files, the_account
from tests.unit.wallet.vaults import FIRST, JUNK, KEY, PASSWORD, SECOND, a_vault, keep, reopened

WRONG: tuple[Any, ...] = (None, 3, [], {"a": 1}, "\u0000")
MEMBERS = ("protection", "path", "phrase", "keyring_entry", "created_at", "label", "group",
           "hidden", "backed_up", "protected_at")  # fmt: skip


async def a_file(folder: Path) -> bytes:
    vault = a_vault(folder / "source")
    await vault.import_phrase(JUNK, keep())
    return the_account(folder / "source").read_bytes()


def put(folder: Path, content: bytes) -> Path:
    path = folder / "wallets" / f"{FIRST.hex}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


async def test_a_file_cut_anywhere_is_damaged_and_kept(tmp_path: Path) -> None:
    whole = await a_file(tmp_path)
    for number in range(60):
        content = whole[: len(whole) * number // 60]
        path = put(tmp_path / "cut", content)
        found = AccountFolder(tmp_path / "cut").load()
        assert found.files == {}
        assert [item.path for item in found.damaged] == [path]
        assert "is damaged" in found.damaged[0].problem
        assert path.read_bytes() == content


@pytest.mark.parametrize("member", MEMBERS)
async def test_members_of_a_wrong_type_are_damage(tmp_path: Path, member: str) -> None:
    fields = json.loads(await a_file(tmp_path))
    for value in WRONG:
        own = fields["morpheus"]
        if type(value) is type(own[member]) or (member == "phrase" and value in (None, {"a": 1})):
            continue
        content = json.dumps({**fields, "morpheus": {**own, member: value}}).encode()
        path = put(tmp_path / "wrong", content)
        found = AccountFolder(tmp_path / "wrong").load()
        assert (found.files, len(found.damaged)) == ({}, 1), value
        assert path.read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        {"path": "m/x"},
        {"protection": "none"},
        {"protection": "memory"},
        {"created_at": -1},
        {"protected_at": 2**40},
    ],
)
async def test_values_that_make_no_sense_are_damage(tmp_path: Path, change: dict[str, Any]) -> None:
    fields = json.loads(await a_file(tmp_path))
    content = json.dumps({**fields, "morpheus": {**fields["morpheus"], **change}}).encode()
    put(tmp_path / "wrong", content)
    assert len(AccountFolder(tmp_path / "wrong").load().damaged) == 1


async def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    put(tmp_path / "bom", b"\xef\xbb\xbf" + await a_file(tmp_path))
    vault = await reopened(tmp_path / "bom")
    assert (await vault.unlock(PASSWORD)).address == FIRST
    text = (tmp_path / "bom" / "wallets" / f"{FIRST.hex}.json").read_text("utf-8")
    other = a_vault(tmp_path / "other")
    assert (await other.import_keystore(text, PASSWORD, keep())).address == FIRST


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
async def test_a_readable_file_is_made_private(tmp_path: Path) -> None:
    path = put(tmp_path / "mode", await a_file(tmp_path))
    path.chmod(0o644)
    vault = await reopened(tmp_path / "mode")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert vault.status().damaged == ()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_link(path: Path) -> None:
    target = path.with_name("target")
    path.rename(target)
    path.symlink_to(target)


def a_broken_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


@pytest.mark.parametrize("make", [a_folder, a_link, a_broken_link])
async def test_what_is_no_plain_file_is_not_touched(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = put(tmp_path / "odd", await a_file(tmp_path))
    make(path)
    vault = await reopened(tmp_path / "odd")
    assert vault.status().state is VaultState.EMPTY
    assert [item.path for item in vault.status().damaged] == [path]
    assert "is a link or no plain file" in vault.status().damaged[0].problem
    await vault.import_private_key(KEY, keep())
    assert path.is_dir() or path.is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="owners are those of POSIX")
async def test_a_file_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "theirs", await a_file(tmp_path))
    monkeypatch.setattr(private_files.os, "getuid", lambda: os.geteuid() + 1)
    found = AccountFolder(tmp_path / "theirs").load()
    assert found.files == {}
    assert [item.path for item in found.damaged] == [path]
    assert "belongs to another user" in found.damaged[0].problem


async def test_files_of_other_wallets_find_their_place(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.import_phrase(JUNK, keep(), more_paths=["1"])
    folder = tmp_path / "wallets"
    account_files(tmp_path)[SECOND.hex].rename(folder / "UTC--2020-01-01--second.json")
    (folder / "notes.txt").write_text("not mine")
    again = await reopened(tmp_path)
    assert [file.address for file in again.accounts()] == [FIRST, SECOND]
    assert set(account_files(tmp_path)) == {FIRST.hex, SECOND.hex}
    assert (folder / "notes.txt").read_text() == "not mine"
