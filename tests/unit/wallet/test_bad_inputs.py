"""What a person can get wrong with phrases, keys, passwords and wallet files: message and hint."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import NodeError
from node.core.keystore_file import read_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.vault import Vault
from tests.unit.wallet.folders import contents
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import FIRST, JUNK, KEY, OTHER_PASSWORD, PASSWORD, a_vault, keep

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
Act = Callable[[Vault], Awaitable[object]]


def phrase(text: str) -> Act:
    return lambda vault: vault.import_phrase(text, keep())


def key(text: str) -> Act:
    return lambda vault: vault.import_private_key(text, keep())


def keystore(text: str) -> Act:
    return lambda vault: vault.import_keystore(text, PASSWORD, keep())


async def _over_another(vault: Vault) -> None:
    await vault.import_phrase(JUNK, keep())
    await vault.import_private_key(KEY, keep())


async def _wrong_three_times(vault: Vault) -> None:
    clock = vault._clock
    assert isinstance(clock, FakeClock)
    await vault.import_phrase(JUNK, keep())
    for wait in (1, 2, 4):
        with pytest.raises(NodeError, match=f"Next try in {wait} s"):
            await vault.unlock("not the password")
        clock.advance(wait - 1)
        with pytest.raises(NodeError) as told:
            await vault.unlock(PASSWORD)
        assert told.value.code == "wallet.wait"
        clock.advance(1)
    await vault.unlock("not the password")


def _bomb() -> str:
    params = {"n": 2**30, "r": 8, "p": 1, "dklen": 32, "salt": "00" * 32}
    crypto = {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "00" * 16},
        "ciphertext": "00" * 32,
        "kdf": "scrypt",
        "kdfparams": params,
        "mac": "00" * 32,
    }
    return json.dumps({"version": 3, "crypto": crypto})


ROWS: dict[str, tuple[Act, str, str]] = {
    "11 words": (
        phrase(" ".join(["test"] * 11)),
        "11 words found, 12, 15, 18, 21 or 24 are needed.",
        "Look for a missing word or two words run together.",
    ),
    "a word that is not in the list": (
        phrase(JUNK.replace("test test", "test abandom", 1)),
        "Word 2 “abandom” is not in the list.",
        "Did you mean “abandon”?",
    ),
    "words that do not fit together": (
        phrase(" ".join(["test"] * 12)),
        "All words are known but do not fit together.",
        "Check order and look-alike words.",
    ),
    "a key that is too short": (
        key("11" * 31 + "1"),
        "A private key has 64 hex characters; this has 63.",
        "Copy it again; leave no spaces.",
    ),
    "a key with spaces": (
        key("11 " * 32),
        "This looks like a recovery phrase.",
        "Import it as a phrase instead.",
    ),
    "a key with other letters": (
        key("xy" * 32),
        "A private key has only digits and the letters a to f.",
        "Copy it again; leave no spaces.",
    ),
    "a key that is too large": (
        key(f"{ORDER:064x}"),
        "This number is no private key: it is zero or too large.",
        "Copy the key again from where it is kept.",
    ),
    "the key zero": (
        key("0x" + "00" * 32),
        "This number is no private key: it is zero or too large.",
        "Copy the key again from where it is kept.",
    ),
    "a path nobody can read": (
        lambda vault: vault.import_phrase(JUNK, keep(), path="m/44'/sixty"),
        "“sixty” is no step of a path.",
        "For example m/44'/60'/0'/0/0.",
    ),
    "over a wallet that is there": (
        _over_another,
        f"This would replace wallet {FIRST.checksum}.",
        "Back up the present wallet before you replace it.",
    ),
    "a weak password": (
        lambda vault: vault.create(12, keep(password="password")),
        "This password could be guessed in minutes.",
        "Use 12 or more characters, or four words.",
    ),
    "no password": (
        lambda vault: vault.create(12, keep(password=None)),
        "A password is needed.",
        "Use 12 or more characters, or four words.",
    ),
    "a wrong password, again and again": (
        _wrong_three_times,
        "Wrong password. Next try in 8 s.",
        "Forgotten? Restore the wallet with its recovery phrase.",
    ),
    "no secret store": (
        lambda vault: vault.create(12, keep(password=None, use_keyring=True)),
        "Your system has no secret store; a password will protect the wallet.",
        "Protect the wallet with a password instead.",
    ),
    "a file that is no wallet": (
        keystore('{"version": 1}'),
        "This is not a wallet file (version 3 keystore).",
        "Choose the JSON file that another wallet exported.",
    ),
    "a damaged wallet file": (
        keystore('{"version": 3, "crypto": {}}'),
        "This wallet file is damaged or of an unknown kind.",
        "Use another copy of it, or import the recovery phrase.",
    ),
    "a file that would take all memory": (
        keystore(_bomb()),
        "This wallet file asks for more memory or time than is safe.",
        "Export it again from the wallet that wrote it, with usual settings.",
    ),
    "a file that is no backup": (
        lambda vault: vault.restore(_bomb(), PASSWORD, None),
        "This is not a backup file of Morpheus Desktop.",
        "Choose the file that was saved as a backup.",
    ),
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_mistake_is_told_and_mended(tmp_path: Path, row: str) -> None:
    act, message, hint = ROWS[row]
    vault = a_vault(tmp_path)
    with pytest.raises(NodeError) as told:
        await act(vault)
    assert told.value.message == message
    assert told.value.hint.startswith(hint)
    assert told.value.code.startswith(("input.", "wallet."))


async def test_each_word_is_offered_at_its_place() -> None:
    with pytest.raises(NodeError) as told:
        Mnemonic.parse(JUNK.replace("junk", "junl"))
    assert told.value.details["position"] == 12
    assert "junk" in told.value.details["suggestions"]


def test_likely_places_are_marked() -> None:
    good = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    with pytest.raises(NodeError) as told:
        Mnemonic.parse(good.replace("worth", "north"))
    assert 7 in told.value.details["positions"]
    assert "7" in told.value.hint


STORES = {
    "none": None,
    "locked or denied": DictStore(broken=True),
    "forgetful": DictStore(forgetful=True),
}


@pytest.mark.parametrize("store", STORES)
async def test_without_a_working_secret_store_a_password_does(tmp_path: Path, store: str) -> None:
    vault = a_vault(tmp_path, STORES[store])
    with pytest.raises(NodeError) as told:
        await vault.import_private_key(KEY, keep(password=None, use_keyring=True))
    assert told.value.code == "wallet.keyring_unavailable"
    assert "password" in told.value.hint
    assert contents(tmp_path) == {}
    await vault.import_private_key(KEY, keep())
    for content in contents(tmp_path).values():
        assert KEY.encode() not in content


async def test_a_removed_entry_leads_to_the_backup(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path, store)
    await vault.import_phrase(JUNK, keep(password=None, use_keyring=True))
    vault.lock()
    store.entries.clear()
    with pytest.raises(NodeError) as told:
        await vault.unlock(None)
    assert told.value.code == "wallet.keyring_entry_missing"
    assert "recovery phrase or a backup" in told.value.hint
    # The phrase opens it again, under a password.
    await vault.import_phrase(JUNK, keep(password=OTHER_PASSWORD, replace=True))
    assert vault.signer.address == FIRST


def test_a_photo_is_no_wallet_file(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8" + bytes(2**21))
    with pytest.raises(NodeError, match="is not a wallet file"):
        read_keystore(file)
