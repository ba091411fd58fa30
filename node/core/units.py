"""Money and time as integers with types of their own. No float comes near money."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, NewType, Self

from node.core.errors import InvalidAmountError

UnixSeconds = NewType("UnixSeconds", int)
"""Seconds since 1970 UTC: what the chain counts."""
UnixMillis = NewType("UnixMillis", int)
"""Milliseconds since 1970 UTC: what the wire protocol counts."""

SECONDS_PER_DAY = 86_400
MAX_UINT256 = 2**256 - 1
_PLAIN = re.compile(r"[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60}", re.ASCII)
_HUGE = re.compile(r"[0-9]{61,}(?:\.[0-9]*)?", re.ASCII)
_SEPARATED = re.compile(r"[0-9]{0,40}(?:[.,' \u00a0\u202f\u2019][0-9]{1,40}){1,12}", re.ASCII)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:[.,' \u00a0\u202f\u2019][0-9]{3})+", re.ASCII)
_ROUND_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.000", re.ASCII)
_LARGER = "This amount is larger than anything that exists."


def _parse_base(text: str, unit: str, decimals: int) -> int:
    stripped = text.strip()
    if not _PLAIN.fullmatch(stripped) or _ROUND_THOUSANDS.fullmatch(stripped):
        raise _unreadable(stripped, unit)
    whole, _, fraction = stripped.partition(".")
    if len(fraction.rstrip("0")) > decimals:
        rounded = f"{whole or '0'}.{fraction[:decimals]}".rstrip("0").rstrip(".")
        raise InvalidAmountError(
            f"{unit} has at most {decimals} decimals.",
            hint=f"Rounded down it is {rounded}.",
            code="input.amount_decimals",
            details={"choices": [rounded]},
        )
    digits = fraction[:decimals].ljust(decimals, "0")
    scale: int = 10**decimals
    base = int(whole or "0") * scale + int(digits or "0")
    if base > MAX_UINT256:
        raise InvalidAmountError(_LARGER)
    return base


def _unreadable(text: str, unit: str) -> InvalidAmountError:
    if _HUGE.fullmatch(text):
        return InvalidAmountError(_LARGER)
    choices = _readings(text)
    if choices:
        return InvalidAmountError(
            f"Did you mean {' or '.join(choices)}?",
            hint=f"Write the amount with a point and no other marks, for example {choices[0]}.",
            code="input.amount_ambiguous",
            details={"choices": choices},
        )
    return InvalidAmountError("Enter an amount above 0.", hint=f"For example 1.5 {unit}.")


def _readings(text: str) -> list[str]:
    """What a number with marks in it may mean: the last mark before decimals, or all of them
    between thousands."""
    if not _SEPARATED.fullmatch(text):
        return []
    whole, fraction = re.split(r"[^0-9](?=[0-9]*$)", text)
    mark = text[len(whole)]
    found = []
    before = re.sub(r"[^0-9]", "", whole)
    grouped = not re.search(r"[^0-9]", whole) or _THOUSANDS.fullmatch(whole) is not None
    if mark in ".," and grouped and mark not in whole:
        cut = fraction.rstrip("0")
        found.append(f"{before or '0'}.{cut}" if cut else before or "0")
    if _THOUSANDS.fullmatch(text) and len(set(re.sub(r"[0-9]", "", text))) == 1:
        found.append(before + fraction)
    return found


@dataclass(frozen=True, slots=True, order=True)
class _Amount:
    base: int
    unit: ClassVar[str] = ""
    decimals: ClassVar[int] = 18

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a plain decimal number with a point: `1.25`.

        `1.000` is refused as well: many write a thousand so.

        Raises:
            InvalidAmountError: empty, signed, exponent, comma, more decimals than the unit has.
            Where it may have been meant as something, `details["choices"]` lists what.
        """
        return cls(_parse_base(text, cls.unit, cls.decimals))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.base + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.base - self._same(other))

    def _same(self, other: "_Amount") -> int:
        if type(other) is not type(self):
            raise TypeError(f"cannot mix {type(self).__name__} and {type(other).__name__}")
        return other.base

    def __bool__(self) -> bool:
        return self.base != 0

    @property
    def exact(self) -> str:
        """All significant decimals, without trailing zeros: `12.4`."""
        sign = "-" if self.base < 0 else ""
        whole, fraction = divmod(abs(self.base), 10**self.decimals)
        digits = str(fraction).rjust(self.decimals, "0").rstrip("0")
        return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"

    def decimal(self) -> Decimal:
        """For display and charts only."""
        return Decimal(self.base).scaleb(-self.decimals)

    def __str__(self) -> str:
        return f"{self.exact} {self.unit}"


@dataclass(frozen=True, slots=True, order=True)
class Mor(_Amount):
    """An amount of MOR in base units (1 MOR = 10**18)."""

    unit: ClassVar[str] = "MOR"


NO_MOR = Mor(0)


@dataclass(frozen=True, slots=True, order=True)
class Eth(_Amount):
    """An amount of the chain's native coin in wei (1 ETH = 10**18)."""

    unit: ClassVar[str] = "ETH"


@dataclass(frozen=True, slots=True, order=True)
class PricePerSecond:
    """MOR base units per second of a session."""

    base: int

    def __mul__(self, seconds: int) -> Mor:
        return Mor(self.base * seconds)

    def per_hour(self) -> Mor:
        return Mor(self.base * 3600)


def start_of_day(moment: int) -> UnixSeconds:
    """Midnight UTC at or before `moment` (seconds)."""
    return UnixSeconds(moment - moment % SECONDS_PER_DAY)


def next_midnight(moment: int) -> UnixSeconds:
    """The first midnight UTC after `moment` (seconds)."""
    return UnixSeconds(start_of_day(moment) + SECONDS_PER_DAY)


def ceil_div(numerator: int, denominator: int) -> int:
    """Integer division that rounds up, for non-negative numbers."""
    return -(-numerator // denominator)
