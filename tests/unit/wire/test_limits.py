"""Limits of both roles on real sockets; numbers are made small so that nothing takes long."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from node.core.clock import SystemClock
from node.core.errors import (
    BadMessageError,
    IncompleteAnswerError,
    InvalidPromptError,
    MessageTooLargeError,
    ProviderRefusedError,
    ProviderTimeoutError,
    ProviderUnreachableError,
)
from node.core.tasks import TaskScope
from node.wire.client import WireClient
from node.wire.codec import encode_error, encode_request, infrastructure_error
from node.wire.limits import WireLimits
from node.wire.messages import PromptRequest
from node.wire.plaintexts import AnswerPart
from node.wire.prompts import PromptKind
from node.wire.signing import sign
from tests.support.scripted_provider import ScriptedProvider
from tests.support.wire_pair import (
    CONSUMER,
    PROVIDER,
    SESSION,
    STRANGER,
    delta,
    knowing_consumer,
    running,
    until,
)

BASE = WireLimits()


def limits(**changes: Any) -> WireLimits:
    return dataclasses.replace(BASE, **changes)


def consumer(**changes: Any) -> WireClient:
    return WireClient(
        signer=CONSUMER, clock=SystemClock(), limits=limits(**changes), allow_private=True
    )


async def collect(client: WireClient, endpoint: str) -> list[AnswerPart]:
    stream = client.prompt(endpoint, SESSION, "{}", PROVIDER.public_key)
    return [part async for part in stream]


def test_defaults_are_the_documented_ones() -> None:
    assert (BASE.message_in, BASE.unread_total) == (16 * 2**20, 128 * 2**20)
    assert (BASE.connections, BASE.unproven, BASE.unproven_per_address) == (512, 128, 16)
    assert (BASE.connect_s, BASE.first_response_s, BASE.first_response_waits) == (3, 90, 4)
    assert (BASE.idle_s, BASE.first_byte_s, BASE.whole_request_s) == (60, 10, 30)
    assert (BASE.answer_chunk, BASE.answer_total, BASE.answer_chunks) == (2**20, 2**24, 200_000)


async def ended_without_data(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


# --- provider ------------------------------------------------------------------------------------


async def test_silent_and_slow_senders_are_cut_off() -> None:
    quick = limits(first_byte_s=0.05, progress_s=0.05)
    async with running(limits=quick) as pair:
        assert await pair.raw(b"") == b""
        assert await pair.raw(b'{"id":') == b""
        assert pair.server.connections == 0


async def test_steady_drip_is_cut_off() -> None:
    async with running(limits=limits(whole_request_s=0.1)) as pair:
        reader, writer = await asyncio.open_connection("127.0.0.1", pair.server.port)
        async with TaskScope("drip") as scope:
            ended = scope.spawn(ended_without_data(reader), name="reader")
            for byte in b"{" + b" " * 500:
                writer.write(bytes((byte,)))
                if (await asyncio.wait({ended}, timeout=0.01))[0]:
                    break
            assert ended.done()
            assert ended.result()
        writer.transport.abort()


async def test_oversized_request_is_cut_off() -> None:
    async with running(limits=limits(message_in=1000)) as pair:
        assert await pair.raw(b'{"id":"' + b"x" * 2000) == b""


async def test_strangers_of_one_address_share_few_connections() -> None:
    async with running(limits=limits(unproven_per_address=2, waiting_s=0.05)) as pair:
        port = pair.server.port
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await until(lambda: pair.server.connections == 2)
        with pytest.raises(ProviderUnreachableError):
            await pair.client().ping(pair.endpoint, PROVIDER.address)
        for _, writer in held:
            writer.close()
        await until(lambda: pair.server.connections == 0)
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)


async def test_proven_connections_do_not_count_as_strangers() -> None:
    release = asyncio.Event()

    async def waiting(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield delta("x")
        await release.wait()
        yield delta("", "stop")

    async with running(knowing_consumer(waiting), limits=limits(unproven_per_address=1)) as pair:
        stream = pair.client().prompt(pair.endpoint, SESSION, "{}", PROVIDER.public_key)
        await anext(stream)
        assert await pair.client().ping(pair.endpoint, PROVIDER.address)
        release.set()
        assert len([part async for part in stream]) == 2


async def test_half_read_requests_share_one_memory() -> None:
    async with running(limits=limits(unread_total=1000)) as pair:
        _, writer = await asyncio.open_connection("127.0.0.1", pair.server.port)
        writer.write(b'{"id":"' + b"x" * 900)
        await until(lambda: pair.server.unread_bytes > 900)
        assert await pair.raw(b'{"id":"' + b"x" * 200 + b'"}') == b""
        writer.close()


async def test_pings_and_session_requests_have_a_rate() -> None:
    rates = limits(requests_per_address_minute=3, requests_per_user_minute=2)
    async with running(limits=rates) as pair:
        client = pair.client()
        for _ in range(2):
            await client.request_session(pair.endpoint, pair.offer())
        for _ in range(2):
            with pytest.raises(ProviderRefusedError, match="too many requests"):
                await client.request_session(pair.endpoint, pair.offer())
        for _ in range(3):
            await client.ping(pair.endpoint, PROVIDER.address)
        with pytest.raises(ProviderRefusedError, match="too many requests"):
            await client.ping(pair.endpoint, PROVIDER.address)


async def test_strangers_may_name_only_so_many_sessions() -> None:
    """Each of them may cost reads of the chain; who signs for one of ours is no stranger."""
    async with running(knowing_consumer(), limits=limits(requests_per_address_minute=3)) as pair:
        for signer in (STRANGER, STRANGER, STRANGER):
            with pytest.raises(ProviderRefusedError, match="invalid signature"):
                await collect(pair.client(signer), pair.endpoint)
        with pytest.raises(ProviderRefusedError, match="too many requests"):
            await collect(pair.client(STRANGER), pair.endpoint)
    async with running(knowing_consumer(), limits=limits(requests_per_address_minute=3)) as pair:
        for _ in range(5):
            assert await collect(pair.client(), pair.endpoint)


async def test_consumer_that_does_not_read_is_cut_off() -> None:
    async def flood(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        while True:
            yield delta("x" * 60_000)

    stuck = limits(write_buffer=65_536, write_stuck_s=0.1)
    async with running(knowing_consumer(flood), limits=stuck) as pair:
        stream = pair.client().prompt(pair.endpoint, SESSION, "{}", PROVIDER.public_key)
        await anext(stream)
        async with asyncio.timeout(20):
            await pair.handler.closed.wait()
        await stream.aclose()


async def test_flood_after_the_request_is_cut_off() -> None:
    async def silent(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        await asyncio.Event().wait()
        yield {}

    async with running(knowing_consumer(silent), limits=limits(trailing=10_000)) as pair:
        request = PromptRequest(
            session_id=SESSION, message="{}", timestamp=pair.clock.unix_millis()
        )
        raw = encode_request("1", "session.prompt", sign(request, CONSUMER))
        assert await pair.raw(raw + b" " * 200_000) == b""
        await until(lambda: pair.server.connections == 0)


# --- consumer ------------------------------------------------------------------------------------


async def test_silent_provider_is_given_all_its_waits() -> None:
    async with ScriptedProvider([], stall=True).running() as provider:
        client = consumer(first_response_s=0.05, first_response_waits=3)
        started = asyncio.get_running_loop().time()
        with pytest.raises(ProviderTimeoutError):
            await collect(client, provider.endpoint)
        assert asyncio.get_running_loop().time() - started >= 0.14
        assert len(provider.received) == 1
        await provider.lost.wait()


async def test_speech_and_transcriptions_get_waits_of_their_own() -> None:
    assert BASE.audio_response_waits == 21
    async with ScriptedProvider([], stall=True).running() as provider:
        client = consumer(first_response_s=0.05, first_response_waits=1, audio_response_waits=3)
        for kind, at_least in ((PromptKind.CHAT, 0.04), (PromptKind.SPEECH, 0.14)):
            started = asyncio.get_running_loop().time()
            with pytest.raises(ProviderTimeoutError):
                async with aclosing(
                    client.prompt(provider.endpoint, SESSION, "{}", PROVIDER.public_key, kind=kind)
                ) as parts:
                    await anext(parts)
            assert asyncio.get_running_loop().time() - started >= at_least


async def test_broken_connection_in_mid_answer_is_an_incomplete_answer() -> None:
    async def endless(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield delta("x")
        await asyncio.Event().wait()

    async with running(knowing_consumer(endless)) as pair:
        stream = pair.client().prompt(pair.endpoint, SESSION, "{}", PROVIDER.public_key)
        await anext(stream)
        await pair.server.aclose()
        with pytest.raises(IncompleteAnswerError):
            await anext(stream)


async def test_provider_that_reads_nothing_is_given_up() -> None:
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    endpoint = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = consumer(write_stuck_s=0.05, message_out=32 << 20)
    text = "x" * (16 << 20)
    with pytest.raises(ProviderTimeoutError):
        await anext(client.prompt(endpoint, SESSION, text, PROVIDER.public_key))
    for writer in writers:
        writer.transport.abort()
    server.close()
    await server.wait_closed()


async def test_dripping_provider_is_no_better_than_a_silent_one() -> None:
    pieces = [b"{", *[b" "] * 2000]
    async with ScriptedProvider(pieces, stall=True, pace_s=0.005).running() as provider:
        client = consumer(first_response_s=0.05, first_response_waits=1)
        with pytest.raises(ProviderTimeoutError):
            async with asyncio.timeout(3):
                await collect(client, provider.endpoint)


async def test_silence_between_chunks_is_an_incomplete_answer() -> None:
    async def stalls(_: PromptRequest) -> AsyncIterator[dict[str, Any]]:
        yield delta("x")
        await asyncio.Event().wait()

    async with running(knowing_consumer(stalls)) as pair:
        client = pair.client(limits=limits(idle_s=0.05))
        with pytest.raises(IncompleteAnswerError):
            await collect(client, pair.endpoint)


@pytest.mark.parametrize(
    "change", [{"answer_total": 100}, {"answer_chunks": 2}, {"answer_chunk": 50}]
)
async def test_answers_beyond_the_caps_are_stopped(change: dict[str, int]) -> None:
    async with running(knowing_consumer()) as pair:
        with pytest.raises(MessageTooLargeError):
            await collect(pair.client(limits=limits(**change)), pair.endpoint)


async def test_request_that_no_provider_takes_is_not_sent() -> None:
    async with ScriptedProvider([]).running() as provider:
        with pytest.raises(InvalidPromptError):
            await collect(consumer(message_out=100), provider.endpoint)
        assert provider.received == []


async def test_oversized_object_is_stopped() -> None:
    async with ScriptedProvider([b'{"id":"' + b"x" * 5000]).running() as provider:
        with pytest.raises(MessageTooLargeError):
            await collect(consumer(message_in=1000), provider.endpoint)


@pytest.mark.parametrize("raw", [b"null", b"[]", b'{"result":null}', b'{"error":5}', b"HTTP/1.1"])
async def test_nonsense_answers_are_refused(raw: bytes) -> None:
    async with ScriptedProvider([raw]).running() as provider:
        with pytest.raises(BadMessageError):
            await collect(consumer(), provider.endpoint)
        with pytest.raises(BadMessageError):
            await consumer().ping(provider.endpoint, PROVIDER.address)


async def test_ping_waits_for_its_own_time_only() -> None:
    async with ScriptedProvider([b"{"], stall=True).running() as provider:
        with pytest.raises(ProviderTimeoutError):
            await consumer(ping_s=0.05).ping(provider.endpoint, PROVIDER.address)


async def test_error_text_is_cut_and_cleaned() -> None:
    text = "bad\x1b[31m\n\u202e" + "x" * 1000
    raw = encode_error("1", infrastructure_error(text, SystemClock().unix_millis()))
    async with ScriptedProvider([raw]).running() as provider:
        with pytest.raises(ProviderRefusedError) as caught:
            await collect(consumer(), provider.endpoint)
    clean = caught.value.details["text"]
    assert len(clean) == 300
    assert clean.startswith("bad [31m x")


async def test_nobody_listens() -> None:
    async with running() as pair:
        endpoint = pair.endpoint
    with pytest.raises(ProviderUnreachableError):
        await consumer().ping(endpoint, PROVIDER.address)
