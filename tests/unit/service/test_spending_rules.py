"""What the settings let the node lock, and a session that goes on by itself."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.settings import NodeSettings, load_settings
from node.core.units import Mor
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    QuoteRequest,
    SessionView,
    TurnFinished,
)
from node.service.local import LocalNode, open_node
from node.service.spending_rules import SpendingRules
from node.store.journal_records import SessionPurpose
from tests.support.stacks import DemoStack, open_demo_stack
from tests.unit.service.conftest import node_options


def settings(**values: str) -> NodeSettings:
    environment = {f"MORPHEUS_{name.upper()}": value for name, value in values.items()}
    return load_settings(file=None, environment=environment)


def test_a_change_of_the_settings_holds_from_the_next_request_on() -> None:
    now = settings()
    rules = SpendingRules(lambda: now)
    assert not rules.policy(("Guide",)).may_open
    assert not rules.failover().open_always
    assert rules.failover().use_open
    now = settings(auto_session_policy="open", session_policies="Guide = reuse", failover="always")
    assert not rules.policy(("Guide",)).may_open
    assert rules.policy(("Hermes",)).may_open
    assert rules.failover().open_always
    now = settings(failover="never", failover_max_stake="3")
    assert not rules.failover().use_open
    assert rules.failover().prompt_cap == Mor.parse("3")


@pytest_asyncio.fixture
async def demo(tmp_path: Path) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path) as opened:
        yield opened


@pytest.mark.chain
async def test_a_programs_session_goes_on_only_if_it_was_used(demo: DemoStack) -> None:
    now = settings(auto_session_policy="extend", auto_session_day_stake="40")
    plan = SpendingRules(lambda: now).planner(demo.stack)
    entry = await demo.open(seconds=600)
    by_api = replace(entry, purpose=SessionPurpose.API)
    assert await plan(by_api) is None, "nobody used it"
    body = {"messages": [{"role": "user", "content": "What is a session?"}]}
    async with aclosing(demo.stack.consumer.prompt(entry, body)) as answers:
        assert [item async for item in answers]
    planned = await plan(by_api)
    assert planned is not None
    assert planned.grant.purpose is SessionPurpose.API
    assert planned.grant.day_cap == Mor.parse("40")
    assert planned.duration_s == 3600
    now = settings(auto_session_policy="open")
    assert await plan(by_api) is None, "the policy was changed"
    own = await plan(entry)
    assert own is not None
    assert own.grant.purpose is SessionPurpose.EXTENSION
    assert own.grant.day_cap == Mor.parse("50")


@pytest.mark.chain
@pytest.mark.slow
async def test_an_open_chat_goes_over_to_the_next_session(tmp_path: Path) -> None:
    """The demo's time runs fast: five minutes pass in a few seconds."""
    options = node_options(
        tmp_path, MORPHEUS_NETWORK="demo", MORPHEUS_EXTEND_BEFORE="320", MORPHEUS_AUTO_EXTEND="true"
    )
    async with open_node(options) as node:
        models = (await node.market.models()).models
        guide = next(item.id for item in models if item.name == "Guide")
        quote = await node.sessions.quote(QuoteRequest(model_id=guide, duration_s=330))
        assert quote.auto_extend
        session = [step.session async for step in node.sessions.open(quote.id)][-1]
        assert session is not None
        await node.system.set_demo_speed(60)
        try:
            following = await _follower(node, session.id)
        finally:
            await node.system.set_demo_speed(1)
        assert following.bid_id == session.bid_id
        assert following.purpose == "extension"
        assert (await node.sessions.get(session.id)).state == "active", "no gap"
        await _past(node, session)
        finished = await _ask(node, session.id)
        assert finished.complete, "asked by the id of the session that has ended"
        assert (await node.sessions.get(following.id)).prompts == 1


async def _past(node: LocalNode, session: SessionView) -> None:
    """Let the demo's time run until the session has ended."""
    await node.system.set_demo_speed(60)
    try:
        async with asyncio.timeout(30), aclosing(node.system.events()) as events:
            async for _ in events:
                if (await node.sessions.get(session.id)).state != "active":
                    return
    finally:
        await node.system.set_demo_speed(1)


async def _follower(node: LocalNode, session_id: str) -> SessionView:
    async with asyncio.timeout(30), aclosing(node.system.events()) as events:
        async for _ in events:
            for item in await node.sessions.list():
                if item.follows == session_id and item.state == "active":
                    return item
    raise AssertionError("the events ended")


async def _ask(node: LocalNode, session_id: str) -> TurnFinished:
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session_id),
        messages=(ChatMessage(role="user", content="Hello"),),
    )
    async with aclosing(node.chat.send(request)) as events:
        async for event in events:
            if isinstance(event, TurnFinished):
                return event
    raise AssertionError("the answer has no end")
