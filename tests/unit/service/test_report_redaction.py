"""What a report says about somebody is taken out; what belongs together stays recognisable."""

from pathlib import Path

import pytest

from node.service.report_redaction import ReportCleaner

ONE, OTHER = "0x" + "Ab" * 20, "0x" + "cd" * 20
ID = "0x" + "5e" * 32
KEY = "11" * 32
PHRASE = "legal winner thank year wave sausage"


@pytest.fixture
def cleaner(tmp_path: Path) -> ReportCleaner:
    return ReportCleaner({"data": tmp_path / "data", "logs": tmp_path}, addresses=False)


def test_the_same_thing_gets_the_same_number(cleaner: ReportCleaner) -> None:
    told = cleaner.text(f"{ONE} pays {OTHER} in {ID}\nagain {ONE.lower()}, {ID[2:]}")
    assert told == "[address 1] pays [address 2] in [id 1]\nagain [address 1], [id 1]"


def test_what_looks_like_a_secret_goes(cleaner: ReportCleaner) -> None:
    told = cleaner.text(
        f"key {KEY} phrase {PHRASE} password=hunter22 Bearer abcdef"
        " https://user:pw@host.example/v2/apikey?x=1"
    )
    for secret in (KEY, "winner", "hunter22", "abcdef", "user", "pw@", "apikey"):
        assert secret not in told
    assert "host.example" in told


def test_folders_are_named_not_placed(cleaner: ReportCleaner, tmp_path: Path) -> None:
    told = cleaner.text(f"{tmp_path}/data/journal.db {tmp_path}/x {Path.home()}/y")
    assert told.startswith("<data>/journal.db <logs>/x ~/")
    foreign = cleaner.text("/home/ada/Documents, /Users/ada/x, C:\\Users\\Ada\\AppData")
    assert "ada" not in foreign.lower()
    assert "Documents" in foreign


@pytest.mark.parametrize("amount", ["12.5 MOR", "1,234 MOR", "0.004 ETH", "10000 wei"])
def test_amounts_go(cleaner: ReportCleaner, amount: str) -> None:
    assert cleaner.text(f"The wallet has {amount}.") == f"The wallet has [amount] {amount[-3:]}."


def test_members_of_json_are_judged_by_their_names(cleaner: ReportCleaner) -> None:
    told = cleaner.value(
        "", {"cookie_content": "abc", "users": [ONE], "seconds": 12.5, "on": True, ONE: None}
    )
    assert told == {
        "cookie_content": "[3 removed]",
        "users": ["[address 1]"],
        "seconds": 12.5,
        "on": True,
        "[address 1]": None,
    }


def test_addresses_stay_when_asked_for_but_nothing_else(tmp_path: Path) -> None:
    cleaner = ReportCleaner({}, addresses=True)
    assert cleaner.text(f"{ONE} {ID} {KEY}") == f"{ONE} [id 1] [id 2]"


def test_it_is_told_how_often_something_was_found(cleaner: ReportCleaner) -> None:
    cleaner.text(f"{ONE} {ONE} {ID} 5 MOR password=x {Path.home()}/a")
    counts = {item.what.split()[0]: item.count for item in cleaner.redactions()}
    assert counts == {
        "Keys,": 1,
        "Messages,": None,
        "Addresses": None,
        "Ids": 1,
        "Amounts": 1,
        "Where": 1,
    }
    assert [item.count for item in cleaner.redactions() if "wallets" in item.what] == [2]
