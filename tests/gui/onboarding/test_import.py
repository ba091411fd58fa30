"""Importing what people have: phrases with their accounts, keys, files, a Go node's keychain."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from morpheus_desktop.pages.onboarding.import_step import ImportStep
from morpheus_desktop.pages.onboarding.secret_input import key_problem
from morpheus_desktop.widgets.check_row import CheckRow
from morpheus_desktop.widgets.choices import Segment
from node.core.errors import InvalidMnemonicError, KeystoreFormatError
from node.service.dto import FoundAccount, PeerWallet, ScanRequest
from tests.fakes.fake_accounts import ADDRESSES, PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.onboarding.test_onboarding import import_step, protect, type_into
from tests.gui.window_kit import WindowKit

ETH = 10**18


def paste(kit: WindowKit, text: str) -> QPlainTextEdit:
    field = kit.find(QPlainTextEdit, "wallet.secret")
    field.setPlainText(text)
    return field


def go(kit: WindowKit) -> QPushButton:
    return kit.find(QPushButton, "wallet.import.go")


def problem(kit: WindowKit) -> str:
    return kit.find(QLabel, "wallet.secret.problem").text()


def choose_kind(kit: WindowKit, index: int) -> None:
    kind = kit.find(Segment, "wallet.import.kind")
    kind.setFocus()
    for _ in range(index):
        kit.qtbot.keyClick(kind, Qt.Key.Key_Right)


def accounts(kit: WindowKit, text: str = PHRASE) -> None:
    paste(kit, text)
    protect(kit)
    kit.click("wallet.import.go")
    kit.until(lambda: kit.has("wallet.accounts.go"))


def found(*held: int) -> tuple[FoundAccount, ...]:
    return tuple(
        FoundAccount(
            path=f"m/44'/60'/0'/0/{number}",
            index=number,
            address=ADDRESSES[number],
            mor=amount * ETH,
            eth_wei=0,
        )
        for number, amount in enumerate(held)
    )


# --- what is typed ---


def test_eleven_words_are_counted_in_place(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = import_step(open_kit, fresh_node)
    field = paste(kit, " ".join(PHRASE.split()[:11]) + " ")
    words = problem(kit)
    assert words.startswith("11 words found, 12, 15, 18, 21 or 24 are needed.")
    assert "missing word" in words
    assert not go(kit).isEnabled()
    assert field.accessibleDescription() == words
    assert len(field.toPlainText().split()) == 11


def test_an_unknown_word_is_named_and_corrected_with_one_click(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = import_step(open_kit, fresh_node)
    fresh_node.fail(
        "wallet.scan",
        InvalidMnemonicError(
            "Word 5 “wawe” is not in the list.",
            hint="Did you mean “wave”?",
            code="input.mnemonic_word",
            details={"position": 5, "suggestions": ["wave"]},
        ),
    )
    field = paste(kit, PHRASE.replace("wave", "wawe"))
    kit.until(lambda: kit.has("wallet.secret.suggest"))
    assert problem(kit).startswith("Word 5 “wawe” is not in the list.")
    assert not go(kit).isEnabled()
    kit.click("wallet.secret.suggest")
    assert field.toPlainText().split() == PHRASE.split()
    kit.until(lambda: not kit.has("wallet.secret.problem"))


def test_words_that_do_not_fit_together_stay_with_the_reason(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = import_step(open_kit, fresh_node)
    fresh_node.fail(
        "wallet.scan",
        InvalidMnemonicError(
            "All words are known but do not fit together.",
            hint="Check order and look-alike words. Likely: word 4.",
            code="input.mnemonic_checksum",
            details={"positions": [4]},
        ),
    )
    text = PHRASE.replace("yellow", "year")
    field = paste(kit, text)
    protect(kit)
    kit.until(lambda: kit.has("wallet.secret.problem"))
    assert "do not fit together. Check order" in problem(kit)
    assert not go(kit).isEnabled()
    assert field.toPlainText() == text


def test_only_the_newest_text_is_checked(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = import_step(open_kit, fresh_node)
    for count in range(1, 13):
        paste(kit, " ".join(PHRASE.split()[:count]))
    kit.until(lambda: fresh_node.called("wallet.scan"))
    asked = [call[0].phrase for call in fresh_node.called("wallet.scan")]
    assert asked == [SecretStr(PHRASE)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0x" + "1" * 63, "A private key has 64 hex characters; this has 63."),
        ("1" * 65, "this has 65"),
        ("0x" + "g" * 64, "only the digits 0 to 9"),
    ],
)
def test_a_key_of_the_wrong_form_is_refused_in_place(
    open_kit: OpenWindow, fresh_node: FakeNode, text: str, words: str
) -> None:
    kit = import_step(open_kit, fresh_node)
    field = paste(kit, text)
    protect(kit)
    assert words in problem(kit)
    assert not go(kit).isEnabled()
    assert field.toPlainText() == text


def test_the_form_of_a_key() -> None:
    assert key_problem("0x" + "a" * 64) == ""
    assert key_problem("A" * 64) == ""


# --- accounts ---


def test_funded_accounts_are_taken_and_the_rest_can_be_chosen(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = import_step(open_kit, fresh_node)
    accounts(kit)
    rows = [kit.find(CheckRow, f"wallet.account.{number}") for number in range(10)]
    assert [row.isChecked() for row in rows[:3]] == [True, False, False]
    kit.qtbot.keyClick(rows[2], Qt.Key.Key_Space)
    import_button = kit.find(QPushButton, "wallet.accounts.go")
    assert import_button.text() == "Import 2 accounts"
    kit.click("wallet.accounts.go")
    kit.until(lambda: not kit.window.is_full_page)
    request = fresh_node.called("wallet.import_")[0][0]
    assert request.path == "m/44'/60'/0'/0/0"
    assert request.paths == ("m/44'/60'/0'/0/2",)
    assert request.keep_phrase
    assert request.phrase.get_secret_value() == PHRASE


def test_without_an_account_nothing_can_be_imported(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = import_step(open_kit, fresh_node)
    accounts(kit)
    kit.click("wallet.account.0")
    button = kit.find(QPushButton, "wallet.accounts.go")
    assert not button.isEnabled()
    assert button.toolTip() == "Choose an account."


def test_more_accounts_and_other_paths_are_looked_at(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = import_step(open_kit, fresh_node)
    accounts(kit)
    kit.click("wallet.accounts.more")
    kit.until(lambda: kit.has("wallet.account.19"))
    last: ScanRequest = fresh_node.called("wallet.scan")[-1][0]
    assert (last.first, last.style) == (10, "standard")
    style = kit.find(Segment, "wallet.accounts.style")
    kit.qtbot.keyClick(style, Qt.Key.Key_Right)
    kit.until(lambda: fresh_node.called("wallet.scan")[-1][0].style == "ledger")
    kit.until(lambda: not kit.has("wallet.account.19"))
    kit.qtbot.keyClick(style, Qt.Key.Key_Right)
    path = type_into(kit, "wallet.accounts.path", "m/44'/60'/1'/0/i")
    kit.qtbot.keyClick(path, Qt.Key.Key_Return)
    kit.until(lambda: fresh_node.called("wallet.scan")[-1][0].path == "m/44'/60'/1'/0/i")


def test_a_passphrase_changes_the_accounts(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = import_step(open_kit, fresh_node)
    paste(kit, PHRASE)
    kit.click("wallet.import.passphrase.show")
    type_into(kit, "wallet.import.passphrase", "more")
    accounts(kit, PHRASE)
    request = fresh_node.called("wallet.scan")[-1][0]
    assert request.passphrase.get_secret_value() == "more"
    kit.click("wallet.accounts.go")
    kit.until(lambda: fresh_node.called("wallet.import_"))
    assert fresh_node.called("wallet.import_")[0][0].passphrase.get_secret_value() == "more"


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ((0, 0, 80), "Account 1 holds no MOR. Account 3 holds 80.00"),
        ((0, 0), "with no funds"),
    ],
)
def test_an_unexpected_address_is_explained(
    open_kit: OpenWindow, fresh_node: FakeNode, held: tuple[int, ...], words: str
) -> None:
    kit = import_step(open_kit, fresh_node)
    accounts(kit)
    page = kit.navigation.onboarding
    page.scanned.emit(found(*held))
    kit.until(lambda: kit.has("wallet.account.0"))
    note = kit.find(QLabel, "wallet.accounts.note").text()
    assert words in note.replace("\u00a0", " ")
    chosen = [kit.find(CheckRow, f"wallet.account.{n}").isChecked() for n in range(len(held))]
    assert chosen == ([False, False, True] if any(held) else [True, False])


def test_unread_balances_are_no_zeros(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = import_step(open_kit, fresh_node)
    accounts(kit)
    unread = FoundAccount(path="m/44'/60'/0'/0/0", index=0, address=ADDRESSES[0])
    kit.navigation.onboarding.scanned.emit((unread,))
    kit.until(lambda: kit.has("wallet.account.0"))
    row = kit.find(CheckRow, "wallet.account.0")
    assert "balance not read" in row.accessibleName()
    assert row.isChecked()


# --- files and the keychain ---


def test_a_backup_file_brings_its_accounts_back(
    open_kit: OpenWindow, fresh_node: FakeNode, tmp_path: Path
) -> None:
    kit = import_step(open_kit, fresh_node)
    choose_kind(kit, 2)
    assert not kit.has("wallet.password")
    assert go(kit).toolTip() == "Choose a backup file."
    file = tmp_path / "backup.json"
    file.write_text('{"format": "morpheus-desktop-backup"}', "utf-8")
    [step] = [item for item in kit.window.findChildren(ImportStep) if item.isVisible()]
    step.take_file(str(file))
    type_into(kit, "wallet.import.password", "of the file")
    fresh_node.fail("wallet.import_", KeystoreFormatError("This is not a backup file."))
    kit.click("wallet.import.go")
    kit.until(lambda: kit.has("wallet.import.problem"))
    assert "not a backup file" in kit.find(QLabel, "wallet.import.problem").text()
    kit.click("wallet.import.go")
    kit.until(lambda: not kit.window.is_full_page)
    request = fresh_node.called("wallet.import_")[-1][0]
    assert request.backup == '{"format": "morpheus-desktop-backup"}'
    assert request.keystore is None
    assert request.keystore_password.get_secret_value() == "of the file"


def test_the_keychain_of_a_go_node_is_read_only_when_asked(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    fresh_node.world.peer_wallet = PeerWallet(found=True, kind="private_key", address=ADDRESSES[1])
    kit = import_step(open_kit, fresh_node)
    choose_kind(kit, 3)
    protect(kit)
    assert not fresh_node.called("wallet.find_peer_wallet")
    assert not go(kit).isEnabled()
    kit.click("wallet.import.peer")
    kit.until(lambda: go(kit).isEnabled())
    assert "0x3C44…93BC" in kit.find(QLabel, "wallet.import.peer.found").text()
    kit.click("wallet.import.go")
    kit.until(lambda: fresh_node.called("wallet.import_"))
    assert fresh_node.called("wallet.import_")[0][0].from_peer


# --- a wallet that is there already ---


def test_a_second_wallet_goes_beside_or_replaces_after_the_word(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.set_up_wallet()
    kit.until(lambda: kit.navigation.onboarding.present)
    kit.click("wallet.import")
    paste(kit, "0x" + "1" * 64)
    protect(kit)
    assert go(kit).isEnabled()
    place = kit.find(Segment, "wallet.import.place")
    kit.qtbot.keyClick(place, Qt.Key.Key_Right)
    assert go(kit).toolTip() == "Type REPLACE first."
    assert kit.has("wallet.import.backup")
    type_into(kit, "wallet.import.replace", "REPLACE")
    kit.click("wallet.import.go")
    kit.until(lambda: fake_node.called("wallet.import_"))
    request = fake_node.called("wallet.import_")[0][0]
    assert (request.replace, request.add) == (True, False)


def test_beside_is_what_happens_without_a_word(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.set_up_wallet()
    kit.until(lambda: kit.navigation.onboarding.present)
    kit.click("wallet.import")
    paste(kit, "0x" + "1" * 64)
    protect(kit)
    kit.click("wallet.import.go")
    kit.until(lambda: fake_node.called("wallet.import_"))
    request = fake_node.called("wallet.import_")[0][0]
    assert (request.replace, request.add) == (False, True)
