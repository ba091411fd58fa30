"""What a provider refuses and serves, asked over the real wire by a real consumer key."""

from contextlib import aclosing
from typing import Any

import pytest

from node.core.errors import ProviderError, ProviderRefusedError
from node.core.ids import SessionId
from node.router.quotes import QuoteOrder
from node.store.journal_records import SessionEntry
from node.wire.blobs import Report
from node.wire.client import WireClient
from node.wire.handshake import ReportQuery, SessionOffer
from node.wire.plaintexts import AnswerPart
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]


def client(demo: DemoStack) -> WireClient:
    return WireClient(
        signer=demo.stack.wallet.signer, clock=demo.stack.chain.clock, allow_private=True
    )


async def said(demo: DemoStack, entry: SessionEntry, message: str) -> list[AnswerPart]:
    assert entry.session_id is not None
    parts = client(demo).prompt(
        entry.endpoint, entry.session_id, message, entry.provider_public_key
    )
    async with aclosing(parts) as items:
        return [item async for item in items]


async def other_endpoint(demo: DemoStack, entry: SessionEntry) -> str:
    providers = await demo.stack.chain.market.active_providers()
    return next(item.endpoint for item in providers if item.address != entry.provider)


HELLO = '{"messages":[{"role":"user","content":"hello"}],"stream":true}'


async def test_a_bid_of_another_provider_is_not_approved(demo: DemoStack) -> None:
    model = await demo.guide()
    quote = await demo.stack.quotes.quote(QuoteOrder(model_id=model.id))
    bid = quote.bid
    providers = await demo.stack.chain.market.active_providers()
    wrong = next(item for item in providers if item.address != bid.provider)
    offer = SessionOffer(
        bid_id=bid.id,
        provider=wrong.address,
        chain_id=demo.stack.network.chain_id,
        spend=quote.plan.stake.base,
    )
    with pytest.raises(ProviderRefusedError) as caught:
        await client(demo).request_session(wrong.endpoint, offer)
    assert caught.value.details["text"].startswith("failed to get bid")


async def test_a_session_of_another_provider_is_not_served(demo: DemoStack) -> None:
    entry = await demo.open()
    endpoint = await other_endpoint(demo, entry)
    assert entry.session_id is not None
    with pytest.raises(ProviderRefusedError) as caught:
        async with aclosing(
            client(demo).prompt(endpoint, entry.session_id, HELLO, entry.provider_public_key)
        ) as parts:
            await anext(parts)
    assert caught.value.details["text"] == "session cannot be loaded"


async def test_a_closed_session_is_not_served(demo: DemoStack) -> None:
    entry = await demo.open()
    closed = (await demo.stack.closer.close(entry)).entry
    with pytest.raises(ProviderRefusedError):
        await said(demo, closed, HELLO)


async def test_an_unknown_session_is_not_served(demo: DemoStack) -> None:
    entry = await demo.open()
    with pytest.raises(ProviderRefusedError):
        async with aclosing(
            client(demo).prompt(
                entry.endpoint, SessionId(b"\x07" * 32), HELLO, entry.provider_public_key
            )
        ) as parts:
            await anext(parts)


@pytest.mark.parametrize("message", ["null", "[]", "7", '"text"', "{", ""])
async def test_a_prompt_that_is_no_object_is_refused(demo: DemoStack, message: str) -> None:
    entry = await demo.open()
    with pytest.raises(ProviderError):
        await said(demo, entry, message)


async def test_speech_is_refused_by_a_model_that_chats(demo: DemoStack) -> None:
    entry = await demo.open()
    with pytest.raises(ProviderRefusedError):
        await said(demo, entry, '{"type":"audio_speech","input":"x"}')


async def test_a_local_path_from_the_network_is_never_used(demo: DemoStack, tmp_path: Any) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("still here")
    entry = await demo.open()
    message = (
        '{"type":"audio_transcription","FilePath":"' + str(victim) + '","filepath":"/etc/passwd"}'
    )
    with pytest.raises(ProviderError):
        await said(demo, entry, message)
    assert victim.read_text() == "still here"


async def test_a_session_without_prompts_gets_a_report_too(demo: DemoStack) -> None:
    entry = await demo.open()
    assert entry.session_id is not None
    blob = await client(demo).request_report(
        entry.endpoint,
        ReportQuery(
            session_id=entry.session_id,
            provider=entry.provider,
            provider_public_key=entry.provider_public_key,
            chain_id=entry.chain_id,
        ),
    )
    report = Report.decode(blob.encoded)
    assert report.session_id == entry.session_id
    assert (report.input_tokens, report.output_tokens) == (0, 0)


async def test_the_report_tells_what_was_served(demo: DemoStack) -> None:
    entry = await demo.open()
    await said(demo, entry, HELLO)
    assert entry.session_id is not None
    blob = await client(demo).request_report(
        entry.endpoint,
        ReportQuery(
            session_id=entry.session_id,
            provider=entry.provider,
            provider_public_key=entry.provider_public_key,
            chain_id=entry.chain_id,
        ),
    )
    report = Report.decode(blob.encoded)
    assert report.output_tokens > 0
    assert report.tps_scaled_1000 > 0
