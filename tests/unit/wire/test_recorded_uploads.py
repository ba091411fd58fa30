"""vectors/tcp-recorded.json: uploads between two Go nodes, replayed to our consumer."""

import json
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import BadMessageError, BadSignatureError, ProviderRefusedError, StorageError
from node.core.ids import SessionId
from node.core.units import UnixMillis
from node.wire.audio_upload import AudioFile
from node.wire.client import WireClient
from node.wire.plaintexts import AnswerPart
from node.wire.prompts import PromptKind, prompt_text
from node.wire.transcripts import TranscriptionOptions
from tests.support.scripted_provider import ScriptedProvider
from tests.support.signers import KeySigner
from tests.support.wire_vectors import load, unhex

VECTORS = load("tcp-recorded")
KEYS = VECTORS["meta"]["keys"]
CONSUMER = KeySigner(unhex(KEYS["consumer"]["privateKey"]))
PROVIDER = KeySigner(unhex(KEYS["provider"]["privateKey"]))
UPLOADS: dict[str, list[dict[str, Any]]] = {}
for _connection in VECTORS["connections"]:
    _sent = json.loads(_connection["consumer_to_provider"])
    if _sent["method"].startswith("session.prompt.stream."):
        UPLOADS.setdefault(_sent["id"], []).append(_connection)


class RecordedClock(SystemClock):
    """Tells the times of the recorded messages, one after the other."""

    def __init__(self, times: list[int]) -> None:
        self.times = times

    def unix_millis(self) -> UnixMillis:
        return UnixMillis(self.times.pop(0) if len(self.times) > 1 else self.times[0])


def sent(connection: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(connection["consumer_to_provider"]))


def audio_file(folder: Path, content: bytes = b"FAKEAUDIO" * 10) -> AudioFile:
    path = folder / "9b.upload"
    path.write_bytes(content)
    return AudioFile(path=path, size=len(content), media_type="audio/mpeg")


async def replay(
    connections: list[dict[str, Any]], audio: AudioFile, answers: list[bytes] | None = None
) -> tuple[list[AnswerPart], list[bytes]]:
    first, last = sent(connections[0]), sent(connections[-1])
    options = TranscriptionOptions.from_wire(json.loads(last["params"]["audiorequestparam"]))
    client = WireClient(
        signer=CONSUMER,
        clock=RecordedClock([sent(item)["params"]["timestamp"] for item in connections]),
        allow_private=True,
        stream_id=lambda: first["params"]["streamid"],
    )
    turns = answers or [item["provider_to_consumer"].encode() for item in connections]
    async with ScriptedProvider(turns=turns).running() as provider:
        parts = [
            part
            async for part in client.prompt(
                provider.endpoint,
                SessionId.parse(first["params"]["sessionid"]),
                prompt_text(PromptKind.TRANSCRIPTION, options.wire_members("m")),
                PROVIDER.public_key,
                kind=PromptKind.TRANSCRIPTION,
                audio=audio,
                request_id=first["id"],
            )
        ]
    return parts, provider.received


@pytest.mark.parametrize("connections", UPLOADS.values(), ids=UPLOADS)
async def test_the_same_bytes_go_out_and_the_answer_is_read(
    connections: list[dict[str, Any]], tmp_path: Path
) -> None:
    parts, received = await replay(connections, audio_file(tmp_path))
    assert len(connections) == len(received) == 3
    for connection, raw in zip(connections[:-1], received, strict=False):
        assert raw.decode() == connection["consumer_to_provider"]
    theirs, ours = sent(connections[-1])["params"], json.loads(received[-1])["params"]
    expected = json.loads(theirs["audiorequestparam"]) | {"FilePath": ""}
    assert json.loads(ours["audiorequestparam"]) == expected, "no path of ours is told"
    recorded = [item["message_decrypted"] for item in connections[-1]["decoded"][1:]]
    assert [part.plaintext.decode() for part in parts] == recorded


async def test_a_long_file_goes_in_pieces_of_one_mebibyte(tmp_path: Path) -> None:
    connections = next(iter(UPLOADS.values()))
    audio = audio_file(tmp_path, b"x" * (2 * 1024 * 1024 + 1))
    answers = [item["provider_to_consumer"].encode() for item in connections]
    with pytest.raises(BadMessageError, match="another piece"):
        await replay(connections, audio, [answers[0], answers[1], answers[1]])
    assert audio.chunks == 3


@pytest.mark.parametrize(
    ("turn", "old", "new", "kind"),
    [
        (0, "started", "storted", BadSignatureError),
        (1, '"chunkindex":0', '"chunkindex":1', BadSignatureError),
        (1, '"signature":"0x4', '"signature":"0x5', BadSignatureError),
    ],
)
async def test_a_changed_receipt_stops_the_upload(
    turn: int, old: str, new: str, kind: type[Exception], tmp_path: Path
) -> None:
    connections = next(iter(UPLOADS.values()))
    answers = [item["provider_to_consumer"] for item in connections]
    assert old in answers[turn]
    answers[turn] = answers[turn].replace(old, new)
    with pytest.raises(kind):
        await replay(connections, audio_file(tmp_path), [item.encode() for item in answers])


async def test_an_error_instead_of_a_receipt_is_told(tmp_path: Path) -> None:
    refusal = (
        b'{"id":"1","result":null,"error":{"message":"no capacity","code":400,'
        b'"data":{"timestamp":1,"signature":"0x00"}}}'
    )
    with pytest.raises(ProviderRefusedError) as caught:
        await replay(next(iter(UPLOADS.values())), audio_file(tmp_path), [refusal])
    assert caught.value.details["text"] == "no capacity"


async def test_a_file_that_shrank_is_not_sent(tmp_path: Path) -> None:
    audio = audio_file(tmp_path)
    audio.path.write_bytes(b"short")
    with pytest.raises(StorageError, match="changed"):
        await replay(next(iter(UPLOADS.values())), audio)
