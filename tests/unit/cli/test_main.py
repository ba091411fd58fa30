"""The commands, run as a user or a script runs them; each on a folder of its own."""

import json
from pathlib import Path
from typing import Any

import eth_keyfile
import pytest
from typer.testing import CliRunner, Result

from node import __version__
from node.cli.exit_codes import USAGE
from node.cli.main import app
from tests.support.tiny_gguf import write_tiny_gguf

PHRASE = "test test test test test test test test test test test junk"
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PASSWORD = "correct horse battery staple"


def cli(home: Path, *words: str, text: str = "") -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *words], input=text)


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == __version__


def test_help_names_every_command() -> None:
    text = CliRunner().invoke(app, ["--help"]).output
    for word in (
        "demo",
        "devnet",
        "serve",
        "wallet",
        "models",
        "bids",
        "session",
        "chat",
        "doctor",
    ):
        assert word in text


def test_a_wallet_is_imported_shown_and_found_again(tmp_path: Path) -> None:
    imported = answer(cli(tmp_path, "wallet", "import", "--json", text=f"{PHRASE}\n{PASSWORD}\n"))
    assert imported["address"] == ADDRESS
    found = answer(cli(tmp_path, "wallet", "status", "--json"))
    assert (found["address"], found["locked"]) == (ADDRESS, True)


def test_a_new_wallet_has_twelve_words_and_needs_a_password(tmp_path: Path) -> None:
    weak = cli(tmp_path, "wallet", "create", "--json", text="short\n")
    assert weak.exit_code == USAGE
    assert json.loads(weak.stdout)["code"] == "wallet.weak_password"
    made = answer(cli(tmp_path, "wallet", "create", "--json", text=f"{PASSWORD}\n"))
    assert len(made["phrase"].split()) == 12


def test_a_present_wallet_is_not_replaced_by_accident(tmp_path: Path) -> None:
    answer(cli(tmp_path, "wallet", "import", "--json", text=f"{PHRASE}\n{PASSWORD}\n"))
    again = cli(
        tmp_path, "wallet", "import", "--private-key", "--json", text=f"{KEY}\n{PASSWORD}\n"
    )
    assert json.loads(again.stdout)["code"] == "wallet.exists"


def test_a_wallet_file_of_another_program_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "geth.json"
    file.write_text(
        json.dumps(
            eth_keyfile.create_keyfile_json(
                bytes.fromhex(KEY[2:]), b"old", iterations=2, kdf="scrypt"
            )
        )
    )
    words = ("wallet", "import", "--keystore", str(file), "--json")
    assert answer(cli(tmp_path, *words, text=f"old\n{PASSWORD}\n"))["address"] == ADDRESS


def test_a_file_that_is_no_wallet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photo.json"
    file.write_text("{}")
    words = ("wallet", "import", "--keystore", str(file), "--json")
    result = cli(tmp_path, *words, text=f"old\n{PASSWORD}\n")
    assert json.loads(result.stdout)["code"].startswith("wallet.keystore")


def test_without_a_secret_store_a_password_is_needed(tmp_path: Path) -> None:
    result = cli(tmp_path, "wallet", "create", "--keyring", "--json")
    assert json.loads(result.stdout)["code"] == "wallet.keyring_unavailable"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("one two three\n", "input.mnemonic"),
        ("abandon " * 12 + "\n", "input.mnemonic"),
        ("\n", "input.invalid"),
    ],
)
def test_a_bad_phrase_changes_nothing(tmp_path: Path, text: str, code: str) -> None:
    result = cli(tmp_path, "wallet", "import", "--json", text=f"{text}{PASSWORD}\n")
    assert result.exit_code == USAGE
    assert json.loads(result.stdout.splitlines()[-1])["code"].startswith(code)
    assert answer(cli(tmp_path, "wallet", "status", "--json"))["kind"] == "none"


@pytest.mark.parametrize(
    "words",
    [
        ("models",),
        ("bids", "Guide"),
        ("session", "list"),
        ("session", "open", "Guide", "--yes"),
        ("wallet", "balance"),
    ],
)
def test_a_network_is_asked_for_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = cli(tmp_path, "--json", *words)
    assert result.exit_code == USAGE
    body = json.loads(result.stdout)
    assert "network" in body["error"]
    assert "--network" in body["hint"]


def test_models_and_offers_of_the_demo(tmp_path: Path) -> None:
    models = answer(cli(tmp_path, "--network", "demo", "models", "--json"))
    assert "Guide" in {model["name"] for model in models}
    offers = answer(cli(tmp_path, "--network", "demo", "bids", "guide", "--json"))
    assert len(offers) == 3


def test_locking_mor_needs_a_yes(tmp_path: Path) -> None:
    result = cli(tmp_path, "--network", "demo", "session", "open", "Guide", "--json")
    assert result.exit_code == USAGE
    assert "--yes" in json.loads(result.stdout)["hint"]


def test_a_session_is_opened_with_a_yes(tmp_path: Path) -> None:
    opened = answer(
        cli(tmp_path, "--network", "demo", "session", "open", "Guide", "--yes", "--json")
    )
    assert opened["state"] == "active"
    assert opened["stake"] > 0
    assert opened["prompt_privacy"] == "encrypted"


