"""The user's walk through the facade on the demo network, checked to the wei."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from node.core.errors import (
    ChatNotFoundError,
    InvalidPromptError,
    NodeError,
    QuoteExpiredError,
    SessionNotFoundError,
    UserInputError,
)
from node.core.tasks import TaskScope
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    CompletionRequest,
    OpenStep,
    Quote,
    QuoteRequest,
    SessionView,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from node.service.local import LocalNode

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ALL = 1000 * 10**18


async def quote_of(node: LocalNode, name: str = "Guide", seconds: int = 3600) -> Quote:
    models = (await node.market.models()).models
    model_id = next(model.id for model in models if model.name == name)
    return await node.sessions.quote(QuoteRequest(model_id=model_id, duration_s=seconds))


async def opened(node: LocalNode, name: str = "Guide") -> SessionView:
    quote = await quote_of(node, name)
    session = None
    async with aclosing(node.sessions.open(quote.id)) as steps:
        async for step in steps:
            session = step.session or session
    assert session is not None
    return session


async def say(
    node: LocalNode, session: SessionView, text: str, chat_id: str = "", *, again: bool = False
) -> list[Any]:
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session.id),
        messages=(ChatMessage(role="user", content=text),),
        chat_id=chat_id,
        again=again,
    )
    async with aclosing(node.chat.send(request)) as events:
        return [event async for event in events]


async def test_a_quote_says_what_returns_and_when(demo_node: LocalNode) -> None:
    quote = await quote_of(demo_node)
    assert quote.can_open
    assert quote.returned_at_end == quote.stake
    assert quote.ends_at - quote.opens_at == quote.duration_s >= 3600
    early = await demo_node.sessions.preview_stop(quote.id, quote.opens_at + 600)
    late = await demo_node.sessions.preview_stop(quote.id, quote.ends_at)
    assert early.returned_now + early.held == late.returned_now == quote.stake
    assert early.held_until > quote.opens_at


async def test_stake_and_duration_are_one_pair(demo_node: LocalNode) -> None:
    quote = await quote_of(demo_node)
    by_stake = await demo_node.sessions.quote(QuoteRequest(bid_id=quote.bid_id, stake=quote.stake))
    assert by_stake.duration_s == quote.duration_s


async def test_a_quote_for_nothing_or_two_things_is_refused(demo_node: LocalNode) -> None:
    with pytest.raises(UserInputError):
        await demo_node.sessions.quote(QuoteRequest())
    quote = await quote_of(demo_node)
    with pytest.raises(UserInputError):
        await demo_node.sessions.quote(QuoteRequest(model_id=quote.model_id, bid_id=quote.bid_id))


async def test_open_chat_close_and_every_mor_is_where_it_is_said_to_be(
    demo_node: LocalNode,
) -> None:
    node = demo_node
    quote = await quote_of(node)
    async with aclosing(node.sessions.open(quote.id)) as steps:
        seen = [step async for step in steps]
    assert [step.step for step in seen][-1] is OpenStep.READY
    session = seen[-1].session
    assert session is not None
    overview = await node.wallet.overview()
    assert overview.total == ALL
    assert overview.in_sessions >= session.stake
    events = await say(node, session, "What is a session?")
    assert isinstance(events[0], TurnStarted)
    assert isinstance(events[-1], TurnFinished)
    assert events[-1].complete
    closed = await node.sessions.close(session.id)
    assert closed.with_provider_report
    assert closed.returned + closed.held == session.stake
    after = await node.wallet.overview()
    assert after.total == ALL
    with pytest.raises(QuoteExpiredError):
        async with aclosing(node.sessions.open(quote.id)) as steps:
            await anext(steps)


async def test_released_stake_comes_back_after_midnight(demo_node: LocalNode) -> None:
    node = demo_node
    session = await opened(node)
    closed = await node.sessions.close(session.id)
    assert (closed.session.phase, closed.session.returns_at) == ("on_hold", closed.held_until)
    await node.system.set_settings({"auto_claim": False})
    await node.system.skip_to_midnight()
    overview = await node.wallet.overview()
    assert overview.locked == ()
    assert overview.ready >= closed.held
    assert (await node.sessions.get(session.id)).phase == "released"
    claim = await node.wallet.withdraw_released()
    assert claim.amount == overview.ready
    assert (await node.wallet.overview()).ready == 0


async def test_released_stake_comes_back_by_itself_where_that_is_wanted(
    demo_node: LocalNode,
) -> None:
    node = demo_node
    await node.system.set_settings({"auto_claim": True})
    await node.sessions.close((await opened(node)).id)
    changed = asyncio.Event()

    async def follow() -> None:
        async for _ in node.system.events():
            changed.set()

    async with asyncio.timeout(30), TaskScope("follow") as tasks:
        tasks.spawn(follow(), name="events")
        await node.system.skip_to_midnight()
        while (await node.wallet.overview()).ready:
            changed.clear()
            await changed.wait()
    assert (await node.wallet.overview()).locked == ()


async def test_chats_are_kept_found_renamed_and_deleted(demo_node: LocalNode) -> None:
    node = demo_node
    session = await opened(node)
    first = await say(node, session, "Tell me about zebras and stakes")
    chat_id = first[0].chat_id
    await say(node, session, "And midnight?", chat_id)
    history = await node.chat.history(chat_id)
    assert [message.role for message in history.messages] == ["user", "assistant"] * 2
    assert history.chat.is_demo
    answer = "".join(event.text for event in first if isinstance(event, TextDelta))
    assert history.messages[1].content == answer
    hits = await node.chat.search("zebras")
    assert hits[0].chat.id == chat_id
    await node.chat.rename(chat_id, "Animals\u202e")
    assert (await node.chat.history(chat_id)).chat.title == "Animals"
    await node.chat.delete(chat_id)
    with pytest.raises(ChatNotFoundError):
        await node.chat.history(chat_id)


async def test_a_question_asked_again_is_stored_once(demo_node: LocalNode) -> None:
    session = await opened(demo_node)
    first = await say(demo_node, session, "What is a bid?")
    chat_id = first[0].chat_id
    second = await say(demo_node, session, "What is a bid?", chat_id, again=True)
    history = await demo_node.chat.history(chat_id)
    assert [message.role for message in history.messages] == ["user", "assistant"]
    assert history.messages[1].id == second[0].message_id


async def test_a_stopped_answer_is_kept_as_far_as_it_came(demo_node: LocalNode) -> None:
    node = demo_node
    session = await opened(node)
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session.id),
        messages=(ChatMessage(role="user", content="What is a provider?"),),
    )
    chat_id = ""
    async with aclosing(node.chat.send(request)) as events:
        async for event in events:
            if isinstance(event, TurnStarted):
                chat_id = event.chat_id
            if isinstance(event, TextDelta):
                break
    history = await node.chat.history(chat_id)
    assert history.messages[-1].status == "partial"
    assert history.messages[-1].content


@pytest.mark.parametrize("text", ["", "   ", "x" * 500_000])
async def test_what_cannot_be_asked_is_refused_before_it_is_sent(
    demo_node: LocalNode, text: str
) -> None:
    session = await opened(demo_node)
    with pytest.raises(InvalidPromptError):
        await say(demo_node, session, text)


async def test_completions_by_model_name_use_the_open_session(demo_node: LocalNode) -> None:
    session = await opened(demo_node, "Guide Patient")
    request = CompletionRequest(
        body={"model": "guide patient", "messages": [{"role": "user", "content": "hi"}]}
    )
    async with aclosing(demo_node.chat.complete(request)) as chunks:
        found = [chunk async for chunk in chunks]
    told, whole = found
    assert told.session_id == session.id, "who answers comes first"
    assert whole.data["object"] == "chat.completion"
    assert (await demo_node.sessions.get(session.id)).prompts == 1


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"body": {"model": "nobody", "messages": [{}]}}, "market.model_not_found"),
        ({"body": {"messages": [{}]}}, "chat.no_target"),
        ({"body": {"model": "Guide Grand", "messages": [{}]}}, "session.none_open"),
        ({"body": {}, "session_id": "0x" + "7" * 64}, "session.not_found"),
    ],
)
async def test_requests_for_nobody_are_explained(
    demo_node: LocalNode, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(NodeError) as caught:
        async with aclosing(demo_node.chat.complete(CompletionRequest(**request_))) as chunks:
            await anext(chunks)
    assert caught.value.code == code


async def test_an_unknown_session_is_named_as_such(demo_node: LocalNode) -> None:
    with pytest.raises(SessionNotFoundError):
        await demo_node.sessions.get("0x" + "9" * 64)


async def test_the_market_is_listed_with_its_offers(demo_node: LocalNode) -> None:
    snapshot = await demo_node.market.models()
    guide = next(model for model in snapshot.models if model.name == "Guide")
    assert guide.offers == 3
    assert guide.stake_per_hour is not None
    detail = await demo_node.market.model(guide.id)
    assert [offer.is_own for offer in detail.offers] == [False] * 3
    providers = await demo_node.market.providers()
    pong = await demo_node.market.ping(providers[0].address)
    assert pong.version.startswith("morpheus-desktop/")


async def test_time_can_be_sped_up_on_the_demo(demo_node: LocalNode) -> None:
    status = await demo_node.system.set_demo_speed(60)
    assert status.speed == 60
    assert (await demo_node.system.set_demo_speed(1)).speed == 1
