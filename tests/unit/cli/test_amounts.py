"""Amounts and durations as people type and read them on the command line."""

import pytest

from node.cli.amounts import duration_s, eth, mor, time_left
from node.core.errors import InvalidDurationError


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
