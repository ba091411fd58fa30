"""How long a rate-limited endpoint wants to be left alone, in the many ways they tell it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_S = 900.0
"""No endpoint sends us away for longer: after that it is tried once more."""
_NAMES = ("backoff_seconds", "retry_after", "retryAfter", "try_again_in")
_SENTENCE = re.compile(
    r"(?:retry|again|reset)\D{0,24}?(\d{1,9}(?:\.\d{1,3})?)\s*(ms|milliseconds?|s|sec|seconds?|m"
    r"|min|minutes?)?\b",
    re.IGNORECASE,
)
_UNITS = {"m": 60.0, "min": 60.0, "minute": 60.0, "ms": 0.001, "millisecond": 0.001}


def pause_from_header(value: str, now: datetime | None = None) -> float | None:
    """Seconds from a `Retry-After` header (a number or an HTTP date), None when there is none."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_S)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    left = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(left, 0.0), LONGEST_S)


def pause_from_error(data: Any, text: str) -> float | None:
    """Seconds from an error object's `data` or from its sentence, None when neither tells."""
    found = _in_data(data, 0)
    if found is None and (match := _SENTENCE.search(text[:512])):
        unit = (match[2] or "s").lower()
        found = float(match[1]) * _UNITS.get(unit, _UNITS.get(unit.rstrip("s"), 1.0))
    return None if found is None else min(max(found, 0.0), LONGEST_S)


def _in_data(value: Any, depth: int) -> float | None:
    if not isinstance(value, Mapping) or depth > 3:
        return None
    for name in _NAMES:
        given = value.get(name)
        if isinstance(given, str):
            match = re.match(r"\d{1,9}(?:\.\d{1,3})?", given)
            given = float(match[0]) if match else None
        if isinstance(given, int | float) and not isinstance(given, bool):
            return float(given)
    for inner in list(value.values())[:16]:
        found = _in_data(inner, depth + 1)
        if found is not None:
            return found
    return None
