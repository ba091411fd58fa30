"""How prompts go to a provider that encrypts, does not, no longer does, or does not answer."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from node.core.clock import FakeClock, SystemClock
from node.core.errors import BadSignatureError, PromptReadableError, ProviderRefusedError
from node.core.tasks import TaskScope
from node.core.units import UnixSeconds
from node.router.consumer import AnswerEnd
from node.router.prompt_privacy import FRESH_S, RETRY_S, Privacy, PromptPrivacy
from node.store.abilities import AbilityBook, ProviderAbilities
from node.store.journal import journal_database
from node.store.peers import PeerKeys
from node.wire.client import WireClient
from node.wire.handshake import Pong
from node.wire.server import ProviderServer
from tests.support.old_provider import OldProviderServer
from tests.support.scripted_provider import ScriptedProvider
from tests.support.stacks import DemoStack
from tests.support.wire_pair import CONSUMER, PROVIDER, SESSION, STRANGER, knowing_consumer

TEXT = '{"messages":[{"role":"user","content":"my secret question"}]}'


class CountingClient(WireClient):
    pings = 0

    async def ping(self, endpoint: str, expected: Any) -> Pong:
        self.pings += 1
        return await super().ping(endpoint, expected)


@dataclass
class Desk:
    privacy: PromptPrivacy
    client: CountingClient
    clock: FakeClock

    async def seals(self, port: int, **more: Any) -> bool:
        return await self.privacy.seals(f"127.0.0.1:{port}", PROVIDER.address, **more)

    async def known(self) -> Privacy:
        return await self.privacy.known(PROVIDER.address)


@asynccontextmanager
async def desk(folder: Path) -> AsyncGenerator[Desk, None]:
    clock = FakeClock(SystemClock().unix_seconds())
    async with journal_database(folder / "journal.db") as database:
        client = CountingClient(signer=CONSUMER, clock=clock, allow_private=True)
        privacy = PromptPrivacy(
            link=client,
            peers=PeerKeys(database, clock),
            abilities=AbilityBook(database),
            clock=clock,
        )
        yield Desk(privacy, client, clock)


@asynccontextmanager
async def provider(kind: type[ProviderServer], clock: FakeClock) -> AsyncGenerator[int, None]:
    server = kind(handler=knowing_consumer(), signer=PROVIDER, clock=clock)
    await server.start("127.0.0.1", 0)
    try:
        yield server.port
    finally:
        await server.aclose()


async def test_many_prompts_ask_the_provider_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as it, provider(ProviderServer, it.clock) as port:
        assert await it.known() is Privacy.UNKNOWN
        assert all(await asyncio.gather(*(it.seals(port) for _ in range(5))))
        assert (it.client.pings, await it.known()) == (1, Privacy.ENCRYPTED)
        it.clock.advance(FRESH_S + 1)
        assert await it.seals(port)
        assert it.client.pings == 2
        it.clock.advance(700)
        assert await it.seals(port, fresh_s=600)
        assert it.client.pings == 3


async def test_an_old_provider_gets_clear_prompts(tmp_path: Path) -> None:
    async with desk(tmp_path) as it, provider(OldProviderServer, it.clock) as port:
        assert not await it.seals(port)
        assert not await it.seals(port)
        assert (it.client.pings, await it.known()) == (1, Privacy.READABLE)
        assert await it.privacy.agree(PROVIDER.address, agreed=True) is Privacy.READABLE


async def test_a_lost_ability_stops_prompts_until_the_user_agrees(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        async with provider(ProviderServer, it.clock) as port:
            assert await it.seals(port)
        it.clock.advance(FRESH_S + 1)
        async with provider(OldProviderServer, it.clock) as port:
            with pytest.raises(PromptReadableError, match="no longer does") as caught:
                await it.seals(port)
            assert caught.value.details["provider"] == PROVIDER.address.checksum
            assert await it.known() is Privacy.WITHDRAWN
            assert await it.privacy.agree(PROVIDER.address, agreed=True) is Privacy.READABLE
            assert not await it.seals(port)
            assert await it.privacy.agree(PROVIDER.address, agreed=False) is Privacy.WITHDRAWN
            await it.privacy.agree(PROVIDER.address, agreed=True)
        it.clock.advance(FRESH_S + 1)
        async with provider(ProviderServer, it.clock) as port:
            assert await it.seals(port)
        it.clock.advance(FRESH_S + 1)
        async with provider(OldProviderServer, it.clock) as port:
            with pytest.raises(PromptReadableError):
                await it.seals(port)


async def test_what_was_seen_outlives_the_program(tmp_path: Path) -> None:
    async with desk(tmp_path) as it, provider(ProviderServer, it.clock) as port:
        assert await it.seals(port)
    async with desk(tmp_path) as it:
        it.clock.advance(FRESH_S + 1)
        async with provider(OldProviderServer, it.clock) as port:
            with pytest.raises(PromptReadableError):
                await it.seals(port)


async def test_who_drops_pings_gains_nothing_once_the_ability_was_seen(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        async with provider(ProviderServer, it.clock) as port:
            assert await it.seals(port)
        it.clock.advance(FRESH_S + 1)
        assert await it.seals(port)
        assert it.client.pings == 2


async def test_a_silent_new_provider_is_asked_again_later_not_at_each_prompt(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as it:
        async with provider(ProviderServer, it.clock) as port:
            pass
        assert not await it.seals(port)
        assert not await it.seals(port)
        assert (it.client.pings, await it.known()) == (1, Privacy.UNKNOWN)
        it.clock.advance(RETRY_S + 1)
        assert not await it.seals(port)
        assert it.client.pings == 2


async def test_nothing_goes_to_somebody_else_at_the_endpoint(tmp_path: Path) -> None:
    async with desk(tmp_path) as it, provider(ProviderServer, it.clock) as port:
        with pytest.raises(BadSignatureError):
            await it.privacy.seals(f"127.0.0.1:{port}", STRANGER.address)


async def test_an_old_answer_of_the_provider_does_not_take_the_ability_away(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as it, provider(OldProviderServer, it.clock) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b'{"id":"0","method":"network.ping","params":{"nonce":"0x01","signature":"0x01"}}'
        )
        recorded = await reader.read()
        writer.close()
        async with ScriptedProvider([recorded]).running() as replaying:
            with pytest.raises(BadSignatureError, match="older ping"):
                await it.seals(replaying.port)


async def test_an_envelope_that_an_old_node_refuses_shows_the_lost_ability(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        async with provider(ProviderServer, it.clock) as port:
            assert await it.seals(port)
        async with provider(OldProviderServer, it.clock) as port:
            endpoint = f"127.0.0.1:{port}"
            stream = it.client.prompt(endpoint, SESSION, TEXT, PROVIDER.public_key, sealed=True)
            with pytest.raises(ProviderRefusedError) as caught:
                await anext(stream)
            with pytest.raises(PromptReadableError):
                await it.privacy.refused(endpoint, PROVIDER.address, caught.value)
            assert await it.known() is Privacy.WITHDRAWN


@asynccontextmanager
async def relay(target: str, seen: list[bytes]) -> AsyncGenerator[str, None]:
    """Carries connections to `target` and keeps what the consumer sends."""
    host, _, port = target.rpartition(":")
    scope = TaskScope("relay")

    async def pipe(
        source: asyncio.StreamReader, sink: asyncio.StreamWriter, note: Callable[[bytes], None]
    ) -> None:
        while data := await source.read(65536):
            note(data)
            sink.write(data)
        sink.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        scope.spawn(pipe(reader, far_writer, seen.append), name="out")
        await pipe(far_reader, writer, lambda _: None)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await scope.aclose()


@pytest.mark.chain
@pytest.mark.asyncio(loop_scope="module")
async def test_on_the_way_to_our_provider_nobody_reads_the_question(demo: DemoStack) -> None:
    entry = await demo.open()
    assert await demo.stack.privacy.known(entry.provider) is Privacy.ENCRYPTED
    seen: list[bytes] = []
    body = {"messages": [{"role": "user", "content": "my secret question"}], "stream": True}
    async with relay(entry.endpoint, seen) as endpoint:
        through = replace(entry, endpoint=endpoint)
        async with aclosing(demo.stack.consumer.prompt(through, body)) as answers:
            items = [item async for item in answers]
    assert isinstance(items[-1], AnswerEnd)
    sent = b"".join(seen)
    assert b'"message":"pe1:' in sent
    assert b"secret" not in sent


@pytest.mark.chain
@pytest.mark.asyncio(loop_scope="module")
async def test_no_mor_is_locked_for_a_provider_that_lost_the_ability(demo: DemoStack) -> None:
    stack = demo.stack
    before = await stack.chain.market.balances(stack.wallet.address)
    book: AbilityBook = stack.privacy._abilities
    view = await stack.market.view()
    providers = {
        offer.view.bid.provider
        for item in view.models
        for offer in item.offers
        if item.model.name == "Guide"
    }
    now = stack.chain.clock.unix_seconds()
    for address in providers:
        await book.put(
            ProviderAbilities(
                address=address,
                opens_envelopes=False,
                checked_at=now,
                seen_with_at=UnixSeconds(now - 1),
            )
        )
    with pytest.raises(PromptReadableError):
        await demo.open()
    after = await stack.chain.market.balances(stack.wallet.address)
    assert after.mor == before.mor
    for address in providers:
        await stack.privacy.agree(address, agreed=True)
    entry = await demo.open()
    assert entry.session_id
