"""Amounts are exact integers; what is not a plain decimal number is refused."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidAmountError
from node.core.units import (
    Eth,
    Mor,
    PricePerSecond,
    ceil_div,
    next_midnight,
    start_of_day,
)


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("1", 10**18),
        ("1.25", 125 * 10**16),
        (" 0.5 ", 5 * 10**17),
        (".5", 5 * 10**17),
        ("5.", 5 * 10**18),
        ("0.000000000000000001", 1),
        ("0", 0),
        ("1.0000000000000000000000", 10**18),
    ],
)
def test_plain_numbers(text: str, base: int) -> None:
    assert Mor.parse(text).base == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "-1",
        "+1",
        "1e18",
        "0x10",
        "NaN",
        "inf",
        "1 000",
        "\u0661",
        "1_000",
        "--1",
        "1.2.3",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidAmountError):
        Mor.parse(text)


def test_a_comma_can_be_read_in_two_ways() -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse("1,5")
    assert caught.value.code == "input.amount_ambiguous"


def test_nineteen_decimals_are_too_many() -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse("0.0000000000000000001")
    assert caught.value.code == "input.amount_decimals"


def test_more_than_the_chain_can_hold() -> None:
    with pytest.raises(InvalidAmountError):
        Mor.parse("9" * 60)


@given(st.integers(0, 2**256 - 1))
def test_text_and_amount_are_each_other(base: int) -> None:
    assert Mor.parse(Mor(base).exact).base == base
    with localcontext() as context:
        context.prec = 100
        assert Mor(base).decimal() == Decimal(base) / 10**18


@given(st.text(max_size=40))
def test_any_text_is_an_exact_amount_or_refused(text: str) -> None:
    try:
        amount = Mor.parse(text)
    except InvalidAmountError:
        return
    with localcontext() as context:
        context.prec = 100
        assert Decimal(text.strip()) * 10**18 == amount.base


def test_units_do_not_mix() -> None:
    with pytest.raises(TypeError):
        Mor(1) + Eth(1)  # type: ignore[operator]  # the point of the test


def test_price_times_seconds_is_an_amount() -> None:
    assert PricePerSecond(10**13) * 300 == Mor(3 * 10**15)
    assert PricePerSecond(10**13).per_hour() == Mor(36 * 10**15)


@given(st.integers(0, 2**40))
def test_days_begin_at_midnight_utc(moment: int) -> None:
    assert start_of_day(moment) <= moment < next_midnight(moment)
    assert next_midnight(moment) - start_of_day(moment) == 86_400
    assert start_of_day(moment) % 86_400 == 0


@given(st.integers(0, 10**30), st.integers(1, 10**20))
def test_division_rounds_up(numerator: int, denominator: int) -> None:
    assert (ceil_div(numerator, denominator) - 1) * denominator < numerator
    assert ceil_div(numerator, denominator) * denominator >= numerator
