"""Sending, allowances, contacts and the list of transactions in the terminal."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from node.cli.exit_codes import USAGE
from node.cli.main import app
from node.cli.wallet_money import send_question
from node.service.dto import SendDraft, Warning_
from tests.support.programs import Program

ADA = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("money")
    arguments = ("serve", "--network", "demo", "--web-address", "127.0.0.1:0")
    with Program(folder, *arguments):
        yield folder


def cli(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home), "--json"])


def told(home: Path, *words: str) -> Any:
    result = cli(home, *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_contact_is_sent_to_by_name_and_the_list_says_so(home: Path) -> None:
    saved = told(home, "wallet", "contacts", "save", ADA, "Ada", "--note", "Fridays")
    assert saved == {"address": ADA, "name": "Ada", "note": "Fridays"}
    assert told(home, "wallet", "contacts") == [saved]
    sent = told(home, "wallet", "send", "ada", "2", "--yes", "--speed", "fast")
    assert (sent["status"], sent["purpose"], sent["recipient"]) == (
        "mined",
        "Send 2 MOR to Ada",
        ADA,
    )
    noted = told(home, "wallet", "note", sent["hash"], "rent of May")
    assert noted["label"] == "rent of May"
    found = told(home, "wallet", "transactions", "--kind", "send", "--text", "rent")
    assert [item["hash"] for item in found] == [sent["hash"]]
    table = told(home, "wallet", "transactions", "--csv")["csv"]
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert (row["Hash"], row["MOR out"], row["Label"]) == (sent["hash"], "2", "rent of May")


def test_all_of_it_must_be_typed_again(home: Path) -> None:
    before = told(home, "wallet", "balance")
    refused = cli(home, "wallet", "send", ADA, "all", "--yes")
    assert json.loads(refused.stdout)["code"] == "input.typed_text"
    assert told(home, "wallet", "balance")["wallet"] == before["wallet"]
    amount = f"{before['wallet'] // 10**18}"
    wrong = cli(home, "wallet", "send", ADA, "all", "--yes", "--typed", amount + "1")
    assert json.loads(wrong.stdout)["code"] == "input.typed_text"


def test_an_allowance_is_given_listed_and_taken_back(home: Path) -> None:
    told(home, "wallet", "approve", "7", "--yes")
    (found,) = told(home, "wallet", "approvals")
    assert (found["amount"], found["spender_name"]) == (7 * 10**18, "Morpheus marketplace")
    told(home, "wallet", "approve", "0", "--yes")
    assert told(home, "wallet", "approvals")[0]["amount"] == 0
    refused = cli(home, "wallet", "approve", "1", "--spender", ADA, "--yes")
    assert json.loads(refused.stdout)["code"] == "input.spender"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("send", ADA[:-1], "1"), "input.address"),
        (("send", "vitalik.eth", "1"), "input.address"),
        (("send", ADA, "1,5"), "input.amount_ambiguous"),
        (("send", ADA, "1", "--speed", "light"), "input.invalid"),
        (("transactions", "--kind", "gifts"), "input.kind"),
        (("note", "0x12"), "input.id"),
        (("contacts", "save", ADA, " "), "input.contact"),
    ],
)
def test_what_is_mistyped_is_refused_in_words(
    home: Path, words: tuple[str, ...], code: str
) -> None:
    yes = ("--yes",) if words[0] == "send" else ()
    result = cli(home, "wallet", *words, *yes)
    assert result.exit_code == USAGE
    answer = json.loads(result.stdout)
    assert answer["code"] == code
    assert answer["error"] and answer["hint"]


def test_a_contact_is_forgotten(home: Path) -> None:
    told(home, "wallet", "contacts", "save", "0x" + "99" * 20, "Grace")
    told(home, "wallet", "contacts", "remove", "0x" + "99" * 20)
    assert "Grace" not in {item["name"] for item in told(home, "wallet", "contacts")}


def test_the_question_shows_warnings_fee_and_the_whole_address() -> None:
    draft = SendDraft(
        id="1",
        asset="MOR",
        to=ADA,
        amount=2 * 10**18,
        fee_wei=10**13,
        fee_max_wei=2 * 10**13,
        balance_after=1,
        contact="Ada",
        warnings=(Warning_(code="contract", text="This is a contract.", hint="Be sure."),),
        expires_at=1,
    )
    assert send_question(draft).splitlines() == [
        "! This is a contract. Be sure.",
        f"Send 2 MOR to {ADA} (Ada)? The network fee is about 0.00001 ETH, at most 0.00002 ETH.",
    ]
