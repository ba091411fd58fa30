"""Embeddings, speech and transcriptions over HTTP, from a local model and through a session."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio

from node.core.http_client import HttpError, HttpResponse
from node.wire.audio_upload import AudioFile
from node.wire.client import WireClient
from node.wire.prompts import PromptKind
from tests.http.model_market import LOCAL_NAME, PICTURES_ID, ModelMarket, open_model_market
from tests.support.small_market import MODEL_NAME
from tests.support.vectors import load_vectors
from tests.support.wire_pair import until
from tests.unit.llm.model_server import Exchange

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
RECORDED = {
    item["name"]: item
    for item in load_vectors("http-recorded")["exchanges"]
    if item["request"]["path"] in ("/v1/embeddings", "/v1/audio/speech")
    or item["request"]["path"].startswith("/v1/audio/")
}
DOORS = pytest.mark.parametrize("door", ["local", "session"])
DELTAS = [
    b'data: {"type":"transcript.text.delta","delta":"%s"}\n\n' % word
    for word in (b"hello ", b"from ", b"audio")
]
DONE = b'data: {"type":"transcript.text.done","text":"hello from audio"}\n\n'


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ModelMarket]:
    async with open_model_market(tmp_path_factory.mktemp("audio")) as opened:
        yield opened


def recorded_body(name: str) -> bytes:
    body = RECORDED[name]["response"]["body"]
    if body.startswith("base64:"):
        return base64.b64decode(body.removeprefix("base64:"))
    return str(body).encode()


async def send_recorded(world: ModelMarket, name: str, door: str) -> HttpResponse:
    """The recorded request with our target in place of the recorded session."""
    asked = RECORDED[name]["request"]
    kind = dict(asked["headers"])["Content-Type"]
    headers = {"content-type": kind, **world.target(door)}
    return await world.client.post(asked["path"], content=asked["body"].encode(), headers=headers)


@DOORS
@pytest.mark.parametrize("name", ["embeddings", "embeddings.str"])
async def test_embeddings_as_recorded(world: ModelMarket, name: str, door: str) -> None:
    expected = json.loads(recorded_body(name))
    used = expected["usage"]["prompt_tokens"]
    usage = {"prompt_tokens": used, "total_tokens": used}
    world.plays("application/json", json.dumps({**expected, "usage": usage}).encode())
    reply = await send_recorded(world, name, door)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert reply.content == recorded_body(name)
    assert world.asked.path == "/v1/embeddings"


@DOORS
async def test_speech_as_recorded(world: ModelMarket, door: str) -> None:
    audio = recorded_body("speech")
    world.plays("audio/mpeg", audio[:5000], audio[5000:])
    reply = await send_recorded(world, "speech", door)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "audio/mpeg")
    assert reply.content == audio
    assert world.asked.body["speed"] == 1
    assert world.asked.body["voice"] == "alloy"


@DOORS
@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, "audio/mpeg"),
        ({"response_format": "opus"}, "audio/opus"),
        ({"response_format": "aac"}, "audio/aac"),
        ({"response_format": "flac"}, "audio/flac"),
        ({"response_format": "wav"}, "audio/wav"),
        ({"response_format": "pcm"}, "audio/pcm"),
    ],
)
async def test_the_content_type_follows_the_format(
    world: ModelMarket, door: str, asked: dict[str, Any], kind: str
) -> None:
    world.plays("application/octet-stream", b"sound")
    body = {"input": "say it", "voice": "v", **asked}
    reply = await world.client.post("/v1/audio/speech", json=body, headers=world.target(door))
    assert (reply.headers["content-type"], reply.content) == (kind, b"sound")
    assert world.asked.body["response_format"] == asked.get("response_format", "mp3")


@DOORS
@pytest.mark.parametrize(
    ("name", "kind"),
    [("transcribe.json", "application/json"), ("transcribe.text", "text/plain")],
)
async def test_transcriptions_as_recorded(
    world: ModelMarket, name: str, kind: str, door: str
) -> None:
    """Where the client asked for JSON it is labelled as JSON; the bytes say the same."""
    world.plays("text/plain", recorded_body(name))
    reply = await send_recorded(world, name, door)
    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, kind)
    if kind == "text/plain":
        assert reply.content == recorded_body(name)
    else:
        assert reply.json() == json.loads(recorded_body(name))
    form = world.asked.form()
    assert form["file"] == [("audio.mp3", b"FAKEAUDIO" * 10)]
    assert form["response_format"] == [("", name.partition(".")[2].encode())]
    await until(lambda: world.spooled() == 0)


@DOORS
async def test_a_streamed_transcription_as_recorded(world: ModelMarket, door: str) -> None:
    world.plays("text/event-stream", *DELTAS, DONE)
    reply = await send_recorded(world, "transcribe.stream", door)
    assert reply.headers["content-type"].partition(";")[0] == "text/event-stream"
    assert reply.content == recorded_body("transcribe.stream")
    assert world.asked.form()["stream"] == [("", b"true")]
    await until(lambda: world.spooled() == 0)


@DOORS
@pytest.mark.parametrize("wanted", ["json", "verbose_json"])
async def test_the_networks_own_format_has_all_members(
    world: ModelMarket, door: str, wanted: str
) -> None:
    world.plays("application/json", b'{"text":"hi","duration":1.5}')
    reply = await world.client.post(
        "/v1/audio/transcriptions",
        headers=world.target(door),
        data={"format": wanted, "timestamp_granularities": "word,segment", "temperature": "0.2"},
        files={"file": ("speech.wav", b"RIFF", "audio/wav")},
    )
    assert reply.headers["content-type"] == "application/json"
    expected = b'{"duration":1.5,"language":"","segments":null,"task":"","text":"hi","words":null}'
    assert reply.content == expected
    form = world.asked.form()
    assert form["response_format"] == [("", wanted.encode())]
    assert form["timestamp_granularities[]"] == [("", b"word"), ("", b"segment")]
    assert form["temperature"] == [("", b"0.2")]
    assert form["file"] == [("audio.wav", b"RIFF")]


@DOORS
async def test_a_file_of_several_pieces_arrives_whole(world: ModelMarket, door: str) -> None:
    content = bytes(range(256)) * (10 * 1024) + b"end"
    world.plays("text/plain", b"long")
    reply = await world.client.post(
        "/v1/audio/transcriptions",
        headers=world.target(door),
        files={"file": ("../../etc/passwd", content, "audio/flac")},
        data={"response_format": "text", "vendor_field": "kept"},
    )
    assert reply.text == "long"
    assert world.asked.form()["file"] == [("audio.flac", content)]
    assert world.asked.form()["vendor_field"] == [("", b"kept")]
    await until(lambda: world.spooled() == 0)


@DOORS
async def test_an_address_is_passed_on_and_never_opened(world: ModelMarket, door: str) -> None:
    world.plays("application/json", b'{"text":"hi"}')
    count = len(world.server.requests)
    address = f"{world.server.url}/secret.mp3"
    reply = await world.client.post(
        "/v1/audio/transcriptions",
        headers=world.target(door),
        files={"s3_presigned_url": (None, address)},
    )
    assert reply.json() == {"text": "hi"}
    assert world.asked.form()["s3_presigned_url"] == [("", address.encode())]
    assert len(world.server.requests) == count + 1


@DOORS
@pytest.mark.parametrize("path", ["embeddings", "audio/speech", "audio/transcriptions"])
async def test_a_model_servers_refusal_comes_through(
    world: ModelMarket, door: str, path: str
) -> None:
    world.refuses(429, b'{"error":{"message":"slow down","type":"rate_limit"}}')
    if path.endswith("transcriptions"):
        reply = await world.client.post(
            f"/v1/{path}", headers=world.target(door), files={"file": ("a.mp3", b"x")}
        )
    else:
        reply = await world.client.post(
            f"/v1/{path}", headers=world.target(door), json={"input": "x"}
        )
    assert reply.status_code == 400
    error = {"message": "slow down", "type": "rate_limit"}
    assert reply.json() == {"providerModelError": {"error": error}}
    await until(lambda: world.spooled() == 0)


@DOORS
async def test_speech_that_breaks_off_is_no_whole_answer(world: ModelMarket, door: str) -> None:
    async def play(exchange: Exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 90000\r\n\r\n"
        exchange.writer.write(head + b"x" * 40_000)
        await exchange.writer.drain()
        exchange.writer.close()

    world.answer = play
    with pytest.raises(HttpError):
        await world.client.post("/v1/audio/speech", headers=world.target(door), json={"input": "x"})


@DOORS
async def test_a_client_that_leaves_frees_session_and_file(world: ModelMarket, door: str) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def play(exchange: Exchange) -> None:
        asked.set()
        await left.wait()
        await exchange.send(200, "text/plain", b"too late")

    world.answer = play
    request = asyncio.ensure_future(  # noqa: TID251 - cancelled here on purpose
        world.client.post(
            "/v1/audio/transcriptions",
            headers=world.target(door),
            files={"file": ("a.mp3", b"sound")},
        )
    )
    async with asyncio.timeout(10):
        await asked.wait()
        request.cancel()
    await until(lambda: world.spooled() == 0)
    left.set()
    world.plays("text/plain", b"next")
    reply = await world.client.post(
        "/v1/audio/transcriptions",
        headers=world.target(door),
        files={"file": ("a.mp3", b"sound")},
    )
    assert reply.text == "next"


@pytest.mark.parametrize("name", ["FilePath", "filepath", "FILEPATH"])
async def test_a_path_from_the_network_is_never_opened(
    world: ModelMarket, name: str, tmp_path: Path
) -> None:
    victim = tmp_path / "victim.mp3"
    victim.write_text("still here")
    target = await world.node.chat._targets.session(world.session_id)
    entry, stack = target.entry, target.stack
    assert entry.session_id is not None
    client = WireClient(signer=stack.wallet.signer, clock=stack.chain.clock, allow_private=True)
    world.plays("text/plain", b"heard")
    audio = AudioFile(path=tmp_path / "own.upload", size=5, media_type="audio/mpeg")
    audio.path.write_bytes(b"sound")
    members = {"type": "audio_transcription", name: str(victim), "Extra": {name: str(victim)}}
    for uploaded in (audio, None):
        message = json.dumps({**members, "S3PresignedURL": "" if uploaded else "https://b.example"})
        parts = client.prompt(
            entry.endpoint,
            entry.session_id,
            message,
            entry.provider_public_key,
            kind=PromptKind.TRANSCRIPTION,
            sealed=uploaded is not None,
            audio=uploaded,
        )
        assert [part.value async for part in parts] == ["heard"]
        assert b"victim" not in world.asked.raw
        expected = [("audio.mp3", b"sound")] if uploaded else None
        assert world.asked.form().get("file") == expected
    assert victim.read_text() == "still here"


async def test_figures_of_each_kind_are_kept(world: ModelMarket) -> None:
    stack = world.node.chat._targets._stacks.require()
    target = await world.node.chat._targets.session(world.session_id)
    assert target.entry.session_id is not None
    before = await stack.stats.totals(target.entry.session_id, "consumer")
    headers = world.target("session")
    world.plays("text/plain", b"twelve bytes")
    await world.client.post(
        "/v1/audio/transcriptions", headers=headers, files={"file": ("a.mp3", b"x")}
    )
    world.plays("audio/mpeg", b"sound")
    await world.client.post("/v1/audio/speech", headers=headers, json={"input": "x"})
    after = await stack.stats.totals(target.entry.session_id, "consumer")
    assert after.prompts == before.prompts + 2
    assert after.output_tokens == before.output_tokens + 12


@pytest.mark.parametrize("named", [{"model_id": PICTURES_ID}, {"model": "Pictures"}])
async def test_models_of_pictures_are_left_out_with_a_clear_text(
    world: ModelMarket, named: dict[str, str]
) -> None:
    """The other models of the file are there; asked for, this one is 501."""
    body = {"messages": [{"role": "user", "content": "a cat"}], "model": named.get("model", "")}
    headers = {name: value for name, value in named.items() if name != "model"}
    reply = await world.client.post("/v1/chat/completions", json=body, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (501, "node.not_supported")
    assert "prodia-v2" in reply.json()["error"]
    listed = (await world.client.get("/v1/models")).json()
    assert {item["Name"] for item in listed} == {LOCAL_NAME, "guide"}


@pytest.fixture
async def sdk(world: ModelMarket) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        base_url=f"{world.node.api.url}/v1", api_key=world.node.api.token, max_retries=0
    ) as made:
        yield made


MODELS = pytest.mark.parametrize("model", [LOCAL_NAME, MODEL_NAME])


@MODELS
async def test_openais_package_embeds_and_speaks(
    world: ModelMarket, sdk: openai.AsyncOpenAI, model: str
) -> None:
    answer = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [1.5]}]}
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    world.plays("application/json", json.dumps({**answer, "model": "m", "usage": usage}).encode())
    made = await sdk.embeddings.create(model=model, input="hello")
    assert (made.data[0].embedding, made.usage.prompt_tokens) == ([1.5], 3)
    world.plays("audio/wav", b"RIFF", b"sound")
    spoken = await sdk.audio.speech.create(
        model=model, voice="alloy", input="hello", response_format="wav"
    )
    assert spoken.content == b"RIFFsound"


@MODELS
async def test_openais_package_transcribes(
    world: ModelMarket, sdk: openai.AsyncOpenAI, model: str, tmp_path: Path
) -> None:
    file = ("talk.m4a", b"sound of a voice")
    world.plays("application/json", b'{"text":"hello"}')
    made = await sdk.audio.transcriptions.create(model=model, file=file)
    assert made.text == "hello"
    assert world.asked.form()["file"] == [("audio.m4a", b"sound of a voice")]
    verbose = b'{"task":"transcribe","language":"en","duration":1.0,"text":"hi","segments":[]}'
    world.plays("application/json", verbose)
    long = await sdk.audio.transcriptions.create(
        model=model,
        file=file,
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
        language="en",
    )
    assert (long.text, long.language, long.duration) == ("hi", "en", 1.0)
    assert len(world.asked.form()["timestamp_granularities[]"]) == 2
    world.plays("text/plain", b"plain words\n")
    text: object = await sdk.audio.transcriptions.create(
        model=model, file=file, response_format="text"
    )
    assert text == "plain words\n"


@MODELS
async def test_openais_package_reads_a_streamed_transcription(
    world: ModelMarket, sdk: openai.AsyncOpenAI, model: str
) -> None:
    world.plays("text/event-stream", *DELTAS, DONE)
    stream = await sdk.audio.transcriptions.create(model=model, file=("a.mp3", b"x"), stream=True)
    events = [event async for event in stream]
    assert [event.type for event in events] == ["transcript.text.delta"] * 3 + [
        "transcript.text.done"
    ]
    assert "".join(event.delta for event in events[:3]) == "hello from audio"


async def test_openais_package_gets_its_own_errors(
    world: ModelMarket, sdk: openai.AsyncOpenAI
) -> None:
    with pytest.raises(openai.NotFoundError):
        await sdk.audio.speech.create(model="no such model", voice="v", input="x")
    with pytest.raises(openai.APIStatusError) as caught:
        await sdk.audio.speech.create(model="guide", voice="v", input="x")
    assert (caught.value.status_code, caught.value.code) == (501, "node.not_supported")
    with pytest.raises(openai.BadRequestError):
        await sdk.embeddings.create(model=LOCAL_NAME, input="")
