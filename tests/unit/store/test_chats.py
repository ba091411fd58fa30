"""Chats on a real file: order, changes, full-text search."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.core.errors import ChatNotFoundError, InternalError
from node.core.ids import ModelId
from node.core.units import UnixSeconds
from node.store.chats import (
    HIT_END,
    HIT_START,
    Chat,
    ChatRepository,
    Message,
    MessageStatus,
    Role,
    chats_database,
)


def a_chat(chat_id: str = "c1", at: int = 100, **changes: Any) -> Chat:
    chat = Chat(
        id=chat_id, title=f"Chat {chat_id}", created_at=UnixSeconds(at), updated_at=UnixSeconds(at)
    )
    return replace(chat, **changes)


def a_message(message_id: str, content: str, chat_id: str = "c1", **changes: Any) -> Message:
    message = Message(
        id=message_id, chat_id=chat_id, role=Role.USER, content=content, created_at=UnixSeconds(200)
    )
    return replace(message, **changes)


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[ChatRepository]:
    async with chats_database(tmp_path / "chats.db") as database:
        yield ChatRepository(database)


async def test_chats_and_messages_survive_a_restart(tmp_path: Path) -> None:
    chat = a_chat(model_id=ModelId(b"\x01" * 32), model_name="Guide", is_local=True, is_demo=True)
    answer = a_message(
        "m2",
        "Hello \U0001f600\n```code```",
        role=Role.ASSISTANT,
        status=MessageStatus.PARTIAL,
        model_name="Guide",
        ttft_ms=12,
        tps_scaled_1000=34_567,
        input_tokens=3,
        output_tokens=4,
        error="stopped",
    )
    async with chats_database(tmp_path / "chats.db") as database:
        repository = ChatRepository(database)
        await repository.create(chat)
        await repository.append(a_message("m1", "Hi"))
        await repository.append(answer)
    async with chats_database(tmp_path / "chats.db") as database:
        repository = ChatRepository(database)
        assert await repository.chat("c1") == replace(chat, updated_at=UnixSeconds(200))
        assert await repository.messages("c1") == (a_message("m1", "Hi"), answer)


async def test_newest_chat_comes_first(chats: ChatRepository) -> None:
    for number, name in enumerate(["old", "mid", "new"]):
        await chats.create(a_chat(name, at=100 + number))
    await chats.append(a_message("m1", "again", chat_id="old"))
    assert [chat.id for chat in await chats.list()] == ["old", "new", "mid"]
    assert [chat.id for chat in await chats.list(offset=1, limit=1)] == ["new"]


async def test_messages_keep_their_order_within_one_second(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    for number in range(20):
        await chats.append(a_message(f"m{number}", str(number)))
    assert [message.content for message in await chats.messages("c1")] == [
        str(number) for number in range(20)
    ]


async def test_growing_answer_is_replaced(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.append(a_message("m1", "first words", status=MessageStatus.PARTIAL))
    whole = a_message("m1", "entirely different", output_tokens=2)
    await chats.update(whole)
    assert await chats.messages("c1") == (whole,)
    assert await chats.search("words") == ()
    assert [match.message_id for match in await chats.search("entirely")] == ["m1"]


async def test_deleted_chat_leaves_nothing_behind(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.create(a_chat("c2"))
    await chats.append(a_message("m1", "secret plans"))
    await chats.append(a_message("m2", "secret garden", chat_id="c2"))
    await chats.delete("c1")
    assert await chats.messages("c1") == ()
    assert [match.message_id for match in await chats.search("secret")] == ["m2"]


async def test_unknown_and_doubled_ids_are_refused(chats: ChatRepository) -> None:
    for attempt in (
        chats.chat("x"),
        chats.rename("x", "y"),
        chats.delete("x"),
        chats.append(a_message("m1", "lost", chat_id="x")),
        chats.update(a_message("m1", "lost")),
    ):
        with pytest.raises(ChatNotFoundError):
            await attempt
    await chats.create(a_chat())
    with pytest.raises(InternalError):
        await chats.create(a_chat())
    await chats.append(a_message("m1", "one"))
    with pytest.raises(InternalError):
        await chats.append(a_message("m1", "two"))


async def test_search_finds_words_titles_and_beginnings(chats: ChatRepository) -> None:
    await chats.create(a_chat(title="Holiday in Málaga", at=1))
    await chats.create(a_chat("c2", title="100% pure_text", at=2))
    await chats.append(a_message("m1", "How do I bake sourdough bread at home?"))
    await chats.append(a_message("m2", "A café near the Río", chat_id="c2"))

    async def hits(text: str) -> list[tuple[str, str]]:
        return [(match.chat.id, match.message_id) for match in await chats.search(text)]

    assert await hits("sourdough bread") == [("c1", "m1")]
    assert await hits("bread SOUR") == [("c1", "m1")]
    assert await hits("sour bread") == []
    assert await hits("cafe rio") == [("c2", "m2")]
    assert await hits("holiday") == [("c1", "")]
    assert await hits("100%") == [("c2", "")]
    assert await hits("pure_t") == [("c2", "")]
    assert await hits("e_") == [("c2", "")]
    assert await hits("") == []
    assert await hits("% _") == []
    (match,) = await chats.search("sourdough")
    assert f"{HIT_START}sourdough{HIT_END}" in match.snippet


async def test_operators_of_the_query_language_are_words(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.append(a_message("m1", "this AND that"))
    assert len(await chats.search("this AND")) == 1
    for text in (
        '"',
        "NEAR(",
        "content:this",
        "a OR b",
        "^this",
        "this*",
        "-",
        "'; DROP TABLE chats",
    ):
        await chats.search(text)
    assert len(await chats.messages("c1")) == 1


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
async def test_any_search_text_is_answered(chats: ChatRepository, text: str) -> None:
    assert await chats.search(text.encode("utf-8", "replace").decode()) == ()


async def test_rename_shows_in_list_and_search(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.rename("c1", "Bread")
    assert (await chats.chat("c1")).title == "Bread"
    assert [match.chat.title for match in await chats.search("bread")] == ["Bread"]


async def test_an_answer_is_replaced_also_in_the_search(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.append(a_message("q1", "first question"))
    await chats.append(a_message("a1", "first answer", role=Role.ASSISTANT))
    await chats.append(a_message("q2", "second question"))
    await chats.append(a_message("a2", "herring", role=Role.ASSISTANT))
    await chats.replace_answer(a_message("a3", "salmon", role=Role.ASSISTANT), whole=True)
    assert [item.id for item in await chats.messages("c1")] == ["q1", "a1", "q2", "a3"]
    assert await chats.search("herring") == ()
    assert [hit.message_id for hit in await chats.search("salmon")] == ["a3"]


async def test_a_failure_replaces_failures_and_never_a_whole_answer(chats: ChatRepository) -> None:
    await chats.create(a_chat())
    await chats.append(a_message("q1", "question"))
    await chats.append(a_message("a1", "whole", role=Role.ASSISTANT))
    for number in (2, 3):
        failed = a_message(
            f"a{number}", "", role=Role.ASSISTANT, status=MessageStatus.FAILED, error="no"
        )
        await chats.replace_answer(failed, whole=False)
    assert [item.id for item in await chats.messages("c1")] == ["q1", "a1", "a3"]


async def test_nothing_is_replaced_in_an_unknown_chat(chats: ChatRepository) -> None:
    with pytest.raises(ChatNotFoundError):
        await chats.replace_answer(a_message("a1", "x"), whole=True)
