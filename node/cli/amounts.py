"""Amounts, times and durations as the command line reads and writes them."""

import re
from datetime import UTC, datetime

from node.core.errors import InvalidDurationError
from node.core.units import Eth, Mor

MAX_DURATION_S = 10 * 365 * 86_400
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


def duration_s(text: str) -> int:
    """`90`, `45m`, `1h30m`, `2d` as seconds. Raises InvalidDurationError."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        raise InvalidDurationError(
            f"“{text[:40]}” is no duration.", hint="For example 30m, 1h or 1h30m."
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = days * 86_400 + hours * 3600 + minutes * 60 + seconds
    if not 0 < total <= MAX_DURATION_S:
        raise InvalidDurationError(
            f"No session lasts “{text[:40]}”.", hint="For example 30m, 1h or 1h30m."
        )
    return total


def mor(base: int) -> str:
    """Amount with at most six decimals, rounded down: `22.8228 MOR`."""
    return f"{_short(Mor(base).exact)} MOR"


def eth(wei: int) -> str:
    return f"{_short(Eth(wei).exact)} ETH"


def _short(text: str) -> str:
    whole, point, fraction = text.partition(".")
    cut = fraction[:6].rstrip("0")
    if point and not cut and whole == "0" and fraction.strip("0"):
        return "< 0.000001"
    return f"{whole}.{cut}" if cut else whole


def clock_time(moment: int) -> str:
    """Local date and time of Unix seconds, empty for 0."""
    if not moment:
        return ""
    return datetime.fromtimestamp(moment, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def time_left(seconds: int) -> str:
    """`43:12` below an hour, `7 h 58` above."""
    if seconds <= 0:
        return "ended"
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02d}"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d}"
