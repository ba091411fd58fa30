"""The provider's table of uploads: whose, how many, in which order, how long, how large."""

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.ids import SessionId
from node.core.spool import Spool
from node.core.units import UnixMillis
from node.wire.messages import StreamChunkRequest, StreamEndRequest, StreamStartRequest
from node.wire.refusals import Refusal
from node.wire.uploads import CROWDED_IDLE_S, IDLE_S, PER_SESSION, Uploads

MINE, OTHER = SessionId(b"\x01" * 32), SessionId(b"\x02" * 32)
NOW = UnixMillis(1)


def stream(number: int) -> str:
    return f"{number:032x}"


def start(
    number: int = 1,
    *,
    session: SessionId = MINE,
    size: int = 6,
    chunks: int = 2,
    stream_id: str = "",
    media_type: str = "audio/wav",
) -> StreamStartRequest:
    return StreamStartRequest(
        session_id=session,
        stream_id=stream_id or stream(number),
        total_chunks=chunks,
        file_size=size,
        content_type=media_type,
        timestamp=NOW,
    )


def chunk(
    index: int, data: bytes = b"abc", *, number: int = 1, session: SessionId = MINE, raw: str = ""
) -> StreamChunkRequest:
    return StreamChunkRequest(
        session_id=session,
        stream_id=stream(number),
        chunk_index=index,
        chunk_data=raw or base64.b64encode(data).decode(),
        timestamp=NOW,
    )


def end(number: int = 1, session: SessionId = MINE) -> StreamEndRequest:
    return StreamEndRequest(
        session_id=session, stream_id=stream(number), parameters="{}", timestamp=NOW
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_000)


@pytest.fixture
def uploads(tmp_path: Path, clock: FakeClock) -> Iterator[Uploads]:
    made = Uploads(Spool(tmp_path, max_file=1000, max_total=2500), clock)
    yield made
    made.clear()
    assert list(tmp_path.iterdir()) == []


async def test_a_whole_file_is_there_once_and_removed(uploads: Uploads) -> None:
    await uploads.start(start())
    await uploads.add(chunk(0))
    await uploads.add(chunk(1, b"def"))
    async with uploads.taken(end()) as audio:
        assert audio.path.read_bytes() == b"abcdef"
        assert (audio.size, audio.media_type) == (6, "audio/wav")
        assert stream(1) not in audio.path.name
    assert not audio.path.exists()
    with pytest.raises(Refusal, match=f"^streaming session {stream(1)} not found$"):
        async with uploads.taken(end()):
            raise AssertionError("taken twice")


@pytest.mark.parametrize(
    "stream_id", ["../../etc/passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 31 + "\n", "\u0661" * 32]
)
async def test_ids_are_32_lower_case_hex_digits(uploads: Uploads, stream_id: str) -> None:
    with pytest.raises(Refusal, match="streamid"):
        await uploads.start(start(stream_id=stream_id))
    assert len(uploads) == 0


async def test_another_session_does_not_see_the_upload(uploads: Uploads) -> None:
    await uploads.start(start())
    with pytest.raises(Refusal, match="not found"):
        await uploads.add(chunk(0, session=OTHER))
    with pytest.raises(Refusal, match="not found"):
        async with uploads.taken(end(session=OTHER)):
            raise AssertionError("taken by another session")
    with pytest.raises(Refusal, match="already exists"):
        await uploads.start(start(session=OTHER))


async def test_pieces_come_strictly_in_order(uploads: Uploads) -> None:
    await uploads.start(start())
    for wrong in (1, 2, 2**63):
        with pytest.raises(Refusal, match=f"^expected chunk index 0, got {wrong}$"):
            await uploads.add(chunk(wrong))
    await uploads.add(chunk(0))
    with pytest.raises(Refusal, match=r"^expected chunk index 1, got 0$"):
        await uploads.add(chunk(0))
    with pytest.raises(Refusal, match=r"^incomplete stream: received 1 chunks, expected 2$"):
        async with uploads.taken(end()):
            raise AssertionError("incomplete")
    await uploads.add(chunk(1))
    with pytest.raises(Refusal, match="expected chunk index 2"):
        await uploads.add(chunk(2))


async def test_the_same_piece_twice_at_once_is_taken_once(uploads: Uploads) -> None:
    await uploads.start(start())
    results = await asyncio.gather(
        *(uploads.add(chunk(0)) for _ in range(4)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    await uploads.add(chunk(1))
    async with uploads.taken(end()) as audio:
        assert audio.size == 6


async def test_more_or_fewer_bytes_than_announced_are_refused(uploads: Uploads) -> None:
    await uploads.start(start())
    await uploads.add(chunk(0))
    with pytest.raises(Refusal, match="more data than announced"):
        await uploads.add(chunk(1, b"four"))
    assert len(uploads) == 0, "its room is free again"
    await uploads.start(start(2))
    await uploads.add(chunk(0, number=2))
    await uploads.add(chunk(1, b"de", number=2))
    with pytest.raises(Refusal, match="received 5 bytes, expected 6"):
        async with uploads.taken(end(2)):
            raise AssertionError("too short")


@pytest.mark.parametrize("raw", ["*", "YWJ", "YW Jj", "YWJj\n", "===="])
async def test_base64_is_strict(uploads: Uploads, raw: str) -> None:
    await uploads.start(start())
    with pytest.raises(Refusal, match=r"^failed to decode chunk data: "):
        await uploads.add(chunk(0, raw=raw))


async def test_sizes_that_cannot_be_are_refused_at_once(uploads: Uploads) -> None:
    for request in (start(size=1001), start(size=2**63), start(size=5, chunks=6)):
        with pytest.raises(Refusal, match=r"^request validation failed"):
            await uploads.start(request)


async def test_each_session_and_the_disk_have_a_bound(uploads: Uploads) -> None:
    for number in range(PER_SESSION):
        await uploads.start(start(number))
    with pytest.raises(Refusal, match=r"^no capacity$"):
        await uploads.start(start(9))
    await uploads.start(start(10, session=OTHER, size=1000))
    await uploads.start(start(11, session=OTHER, size=1000))
    with pytest.raises(Refusal, match=r"^no capacity$"):
        await uploads.start(start(12, session=OTHER, size=1000))


async def test_what_a_session_left_behind_does_not_lock_it_out(
    uploads: Uploads, clock: FakeClock
) -> None:
    await uploads.start(start(9, session=OTHER))
    for number in range(PER_SESSION):
        await uploads.start(start(number))
    clock.advance(CROWDED_IDLE_S + 1)
    await uploads.start(start(10))
    assert len(uploads) == 2, "another session's upload stays"


async def test_idle_uploads_make_room(uploads: Uploads, clock: FakeClock) -> None:
    await uploads.start(start(1, size=1000))
    await uploads.start(start(2, size=1000))
    clock.advance(CROWDED_IDLE_S + 1)
    await uploads.add(chunk(0, number=2))
    await uploads.start(start(3, session=OTHER, size=1000))
    with pytest.raises(Refusal, match="not found"):
        await uploads.add(chunk(0, number=1))
    await uploads.add(chunk(1, number=2))
    clock.advance(IDLE_S + 1)
    await uploads.start(start(4))
    assert len(uploads) == 1, "an hour without a piece is the end"


async def test_an_odd_media_type_never_travels_on(uploads: Uploads) -> None:
    await uploads.start(start(size=3, chunks=1, media_type="audio/x\r\nx-injected: 1"))
    await uploads.add(chunk(0))
    async with uploads.taken(end()) as audio:
        assert audio.media_type == "audio/mpeg"
