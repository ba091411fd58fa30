"""Amounts, times and durations as the command line reads and writes them."""

import re
from datetime import UTC, datetime

from node.core.errors import InvalidAmountError, InvalidDurationError
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


def mor_amount(text: str) -> Mor:
    """`1.5`, `1.5 MOR`, or base units as `1500000000000000000 wei`. Raises InvalidAmountError."""
    number, unit = _split(text)
    if unit == "wei":
        return Mor(_whole(number))
    if unit not in ("", "mor"):
        raise InvalidAmountError(f"“{unit[:20]}” is no unit of MOR.", hint="MOR, or wei.")
    return Mor.parse(number)


def eth_amount(text: str) -> Eth:
    """`0.01`, `0.01 ETH`, or `10000000000000000 wei`. Raises InvalidAmountError."""
    number, unit = _split(text)
    if unit == "wei":
        return Eth(_whole(number))
    if unit not in ("", "eth"):
        raise InvalidAmountError(f"“{unit[:20]}” is no unit of ETH.", hint="ETH, or wei.")
    return Eth.parse(number)


def price_per_second(text: str) -> int:
    """Base units of MOR per second from `0.036 MOR/h`, `0.00001 MOR/s`, or a plain number of base
    units per second.

    Raises:
        InvalidAmountError: no such price; a price per hour that is no whole number of base units
        per second is rounded up.
    """
    amount, slash, per = text.strip().partition("/")
    if not slash and amount.isdigit():
        return int(amount)
    seconds = _PER.get(per.strip().casefold())
    if seconds is None:
        raise InvalidAmountError(
            f"“{text[:40]}” is no price.", hint="For example “0.036 MOR/h”, or wei per second."
        )
    return -(-mor_amount(amount).base // seconds)


_PER = {"s": 1, "sec": 1, "second": 1, "min": 60, "h": 3600, "hour": 3600}
_UNIT = re.compile(r"(.*?)[ \t]*([A-Za-z]*)")


def _split(text: str) -> tuple[str, str]:
    match = _UNIT.fullmatch(text.strip())
    return (match[1], match[2].casefold()) if match is not None else (text, "")


def _whole(number: str) -> int:
    if not number.isascii() or not number.isdigit():
        raise InvalidAmountError(
            f"“{number[:40]}” is no whole number of base units.", hint="For example “1000 wei”."
        )
    return int(number)


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
