import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import BackendError
from node.llm.sse import SseSplitter

_STREAM = (
    b": keep-alive\n\n"
    b'data: {"a": 1}\n\n'
    b'event: x\ndata:{"b": "\xc3\xa9\xe2\x82\xac"}\nid: 7\n\n'
    b'data: {"c": 3}\r\n\r\n'
    b'data: {"d": 4}\r\n: note\r\n\r\n'
    b"data: [DONE]\n\n"
)
_DATA = [b'{"a": 1}', '{"b": "é€"}'.encode(), b'{"c": 3}', b'{"d": 4}', b"[DONE]"]


@given(st.lists(st.integers(0, len(_STREAM)), max_size=12))
def test_any_split_of_the_bytes_gives_the_same_events(cuts: list[int]) -> None:
    splitter = SseSplitter()
    found: list[bytes] = []
    edges = [0, *sorted(cuts), len(_STREAM)]
    for start, end in itertools.pairwise(edges):
        found += splitter.feed(_STREAM[start:end])
    assert found + splitter.finish() == _DATA


def test_one_byte_at_a_time() -> None:
    splitter = SseSplitter()
    found = [data for byte in _STREAM for data in splitter.feed(bytes([byte]))]
    assert found == _DATA


def test_lines_without_blank_lines_between_are_events_of_their_own() -> None:
    splitter = SseSplitter()
    assert splitter.feed(b"data: 1\ndata: 2\n") == []
    assert splitter.finish() == [b"1", b"2"]


def test_the_last_event_may_lack_its_blank_line() -> None:
    splitter = SseSplitter()
    assert splitter.feed(b"data: 1\n\ndata: 2") == [b"1"]
    assert splitter.finish() == [b"2"]


def test_an_event_that_never_ends_is_refused() -> None:
    splitter = SseSplitter(max_event_bytes=100)
    with pytest.raises(BackendError, match="too large"):
        for _ in range(20):
            splitter.feed(b"data: 123456789")
