"""HTTP parsing never fails in other ways than it says."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from node.devnet.http_message import BadHttpError, Request, read_request

PIECES = st.sampled_from(
    [
        b"POST / HTTP/1.1\r\n",
        b"GET / HTTP/1.0\r\n",
        b"Host: localhost\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b" : \r\n",
        b"\r\n",
        b"abc",
        b"\xff\x00",
    ]
)


async def _read(raw: bytes) -> Request | str | None:
    reader = asyncio.StreamReader(limit=65536)
    reader.feed_data(raw)
    reader.feed_eof()
    sent: list[bytes] = []
    try:
        return await read_request(reader, send=sent.append, max_body=1000)
    except BadHttpError as error:
        assert 400 <= error.status < 500
        return error.reason
    except asyncio.IncompleteReadError:
        return "incomplete body"


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=8).map(b"".join)))
def test_any_bytes_are_a_request_or_refused(raw: bytes) -> None:
    result = asyncio.run(_read(raw))
    if isinstance(result, Request):
        assert len(result.body) <= 1000


def test_a_whole_request() -> None:
    raw = b"POST / HTTP/1.0\r\nhOsT: a\r\nContent-Length: 3\r\n\r\nabcdef"
    request = asyncio.run(_read(raw))
    assert isinstance(request, Request)
    assert (request.method, request.body, request.header("host")) == ("POST", b"abc", "a")
    assert request.keep_alive is False


def test_the_end_between_requests_is_no_error() -> None:
    assert asyncio.run(_read(b"")) is None
    assert asyncio.run(_read(b"POST")) == "incomplete request"
