"""What a network of the user's own may be called and made of."""

import pytest

from node.core import network_rules as rules
from node.core.errors import UserInputError

KEY = "ab" * 32
MARKET = "0x6aBE1d282f72B474E54527D93b979A4f64d3030a"


def refused(check, *values) -> UserInputError:
    with pytest.raises(UserInputError) as caught:
        check(*values)
    return caught.value


@pytest.mark.parametrize("name", ["my-net", "a", "7", "lab2", "x" * 32, "data-store"])
def test_short_names(name: str) -> None:
    assert rules.checked_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "My", "a b", "a_b", "a/b", "../a", "x" * 33, "ä", "a\nb", "\u0430"]
)
def test_what_is_no_short_name(name: str) -> None:
    error = refused(rules.checked_name, name)
    assert (error.code, error.details["field"]) == ("input.network", "name")


@pytest.mark.parametrize(
    "name",
    [
        "base",
        "base-sepolia",
        "arbitrum",
        "arbitrum-one",
        "mainnet",
        "demo",
        "custom",
        "b4se",
        "ba5e",
        "8ase",
        "arb1trum",
        "arbltrum",
        "arbitrurn",
        "dem0",
        "rnainnet",
        "malnnet",
        "my-base",
        "the-mainnet",
        "basesepolia2",
        "b-a-s-e",
    ],
)
def test_names_that_look_like_a_network_of_the_program(name: str) -> None:
    assert "mistaken" in refused(rules.checked_name, name).message


@pytest.mark.parametrize(
    "title",
    [
        "Base",
        "Arbitrum One",
        "ARBITRUM",
        "Mainnet",
        "Bäse",
        "B a s e",
        "Base.",
        "\uff22\uff21\uff33\uff25",  # full width
        "\U0001d401\U0001d41a\U0001d42c\U0001d41e",
        "My Demo",
        "(Custom)",
        "BASE+Sepolia",
        "Arbitrurn",
        "Ba5e",
    ],
)
def test_titles_that_look_like_a_network_of_the_program(title: str) -> None:
    error = refused(rules.checked_title, title)
    assert error.details["field"] == "title"


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "x" * 41,
        "\u0412\u0430se",  # Cyrillic
        "\u039fwn",  # Greek
        "a\u202eb",
        "a\u200bb",
        "a\x00b",
        "<b>x</b>",
        "100%",
        "+a",
        "x\u0330\u0331\u0332",
        "🙂",
    ],
)
def test_what_is_no_title(title: str) -> None:
    assert refused(rules.checked_title, title).details["field"] == "title"


def test_titles_are_kept_as_they_are_read() -> None:
    assert rules.checked_title("  Company   test\tnet ") == "Company test net"
    assert rules.checked_title("Büro (Ost)") == "Büro (Ost)"
    assert rules.checked_title("Bu\u0308ro") == "Büro"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Company test net", "company-test-net"),
        ("Büro (Ost)", "buro-ost"),
        ("a" * 31 + " b", "a" * 31),
        ("***", ""),
    ],
)
def test_a_short_name_made_of_a_title(title: str, name: str) -> None:
    assert rules.name_for(title) == name


def test_names_a_hasty_reader_takes_for_each_other() -> None:
    assert rules.same_looks("Company-Net") == rules.same_looks("c0mpany net")
    assert rules.same_looks("modern") == rules.same_looks("modem")
    assert rules.same_looks("lab-1") != rules.same_looks("lab-2")


@pytest.mark.parametrize("value", [1, "1", " 84532 ", 2**63 - 1, str(2**63 - 1)])
def test_chain_ids(value: int | str) -> None:
    assert rules.checked_chain_id(value) == int(value)


@pytest.mark.parametrize("value", [0, -1, 2**63, "", "0x1", "1.5", "1e3", "-1", "٣", "9" * 5000])
def test_what_is_no_chain_id(value: int | str) -> None:
    assert refused(rules.checked_chain_id, value).details["field"] == "chain_id"


def test_contracts() -> None:
    assert rules.checked_contract("token", f" {MARKET} ").checksum == MARKET
    for text in ("", "0x12", "0x" + "00" * 20, MARKET.replace("6aBE", "6abE"), "vitalik.eth"):
        assert refused(rules.checked_contract, "token", text).details["field"] == "token"


def test_servers() -> None:
    urls = [" https://rpc.example/v2/abc ", "https://rpc.example/v2/abc", "", "http://127.0.0.1:1"]
    assert rules.checked_servers(urls) == ("https://rpc.example/v2/abc", "http://127.0.0.1:1")
    assert rules.checked_servers([f"https://rpc.example/{KEY}"]), "an access key may be 64 digits"


@pytest.mark.parametrize(
    "urls",
    [
        [],
        ["", " "],
        ["rpc.example"],
        ["http://rpc.example"],
        ["http://127.0.0.1.rpc.example"],
        ["ftp://rpc.example/geheim"],
        ["file:///etc/passwd"],
        ["https://"],
        ["https://a.example:99999/geheim"],
        ["https://a.example/geheim\x00"],
        ["https://a.example/ge heim"],
        ["https://" + "a" * 600],
        [f"https://a.example/{number}" for number in range(17)],
    ],
)
def test_what_is_no_server(urls: list[str]) -> None:
    error = refused(rules.checked_servers, urls)
    assert error.details["field"] == "rpc_urls"
    assert "geheim" not in f"{error.message} {error.hint} {error.details}"


def test_explorers() -> None:
    assert rules.checked_explorer(" ") == ""
    assert rules.checked_explorer(" https://scan.example/ ") == "https://scan.example"
    assert rules.checked_explorer("https://scan.example/tx/{hash}") == (
        "https://scan.example/tx/{hash}"
    )


@pytest.mark.parametrize(
    "url",
    [
        "scan.example",
        "http://scan.example",
        "javascript:alert(1)",
        "https://me:pass@scan.example",
        "https://scan.example/?a=b",
        "https://scan.example/#x",
        'https://scan.example/"><b>',
        "https://" + "a" * 600,
    ],
)
def test_what_is_no_explorer(url: str) -> None:
    assert refused(rules.checked_explorer, url).details["field"] == "explorer"


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (rules.checked_name, "name"),
        (rules.checked_title, "title"),
        (rules.checked_chain_id, "chain_id"),
        (lambda text: rules.checked_contract("token", text), "token"),
        (lambda text: rules.checked_servers([text]), "rpc_urls"),
        (rules.checked_explorer, "explorer"),
    ],
)
def test_a_pasted_key_is_never_repeated(check, field: str) -> None:
    error = refused(check, "0x" + KEY)
    assert (error.code, error.details["field"]) == ("input.secret", field)
    assert "abab" not in f"{error.message} {error.hint} {error.details}"
