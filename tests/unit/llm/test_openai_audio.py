"""Speech and transcription of an OpenAI-compatible server, files sent from the disk."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import BackendError, BackendRefusedError, BackendUnavailableError
from node.core.ports import TranscriptionJob
from node.llm.openai import OpenAiBackend
from tests.unit.llm.model_server import DONE_LINE, Exchange, ModelServer, Play

BODY = {"model": "said by the client", "input": "say it", "voice": "alloy"}


async def speech(play: Play) -> bytes:
    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=server.url, model="tts", api_key="k")
        try:
            return b"".join([piece async for piece in backend.speech(BODY)])
        finally:
            await backend.aclose()


async def transcribe(play: Play, job: TranscriptionJob) -> list[dict[str, Any] | str]:
    async with ModelServer(play) as server:
        backend = OpenAiBackend(url=f"{server.url}/v1/audio/transcriptions", model="stt")
        try:
            return [part async for part in backend.transcribe(job)]
        finally:
            await backend.aclose()


async def test_speech_arrives_byte_for_byte() -> None:
    audio = bytes(range(256)) * 300
    seen: list[Exchange] = []

    async def play(exchange: Exchange) -> None:
        seen.append(exchange)
        await exchange.stream(audio[:70], audio[70:], content_type="audio/mpeg")

    assert await speech(play) == audio
    assert seen[0].path == "/v1/audio/speech"
    assert seen[0].body == {**BODY, "model": "tts"}
    assert seen[0].headers["authorization"] == "Bearer k"


async def test_no_audio_and_text_instead_of_audio_are_failures() -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.send(200, "audio/mpeg", b"")

    async def text(exchange: Exchange) -> None:
        await exchange.send(200, "application/json", b"{}")

    for play in (nothing, text):
        with pytest.raises(BackendUnavailableError) as caught:
            await speech(play)
        assert caught.value.code == "backend.bad_answer"


async def test_a_refusal_keeps_status_and_body() -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.send(401, "application/json", b'{"error":{"message":"bad key"}}')

    with pytest.raises(BackendRefusedError) as caught:
        await speech(play)
    assert (caught.value.status, caught.value.body) == (401, {"error": {"message": "bad key"}})


async def test_a_large_file_and_all_fields_reach_the_server(tmp_path: Path) -> None:
    audio = tmp_path / "7f3a.upload"
    content = bytes(range(256)) * 8 * 1024
    audio.write_bytes(content)
    seen: list[Exchange] = []

    async def play(exchange: Exchange) -> None:
        seen.append(exchange)
        await exchange.send(200, "text/plain; charset=utf-8", "h\u00e9llo\n".encode())

    fields = (
        ("prompt", "na\u00efve"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
        ('odd"name\r\n', "kept"),
    )
    job = TranscriptionJob(fields=fields, audio=audio, audio_type="audio/wav")
    assert await transcribe(play, job) == ["h\u00e9llo\n"]
    form = seen[0].form()
    assert seen[0].path == "/v1/audio/transcriptions"
    assert form["file"] == [("audio.wav", content)], "the name on the disk is not told"
    assert form["model"] == [("", b"stt")]
    assert form["prompt"] == [("", "na\u00efve".encode())]
    assert form["timestamp_granularities[]"] == [("", b"word"), ("", b"segment")]
    assert form["odd%22name%0D%0A"] == [("", b"kept")]


async def test_a_job_without_a_file_sends_the_fields_alone() -> None:
    seen: list[Exchange] = []

    async def play(exchange: Exchange) -> None:
        seen.append(exchange)
        await exchange.send(200, "application/json", b'{"text":"x"}')

    job = TranscriptionJob(fields=(("s3_presigned_url", "https://b.example/a.mp3"),))
    assert await transcribe(play, job) == ['{"text":"x"}']
    assert seen[0].form() == {
        "model": [("", b"stt")],
        "s3_presigned_url": [("", b"https://b.example/a.mp3")],
    }


async def test_events_of_a_stream() -> None:
    delta = (
        b'event: transcript.text.delta\ndata: {"type":"transcript.text.delta","delta":"hel"}\n\n'
    )
    done = b'data: {"type":"transcript.text.done","text":"hello"}\n\n'

    async def play(exchange: Exchange) -> None:
        await exchange.stream(delta, done, DONE_LINE)

    assert await transcribe(play, TranscriptionJob(fields=(("stream", "true"),))) == [
        {"type": "transcript.text.delta", "delta": "hel"},
        {"type": "transcript.text.done", "text": "hello"},
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b'data: {"error":{"message":"x","code":429}}\n\n', BackendRefusedError),
        (b"data: {broken\n\n", BackendUnavailableError),
        (b"data: [1]\n\n", BackendUnavailableError),
        (b"", BackendUnavailableError),
    ],
)
async def test_broken_streams(line: bytes, kind: type[Exception]) -> None:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(line)

    with pytest.raises(kind):
        await transcribe(play, TranscriptionJob(fields=()))


async def test_a_server_that_answers_before_it_has_the_file(tmp_path: Path) -> None:
    """The answer counts; the rest of the file is not sent and the connection not used again."""
    audio = tmp_path / "a.upload"
    audio.write_bytes(b"x" * (32 << 20))
    received: list[int] = []
    left = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"error":"too large"}'
        head = b"HTTP/1.1 413 X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % len(body) + body)
        await writer.drain()
        total = 0
        try:
            while data := await reader.read(1 << 16):
                total += len(data)
        except ConnectionError:
            pass
        received.append(total)
        writer.transport.abort()
        left.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    backend = OpenAiBackend(
        url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", model="m"
    )
    job = TranscriptionJob(fields=(), audio=audio, audio_type="audio/mpeg")
    with pytest.raises(BackendRefusedError) as caught:
        async for _ in backend.transcribe(job):
            pass
    assert caught.value.status == 413
    await backend.aclose()
    server.close()
    async with asyncio.timeout(5):
        await left.wait()
    assert received[0] < 32 << 20


async def test_a_file_that_vanished_is_told_without_its_path(tmp_path: Path) -> None:
    async def play(exchange: Exchange) -> None:
        raise AssertionError("nothing is sent")

    job = TranscriptionJob(fields=(), audio=tmp_path / "gone", audio_type="audio/mpeg")
    with pytest.raises(BackendError) as caught:
        await transcribe(play, job)
    assert str(tmp_path) not in caught.value.message
