"""vectors/prompt-envelope.json, and envelopes between a real consumer and a real provider."""

import base64
import json
from typing import Any

import pytest

from node.core.clock import FakeClock, SystemClock
from node.core.errors import ProviderError
from node.core.ids import SessionId
from node.core.units import UnixMillis
from node.wire.client import WireClient
from node.wire.codec import canonical, encode_request
from node.wire.envelope import decrypt
from node.wire.messages import PromptRequest
from node.wire.prompt_envelope import Binding, SealedField, announce, announces, seal, unseal
from node.wire.prompts import read_prompt
from node.wire.refusals import Refusal
from node.wire.signing import peer_key, sign
from tests.support.envelope_vectors import NAME, as_text
from tests.support.scripted_provider import ScriptedProvider
from tests.support.vectors import FOLDER
from tests.support.wire_pair import CONSUMER, PROVIDER, SESSION, STRANGER, knowing_consumer, running
from tests.support.wire_vectors import load, signer, unhex

VECTORS = load(NAME)
TEXT = '{"messages":[{"role":"user","content":"my secret question"}],"stream":true}'
NOW = UnixMillis(1_760_000_000_000)
BINDING = Binding(field=SealedField.PROMPT, session_id=SESSION, timestamp=NOW)


def binding_of(case: dict[str, Any]) -> Binding:
    return Binding(
        field=SealedField(case["method"].encode()),
        session_id=SessionId.parse(case["session"]),
        timestamp=UnixMillis(case["timestamp"]),
    )


def sealed_request(text: str, *, binding: Binding, to: Any = PROVIDER) -> bytes:
    """A signed `session.prompt` of SESSION at NOW around an envelope with another binding."""
    message = seal(text, peer_key(to.public_key), binding)
    request = PromptRequest(session_id=SESSION, message=message, timestamp=NOW)
    return encode_request("1", "session.prompt", sign(request, CONSUMER))


def test_the_file_is_what_the_specification_gives() -> None:
    assert (FOLDER / f"{NAME}.json").read_text("utf-8") == as_text()


@pytest.mark.parametrize("case", VECTORS["sealed"], ids=lambda case: case["method"])
def test_sealing_reproduces_the_vector_byte_for_byte(case: dict[str, Any]) -> None:
    binding = binding_of(case)
    assert binding.info == unhex(case["binding"])
    made = seal(
        case["plaintext"],
        peer_key(signer("provider").public_key),
        binding,
        ephemeral=unhex(case["ephemeral_private_key"]),
        iv=unhex(case["iv"]),
    )
    assert made == case["envelope"]
    assert unseal(made, signer("provider"), binding) == case["plaintext"]


def test_the_signed_request_keeps_the_form_of_the_protocol() -> None:
    case = VECTORS["sealed"][0]
    request = PromptRequest(
        session_id=SessionId.parse(case["session"]),
        message=case["envelope"],
        timestamp=UnixMillis(case["timestamp"]),
    )
    assert canonical(request).decode() == case["request"]["canonical"]
    wire = encode_request("1", "session.prompt", sign(request, signer("consumer")))
    assert wire.decode() == case["request"]["wire"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["why"])
def test_what_does_not_belong_is_not_opened(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match=r"^failed to open prompt envelope$"):
        unseal(case["envelope"], signer("provider"), binding_of(case))


@pytest.mark.parametrize(("version", "expected"), VECTORS["versions"].items())
def test_the_ability_is_one_identifier_of_the_build_metadata(version: str, expected: bool) -> None:
    assert announces(version) is expected


@pytest.mark.parametrize("version", ["v5.1.0", "morpheus-desktop/1.2.3", "1.0+build.7"])
def test_what_is_announced_is_understood(version: str) -> None:
    assert announces(announce(version))
    assert announce(version).startswith(version)


def test_no_two_envelopes_are_alike() -> None:
    key = peer_key(PROVIDER.public_key)
    assert seal(TEXT, key, BINDING) != seal(TEXT, key, BINDING)


def test_an_envelope_cannot_pass_for_an_answer() -> None:
    raw = base64.b64decode(seal(TEXT, peer_key(PROVIDER.public_key), BINDING)[4:])
    with pytest.raises(Exception, match="cannot be opened"):
        decrypt(PROVIDER, raw)


async def test_the_provider_reads_both_forms() -> None:
    async with running(knowing_consumer()) as pair:
        client = pair.client()
        assert announces((await client.ping(pair.endpoint, PROVIDER.address)).version)
        for sealed in (True, False):
            stream = client.prompt(pair.endpoint, SESSION, TEXT, PROVIDER.public_key, sealed=sealed)
            assert len([part async for part in stream]) == 4
    assert pair.handler.prompts == [TEXT, TEXT]


@pytest.mark.parametrize(
    ("binding", "recipient"),
    [
        (Binding(field=SealedField.PROMPT, session_id=SESSION, timestamp=UnixMillis(NOW - 1)), 1),
        (
            Binding(field=SealedField.PROMPT, session_id=SessionId(b"\x06" * 32), timestamp=NOW),
            1,
        ),
        (Binding(field=SealedField.TOOL_INPUT, session_id=SESSION, timestamp=NOW), 1),
        (BINDING, 2),
    ],
    ids=["time", "session", "method", "key"],
)
async def test_the_provider_refuses_an_envelope_of_another_request(
    binding: Binding, recipient: int
) -> None:
    to = PROVIDER if recipient == 1 else STRANGER
    async with running(knowing_consumer(), clock=FakeClock(NOW // 1000)) as pair:
        answer = await pair.raw(sealed_request(TEXT, binding=binding, to=to))
        assert b'"message":"failed to open prompt envelope","code":400' in answer
        assert pair.handler.prompts == []
        assert b'"result":{' in await pair.raw(sealed_request(TEXT, binding=BINDING))


@pytest.mark.parametrize("text", ["null", "[1]", '"text"', "pe1:AAAA"])
def test_the_opened_text_must_be_an_object_like_any_other(text: str) -> None:
    opened = unseal(seal(text, peer_key(PROVIDER.public_key), BINDING), PROVIDER, BINDING)
    with pytest.raises(Refusal, match="failed to unmarshal request"):
        read_prompt(opened)


@pytest.mark.parametrize("sealed", [True, False])
async def test_what_crosses_the_network(sealed: bool) -> None:
    async with ScriptedProvider([b"{}"]).running() as provider:
        client = WireClient(signer=CONSUMER, clock=SystemClock(), allow_private=True)
        stream = client.prompt(provider.endpoint, SESSION, TEXT, PROVIDER.public_key, sealed=sealed)
        with pytest.raises(ProviderError):
            await anext(stream)
        (request,) = [json.loads(raw) for raw in provider.received]
    params = request["params"]
    assert list(params) == ["signature", "sessionid", "message", "timestamp"]
    assert ("secret" in json.dumps(request)) is not sealed
    assert params["message"].startswith("pe1:") if sealed else params["message"] == TEXT
