"""Multipart forms in any pieces: the same form, and for garbage an answer and no file left."""

import asyncio
import itertools
import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.spool import Spool
from node.http_api.asgi import Message, Receive
from node.http_api.multipart_form import read_form
from node.http_api.refusal import HttpRefusal

BOUNDARY = "0f"
HEADERS = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
QUICK = settings(max_examples=60, deadline=None)


def part(name: str, content: bytes, file_name: str = "") -> bytes:
    extra = f'; filename="{file_name}"' if file_name else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def receiver(pieces: list[bytes]) -> Receive:
    waiting = list(pieces)

    async def receive() -> Message:
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    return receive


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@QUICK
@given(
    content=st.binary(min_size=1, max_size=300).filter(lambda data: b"--0f" not in data),
    value=st.text(max_size=40).filter(lambda text: "--0f" not in text),
    places=st.lists(st.integers(0, 10_000), max_size=20),
)
def test_any_split_gives_the_same_form(content: bytes, value: str, places: list[int]) -> None:
    data = part("prompt", value.encode()) + part("file", content, "a.wav")
    data += f"--{BOUNDARY}--\r\n".encode()

    async def read() -> None:
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(Path(folder))
            form = await read_form(receiver(cut(data, places)), HEADERS, spool)
            assert form.fields == (("prompt", value),)
            assert form.file is not None
            assert (form.file.path.read_bytes(), form.file_type) == (content, "audio/wav")
            form.discard()
            assert spool.files == 0

    asyncio.run(read())


@QUICK
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from(
                [part("file", b"x", "a"), part("a", b"\xff"), b"--0f\r\n", b"--0f--\r\n", b"\r\n"]
            ),
        ),
        max_size=8,
    )
)
def test_garbage_is_refused_or_read_and_leaves_nothing(pieces: list[bytes]) -> None:
    async def read() -> None:
        with tempfile.TemporaryDirectory() as folder:
            spool = Spool(Path(folder))
            try:
                form = await read_form(receiver(pieces), HEADERS, spool)
            except HttpRefusal as refusal:
                assert refusal.status in (400, 413)
            else:
                form.discard()
            assert spool.files == 0
            assert os.listdir(folder) == []  # noqa: PTH208 - not a Path

    asyncio.run(read())
