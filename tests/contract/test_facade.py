"""What every implementation of the facade promises, run on the node itself and over its API."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import SecretStr

from node.core.errors import (
    ChatNotFoundError,
    ClientExistsError,
    ClientNotFoundError,
    ConfigError,
    InvalidAddressError,
    InvalidIdError,
    NotEnoughMorError,
    QuoteExpiredError,
    SessionNotFoundError,
    UserInputError,
)
from node.core.events import BalanceChanged, MarketChanged
from node.service.api import NodeService
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    ClientRequest,
    CompletionRequest,
    ImportWallet,
    OpenStep,
    PageRequest,
    QuoteRequest,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from node.service.local import LocalNode
from node.service.remote import RemoteNode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(params=["local", "remote"])
def node(request: pytest.FixtureRequest, local: LocalNode, remote: RemoteNode) -> NodeService:
    return local if request.param == "local" else remote


async def open_session(node: NodeService, model: str = "Guide") -> str:
    models = (await node.market.models()).models
    wanted = next(item.id for item in models if item.name == model)
    quote = await node.sessions.quote(QuoteRequest(model_id=wanted, duration_s=3600))
    assert quote.can_open
    steps = [step async for step in node.sessions.open(quote.id)]
    assert [steps[0].step, steps[-1].step] == [OpenStep.ASKING_PROVIDER, OpenStep.READY]
    assert steps[-1].session is not None
    return steps[-1].session.id


async def test_a_session_from_quote_to_close_with_every_wei(node: NodeService) -> None:
    before = await node.wallet.overview()
    session_id = await open_session(node)
    during = await node.wallet.overview()
    session = await node.sessions.get(session_id)
    assert during.in_sessions - before.in_sessions == session.stake > 2**63
    assert session_id in [item.id for item in await node.sessions.list()]
    preview = await node.sessions.preview_stop(session_id, session.opened_at + 600)
    assert preview.returned_now + preview.held == session.stake
    closed = await node.sessions.close(session_id)
    after = await node.wallet.overview()
    assert closed.with_provider_report
    assert after.wallet - during.wallet == closed.returned
    assert after.total == before.total


async def test_a_turn_of_a_chat_is_told_in_order_and_kept(node: NodeService) -> None:
    session_id = await open_session(node)
    request = ChatRequest(
        target=ChatTarget(kind="session", id=session_id),
        messages=(ChatMessage(role="user", content="What is a stake?"),),
    )
    events = [event async for event in node.chat.send(request)]
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    started, finished = events[0], events[-1]
    assert isinstance(started, TurnStarted)
    assert isinstance(finished, TurnFinished)
    assert finished.complete
    history = await node.chat.history(started.chat_id)
    assert [item.content for item in history.messages] == ["What is a stake?", text]
    await node.chat.rename(started.chat_id, "Other")
    assert "Other" in [item.title for item in await node.chat.chats()]
    assert started.chat_id in [hit.chat.id for hit in await node.chat.search("stake")]
    await node.chat.delete(started.chat_id)
    with pytest.raises(ChatNotFoundError):
        await node.chat.history(started.chat_id)


async def test_a_stopped_answer_frees_the_session(node: NodeService) -> None:
    session_id = await open_session(node)
    body = {"messages": [{"role": "user", "content": "What is a session?"}], "stream": True}
    request = CompletionRequest(body=body, session_id=session_id)
    async with aclosing(node.chat.complete(request)) as chunks:
        async for chunk in chunks:
            if chunk.data:
                break
    async with asyncio.timeout(10):
        whole = [chunk async for chunk in node.chat.complete(request)]
    assert whole[-1].data["usage_from_consumer"]["total_tokens"] > 0


@pytest.mark.parametrize(
    ("group", "method", "arguments", "kind"),
    [
        ("sessions", "get", ("0x" + "7" * 64,), SessionNotFoundError),
        ("sessions", "get", ("0x12",), InvalidIdError),
        ("sessions", "close", ("0x" + "7" * 64,), SessionNotFoundError),
        ("sessions", "quote", (QuoteRequest(),), UserInputError),
        ("wallet", "draft_send", ("MOR", "0x12", 1), InvalidAddressError),
        ("wallet", "draft_send", ("DOGE", "0x" + "1" * 40, 1), UserInputError),
        ("wallet", "draft_send", ("MOR", "0x" + "1" * 40, 10**40), NotEnoughMorError),
        ("wallet", "send", ("unknown",), QuoteExpiredError),
        ("system", "select_network", ("nowhere",), ConfigError),
        ("system", "set_settings", ({"idle_timeout_s": -1},), ConfigError),
        ("system", "set_demo_speed", (0,), UserInputError),
    ],
)
async def test_failures_have_their_class_and_words(
    node: NodeService, local: LocalNode, group: str, method: str, arguments: Any, kind: type
) -> None:
    with pytest.raises(kind) as caught:
        await getattr(getattr(node, group), method)(*arguments)
    with pytest.raises(kind) as own:
        await getattr(getattr(local, group), method)(*arguments)
    assert type(caught.value) is type(own.value)
    for name in ("message", "hint", "code", "retryable"):
        assert getattr(caught.value, name) == getattr(own.value, name)


async def test_a_stream_that_cannot_begin_fails_on_its_first_step(node: NodeService) -> None:
    with pytest.raises(QuoteExpiredError):
        async for _ in node.sessions.open("unknown"):
            pytest.fail("nothing can be opened")


READS = [
    ("wallet", "status", ()),
    ("wallet", "transactions", (0, 10)),
    ("market", "providers", ()),
    ("provider", "status", ()),
    ("provider", "sessions", ()),
    ("local", "models", ()),
    ("chain", "contracts", ()),
    ("chain", "models", (PageRequest(limit=2),)),
    ("chain", "providers", (PageRequest(),)),
    ("chain", "on_hold", ()),
    ("clients", "list", ()),
    ("clients", "allowance_requests", ()),
    ("system", "networks", ()),
    ("system", "settings", ()),
    ("system", "api_access", ()),
    ("chat", "chats", ()),
]


@pytest.mark.parametrize(("group", "method", "arguments"), READS)
async def test_both_ways_read_the_same(
    local: LocalNode, remote: RemoteNode, group: str, method: str, arguments: Any
) -> None:
    here = await getattr(getattr(local, group), method)(*arguments)
    there = await getattr(getattr(remote, group), method)(*arguments)
    assert there == here
    assert type(there) is type(here)


async def test_keyword_arguments(node: NodeService) -> None:
    snapshot = await node.market.models(refresh=True)
    assert snapshot.network == "demo"
    bids = await node.chain.model_bids(snapshot.models[0].id, PageRequest(), active_only=True)
    assert all(bid.model_id == snapshot.models[0].id for bid in bids)


async def test_events_arrive(node: NodeService, local: LocalNode) -> None:
    seen = []
    async with asyncio.timeout(10), aclosing(node.system.events()) as events:
        listening = anext(events)
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(_value(listening))
            while not first.done():
                await local.system.set_demo_speed(1)
                await asyncio.sleep(0)
        seen.append(first.result())
    assert isinstance(seen[0], BalanceChanged | MarketChanged)


async def _value(awaitable: Any) -> Any:
    return await awaitable


async def test_a_wallet_of_the_demo_is_not_replaced_without_a_word(node: NodeService) -> None:
    with pytest.raises(UserInputError):
        await node.wallet.import_(ImportWallet(phrase=SecretStr("a"), private_key=SecretStr("b")))


async def test_a_client_is_let_in_granted_money_and_removed(node: NodeService) -> None:
    wish = ClientRequest(
        name="bot", password=SecretStr("pw"), permissions=("chat",), allowances={"eth": 2**70}
    )
    await node.clients.request(wish)
    with pytest.raises(ClientExistsError):
        await node.clients.request(wish)
    (asked,) = [item for item in await node.clients.list() if item.name == "bot"]
    assert (asked.confirmed, asked.allowances) == (False, {"eth": 2**70})
    await node.clients.confirm("bot", True)
    await node.clients.request_allowance("bot", "ETH", 5)
    assert [item.amount for item in await node.clients.allowance_requests()] == [5]
    await node.clients.confirm_allowance("bot", "eth", True)
    (known,) = [item for item in await node.clients.list() if item.name == "bot"]
    assert (known.confirmed, known.allowances) == (True, {"eth": 5})
    await node.clients.revoke_allowance("bot", "eth")
    assert (await node.clients.transactions("bot", 0, 5)).hashes == ()
    await node.clients.remove("bot")
    with pytest.raises(ClientNotFoundError):
        await node.clients.remove("bot")
    made = await node.clients.add("bot", ["chat"])
    assert len(made.password.get_secret_value()) >= 43
    await node.clients.remove("bot")


async def test_what_the_facade_lacks_is_no_method(remote: RemoteNode) -> None:
    with pytest.raises(AttributeError):
        _ = remote.wallet.export_key  # type: ignore[attr-defined]


async def test_time_can_be_moved_to_midnight(node: NodeService) -> None:
    before = (await node.system.status()).now
    status = await node.system.skip_to_midnight()
    assert status.now > before
    assert status.now % 86_400 < 60


async def test_contacts_drafts_and_the_list_are_the_same_everywhere(node: NodeService) -> None:
    friend = "0x" + "7B" * 20
    saved = await node.wallet.save_contact(friend, f"Friend of {type(node).__name__}", "a note")
    assert saved in await node.wallet.contacts()
    draft = await node.wallet.draft_send("MOR", friend, 10**18, "fast")
    assert (draft.contact, draft.speed, draft.warnings) == (saved.name, "fast", ())
    assert not draft.needs_password
    sent = await node.wallet.send(draft.id, typed=draft.needs_typed)
    noted = await node.wallet.label_transaction(sent.hash, "lunch")
    assert (noted.purpose, noted.amount_mor) == (f"Send 1 MOR to {saved.name}", -(10**18))
    assert await node.wallet.transactions(0, 5, "send", f"lunch {sent.hash}") == (noted,)
    assert sent.hash in await node.wallet.export_transactions()
    assert await node.wallet.max_send("ETH", friend) > 0
    revoke = await node.wallet.draft_approval(0)
    assert (revoke.kind, revoke.amount) == ("approval", 0)
    assert [item.spender for item in await node.wallet.approvals()] == [revoke.to]
    await node.wallet.remove_contact(friend)
    assert friend not in {item.address for item in await node.wallet.contacts()}
