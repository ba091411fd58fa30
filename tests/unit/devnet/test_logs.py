"""Log filters: addresses, and topics with open places and choices."""

from typing import Any

import pytest

from node.devnet.logs import parse_filter
from node.devnet.params import RpcError

A, B = "0x" + "aa" * 20, "0x" + "bb" * 20
T1, T2, T3 = ("0x" + digit * 64 for digit in "123")


def log(address: str, *topics: str) -> dict[str, Any]:
    return {"address": address, "topics": list(topics)}


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        ({}, True),
        ({"address": A}, True),
        ({"address": A.upper().replace("0X", "0x")}, True),
        ({"address": B}, False),
        ({"address": [B, A]}, True),
        ({"address": []}, True),
        ({"topics": None}, True),
        ({"topics": []}, True),
        ({"topics": [T1]}, True),
        ({"topics": [T2]}, False),
        ({"topics": [None, T2]}, True),
        ({"topics": [None, T1]}, False),
        ({"topics": [[T3, T1]]}, True),
        ({"topics": [[T1, T2], None]}, True),
        ({"topics": [T1, T2, None]}, False),
        ({"topics": [[]]}, True),
    ],
)
def test_matching(wanted: dict[str, Any], matches: bool) -> None:
    assert parse_filter(wanted).matches(log(A, T1, T2)) is matches


@pytest.mark.parametrize(
    "wanted", [{"topics": "0x12"}, {"topics": [T1] * 5}, {"topics": ["0x12"]}, {"address": 5}]
)
def test_refuses(wanted: dict[str, Any]) -> None:
    with pytest.raises(RpcError):
        parse_filter(wanted)
