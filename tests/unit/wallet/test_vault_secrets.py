"""Showing, backing up and protecting anew: with the password every time, all accounts or none."""

import json
from pathlib import Path

import pytest

from node.core.errors import (
    InvalidMnemonicError,
    KeystoreFormatError,
    WeakPasswordError,
    WrongPasswordError,
)
from node.wallet.backup_check import BackupCheck
from node.wallet.keystore import decrypt_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.vault import VaultState
from node.wallet.wallet_file import AccountKind
from tests.unit.wallet.folders import account_files
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import (
    FIRST,
    JUNK,
    KEY,
    KEY_ADDRESS,
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    STRANGER,
    a_vault,
    keep,
    reopened,
    three_accounts,
)

# --- verified backup -----------------------------------------------------------------------------


def answers_for(questions: tuple[object, ...], phrase: Mnemonic) -> tuple[str, ...]:
    return tuple(phrase.words[question.position - 1] for question in questions)  # type: ignore[attr-defined]


async def test_a_new_phrase_is_backed_up_when_three_words_are_known(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    phrase = await vault.create(12, keep())
    assert not vault.status().backed_up
    assert not (await reopened(tmp_path)).status().backed_up
    questions = await vault.backup_questions(None)
    assert len({question.position for question in questions}) == 3
    for question in questions:
        assert len(set(question.choices)) == 6
        assert phrase.words[question.position - 1] in question.choices
    right = answers_for(questions, phrase)
    wrong = (right[0], "zebra" if right[1] != "zebra" else "zero", right[2])
    for answers in (wrong, (), right[:2], (right[1], right[0], right[2])):
        if answers == right:
            continue
        with pytest.raises(InvalidMnemonicError) as told:
            await vault.confirm_backup(answers)
        assert told.value.code == "input.backup_word"
        assert str(told.value.details["position"]) in told.value.message
    assert not vault.status().backed_up
    assert (await vault.confirm_backup((f" {right[0].upper()}", *right[1:]))).backed_up
    assert (await reopened(tmp_path)).status().backed_up
    with pytest.raises(WrongPasswordError):
        await vault.confirm_backup(right)


async def test_a_postponed_backup_is_asked_for_later_with_the_password(tmp_path: Path) -> None:
    made = a_vault(tmp_path)
    phrase = await made.create(24, keep())
    await made.add_account(made.status().group, PASSWORD)
    vault = await reopened(tmp_path)
    with pytest.raises(WrongPasswordError) as told:
        await vault.backup_questions(None)
    assert told.value.code == "wallet.password_needed"
    questions = await vault.backup_questions(PASSWORD)
    with pytest.raises(InvalidMnemonicError):
        await vault.confirm_backup(("x", "y", "z"))
    assert (await vault.confirm_backup(answers_for(questions, phrase))).backed_up
    assert all(file.backed_up for file in (await reopened(tmp_path)).accounts())


async def test_locking_forgets_the_words_that_were_to_be_asked(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    await vault.create(12, keep())
    vault.lock()
    with pytest.raises(WrongPasswordError):
        await vault.backup_questions(None)


def test_questions_do_not_show_their_answers() -> None:
    check = BackupCheck.of("g", Mnemonic.parse(JUNK))
    assert "_words" not in repr(check)
    asked = {
        question.position
        for _ in range(60)
        for question in BackupCheck.of("g", Mnemonic.parse(JUNK)).questions
    }
    assert asked == set(range(1, 13))
    places = {
        check.questions[0].choices.index(
            Mnemonic.parse(JUNK).words[check.questions[0].position - 1]
        )
        for check in (BackupCheck.of("g", Mnemonic.parse(JUNK)) for _ in range(100))
    }
    assert places == set(range(6))


# --- showing -------------------------------------------------------------------------------------


async def test_secrets_are_shown_with_the_password_only_even_when_unlocked(tmp_path: Path) -> None:
    vault = await three_accounts(tmp_path)
    assert vault.status().state is VaultState.UNLOCKED
    for asked in (
        vault.reveal_phrase(None),
        vault.reveal_key(None),
        vault.export_keystore(None, OTHER_PASSWORD),
        vault.export_backup(None, None),
    ):
        with pytest.raises(WrongPasswordError) as told:
            await asked
        assert told.value.code == "wallet.password_needed"
    key = await vault.reveal_key(PASSWORD)
    other = a_vault(tmp_path / "other")
    assert (await other.import_private_key(key.hex(), keep())).address == FIRST


# --- backup file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("new_password", [None, OTHER_PASSWORD])
async def test_a_backup_brings_all_accounts_back(tmp_path: Path, new_password: str | None) -> None:
    vault = await three_accounts(tmp_path / "a")
    await vault.label(SECOND, "Savings")
    text = await vault.export_backup(PASSWORD, new_password)
    for secret in (JUNK, PASSWORD, OTHER_PASSWORD, (await vault.reveal_key(PASSWORD)).hex()):
        assert secret not in text
    backup_password = new_password or PASSWORD
    restored = a_vault(tmp_path / "b")
    status = await restored.restore(text, backup_password, None)
    assert (status.address, status.state) == (FIRST, VaultState.UNLOCKED)
    again = await reopened(tmp_path / "b")
    assert {(f.address, f.label, f.kind) for f in again.accounts()} == {
        (FIRST, "Account 1", AccountKind.PHRASE),
        (SECOND, "Savings", AccountKind.PHRASE),
        (STRANGER, "Cold", AccountKind.WATCH),
    }
    await again.unlock(backup_password)
    assert (await again.reveal_phrase(backup_password)).mnemonic.phrase == JUNK


async def test_a_backup_takes_the_protection_of_its_new_home(tmp_path: Path) -> None:
    text = await (await three_accounts(tmp_path / "a")).export_backup(PASSWORD, None)
    store = DictStore()
    vault = a_vault(tmp_path / "b", store)
    await vault.restore(text, PASSWORD, keep(password=None, use_keyring=True))
    vault.lock()
    assert (await vault.unlock(None)).state is VaultState.UNLOCKED
    changed = a_vault(tmp_path / "c")
    await changed.restore(text, PASSWORD, keep(password=OTHER_PASSWORD))
    assert (await (await reopened(tmp_path / "c")).unlock(OTHER_PASSWORD)).address == FIRST


async def test_a_wallet_of_the_secret_store_is_backed_up_under_a_password(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path / "a", store)
    await vault.import_phrase(JUNK, keep(password=None, use_keyring=True))
    with pytest.raises(WeakPasswordError):
        await vault.export_backup(None, None)
    with pytest.raises(WeakPasswordError):
        await vault.export_backup(None, "weak")
    text = await vault.export_backup(None, OTHER_PASSWORD)
    assert next(iter(store.entries)) not in text
    assert (await a_vault(tmp_path / "b").restore(text, OTHER_PASSWORD, None)).address == FIRST


async def test_restoring_leaves_what_is_there_and_adds_the_rest(tmp_path: Path) -> None:
    text = await (await three_accounts(tmp_path / "a")).export_backup(PASSWORD, None)
    vault = a_vault(tmp_path / "b")
    await vault.import_phrase(JUNK, keep(password=OTHER_PASSWORD, label="Mine"))
    await vault.watch(SECOND, "Watched")
    before = account_files(tmp_path / "b")[FIRST.hex].read_bytes()
    await vault.restore(text, PASSWORD, None)
    assert account_files(tmp_path / "b")[FIRST.hex].read_bytes() == before
    again = await reopened(tmp_path / "b")
    assert {file.address: file.kind for file in again.accounts()}[SECOND] is AccountKind.PHRASE
    assert (await again.select(SECOND, PASSWORD)).state is VaultState.UNLOCKED


async def test_restoring_unlocks_nothing_that_was_there(tmp_path: Path) -> None:
    text = await (await three_accounts(tmp_path / "a")).export_backup(PASSWORD, None)
    store = DictStore()
    vault = a_vault(tmp_path / "b", store)
    await vault.import_phrase(JUNK, keep(password=OTHER_PASSWORD))
    vault.lock()
    assert (await vault.restore(text, PASSWORD, None)).state is VaultState.LOCKED
    # Nothing is left to add, so the secret store gets no entry either.
    again = keep(password=None, use_keyring=True)
    assert (await vault.restore(text, PASSWORD, again)).state is VaultState.LOCKED
    assert store.entries == {}
    assert (await vault.unlock(OTHER_PASSWORD)).address == FIRST


async def test_accounts_with_other_passwords_come_back_under_them(tmp_path: Path) -> None:
    vault = await three_accounts(tmp_path / "a")
    await vault.import_private_key(KEY, keep(add=True, password=OTHER_PASSWORD))
    text = await vault.export_backup(OTHER_PASSWORD, None)
    restored = a_vault(tmp_path / "b")
    assert (await restored.restore(text, OTHER_PASSWORD, None)).address == KEY_ADDRESS
    assert (await restored.select(FIRST, PASSWORD)).state is VaultState.UNLOCKED


async def test_bad_backups_are_refused_and_change_nothing(tmp_path: Path) -> None:
    good = json.loads(await (await three_accounts(tmp_path / "a")).export_backup(PASSWORD, None))
    bad = [
        "",
        "[]",
        "{}",
        json.dumps({**good, "format": "other"}),
        json.dumps({**good, "version": 2}),
        json.dumps({**good, "accounts": []}),
        json.dumps({**good, "accounts": [good["accounts"][0]] * 2}),
        json.dumps({**good, "accounts": [good["accounts"][0]] * 501}),
        json.dumps({**good, "accounts": [{"version": 3}]}),
        json.dumps({**good, "active": "0x12"}),
        "[" * 100_000,
    ]
    entry = next(item for item in good["accounts"] if "crypto" in item)
    bomb = json.loads(json.dumps(entry))
    bomb["crypto"]["kdfparams"]["n"] = 2**30
    bad.append(json.dumps({**good, "accounts": [bomb]}))
    vault = a_vault(tmp_path / "b")
    for text in bad:
        with pytest.raises(KeystoreFormatError):
            await vault.restore(text, PASSWORD, None)
    with pytest.raises(WrongPasswordError):
        await vault.restore(json.dumps(good), "not the password", None)
    with pytest.raises(WeakPasswordError):
        await vault.restore(json.dumps(good), PASSWORD, keep(password="weak"))
    assert not (tmp_path / "b").exists()


async def test_an_exported_file_is_a_keystore_for_others(tmp_path: Path) -> None:
    vault = await three_accounts(tmp_path)
    text = await vault.export_keystore(PASSWORD, OTHER_PASSWORD)
    assert "morpheus" not in json.loads(text)
    assert await decrypt_keystore(text, OTHER_PASSWORD) == await vault.reveal_key(PASSWORD)
