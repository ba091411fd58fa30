"""The list parameters `offset`, `limit` and `order`, with the public node's rules.

Only the exact text `ASC` (or our `oldest`) starts with the oldest; anything else, `asc` too, is
newest first. Some lists without `limit` are whole and in the contract's order.
"""

from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema

from node.core.units import MAX_UINT256
from node.http_api.limits import DEFAULT_PAGE, MAX_PAGE
from node.http_api.refusal import HttpRefusal
from node.service.dto import PageRequest

_OLDEST_FIRST = frozenset({"ASC", "oldest"})
_INTEGER = WithJsonSchema({"type": "integer", "minimum": 0})
_BYTE = WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_PAGE})

Offset = Annotated[str, _INTEGER, Query(description="Entries to skip, default 0.")]
Limit = Annotated[str, _BYTE, Query(description="Entries per page, at most 255.")]
RequiredLimit = Annotated[str, _BYTE, Query(description="Entries per page, at most 255.")]
Order = Annotated[str, Query(description="`ASC` or `oldest`: oldest first. Else newest first.")]


def page_of(offset: str, limit: str, order: str) -> PageRequest:
    """A page of ten unless the request says otherwise; `limit=0` is an empty one."""
    return PageRequest(
        offset=_offset(offset),
        limit=_limit(limit) if limit else DEFAULT_PAGE,
        oldest_first=order in _OLDEST_FIRST,
    )


def limit_of(limit: str) -> int:
    """A required limit. Raises HttpRefusal (400)."""
    return _limit(limit)


def whole_or_page_of(offset: str, limit: str, order: str) -> PageRequest:
    """The whole list when `limit` is absent or 0."""
    return PageRequest(
        offset=_offset(offset),
        limit=(_limit(limit) or None) if limit else None,
        oldest_first=order in _OLDEST_FIRST,
    )


def _offset(text: str) -> int:
    if not text:
        return 0
    value = _integer(text)
    return min(max(0, value), MAX_UINT256)


def _limit(text: str) -> int:
    value = _integer(text)
    if not 0 <= value <= MAX_PAGE:
        raise HttpRefusal(
            400,
            f'strconv.ParseUint: parsing "{text[:40]}": value out of range',
            code="input.limit",
            hint=f"limit is between 0 and {MAX_PAGE}.",
        )
    return value


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 80):
        raise HttpRefusal(400, "offset and limit are integers", code="input.limit")
    return int(text)