def test_agreeing_to_readable_prompts_does_not_weaken_a_provider_that_encrypts(
    tmp_path: Path,
) -> None:
    provider = "0x5B38Da6a701c568545dCfcB03FcB875f56beddC4"
    words = ("--network", "demo", "session", "allow-readable", provider, "--json")
    found = answer(cli(tmp_path, *words))
    assert found == {"provider": provider, "prompt_privacy": "unknown"}


def test_sending_to_an_address_with_a_typo_is_refused(tmp_path: Path) -> None:
    typo = ADDRESS[:-1] + ("7" if ADDRESS[-1] != "7" else "8")
    result = cli(tmp_path, "--network", "demo", "--json", "wallet", "send", typo, "1", "--yes")
    assert json.loads(result.stdout)["code"] == "input.address_checksum"


def test_an_amount_with_a_comma_is_refused(tmp_path: Path) -> None:
    result = cli(tmp_path, "--network", "demo", "--json", "wallet", "send", ADDRESS, "1,5", "-y")
    assert json.loads(result.stdout)["code"] == "input.amount_ambiguous"


def test_mor_is_sent_and_reported(tmp_path: Path) -> None:
    words = ("--network", "demo", "--json", "wallet", "send", ADDRESS, "1.5", "--yes")
    assert answer(cli(tmp_path, *words))["status"] == "mined"


def test_where_every_mor_is(tmp_path: Path) -> None:
    found = answer(cli(tmp_path, "--network", "demo", "wallet", "balance", "--json"))
    assert found["total"] == found["wallet"] == 1000 * 10**18
    text = cli(tmp_path, "--network", "demo", "wallet", "balance").output
    assert "1000 MOR" in text


def test_doctor_without_a_network_and_with_one(tmp_path: Path) -> None:
    assert all(item["ok"] for item in answer(cli(tmp_path, "doctor", "--json")))
    found = answer(cli(tmp_path, "--network", "demo", "doctor", "--json"))
    assert {item["name"] for item in found} >= {"disk", "chain", "wallet"}


def test_an_unreachable_chain_is_explained_by_the_doctor(tmp_path: Path) -> None:
    environment = {
        "ETH_NODE_ADDRESS": "http://127.0.0.1:9",
        "ETH_NODE_CHAIN_ID": "31337",
        "DIAMOND_CONTRACT_ADDRESS": ADDRESS,
        "MOR_TOKEN_ADDRESS": ADDRESS,
    }
    result = CliRunner().invoke(app, ["--home", str(tmp_path), "doctor", "--json"], env=environment)
    assert result.exit_code == 1
    findings = {item["name"]: item for item in json.loads(result.stdout.splitlines()[-1])}
    assert not findings["chain"]["ok"]
    assert findings["chain"]["hint"]


def test_a_model_file_is_added_listed_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_tiny_gguf(path)
    added = answer(cli(tmp_path, "local", "add", str(path), "--json"))
    (listed,) = answer(cli(tmp_path, "local", "list", "--json"))
    assert listed["id"] == added["id"]
    assert cli(tmp_path, "local", "remove", added["id"]).exit_code == 0
    assert answer(cli(tmp_path, "local", "list", "--json")) == []
    assert path.exists()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"not a model")
    result = cli(tmp_path, "local", "add", str(path), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["code"].startswith("backend.model_file")


def test_a_local_model_answers_in_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_tiny_gguf(path)
    added = answer(cli(tmp_path, "local", "add", str(path), "--json"))
    said = cli(tmp_path, "chat", "hi", "--local", added["id"], "--json")
    assert "answer" in answer(said)


def test_chat_without_a_session_says_what_to_do(tmp_path: Path) -> None:
    result = cli(tmp_path, "--network", "demo", "chat", "hello", "--json")
    assert json.loads(result.stdout)["code"] == "chat.no_target"


def test_the_demo_answers_once_and_pays_back(tmp_path: Path) -> None:
    found = answer(cli(tmp_path, "demo", "--once", "What is a session?", "--json"))
    assert list(found) == [
        "answer", "model", "provider", "session_id", "stake_wei", "returned_wei", "held_wei",
        "transactions", "ttft_ms", "tokens", "elapsed_s",
    ]  # fmt: skip
    assert found["returned_wei"] + found["held_wei"] == found["stake_wei"]
    assert "session" in found["answer"]
    assert len(found["transactions"]) == 3


def test_the_demo_is_a_chat_in_the_terminal(tmp_path: Path) -> None:
    result = cli(tmp_path, "demo", text="What is a stake?\n\n")
    assert result.exit_code == 0, result.output
    assert "stake" in result.output
    assert "Closed." in result.output


def test_provider_commands_spend_only_with_a_yes(tmp_path: Path) -> None:
    words = ("--network", "demo", "--json", "provider", "register", "node.example.org:3333")
    assert "--yes" in json.loads(cli(tmp_path, *words).stdout)["hint"]
    assert answer(cli(tmp_path, *words, "--yes"))["tx"].startswith("0x")
    assert answer(cli(tmp_path, "--network", "demo", "provider", "sessions", "--json")) == []
