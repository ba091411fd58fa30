"""The exported table: exact, readable by any CSV reader, harmless in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.units import Mor
from node.service.dto import TransactionView
from node.service.transaction_csv import HEADER, transactions_csv

BASE = TransactionView(
    hash="0x" + "1" * 64,
    intent="send_mor",
    summary="Send",
    status="mined",
    block=7,
    fee_wei=21_000_000_000_001,
    created_at=1_793_520_000,
    purpose="Send 1 MOR to Ada",
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_decimal_is_there_and_amounts_are_never_negative() -> None:
    out = BASE.model_copy(update={"amount_mor": -1_000_000_000_000_000_001})
    came = BASE.model_copy(update={"amount_mor": 5})
    first, second = rows(transactions_csv([out, came]))[1:]
    named = dict(zip(HEADER, first, strict=True))
    assert named["Time (UTC)"] == "2026-11-01 08:00:00"
    assert named["MOR out"] == "1.000000000000000001"
    assert named["MOR in"] == ""
    assert named["Fee ETH"] == "0.000021000000000001"
    assert dict(zip(HEADER, second, strict=True))["MOR in"] == "0.000000000000000005"


def test_lines_end_as_the_standard_says() -> None:
    text = transactions_csv([BASE, BASE])
    assert text.count("\r\n") == 3
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize(
    "label",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("http://x")'],
)
def test_a_label_is_never_a_formula(label: str) -> None:
    (_, row) = rows(transactions_csv([BASE.model_copy(update={"label": label})]))
    assert row[-1] == f"'{label}"


@given(st.text(max_size=60), st.text(max_size=60), st.integers(-(2**90), 2**90))
def test_any_text_comes_back_whole_and_starts_no_formula(
    purpose: str, label: str, amount: int
) -> None:
    changes = {"purpose": purpose or "x", "label": label, "amount_mor": amount}
    item = BASE.model_copy(update=changes)
    (_, row) = rows(transactions_csv([item]))
    assert len(row) == len(HEADER)
    assert row[1].removeprefix("'") == (purpose or "x").removeprefix("'")
    assert row[-1].removeprefix("'") == label.removeprefix("'")
    assert Mor.parse(row[2] or "0").base - Mor.parse(row[3] or "0").base == amount
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
