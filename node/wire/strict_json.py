"""Strict reading of outside JSON: no duplicate names, NaN, bad UTF-8, surrogates, deep nesting."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from node.core.errors import BadMessageError

_MAX_DIGITS = 100
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadMessageError("A member name occurs twice.")
    return members


def _no_constant(name: str) -> NoReturn:
    raise BadMessageError(f"{name} is not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise BadMessageError("A number is too long.")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > _MAX_DIGITS:
        raise BadMessageError("A number is too long.")
    return Decimal(digits)


def _finite(digits: str) -> float:
    number = float(digits) if len(digits) <= _MAX_DIGITS else float("inf")
    if number in (float("inf"), float("-inf")):
        raise BadMessageError("A number is too large.")
    return number


_EXACT = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_decimal
)
_PLAIN = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_finite
)


def _has_lone_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_has_lone_surrogate(item) for pair in value.items() for item in pair)
    return isinstance(value, list) and any(_has_lone_surrogate(item) for item in value)


def nesting(raw: bytes, limit: int) -> int:
    """Depth of arrays and objects, at most `limit` + 1. Counts brackets outside strings only."""
    rest = _STRING.sub(b"", raw).translate(_BRACKETS, _NOT_BRACKETS)
    depth = 0
    while rest and depth <= limit:
        shorter = rest.replace(b"[]", b"")
        if len(shorter) == len(rest):
            break
        rest, depth = shorter, depth + 1
    return depth if not rest else limit + 1


def parse_object(raw: bytes, *, max_depth: int, exact: bool = True) -> dict[str, Any]:
    """Read one JSON object.

    `exact` keeps fractions as `Decimal` (protocol fields), else they are floats (model requests).

    Raises:
        BadMessageError: anything that is not exactly one valid object within the limits.
    """
    if nesting(raw, max_depth) > max_depth:
        raise BadMessageError("The JSON text is nested too deeply or its brackets do not match.")
    try:
        text = raw.decode()
        value = (_EXACT if exact else _PLAIN).decode(text)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise BadMessageError("This is not valid JSON.") from error
    if not isinstance(value, dict):
        raise BadMessageError("A JSON object was expected.")
    if _SURROGATE_ESCAPE.search(text) and _has_lone_surrogate(value):
        raise BadMessageError("The text is not valid Unicode.")
    return value
