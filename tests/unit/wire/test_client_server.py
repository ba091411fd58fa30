"""Consumer and provider side against each other on real sockets."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.core.errors import (
    AddressInUseError,
    BackendRefusedError,
    BackendUnavailableError,
    BadMessageError,
    BadSignatureError,
    IncompleteAnswerError,
    ProviderModelError,
    ProviderRefusedError,
    WalletLockedError,
)
from node.core.ids import BidId
from node.core.units import UnixMillis
from node.wire.blobs import Approval
from node.wire.codec import encode_request, parse_response
from node.wire.handshake import is_user_unknown
from node.wire.limits import WireLimits
from node.wire.messages import PromptRequest
from node.wire.plaintexts import AnswerPart, PartKind
from node.wire.server import ProviderServer
from node.wire.signing import sign
from tests.support.wire_pair import (
    BID,
    CONSUMER,
    PROVIDER,
    SESSION,
    STRANGER,
    Pair,
    ScriptedHandler,
    delta,
    knowing_consumer,
    running,
)

TEXT = '{"messages":[{"role":"user","content":"hi"}],"stream":true}'


async def ask(pair: Pair, *, signer: Any = CONSUMER, text: str = TEXT) -> list[AnswerPart]:
    stream = pair.client(signer).prompt(pair.endpoint, SESSION, text, PROVIDER.public_key)
    return [part async for part in stream]


async def test_from_ping_to_report() -> None:
    async with running() as pair:
        client = pair.client()
        pong = await client.ping(pair.endpoint, PROVIDER.address)
        assert (pong.version, pong.public_key) == ("v-test+pe1", PROVIDER.public_key)
        reply = await client.request_session(pair.endpoint, pair.offer())
        approval = Approval.decode(reply.approval.encoded)
        assert (approval.bid_id, approval.user) == (BID, CONSUMER.address)
        parts = await ask(pair)
        assert [part.kind for part in parts] == [PartKind.CHUNK] * 3 + [PartKind.DONE]
        assert parts[0].value["choices"][0]["delta"]["content"] == "Hel<lo>"
        assert parts[2].value["usage_from_provider"]["prompt_tokens"] == 3
        assert pair.handler.prompts == [TEXT]
        blob = await client.request_report(pair.endpoint, pair.query())
        assert blob.encoded[:32] == SESSION.raw


async def test_complete_answer_ends_without_end_mark() -> None:
    async def whole(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield {"choices": [{"message": {"content": "done"}, "finish_reason": "stop"}]}

    async with running(knowing_consumer(whole)) as pair:
        (part,) = await ask(pair)
    assert part.kind is PartKind.COMPLETION
    assert part.value["object"] == "chat.completion"
    assert part.value["usage_from_provider"]["completion_tokens"] == 1


async def test_unknown_user_is_told_apart() -> None:
    async with running() as pair:
        with pytest.raises(ProviderRefusedError) as caught:
            await ask(pair)
    assert is_user_unknown(caught.value)


async def test_an_old_prompt_is_told_so_before_the_user_is_looked_up() -> None:
    async with running() as pair:
        old = UnixMillis(pair.clock.unix_millis() - 300_001)
        request = PromptRequest(session_id=SESSION, message="{}", timestamp=old)
        raw = await pair.raw(encode_request("1", "session.prompt", sign(request, CONSUMER)))
        error = parse_response(raw).error
        assert error is not None
        assert error.message == "invalid timestamp"


async def test_prompt_of_a_stranger_is_refused_before_the_model_runs() -> None:
    async with running(knowing_consumer()) as pair:
        with pytest.raises(ProviderRefusedError, match="invalid signature"):
            await ask(pair, signer=STRANGER)
        assert pair.handler.prompts == []


async def test_captured_prompt_is_served_once_whatever_its_last_byte() -> None:
    async with running(knowing_consumer()) as pair:
        request = PromptRequest(
            session_id=SESSION, message=TEXT, timestamp=pair.clock.unix_millis()
        )
        raw = encode_request("1", "session.prompt", sign(request, CONSUMER))
        assert b'"result":{' in await pair.raw(raw)
        assert b"request already seen" in await pair.raw(raw)
        position = raw.index(b'"signature":"0x') + len(b'"signature":"0x') + 129
        other = raw[:position] + (b"5" if raw[position : position + 1] != b"5" else b"6")
        assert b"request already seen" in await pair.raw(other + raw[position + 1 :])
        assert len(pair.handler.prompts) == 1


@pytest.mark.parametrize("method", ["prompt", "request", "report"])
async def test_requests_of_another_time_are_refused(method: str) -> None:
    async with running(knowing_consumer()) as pair:
        pair.clock = FakeClock(pair.clock.unix_seconds() - 301)
        client = pair.client()
        with pytest.raises(ProviderRefusedError, match="invalid timestamp"):
            if method == "prompt":
                await ask(pair)
            elif method == "request":
                await client.request_session(pair.endpoint, pair.offer())
            else:
                await client.request_report(pair.endpoint, pair.query())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"provider": STRANGER.address}, BadSignatureError),
        ({"chain_id": 1}, BadMessageError),
    ],
)
async def test_approval_that_does_not_fit_the_offer(
    change: dict[str, Any], error: type[Exception]
) -> None:
    async with running() as pair:
        with pytest.raises(error):
            await pair.client().request_session(pair.endpoint, pair.offer(**change))


async def test_approval_for_another_bid_is_refused() -> None:
    class Cheater(ScriptedHandler):
        async def approve(self, request: Any, key: Any) -> Any:
            dear = dataclasses.replace(request, bid_id=BidId(b"\x0c" * 32))
            return await super().approve(dear, key)

    async with running(Cheater()) as pair:
        with pytest.raises(BadMessageError, match="another offer"):
            await pair.client().request_session(pair.endpoint, pair.offer())


async def test_delegate_may_sign_for_the_provider() -> None:
    async with running() as pair:
        offer = pair.offer(
            provider=STRANGER.address, accepted_signers=frozenset({PROVIDER.address})
        )
        reply = await pair.client().request_session(pair.endpoint, offer)
    assert reply.provider_public_key == PROVIDER.public_key


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": 1},
        {"provider": STRANGER.address},
        {"provider_public_key": STRANGER.public_key},
    ],
)
async def test_report_that_does_not_fit_counts_as_none(change: dict[str, Any]) -> None:
    async with running(knowing_consumer()) as pair:
        with pytest.raises((BadMessageError, BadSignatureError)):
            await pair.client().request_report(pair.endpoint, pair.query(**change))


async def test_pong_of_another_key_is_refused() -> None:
    async with running() as pair:
        with pytest.raises(BadSignatureError):
            await pair.client().ping(pair.endpoint, STRANGER.address)


async def test_model_error_reaches_the_consumer_encrypted() -> None:
    body = {"error": {"message": "context too long", "type": "invalid_request"}}
    failing = knowing_consumer(error=BackendRefusedError("no", status=400, body=body))
    async with running(failing) as pair:
        with pytest.raises(ProviderModelError) as caught:
            await ask(pair)
    assert caught.value.body == body


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (BackendUnavailableError("http://10.0.0.1/secret"), "failed to prompt"),
        (WalletLockedError("locked"), "internal error"),
        (ValueError("/home/me/secret"), "internal error"),
    ],
)
async def test_failures_tell_no_internals(error: Exception, text: str) -> None:
    async with running(knowing_consumer(error=error)) as pair:
        parts = list[AnswerPart]()
        with pytest.raises(ProviderRefusedError, match=text) as caught:
            async for part in pair.client().prompt(
                pair.endpoint, SESSION, TEXT, PROVIDER.public_key
            ):
                parts.append(part)
    assert len(parts) == 1
    assert "secret" not in str(caught.value.details)


async def test_stopping_the_answer_stops_the_model() -> None:
    async def endless(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield delta("first")
        await asyncio.Event().wait()

    async with running(knowing_consumer(endless)) as pair:
        stream = pair.client().prompt(pair.endpoint, SESSION, TEXT, PROVIDER.public_key)
        async for _ in stream:
            break
        await stream.aclose()
        async with asyncio.timeout(5):
            await pair.handler.closed.wait()


async def test_consumer_that_hangs_up_while_waiting_is_noticed() -> None:
    async def silent(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        await asyncio.Event().wait()
        yield {}

    async with running(knowing_consumer(silent), limits=WireLimits(half_close_s=0.05)) as pair:
        request = PromptRequest(
            session_id=SESSION, message=TEXT, timestamp=pair.clock.unix_millis()
        )
        raw = encode_request("1", "session.prompt", sign(request, CONSUMER))
        assert await pair.raw(raw, half_close=True) == b""
        assert pair.handler.closed.is_set()


async def test_closing_the_server_cuts_running_answers() -> None:
    async def endless(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield delta("first")
        await asyncio.Event().wait()

    async with running(knowing_consumer(endless)) as pair:
        stream = pair.client().prompt(pair.endpoint, SESSION, TEXT, PROVIDER.public_key)
        await anext(stream)
        async with asyncio.timeout(5):
            await pair.server.aclose()
        assert pair.handler.closed.is_set()
        assert pair.server.connections == 0
        with pytest.raises(IncompleteAnswerError):
            await anext(stream)


async def test_two_servers_cannot_share_a_port() -> None:
    async with running() as pair:
        other = ProviderServer(handler=pair.handler, signer=PROVIDER, clock=pair.clock)
        with pytest.raises(AddressInUseError):
            await other.start("127.0.0.1", pair.server.port)


async def test_many_consumers_at_once() -> None:
    """More than a stranger has places for: the first signature lets the others in."""
    async with running(knowing_consumer(), limits=WireLimits(unproven_per_address=4)) as pair:
        answers = await asyncio.gather(
            *(ask(pair, text=json.dumps({"n": number})) for number in range(32))
        )
        assert all(len(parts) == 4 for parts in answers)
        assert sorted(json.loads(text)["n"] for text in pair.handler.prompts) == list(range(32))
