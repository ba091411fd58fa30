"""T-B1: framing and strict reading; any split, any garbage, linear time."""

import itertools
import json
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from node.core.errors import BadMessageError, MessageTooLargeError
from node.wire.scanner import JsonScanner
from node.wire.strict_json import nesting, parse_object

FAST = settings(max_examples=200, deadline=None)

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=5)


def scanner(**changes: int) -> JsonScanner:
    return JsonScanner(**({"max_bytes": 1 << 20, "max_depth": 32, "max_tokens": 65_536} | changes))


def frames(raw: bytes, cuts: list[int]) -> list[bytes]:
    """Everything found in `raw`, fed in the pieces that `cuts` makes."""
    found: list[bytes] = []
    reader = scanner()
    edges = [0, *sorted(cut % (len(raw) + 1) for cut in cuts), len(raw)]
    for start, stop in itertools.pairwise(edges):
        piece, position = raw[start:stop], 0
        while position < len(piece):
            frame, position = reader.feed(piece, position)
            if frame is not None:
                found.append(frame)
    return found


@FAST
@given(
    objects=st.lists(OBJECTS, max_size=4),
    spaces=st.text(" \t\r\n", max_size=3),
    ascii_only=st.booleans(),
    cuts=st.lists(st.integers(0, 1 << 16), max_size=12),
)
def test_objects_are_found_whatever_the_split(
    objects: list[dict[str, Any]], spaces: str, ascii_only: bool, cuts: list[int]
) -> None:
    texts = [json.dumps(item, ensure_ascii=ascii_only).encode() for item in objects]
    raw = spaces.encode().join([b"", *texts, b""])
    found = frames(raw, cuts)
    assert found == texts
    for frame, item in zip(found, objects, strict=True):
        assert parse_object(frame, max_depth=32) == item


SEEDS = [b"null", b"[]", b"0", b'""', b"{}", b'{"result":null}', b"{]", b'{"a":"\\', b'{"\\u00']


@FAST
@given(raw=st.binary(max_size=300) | st.text('{}[]",:\\ a1\n').map(str.encode))
@example(raw=SEEDS[0])
@example(raw=SEEDS[5])
@example(raw=SEEDS[6])
@example(raw=SEEDS[7])
def test_garbage_gives_only_declared_errors_and_no_split_matters(raw: bytes) -> None:
    def outcome(cuts: list[int]) -> object:
        try:
            return frames(raw, cuts)
        except BadMessageError as error:
            return type(error)

    assert outcome([]) == outcome(list(range(len(raw))))


@FAST
@given(raw=st.binary(max_size=200) | st.text('{}[]",:\\ue-+.0123456789').map(str.encode))
def test_strict_reader_accepts_only_what_json_accepts(raw: bytes) -> None:
    try:
        value = parse_object(raw, max_depth=8)
    except BadMessageError:
        return
    assert json.loads(raw) == json.loads(json.dumps(value, default=float))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":{"a":1,"a":2}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"\\udc00":1}',
        b'{"a":"\x01"}',
        b'{"a":01}',
        b'{"a":1}x',
        b"\xef\xbb\xbf{}",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_lax_json_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessageError):
        parse_object(raw, max_depth=8)


@FAST
@given(depth=st.integers(1, 40), limit=st.integers(1, 40), curly=st.booleans())
def test_nesting_is_counted(depth: int, limit: int, curly: bool) -> None:
    opening, closing = (b'{"a":', b"}") if curly else (b"[", b"]")
    raw = opening * depth + b'"]}[{"' + closing * depth
    assert (nesting(raw, limit) <= limit) is (depth <= limit)


@pytest.mark.parametrize(
    "piece",
    [b'\\"', b"\\\\", b"x", b'","a":"', b"{", b"[]", b" "],
    ids=["escaped quotes", "backslashes", "text", "members", "open", "brackets", "spaces"],
)
def test_large_hostile_input_is_read_in_linear_time(piece: bytes) -> None:
    raw = (b'{"a":"' if piece not in (b"{", b"[]", b" ") else b'{"a":') + piece * (1 << 20)
    reader = scanner(max_bytes=1 << 24)
    started = time.process_time()
    try:
        for start in range(0, len(raw), 1460):
            reader.feed(raw[start : start + 1460])
    except (BadMessageError, MessageTooLargeError):
        pass
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("size", [10, 11, 1000])
def test_size_limit_counts_every_byte(size: int) -> None:
    reader = scanner(max_bytes=10)
    raw = b'{"a":"' + b"x" * (size - 8) + b'"}'
    if size <= 10:
        assert reader.feed(raw) == (raw, size)
        return
    with pytest.raises(MessageTooLargeError):
        for byte in raw:
            reader.feed(bytes((byte,)))
