"""The vault: making, opening, replacing and changing the wallet of a profile."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import (
    InvalidKeyError,
    InvalidMnemonicError,
    KeyringUnavailableError,
    KeystoreFormatError,
    NodeError,
    NotSupportedError,
    NoWalletError,
    StorageError,
    UserInputError,
    WalletError,
    WalletExistsError,
    WalletLockedError,
    WeakPasswordError,
    WrongPasswordError,
)
from node.wallet.keystore import decrypt_keystore, encrypt_keystore
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault, VaultState
from node.wallet.wallet_file import Protection
from tests.unit.wallet.folders import contents, the_account
from tests.unit.wallet.stores import DictStore

CHEAP = ScryptCost(n=2, r=8, p=1)
PASSWORD = "correct horse battery"
KEEP = Safekeeping(password=PASSWORD)
JUNK = "test test test test test test test test test test test junk"
FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SECOND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


def a_vault(folder: Path, store: DictStore | None = None, clock: FakeClock | None = None) -> Vault:
    return Vault(folder, clock or FakeClock(), store, cost=CHEAP)


async def test_empty_folder_is_an_empty_wallet(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "keystore")
    assert (await vault.open()).state is VaultState.EMPTY
    with pytest.raises(NoWalletError):
        _ = vault.signer.address
    with pytest.raises(NoWalletError):
        vault.signer.sign_message_digest(bytes(32))
    with pytest.raises(NoWalletError):
        await vault.unlock(PASSWORD)


async def test_new_wallet_is_unlocked_and_comes_back_after_a_restart(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    phrase = await vault.create(24, KEEP)
    assert len(phrase.words) == 24
    address = vault.signer.address
    signature = vault.signer.sign_message_digest(bytes(32))

    again = a_vault(tmp_path)
    status = await again.open()
    assert (status.state, status.address) == (VaultState.LOCKED, address)
    assert again.signer.address == address
    with pytest.raises(WalletLockedError):
        again.signer.sign_message_digest(bytes(32))
    assert (await again.unlock(PASSWORD)).state is VaultState.UNLOCKED
    assert again.signer.sign_message_digest(bytes(32)) == signature

    third = a_vault(tmp_path / "other")
    restored = await third.import_phrase(phrase.phrase, KEEP)
    assert restored.address == address


async def test_phrase_import_takes_path_account_and_passphrase(tmp_path: Path) -> None:
    for number, (arguments, expected) in enumerate(
        [
            ({}, FIRST),
            ({"account": 1}, SECOND),
            ({"path": "1"}, SECOND),
            ({"path": "m/44'/60'/0'/0/0", "account": 1}, SECOND),
        ]
    ):
        status = await a_vault(tmp_path / str(number)).import_phrase(JUNK, KEEP, **arguments)  # type: ignore[arg-type]
        assert status.address is not None
        assert status.address.checksum == expected
        assert status.path == ("m/44'/60'/0'/0/0" if expected == FIRST else "m/44'/60'/0'/0/1")
    other = await a_vault(tmp_path / "p").import_phrase(JUNK, KEEP, passphrase="x")
    assert other.address is not None
    assert other.address.checksum not in (FIRST, SECOND)


async def test_key_and_keystore_import(tmp_path: Path) -> None:
    by_key = await a_vault(tmp_path / "a").import_private_key("0x" + KEY, KEEP)
    foreign = await encrypt_keystore(bytes.fromhex(KEY), "theirs", cost=CHEAP)
    by_file = await a_vault(tmp_path / "b").import_keystore(foreign, "theirs", KEEP)
    assert by_key.address == by_file.address
    assert by_key.address is not None
    assert by_key.address.checksum == FIRST
    reopened = a_vault(tmp_path / "b")
    await reopened.open()
    with pytest.raises(WrongPasswordError):
        await reopened.unlock("theirs")


async def test_wallet_file_is_private_and_a_plain_keystore(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "keystore"
    vault = a_vault(folder)
    await vault.import_private_key(KEY, KEEP)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "wallets").stat().st_mode) == 0o700
    assert sorted(contents(folder)) == [
        f"wallets/{FIRST.lower()}.json",
        "wallets/active",
        f"wallets/copies/{FIRST.lower()}.json",
    ]
    for path in (folder / "wallets").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    text = the_account(folder).read_text()
    assert await decrypt_keystore(text, PASSWORD) == bytes.fromhex(KEY)


async def test_bad_input_stores_nothing(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    attempts: list[tuple[type[NodeError], object]] = [
        (InvalidMnemonicError, vault.import_phrase("abandon " * 12, KEEP)),
        (UserInputError, vault.import_phrase(JUNK, KEEP, path="m/x")),
        (InvalidKeyError, vault.import_private_key("12", KEEP)),
        (KeystoreFormatError, vault.import_keystore("{}", "x", KEEP)),
        (WeakPasswordError, vault.import_private_key(KEY, Safekeeping(password="short"))),
        (WeakPasswordError, vault.create(12, Safekeeping())),
        (KeyringUnavailableError, vault.create(12, Safekeeping(use_keyring=True))),
        (UserInputError, vault.create(12, Safekeeping(password=PASSWORD, use_keyring=True))),
    ]
    for expected, attempt in attempts:
        with pytest.raises(expected):
            await attempt  # type: ignore[misc]
    assert vault.status().state is VaultState.EMPTY
    assert contents(tmp_path) == {}


async def test_a_wallet_is_replaced_only_on_request_and_kept_aside(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.import_private_key(KEY, KEEP)
    with pytest.raises(WalletExistsError) as caught:
        await vault.import_phrase(JUNK, KEEP, account=1)
    assert FIRST in caught.value.message
    assert vault.signer.address.checksum == FIRST
    for _ in range(2):
        await vault.import_phrase(JUNK, Safekeeping(password=PASSWORD, replace=True), account=1)
    assert vault.signer.address.checksum == SECOND
    first = (tmp_path / "replaced-1.json").read_text()
    assert await decrypt_keystore(first, PASSWORD) == bytes.fromhex(KEY)
    assert (tmp_path / "replaced-2.json").exists()


async def test_wrong_password_makes_the_next_try_wait(tmp_path: Path) -> None:
    clock = FakeClock()
    await a_vault(tmp_path).import_private_key(KEY, KEEP)
    vault = a_vault(tmp_path, clock=clock)
    await vault.open()
    with pytest.raises(WrongPasswordError) as caught:
        await vault.unlock("wrong password!")
    assert caught.value.message == "Wrong password. Next try in 1 s."
    with pytest.raises(WrongPasswordError) as caught:
        await vault.unlock(PASSWORD)
    assert caught.value.code == "wallet.wait"
    assert vault.status().wait_s == 1
    clock.advance(1)
    assert (await vault.unlock(PASSWORD)).state is VaultState.UNLOCKED
    with pytest.raises(WrongPasswordError) as caught:
        await vault.unlock()
    assert caught.value.code == "wallet.password_needed"


async def test_guesses_at_the_same_moment_share_one_wait(tmp_path: Path) -> None:
    await a_vault(tmp_path).import_private_key(KEY, KEEP)
    vault = a_vault(tmp_path)
    await vault.open()
    results = await asyncio.gather(
        *(vault.unlock(f"guess number {number}") for number in range(20)), return_exceptions=True
    )
    codes = [result.code for result in results if isinstance(result, WrongPasswordError)]
    assert sorted(codes) == ["wallet.wait"] * 19 + ["wallet.wrong_password"]


async def test_password_change_leaves_only_the_new_one(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    phrase = await vault.create(12, Safekeeping(password=PASSWORD, keep_phrase=True))
    new = "another good password"
    with pytest.raises(WrongPasswordError):
        await vault.change_protection("not the password", Safekeeping(password=new))
    again = a_vault(tmp_path)
    await again.open()
    with pytest.raises(WeakPasswordError):
        await again.change_protection(PASSWORD, Safekeeping(password="weak"))
    await again.change_protection(PASSWORD, Safekeeping(password=new))
    assert again.status().state is VaultState.LOCKED
    assert (await again.unlock(new)).address == vault.signer.address
    assert (await again.reveal_phrase(new)).mnemonic == phrase
    with pytest.raises(WrongPasswordError):
        await again.unlock(PASSWORD)
    name = f"{vault.signer.address.hex}.json"
    files = contents(tmp_path)
    assert sorted(files) == [f"wallets/{name}", "wallets/active", f"wallets/copies/{name}"]
    assert files[f"wallets/copies/{name}"] == files[f"wallets/{name}"]


async def test_phrase_is_kept_only_when_asked_for(tmp_path: Path) -> None:
    kept = a_vault(tmp_path / "kept")
    status = await kept.import_phrase(JUNK, Safekeeping(password=PASSWORD, keep_phrase=True))
    assert status.has_phrase
    assert (await kept.reveal_phrase(PASSWORD)).mnemonic.phrase == JUNK
    assert "junk" not in the_account(tmp_path / "kept").read_text()
    plain = a_vault(tmp_path / "plain")
    assert not (await plain.import_phrase(JUNK, KEEP)).has_phrase
    with pytest.raises(WalletError) as caught:
        await plain.reveal_phrase(PASSWORD)
    assert caught.value.code == "wallet.no_phrase"


async def test_exported_file_opens_with_its_own_password(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.import_private_key(KEY, KEEP)
    text = await vault.export_keystore(PASSWORD, "backup password 1")
    assert await decrypt_keystore(text, "backup password 1") == bytes.fromhex(KEY)
    with pytest.raises(WeakPasswordError):
        await vault.export_keystore(PASSWORD, "weak")
    with pytest.raises(WrongPasswordError):
        await vault.export_keystore("not the password", "backup password 1")


async def test_wiped_wallet_is_gone(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path, store)
    await vault.create(12, Safekeeping(use_keyring=True))
    assert (await vault.wipe()).state is VaultState.EMPTY
    assert sorted(contents(tmp_path)) == ["wallets/active"]
    assert store.entries == {}
    with pytest.raises(NoWalletError):
        vault.signer.sign_blob(b"")
    await vault.create(12, KEEP)
    assert vault.status().state is VaultState.UNLOCKED


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\x00" * 100, b'{"version":3,"crypto":{}}', b"x" * 70_000,
     b'{"version":3,"crypto":{},"address":"' + b"11" * 20 + b'","morpheus":{"protection":"none"}}',
     b'{"version":3,"crypto":{},"address":"' + b"11" * 20 + b'","morpheus":{"phrase":3}}',
     b'{"version":3,"crypto":{},"address":"' + b"11" * 20 + b'","morpheus":{"path":3}}'],
)  # fmt: skip
async def test_damaged_file_is_reported_and_kept(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "wallets"
    folder.mkdir()
    for path in (tmp_path / "wallet.json", folder / f"{FIRST.lower()}.json", folder / "x.json"):
        path.write_bytes(content)
    vault = a_vault(tmp_path)
    status = await vault.open()
    assert status.state is VaultState.EMPTY
    assert [item.path.name for item in status.damaged] == [
        f"{FIRST.lower()}.json",
        "x.json",
        "wallet.json",
    ]
    for item in status.damaged:
        assert item.path.name in item.problem
        assert "damaged" in item.problem
        assert "import" in item.hint
        assert item.path.read_bytes() == content
    await vault.import_private_key(KEY, KEEP)
    assert (tmp_path / "replaced-1.json").read_bytes() == content
    assert (tmp_path / "wallet.json").read_bytes() == content
    assert (await a_vault(tmp_path).open()).address == vault.signer.address


async def test_link_instead_of_the_file_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_text("{}")
    folder = tmp_path / "keystore"
    folder.mkdir()
    (folder / "wallet.json").symlink_to(target)
    (folder / "wallets").mkdir()
    account = folder / "wallets" / f"{FIRST.lower()}.json"
    account.symlink_to(target)
    vault = a_vault(folder)
    status = await vault.open()
    assert [item.path for item in status.damaged] == [account, folder / "wallet.json"]
    assert all("is a link" in item.problem for item in status.damaged)
    with pytest.raises(StorageError):
        await vault.import_private_key(KEY, KEEP)
    assert target.read_text() == "{}"
    (tmp_path / "linked").symlink_to(folder, target_is_directory=True)
    with pytest.raises(StorageError):
        await a_vault(tmp_path / "linked").create(12, KEEP)


async def test_keystore_put_there_by_another_wallet_opens(tmp_path: Path) -> None:
    text = await encrypt_keystore(bytes.fromhex(KEY), "geth", cost=CHEAP)
    (tmp_path / "wallet.json").write_text(text)
    vault = a_vault(tmp_path)
    status = await vault.open()
    assert status.protection is Protection.PASSWORD
    assert status.backed_up
    assert the_account(tmp_path).read_text() == text
    assert not (tmp_path / "wallet.json").exists()
    assert (await vault.unlock("geth")).state is VaultState.UNLOCKED


async def test_unwritable_folder_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "keystore").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        await a_vault(tmp_path / "keystore").create(12, KEEP)


async def test_key_in_memory_signs_and_leaves_no_file(tmp_path: Path) -> None:
    for key in (KEY, bytes.fromhex(KEY)):
        vault = Vault.from_private_key(key, FakeClock())
        status = vault.status()
        assert (status.state, status.protection) == (VaultState.UNLOCKED, Protection.MEMORY)
        assert status.idle_left_s is None
        assert vault.signer.address.checksum == FIRST
        assert (await vault.open()).state is VaultState.UNLOCKED
        assert (await vault.unlock()).state is VaultState.UNLOCKED
        for refused in (vault.create(12, KEEP), vault.import_private_key(KEY, KEEP)):
            with pytest.raises(NotSupportedError):
                await refused
        with pytest.raises(NotSupportedError):
            vault.lock()
        assert len(vault.signer.sign_message_digest(bytes(32))) == 65
    with pytest.raises(InvalidKeyError):
        Vault.from_private_key("00" * 32, FakeClock())


async def test_no_file_of_the_wallet_names_its_secrets(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    phrase = await vault.create(12, Safekeeping(password=PASSWORD, keep_phrase=True))
    key = json.loads(the_account(tmp_path).read_text())
    assert key["morpheus"]["phrase"]["kdf"] == "scrypt"
    everything = b"".join(contents(tmp_path).values())
    assert PASSWORD.encode() not in everything
    for first, second in zip(phrase.words, phrase.words[1:], strict=False):
        assert f"{first} {second}".encode() not in everything
