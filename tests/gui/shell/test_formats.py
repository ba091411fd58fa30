"""How the window writes amounts, times and ids."""

import time
from collections.abc import Iterator

import pytest

from morpheus_desktop import formats

MOR = 10**18


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("base", "text"),
    [
        (0, "0.00\u00a0MOR"),
        (12_400_000_000_000_000_000, "12.40\u00a0MOR"),
        (12_405_000_000_000_000_000, "12.41\u00a0MOR"),
        (1234 * MOR, "1\u202f234.00\u00a0MOR"),
        (4_200_000_000_000_000, "0.0042\u00a0MOR"),
        (1, "0.000000000000000001\u00a0MOR"),
        (-5 * MOR, "\u2212\u202f5.00\u00a0MOR"),
    ],
)
def test_amounts(base: int, text: str) -> None:
    assert formats.mor(base) == text


def test_what_comes_in_has_a_plus() -> None:
    assert formats.mor_change(5 * MOR) == "+\u202f5.00\u00a0MOR"
    assert formats.mor_change(-5 * MOR) == "\u2212\u202f5.00\u00a0MOR"


def test_fees_keep_two_digits() -> None:
    assert formats.eth(21_300_000_000_000) == "0.000021\u00a0ETH"
    assert formats.eth(MOR) == "1.0000\u00a0ETH"


def test_the_exact_amount_has_every_decimal() -> None:
    assert formats.exact(12_403_200_000_000_000_001) == "12.403200000000000001"
    assert formats.exact(7 * MOR) == "7"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0:00"),
        (59, "0:59"),
        (43 * 60 + 12, "43:12"),
        (7 * 3600 + 58 * 60, "7\u00a0h\u00a058"),
        (3 * 86_400 + 4 * 3600, "3\u00a0d\u00a04\u00a0h"),
    ],
)
def test_durations(seconds: int, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize("seconds", [300, 900, 3600, 5400, 4 * 3600])
def test_a_length_can_be_read_back(seconds: int) -> None:
    assert formats.parse_span(formats.span(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45 min", 2700), ("1:30", 5400), ("2 hours", 7200), ("90", 5400), ("", None), ("soon", None)],
)
def test_lengths_as_people_type_them(text: str, seconds: int | None) -> None:
    assert formats.parse_span(text) == seconds


def test_times_are_local_and_name_the_day() -> None:
    now = 1_795_183_200  # Fri 20 Nov 2026 14:00 UTC
    assert formats.when(now + 3600, now) == "15:00"
    assert formats.when(now + 11 * 3600, now) == "tomorrow 01:00"
    assert formats.when(now + 3 * 86_400, now) == "Mon 14:00"
    assert formats.when(now + 30 * 86_400, now) == "20 Dec 14:00"
    assert formats.day(now - 3 * 86_400, now) == "Tue"
    assert formats.day(now - 400 * 86_400, now) == "16 Oct 2025"


def test_chats_are_grouped_by_day() -> None:
    now = 1_795_183_200
    ages = (0, 1, 3, 20, 60)
    assert [formats.day_group(now - days * 86_400, now) for days in ages] == [
        "Today",
        "Yesterday",
        "Last 7 days",
        "Last 30 days",
        "September 2026",
    ]


def test_addresses_are_shortened_in_the_middle_or_grouped() -> None:
    address = "0x12Ab34Cd56Ef7890aB12cD34eF567890Ab129F3c"
    assert formats.short_address(address) == "0x12Ab…9F3c"
    assert formats.grouped_address(address).replace(" ", "").replace("\n", "") == address


def test_sizes() -> None:
    assert formats.size(2_400_000_000) == "2.4\u00a0GB"
    assert formats.size(900) == "900\u00a0B"
