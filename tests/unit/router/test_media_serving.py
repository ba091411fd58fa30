"""Plaintexts of embeddings, speech and transcriptions, made from a scripted model server."""

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import BackendRefusedError
from node.llm.guide import GuideBackend, GuideScript
from node.llm.openai import OpenAiBackend
from node.router.media_serving import MediaPiece, media_pieces
from node.wire.audio_upload import AudioFile
from node.wire.prompts import Prompt, PromptKind, read_prompt
from node.wire.refusals import Refusal
from tests.support.wire_vectors import load
from tests.unit.llm.model_server import Exchange, ModelServer

LIVE = {case["case"]: case for case in load("live-provider")["cases"]}
Answer = Callable[[Exchange], Awaitable[None]]


def prompt_of(case: str) -> Prompt:
    return read_prompt(json.loads(LIVE[case]["sent_utf8"])["params"]["message"])


def recorded(case: str) -> list[str]:
    return [line.removeprefix("CHUNK ") for line in LIVE[case]["decoded"]]


async def run(
    answer: Answer, prompt: Prompt, audio: AudioFile | None = None
) -> tuple[list[MediaPiece], Exchange]:
    async with ModelServer(answer) as server:
        backend = OpenAiBackend(url=server.url, model="m")
        try:
            async with aclosing(media_pieces(backend, prompt, audio)) as pieces:
                return [piece async for piece in pieces], server.requests[-1]
        finally:
            await backend.aclose()


def texts(pieces: list[MediaPiece]) -> list[str]:
    assert [piece.is_last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    return [piece.plaintext.decode() for piece in pieces]


def plays(content_type: str, *parts: bytes) -> Answer:
    async def play(exchange: Exchange) -> None:
        await exchange.stream(*parts, content_type=content_type)

    return play


def event(**members: Any) -> bytes:
    return b"data: " + json.dumps(members).encode() + b"\n\n"


DELTA = event(type="transcript.text.delta", delta="hel")
DONE = event(type="transcript.text.done", text="hello")


async def test_embeddings_as_recorded() -> None:
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    item = {"object": "embedding", "embedding": [0.1, -0.25, 1e-7], "index": 0}
    answer = {"object": "list", "data": [item], "model": "m", "usage": usage, "x": 1}
    pieces, asked = await run(
        plays("application/json", json.dumps(answer).encode()), prompt_of("embeddings")
    )
    assert texts(pieces) == recorded("embeddings")
    assert asked.path == "/v1/embeddings"
    assert asked.body == {"input": "x", "model": "m"}


async def test_embeddings_without_data_are_a_model_error() -> None:
    with pytest.raises(BackendRefusedError):
        await run(plays("application/json", b'{"data":[]}'), prompt_of("embeddings"))


async def test_speech_as_recorded() -> None:
    pieces, asked = await run(plays("audio/mpeg", b"AUDIO-BYTES"), prompt_of("audio speech"))
    assert texts(pieces) == recorded("audio speech")
    assert asked.path == "/v1/audio/speech"
    assert asked.body["response_format"] == "mp3"


async def test_speech_goes_in_pieces_of_8192_bytes_at_most() -> None:
    pieces, _ = await run(plays("audio/wav", b"x" * 20_000), prompt_of("audio speech"))
    assert max(len(piece.plaintext) for piece in pieces) == 10924 + 2
    assert pieces[-1].plaintext == b"null"


async def test_a_transcription_by_url_as_recorded() -> None:
    body = b'{"text":"transcribed 0 bytes","task":"x"}'
    case = "audio transcription by url"
    pieces, asked = await run(plays("application/json", body), prompt_of(case))
    assert texts(pieces) == recorded(case)
    assert asked.form() == {
        "model": [("", b"m")],
        "response_format": [("", b"json")],
        "s3_presigned_url": [("", b"https://b.example/a.mp3")],
    }


async def test_a_streamed_transcription_as_recorded() -> None:
    case = "audio transcription by url, stream"
    segment = event(type="transcript.text.segment", text="hello")
    pieces, asked = await run(plays("text/event-stream", DELTA, segment, DONE), prompt_of(case))
    assert texts(pieces) == recorded(case), "the peer's reader would stop at unknown events"
    assert asked.form()["stream"] == [("", b"true")]


async def test_an_uploaded_file_reaches_the_server_and_nothing_else_does(tmp_path: Path) -> None:
    path = tmp_path / "1f.upload"
    path.write_bytes(b"sound")
    audio = AudioFile(path=path, size=5, media_type="audio/flac")
    prompt = read_prompt('{"type":"audio_transcription","FilePath":"/etc/passwd","Format":"text"}')
    pieces, asked = await run(plays("text/plain", b"hello\n"), prompt, audio)
    assert texts(pieces) == ['"hello\\n"']
    assert asked.form()["file"] == [("audio.flac", b"sound")]
    assert b"passwd" not in asked.raw


ASKED = {"S3PresignedURL": "https://b.example/a.mp3"}


@pytest.mark.parametrize(
    ("asked", "parts", "expected"),
    [
        ({"Stream": True, "Format": "json"}, [DELTA], "hel"),
        ({"Stream": True}, [DELTA, event(type="transcript.text.delta", delta="lo")], "hello"),
    ],
)
async def test_a_stream_without_its_end_gets_one(
    asked: dict[str, Any], parts: list[bytes], expected: str
) -> None:
    prompt = Prompt(PromptKind.TRANSCRIPTION, ASKED | asked)
    pieces, _ = await run(plays("text/event-stream", *parts), prompt)
    assert json.loads(texts(pieces)[-1]) == {
        "type": "transcript.text.done",
        "text": expected,
        "delta": "",
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"response_format": "text"}, '"hello"'),
        ({}, '"{\\"text\\":\\"hello\\"}"'),
        (
            {"Format": "json"},
            '{"duration":0,"language":"","segments":null,"task":"","text":"hello","words":null}',
        ),
    ],
)
async def test_a_stream_nobody_asked_for_is_joined(asked: dict[str, Any], expected: str) -> None:
    prompt = Prompt(PromptKind.TRANSCRIPTION, ASKED | asked)
    pieces, _ = await run(plays("text/event-stream", DELTA, DONE), prompt)
    assert texts(pieces) == [expected]


@pytest.mark.parametrize("kind", [PromptKind.SPEECH, PromptKind.TRANSCRIPTION])
async def test_a_model_that_chats_refuses(kind: PromptKind) -> None:
    backend = GuideBackend(GuideScript.load(), SystemClock(), name="Guide")
    with pytest.raises(Refusal, match="this model only chats"):
        await anext(media_pieces(backend, Prompt(kind, {"input": "x", **ASKED})))


async def test_nothing_to_transcribe_is_refused() -> None:
    with pytest.raises(Refusal, match="there is no audio"):
        await run(plays("text/plain", b"x"), Prompt(PromptKind.TRANSCRIPTION, {}))
