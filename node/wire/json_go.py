"""JSON text exactly as Go's `encoding/json` (1.22 and later) writes it, for signatures."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from node.core.errors import BadMessageError

_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPACE = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")|[ \t\r\n]++', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MEMBER_END = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],]', re.DOTALL)
_OPENING = (b"{", b"[")
_CLOSING = (b"}", b"]")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or f"\\u{ord(char):04x}"


def valid_unicode(text: str) -> str:
    """Replace lone surrogates by U+FFFD: a signature over invalid Unicode never verifies."""
    return _SURROGATE.sub("�", text)


def encode_string(text: str) -> bytes:
    """A JSON string with quotes.

    Raises:
        BadMessageError: the text holds a lone surrogate.
    """
    escaped = _NEEDS_ESCAPE.sub(_escape, text) if _NEEDS_ESCAPE.search(text) else text
    try:
        return b'"' + escaped.encode() + b'"'
    except UnicodeEncodeError as error:
        raise BadMessageError("The text is not valid Unicode.") from error


def _escape_html(raw: bytes) -> bytes:
    """Escape what only Go escapes; in valid JSON these bytes occur inside strings only."""
    if b"<" in raw:
        raw = raw.replace(b"<", b"\\u003c")
    if b">" in raw:
        raw = raw.replace(b">", b"\\u003e")
    if b"&" in raw:
        raw = raw.replace(b"&", b"\\u0026")
    if b"\xe2\x80" in raw:
        raw = raw.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return raw


def compact(raw: bytes) -> bytes:
    """Valid JSON text without white space, with Go's escapes; values and order untouched."""
    return _escape_html(_SPACE.sub(lambda match: match[1] or b"", raw))


def encode_value(value: Any) -> bytes:
    """Parsed JSON as compact text; object members keep their order.

    Raises:
        BadMessageError: a value that JSON cannot express.
    """
    try:
        return _escape_html(orjson.dumps(value))
    except (TypeError, ValueError, RecursionError) as error:
        return _encode_slowly(value, error)


def _encode_slowly(value: Any, cause: Exception) -> bytes:
    """Numbers beyond 64 bits and lone surrogates, which the fast encoder refuses."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BadMessageError("The value cannot be written as JSON.") from cause
    return _escape_html(valid_unicode(text).encode())


def encode_sorted(members: Mapping[str, Any]) -> bytes:
    """An object with its top-level members in byte order of their names, as Go writes a map."""
    return encode_value(
        dict(sorted(members.items(), key=lambda item: item[0].encode(errors="replace")))
    )


def sort_members(raw: bytes, extra: Mapping[str, bytes] | None = None) -> bytes:
    """A valid JSON object, compacted, members sorted; `extra` adds or replaces raw values."""
    members = dict(_members(compact(raw)))
    for name, value in (extra or {}).items():
        members[encode_string(name)] = value
    ordered = sorted(members.items(), key=lambda item: orjson.loads(item[0]).encode())
    return b"{" + b",".join(name + b":" + value for name, value in ordered) + b"}"


def _members(text: bytes) -> list[tuple[bytes, bytes]]:
    """Split a compact object into its raw (quoted name, value) pairs."""
    found: list[tuple[bytes, bytes]] = []
    depth, start, name = 0, 1, b""
    for match in _MEMBER_END.finditer(text):
        token = match[0]
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
        elif depth == 1 and token[:1] == b'"' and not name:
            name, start = token, match.end() + 1
        if (depth == 1 and token == b",") or depth == 0:
            if name:
                found.append((name, text[start : match.start()]))
            name = b""
    return found
