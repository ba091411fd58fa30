"""What a provider of ours serves and what not any more, over its port, on a real chain."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
import pytest_asyncio

from node.core.errors import ProviderRefusedError
from node.core.tasks import TaskScope
from node.router.served import GRACE_S
from node.router.serving import ProviderSide
from node.store.journal_records import SessionEntry
from node.wallet.signer import KeySigner
from node.wire.blobs import Report
from node.wire.codec import encode_request
from node.wire.messages import PromptRequest
from node.wire.signing import sign
from tests.support.own_provider import HELLO, OwnMarket, open_own_market
from tests.support.wire_pair import until

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE, TWO = 3, 5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[OwnMarket, None]:
    async with open_own_market(tmp_path_factory.mktemp("own")) as opened:
        yield opened


async def sent(market: OwnMarket, raw: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", market.port)
    writer.write(raw)
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.transport.abort()


def signed_prompt(market: OwnMarket, index: int, entry: SessionEntry) -> bytes:
    assert entry.session_id is not None
    request = PromptRequest(
        session_id=entry.session_id, message=HELLO, timestamp=market.chain.clock.unix_millis()
    )
    signer = KeySigner(market.chain.accounts[index].private_key)
    return encode_request("1", "session.prompt", sign(request, signer))


async def test_a_session_closed_early_is_refused_as_soon_as_the_close_is_known(
    market: OwnMarket,
) -> None:
    """The provider reads the session again only after a while; the event is enough."""
    async with market.hosting(concurrentSlots=1) as side, market.stack(ONE) as stack:
        entry = await market.open(stack)
        assert entry.session_id is not None
        assert await market.say(ONE, entry)
        side.session_closed(entry.session_id)
        with pytest.raises(ProviderRefusedError, match="session expired"):
            await market.say(ONE, entry)
        assert side.active_sessions(market.model_id) == 0
        await stack.closer.close(entry)


async def test_a_session_whose_close_vanished_is_served_again(market: OwnMarket) -> None:
    async with market.hosting() as side, market.stack(ONE) as stack:
        entry = await market.open(stack)
        assert entry.session_id is not None
        assert await market.say(ONE, entry)
        side.session_closed(entry.session_id)
        side.session_opened(entry.session_id)
        assert await market.say(ONE, entry)
        await until(lambda: side.active_sessions(market.model_id) == 1)
        await stack.closer.close(entry)


async def test_a_session_closed_while_the_provider_was_down_is_refused(market: OwnMarket) -> None:
    async with market.stack(ONE) as stack:
        async with market.hosting():
            entry = await market.open(stack)
            assert await market.say(ONE, entry)
        await stack.closer.close(entry)
        async with market.hosting():
            with pytest.raises(ProviderRefusedError, match="session expired"):
                await market.say(ONE, entry)


async def test_the_providers_own_clock_ends_a_session(market: OwnMarket) -> None:
    """P7: a back-dated prompt, rightly signed, does not make a session longer."""
    async with market.hosting(), market.stack(ONE) as stack:
        entry = await market.open(stack, 300)
        request = signed_prompt(market, ONE, entry)
        await market.chain.advance_to(entry.ends_at + GRACE_S + 1)
        assert b'"session expired"' in await sent(market, request)


async def test_a_new_session_takes_its_slot_when_the_chain_announces_it(market: OwnMarket) -> None:
    async with market.hosting() as side, market.stack(ONE) as stack:
        entry = await market.open(stack)
        assert entry.session_id is not None
        assert side.active_sessions(market.model_id) == 0
        side.session_opened(entry.session_id)
        await until(lambda: side.active_sessions(market.model_id) == 1)
        await stack.closer.close(entry)


async def test_a_captured_prompt_is_not_served_again_after_a_restart(market: OwnMarket) -> None:
    """P7, over the end of the process that remembered the signature."""
    async with market.stack(ONE) as stack:
        async with market.hosting(memory="replay"):
            entry = await market.open(stack)
            captured = signed_prompt(market, ONE, entry)
            assert b'"result":{' in await sent(market, captured)
            assert b'"request already seen"' in await sent(market, captured)
        asked = len(market.backend.asked)
        async with market.hosting(memory="replay"):
            assert b'"request already seen"' in await sent(market, captured)
            assert len(market.backend.asked) == asked
            assert await market.say(ONE, entry)
        await stack.closer.close(entry)


async def test_a_busy_user_leaves_every_second_turn_to_another_one(market: OwnMarket) -> None:
    """One place at the model server, three sessions of one user, then one of somebody else."""
    async with (
        market.hosting(parallelRequests=1) as side,
        market.stack(ONE) as busy,
        market.stack(TWO) as other,
        TaskScope("prompts") as scope,
    ):
        sessions = [await market.open(busy) for _ in range(3)]
        late = await market.open(other)
        market.backend.gate.clear()
        market.backend.asked.clear()
        market.backend.most = 0
        answers = []
        for number, entry in enumerate(sessions):
            task = scope.spawn(market.say(ONE, entry, f"busy{number}"), name=f"busy{number}")
            answers.append(task)
            await until(lambda: _arrived(market, side) == len(answers))
        answers.append(scope.spawn(market.say(TWO, late, "other"), name="other"))
        await until(lambda: _arrived(market, side) == 4)
        market.backend.gate.set()
        async with asyncio.timeout(20):
            assert all(await asyncio.gather(*answers))
        assert market.backend.most == 1
        assert market.backend.asked == ["busy0", "busy1", "other", "busy2"]
        for entry in sessions:
            await busy.closer.close(entry)
        await other.closer.close(late)


async def test_who_leaves_while_waiting_costs_the_model_nothing(market: OwnMarket) -> None:
    async with (
        market.hosting(parallelRequests=1) as side,
        market.stack(ONE) as first,
        market.stack(TWO) as second,
        TaskScope("prompts") as scope,
    ):
        entry, leaver = await market.open(first), await market.open(second)
        market.backend.gate.clear()
        market.backend.asked.clear()
        answer = scope.spawn(market.say(ONE, entry, "stays"), name="stays")
        await until(lambda: market.backend.asked == ["stays"])
        leaving = scope.spawn(market.say(TWO, leaver, "leaves"), name="leaves")
        await until(lambda: side.waiting_prompts(market.model_id) == 1)
        leaving.cancel()
        await until(lambda: side.waiting_prompts(market.model_id) == 0)
        market.backend.gate.set()
        assert await answer
        assert market.backend.asked == ["stays"]
        await first.closer.close(entry)
        await second.closer.close(leaver)


async def test_the_report_survives_a_restart_and_leaves_failures_out(market: OwnMarket) -> None:
    """Means and sums of finished prompts only."""
    async with market.stack(ONE) as stack:
        async with market.hosting(memory="report"):
            entry = await market.open(stack)
            await market.say(ONE, entry)
            await market.say(ONE, entry)
        async with market.hosting(memory="report"):
            market.backend.gate.clear()
            client = market.client(ONE)
            assert entry.session_id is not None
            parts = client.prompt(
                entry.endpoint, entry.session_id, HELLO, entry.provider_public_key
            )
            async with TaskScope("leaver") as scope, aclosing(parts):
                first = scope.spawn(anext(parts), name="first")
                await until(lambda: market.backend.running == 1)
                first.cancel()
                await asyncio.gather(first, return_exceptions=True)
            await until(lambda: market.backend.running == 0)
            market.backend.gate.set()
            blob = await client.request_report(entry.endpoint, market.query(entry))
        report = Report.decode(blob.encoded)
        assert report.output_tokens == 2
        assert report.tps_scaled_1000 == 1000
        assert report.input_tokens > 0
        await stack.closer.close(entry)


def _arrived(market: OwnMarket, side: ProviderSide) -> int:
    return len(market.backend.asked) + side.waiting_prompts(market.model_id)
