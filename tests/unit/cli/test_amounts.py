"""Amounts and durations as people type and read them on the command line."""

import pytest

from node.cli.amounts import (
    duration_s,
    eth,
    eth_amount,
    mor,
    mor_amount,
    price_per_second,
    time_left,
)
from node.core.errors import InvalidAmountError, InvalidDurationError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("30m", 1800), ("1h", 3600), ("1h30m", 5400), ("2d", 172_800)],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "1x", "-5m", "1.5h", "5 m", "0s", "9" * 30])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidDurationError):
        duration_s(text)


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        (0, "0 MOR"),
        (22_822_800_000_000_000_000, "22.8228 MOR"),
        (1, "< 0.000001 MOR"),
        (10**18, "1 MOR"),
        (999_999_999_999_999_999, "0.999999 MOR"),
    ],
)
def test_amounts_are_rounded_down(base: int, shown: str) -> None:
    assert mor(base) == shown


def test_ether_has_its_unit() -> None:
    assert eth(21 * 10**12) == "0.000021 ETH"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "ended"), (59, "0:59"), (2592, "43:12"), (28_680, "7 h 58")]
)
def test_time_left(seconds: int, shown: str) -> None:
    assert time_left(seconds) == shown


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("1.5", 15 * 10**17),
        ("1.5 MOR", 15 * 10**17),
        ("2mor", 2 * 10**18),
        ("123456789012345678901234567890 wei", 123456789012345678901234567890),
        ("0", 0),
    ],
)
def test_an_amount_has_its_unit_or_is_mor(text: str, base: int) -> None:
    assert mor_amount(text).base == base


@pytest.mark.parametrize("text", ["1 eth", "1.5 wei", "-1", "MOR", "", "1,5", "1e18", "1 2 MOR"])
def test_what_is_no_amount_of_mor_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmountError):
        mor_amount(text)


def test_an_amount_of_ether() -> None:
    assert eth_amount("0.01 ETH").base == eth_amount("10000000000000000 wei").base == 10**16


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("20000000000000", 2 * 10**13),
        ("0.00002 MOR/s", 2 * 10**13),
        ("0.072 MOR/h", 2 * 10**13),
        ("7200 wei/h", 2),
        ("7201 wei/h", 3),
    ],
)
def test_a_price_is_per_second(text: str, base: int) -> None:
    assert price_per_second(text) == base


@pytest.mark.parametrize("text", ["0.01", "1 MOR", "1 MOR/day", "/h", "x"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmountError):
        price_per_second(text)
