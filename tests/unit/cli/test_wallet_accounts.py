"""Accounts and backups on the command line: secrets come from standard input only."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import FAILED, LOCKED, NOT_FOUND, REFUSED, USAGE
from node.cli.main import app
from node.wallet import vault_core
from node.wallet.secret_box import ScryptCost

PHRASE = "test test test test test test test test test test test junk"
KEY = "0x" + "11" * 32
KEY_ADDRESS = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
SECOND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
STRANGER = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
PASSWORD, OTHER = "correct horse battery staple", "another good password"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    # Commands open the wallet many times; what scrypt costs is tested elsewhere.
    defaults = vault_core.VaultCore.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "cost", ScryptCost(n=2, r=8, p=1))


def cli(home: Path, *words: str, text: str = "") -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "wallet", *words], input=text)


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])


def refused(result: Result) -> tuple[int, str]:
    return result.exit_code, json.loads(result.stdout.strip().splitlines()[-1])["code"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    imported = ("import", "--keep-phrase", "--label", "Main", "--json")
    assert answer(cli(tmp_path, *imported, text=f"{PHRASE}\n{PASSWORD}\n"))["address"] == FIRST
    return tmp_path


def test_accounts_are_added_named_chosen_and_listed(home: Path) -> None:
    added = answer(cli(home, "add", "--label", "Two", "--json", text=f"{PASSWORD}\n"))
    assert (added["address"], added["label"]) == (SECOND, "Two")
    by_path = ("add", "--path", "m/44'/60'/7'/0/0", "--json")
    assert answer(cli(home, *by_path, text=f"{PASSWORD}\n"))["path"] == "m/44'/60'/7'/0/0"
    assert answer(cli(home, "watch", STRANGER, "--label", "Cold", "--json"))["kind"] == "watch"
    assert answer(cli(home, "label", SECOND, "Savings", "--json"))["label"] == "Savings"
    assert answer(cli(home, "hide", SECOND, "--json"))["hidden"]
    assert answer(cli(home, "select", SECOND, "--json"))["locked"]
    unlocked = cli(home, "select", FIRST, "--unlock", "--json", text=f"{PASSWORD}\n")
    assert not answer(unlocked)["locked"]
    text = cli(home, "accounts").stdout
    lines = text.splitlines()
    assert f"* {FIRST}  Main  (m/44'/60'/0'/0/0)" in lines
    assert f"  {SECOND}  Savings  (m/44'/60'/0'/0/1, hidden)" in lines
    assert f"  {STRANGER}  Cold  (watch)" in lines
    assert not answer(cli(home, "hide", SECOND, "--show", "--json"))["hidden"]
    assert len(answer(cli(home, "accounts", "--json"))) == 4


def test_a_watched_account_is_told_as_such(home: Path) -> None:
    cli(home, "watch", STRANGER)
    assert "watched only" in cli(home, "select", STRANGER).stdout
    assert "watched only" in cli(home, "status").stdout
    result = cli(home, "unlock", "--json", text=f"{PASSWORD}\n")
    assert refused(result) == (LOCKED, "wallet.watch_only")


def test_a_second_wallet_is_put_beside(home: Path) -> None:
    words = ("import", "--private-key", "--json")
    assert refused(cli(home, *words, text=f"{KEY}\n{PASSWORD}\n")) == (REFUSED, "wallet.exists")
    assert answer(cli(home, *words, "--add", text=f"{KEY}\n{OTHER}\n"))["address"] == KEY_ADDRESS
    created = answer(cli(home, "create", "--add", "--label", "New", "--json", text=f"{OTHER}\n"))
    assert len(created["phrase"].split()) == 12
    assert "Not backed up yet" in cli(home, "status").stdout


def test_a_passphrase_and_a_go_node_are_asked_for(tmp_path: Path) -> None:
    words = ("import", "--passphrase", "--json")
    found = answer(cli(tmp_path, *words, text=f"{PHRASE}\nmore\n{PASSWORD}\n"))
    assert found["address"] not in (FIRST, SECOND)
    missing = cli(tmp_path / "x", "import", "--go-node", "--json", text=f"{PASSWORD}\n")
    assert refused(missing) == (NOT_FOUND, "wallet.none")


def test_one_account_is_removed_with_a_copy(home: Path) -> None:
    cli(home, "add", text=f"{PASSWORD}\n")
    assert refused(cli(home, "remove", SECOND, "--json"))[0] == USAGE
    found = answer(cli(home, "remove", SECOND, "--yes", "--json"))
    assert found["address"] == FIRST
    assert len(answer(cli(home, "accounts", "--json"))) == 1
    assert (home / "data" / "keystore" / "replaced-1.json").exists()
    unknown = cli(home, "remove", STRANGER, "--yes", "--json")
    assert refused(unknown) == (NOT_FOUND, "wallet.none")


def test_secrets_are_shown_for_the_password(home: Path) -> None:
    shown = answer(cli(home, "reveal", "phrase", "--json", text=f"{PASSWORD}\n"))
    assert shown == {"phrase": PHRASE}
    key = cli(home, "reveal", "key", text=f"{PASSWORD}\n").stdout.strip().splitlines()[-1]
    words = ("import", "--private-key", "--json")
    again = cli(home / "other", *words, text=f"{key}\n{PASSWORD}\n")
    assert answer(again)["address"] == FIRST
    wrong = cli(home, "reveal", "key", "--json", text="not the password\n")
    assert refused(wrong) == (LOCKED, "wallet.wrong_password")
    assert cli(home, "reveal", "everything").exit_code == USAGE


def test_a_backup_is_written_and_restored(home: Path, tmp_path: Path) -> None:
    cli(home, "add", text=f"{PASSWORD}\n")
    file = tmp_path / "backup.json"
    answer(cli(home, "backup", str(file), "--json", text=f"{PASSWORD}\n"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PHRASE not in file.read_text()
    there = cli(home, "backup", str(file), "--json", text=f"{PASSWORD}\n")
    assert refused(there)[0] == USAGE
    new = tmp_path / "new"
    bad = cli(new, "restore", str(file), "--json", text="not the password\n")
    assert refused(bad) == (LOCKED, "wallet.wrong_password")
    good = answer(cli(new, "restore", str(file), "--json", text=f"{PASSWORD}\n"))
    assert good == {"address": FIRST, "accounts": 2}
    changed = ("restore", str(file), "--new-password", "--json")
    third = tmp_path / "third"
    answer(cli(third, *changed, text=f"{PASSWORD}\n{OTHER}\n"))
    assert not answer(cli(third, "unlock", "--json", text=f"{OTHER}\n"))["locked"]
    keystore = tmp_path / "keystore.json"
    words = ("backup", str(keystore), "--keystore", "--new-password", "--json")
    answer(cli(home, *words, text=f"{PASSWORD}\n{OTHER}\n"))
    imported = ("import", "--keystore", str(keystore), "--json")
    found = cli(tmp_path / "fourth", *imported, text=f"{OTHER}\n{PASSWORD}\n")
    assert answer(found)["address"] == FIRST
    nowhere = cli(home, "backup", str(tmp_path / "no" / "x"), "--json", text=f"{PASSWORD}\n")
    assert refused(nowhere) == (FAILED, "storage.io")


def test_the_password_is_changed_for_all_accounts(home: Path) -> None:
    cli(home, "add", text=f"{PASSWORD}\n")
    cli(home, "change-password", text=f"{PASSWORD}\n{OTHER}\n")
    for address in (FIRST, SECOND):
        found = cli(home, "select", address, "--unlock", "--json", text=f"{OTHER}\n")
        assert not answer(found)["locked"]
    weak = cli(home, "change-password", "--json", text=f"{OTHER}\nshort\n")
    assert refused(weak) == (USAGE, "wallet.weak_password")


def test_three_words_are_asked_back(tmp_path: Path) -> None:
    made = answer(cli(tmp_path, "create", "--json", text=f"{PASSWORD}\n"))
    wrong = cli(tmp_path, "verify-backup", "--json", text=f"{PASSWORD}\n-\n-\n-\n")
    assert refused(wrong) == (USAGE, "input.backup_word")
    words = made["phrase"].split()
    # The questions differ every time: their words stand in the error output.
    for _ in range(3):
        result = cli(tmp_path, "verify-backup", "--json", text=f"{PASSWORD}\n")
        assert result.exit_code == USAGE
        asked = [line for line in result.stderr.splitlines() if line.startswith("Word ")]
        position, _, choices = asked[0].removeprefix("Word ").partition(": ")
        assert words[int(position) - 1] in choices.rstrip("?").split(", ")


def test_accounts_with_money_are_found(home: Path) -> None:
    words = ("--home", str(home), "--network", "demo", "wallet", "scan", "--json")
    # The demo has a wallet of its own.
    (account,) = answer(cli(home, "accounts", "--json"))
    by_group = [*words, "--count", "2", "--group", account["group"]]
    kept = CliRunner().invoke(app, by_group, input=f"{PASSWORD}\n")
    rows = answer(kept)
    assert [(row["address"], row["known"]) for row in rows] == [(FIRST, True), (SECOND, False)]
    assert all(row["mor"] is not None for row in rows)
    typed = CliRunner().invoke(
        app, [*words[:-1], "--phrase", "--style", "ledger", "--count", "2"], input=f"{PHRASE}\n"
    )
    assert f"m/44'/60'/0'/0/0  {FIRST}" in typed.stdout
    assert CliRunner().invoke(app, [*words, "--style", "new"]).exit_code == USAGE
    assert cli(home, "scan", "--json").exit_code == USAGE


def test_a_damaged_file_is_named_and_stops_nothing(home: Path) -> None:
    (home / "data" / "keystore" / "wallet.json").write_text("{")
    text = cli(home, "status").stdout
    assert FIRST in text
    assert "wallet.json is damaged" in text
    assert answer(cli(home, "accounts", "--json"))[0]["address"] == FIRST
    doctor = CliRunner().invoke(app, ["--home", str(home), "doctor", "--json"])
    found = {item["name"]: item for item in json.loads(doctor.stdout.splitlines()[-1])}
    assert "wallet.json is damaged" in found["wallet files"]["message"]
    assert found["wallet files"]["warning"]


def test_the_doctor_asks_for_the_backup_of_a_new_phrase(tmp_path: Path) -> None:
    cli(tmp_path, "create", text=f"{PASSWORD}\n")
    doctor = CliRunner().invoke(app, ["--home", str(tmp_path), "doctor", "--json"])
    found = {item["name"]: item for item in json.loads(doctor.stdout.splitlines()[-1])}
    assert "verify-backup" in found["backup"]["hint"]
