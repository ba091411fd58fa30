"""vectors/live-provider.json replayed to our consumer: what it sends, what it makes of answers."""

import json
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.core.errors import (
    NodeError,
    ProviderModelError,
    ProviderRefusedError,
    ProviderUnreachableError,
)
from node.core.ids import BidId, SessionId
from node.wire.blobs import Approval, Report
from node.wire.client import WireClient
from node.wire.handshake import ReportQuery, SessionOffer
from node.wire.plaintexts import AnswerPart
from node.wire.prompts import PromptKind, read_prompt
from tests.support.scripted_provider import ScriptedProvider
from tests.support.wire_vectors import load, signer, unhex

CASES = {case["case"]: case for case in load("live-provider")["cases"]}
PROVIDER = signer("provider")


def sent_of(case: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(case["sent_utf8"]))


def client(at_millis: int, nonce: bytes = b"") -> WireClient:
    clock = FakeClock(at_millis // 1000)
    clock.advance(at_millis % 1000 / 1000)
    return WireClient(
        signer=signer("consumer"), clock=clock, allow_private=True, nonce=lambda: nonce
    )


PROMPTS = [
    case
    for case in CASES.values()
    if '"method":"session.prompt",' in case["sent_utf8"] and '"live0001"' in case["sent_utf8"]
]


@pytest.mark.parametrize("case", PROMPTS, ids=lambda case: case["case"])
async def test_prompts(case: dict[str, Any]) -> None:
    params = sent_of(case)["params"]
    kind = PromptKind.CHAT
    if params["message"].startswith("{"):
        kind = read_prompt(params["message"]).kind
    parts, failure = list[AnswerPart](), None
    async with ScriptedProvider([case["received_utf8"].encode()]).running() as provider:
        stream = client(params["timestamp"]).prompt(
            provider.endpoint,
            SessionId.parse(params["sessionid"]),
            params["message"],
            PROVIDER.public_key,
            kind=kind,
            request_id="live0001",
        )
        try:
            async for part in stream:
                parts.append(part)
        except NodeError as error:
            failure = error
    expected = [text.partition(" ") for text in case["decoded"]]
    assert [part.plaintext.decode() for part in parts] == [
        text for word, _, text in expected if word == "CHUNK"
    ]
    last_word, _, last_text = expected[-1]
    if last_word == "INFRA":
        assert isinstance(failure, ProviderRefusedError)
        clean = last_text.partition(" sig=0x00")[0].replace("\n", " ").strip()
        assert failure.details["text"] == clean
    elif last_word == "ENCERR":
        assert isinstance(failure, ProviderModelError)
        assert failure.body == json.loads(last_text)["providerModelError"]
    else:
        assert failure is None
    if "signature" not in case["case"] and "wrong key" not in case["case"]:
        assert provider.received[0].decode() == case["sent_utf8"]


async def test_ping() -> None:
    case = CASES["ping"]
    nonce = unhex(sent_of(case)["params"]["nonce"])
    async with ScriptedProvider([case["received_utf8"].encode()]).running() as provider:
        pong = await client(0, nonce).ping(provider.endpoint, PROVIDER.address)
    assert (pong.version, pong.public_key) == ("v0.0.0-vectors", PROVIDER.public_key)
    assert provider.received == [case["sent_utf8"].encode()]


@pytest.mark.parametrize("piece", [1, 1000])
async def test_session_request(piece: int) -> None:
    case = CASES["session.request"]
    params, raw = sent_of(case)["params"], case["received_utf8"].encode()
    approval = Approval.decode(unhex(json.loads(raw)["result"]["approval"]))
    offer = SessionOffer(
        bid_id=BidId.parse(params["bidid"]),
        provider=PROVIDER.address,
        chain_id=approval.chain_id,
        spend=int(params["spend"]),
    )
    pieces = [raw[start : start + piece] for start in range(0, len(raw), piece)]
    async with ScriptedProvider(pieces).running() as provider:
        reply = await client(params["timestamp"]).request_session(
            provider.endpoint, offer, request_id="live0001"
        )
    assert reply.provider_public_key == PROVIDER.public_key
    assert Approval.decode(reply.approval.encoded) == approval
    assert reply.issued_at == approval.timestamp
    assert provider.received[0].decode() == case["sent_utf8"]


async def test_report() -> None:
    case = CASES["session.report"]
    params, received = sent_of(case)["params"], case["received_utf8"]
    report = Report.decode(unhex(json.loads(received)["result"]["message"]))
    query = ReportQuery(
        session_id=SessionId.parse(params["message"]),
        provider=PROVIDER.address,
        provider_public_key=PROVIDER.public_key,
        chain_id=report.chain_id,
    )
    async with ScriptedProvider([received.encode()]).running() as provider:
        blob = await client(params["timestamp"]).request_report(
            provider.endpoint, query, request_id="live0001"
        )
    assert blob.encoded == report.encode()
    assert provider.received[0].decode() == case["sent_utf8"]


REFUSED = [
    case
    for case in CASES.values()
    if case["decoded"] and case["decoded"][0].startswith("INFRA") and case not in PROMPTS
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["case"])
async def test_refusals_of_other_methods_reach_the_caller(case: dict[str, Any]) -> None:
    offer = SessionOffer(bid_id=BidId(bytes(32)), provider=PROVIDER.address, chain_id=1, spend=0)
    async with ScriptedProvider([case["received_utf8"].encode()]).running() as provider:
        with pytest.raises(ProviderRefusedError) as caught:
            await client(0).request_session(provider.endpoint, offer)
    text = case["decoded"][0].removeprefix("INFRA ").partition(" sig=0x00")[0]
    assert caught.value.details["text"] == text


async def test_silent_close_is_unreachable() -> None:
    async with ScriptedProvider([]).running() as provider:
        with pytest.raises(ProviderUnreachableError):
            await client(0).ping(provider.endpoint, PROVIDER.address)
