import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.llm.http_body import BodyDecoder, ChunkedDecoder, HttpFormatError, decoder_for

_CHUNKED = b"5\r\nhello\r\n1;ext=1\r\n \r\nA\r\n0123456789\r\n0\r\nx-note: 1\r\n\r\n"
_PLAIN = b"hello 0123456789"


def _feed(decoder: BodyDecoder, *parts: bytes) -> bytes:
    return b"".join(piece for part in parts for piece in decoder.feed(part))


@given(st.lists(st.integers(0, len(_CHUNKED)), max_size=8))
def test_chunks_cut_anywhere_give_the_same_body(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(_CHUNKED)]
    decoder = ChunkedDecoder()
    parts = [_CHUNKED[start:end] for start, end in itertools.pairwise(edges)]
    assert _feed(decoder, *(part for part in parts if part)) == _PLAIN
    assert decoder.complete


def test_one_byte_at_a_time() -> None:
    decoder = ChunkedDecoder()
    assert _feed(decoder, *(bytes([byte]) for byte in _CHUNKED)) == _PLAIN
    assert decoder.complete


def test_a_body_without_its_last_chunk_is_incomplete() -> None:
    decoder = ChunkedDecoder()
    _feed(decoder, _CHUNKED[:-2])
    decoder.connection_ended()
    assert not decoder.complete


@pytest.mark.parametrize(
    "raw",
    [
        b"x\r\n",
        b"-5\r\n",
        b"+5\r\nhello\r\n",
        b"0x5\r\n",
        b"\r\n",
        b"1_0\r\n",
        b"f" * 16 + b"\r\n",
        b"5\r\nhello!\r\n",
        b"9" * 2000,
        b"0\r\n\r\nmore",
        b"0\r\n" + b"x: y\r\n" * 9000,
    ],
)
def test_bad_chunks_are_refused(raw: bytes) -> None:
    with pytest.raises(HttpFormatError):
        ChunkedDecoder().feed(raw)


def test_length_and_connection_end() -> None:
    by_length = decoder_for(200, {"content-length": "5"})
    assert _feed(by_length, b"he", b"llo") == b"hello"
    assert by_length.complete
    with pytest.raises(HttpFormatError):
        by_length.feed(b"!")
    short = decoder_for(200, {"content-length": "5"})
    short.feed(b"he")
    short.connection_ended()
    assert not short.complete
    by_end = decoder_for(200, {})
    assert _feed(by_end, b"anything") == b"anything"
    states = [by_end.complete]
    by_end.connection_ended()
    assert [*states, by_end.complete] == [False, True]
    assert decoder_for(204, {"content-length": "7"}).complete


@pytest.mark.parametrize(
    "headers",
    [
        {"content-length": "-1"},
        {"content-length": "5, 5"},
        {"content-length": "²"},
        {"transfer-encoding": "gzip, chunked"},
        {"content-encoding": "gzip"},
    ],
)
def test_bodies_we_cannot_read_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(HttpFormatError):
        decoder_for(200, headers)
