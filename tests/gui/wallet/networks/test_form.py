"""What is entered for a network, before anybody is asked."""

import pytest

from morpheus_desktop.pages.wallet.networks.form import NetworkForm, field_of
from node.core.errors import UserInputError
from tests.fakes import sample_data

SEPOLIA = sample_data.networks()[1]
KEYED = "https://rpc.team.example.org/v2/abcdef"


def form(**changes: object) -> NetworkForm:
    values: dict[str, object] = {
        "title": "Team network",
        "chain_id": "4711",
        "marketplace": SEPOLIA.marketplace,
        "token": SEPOLIA.token,
        "servers": (KEYED, ""),
        "explorer": "",
        "is_test": True,
    }
    return NetworkForm(**{**values, **changes})  # type: ignore[arg-type]


def test_a_whole_form_becomes_a_draft_without_empty_servers() -> None:
    entered = form(chain_id=" 4711 ", title="  Team network ", explorer=" https://x.example ")
    assert entered.problems() == {}
    draft = entered.draft()
    assert (draft.name, draft.title, draft.chain_id) == ("", "Team network", 4711)
    assert [url.get_secret_value() for url in draft.rpc_urls] == [KEYED]
    assert (draft.explorer, draft.is_test) == ("https://x.example", True)


def test_an_empty_form_names_every_field_at_once() -> None:
    empty = form(title="", chain_id="", marketplace="", token="", servers=("",))
    assert list(empty.problems()) == ["title", "chain_id", "marketplace", "token", "rpc_urls"]
    assert empty.problems()["marketplace"] == "Enter the address of the contract."


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": "Base two"}, "title", "mistaken for a network of the program"),
        ({"title": "B\u0430se"}, "title", "Latin letters"),
        ({"chain_id": "0x12"}, "chain_id", "whole number"),
        ({"marketplace": "0x12"}, "marketplace", "not an address"),
        ({"token": SEPOLIA.marketplace.lower()}, "token", "two contracts"),
        ({"servers": ("http://rpc.example.org",)}, "rpc_urls", "https://"),
        ({"explorer": "ftp://x.example"}, "explorer", "https://"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(
    changes: dict[str, object], field: str, words: str
) -> None:
    problems = form(**changes).problems()
    assert list(problems) == [field]
    assert words in problems[field]


def test_keys_of_servers_are_in_no_repr() -> None:
    assert "abcdef" not in repr(form())


@pytest.mark.parametrize(
    ("details", "field"),
    [({"field": "name"}, "title"), ({"field": "token"}, "token"), ({"field": "x"}, ""), ({}, "")],
)
def test_the_field_of_an_error(details: dict[str, str], field: str) -> None:
    assert field_of(UserInputError("No.", details=details)) == field
