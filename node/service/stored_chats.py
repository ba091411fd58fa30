"""Keeps turns in the chat store, and forgets them at once when chats are not to be kept."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from node.core.clock import Clock
from node.core.errors import ChatNotFoundError, NodeError
from node.core.ids import ModelId
from node.core.units import UnixSeconds
from node.router.consumer import AnswerEnd
from node.router.display import clean_text
from node.service.dto import ChatHistory, ChatHit, ChatSummary, StoredMessage
from node.service.targets import SessionTarget, Target
from node.store.chats import Chat, ChatRepository, Message, MessageStatus, Role

MAX_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """Ids of the answer under way."""

    chat_id: str
    message_id: str
    model_name: str
    again: bool = False


class StoredChats:
    """Chats of the profile. `keep` is asked at each turn, so the setting applies at once."""

    def __init__(self, *, chats: ChatRepository, clock: Clock, keep: Callable[[], bool]) -> None:
        self._chats = chats
        self._clock = clock
        self._keep = keep

    async def begin(
        self, *, chat_id: str, prompt: str, model_name: str, target: Target, again: bool = False
    ) -> StoredTurn:
        """Store the user's message, in a new chat when `chat_id` is empty.

        With `again` the question is stored already, and `finish` replaces its answer.
        """
        turn = StoredTurn(
            chat_id=chat_id or secrets.token_hex(16),
            message_id=secrets.token_hex(16),
            model_name=model_name,
            again=again,
        )
        if self._keep():
            await self._store_question(turn, prompt, target)
        return turn

    @property
    def are_kept(self) -> bool:
        return self._keep()

    async def turns(self, chat_id: str) -> list[dict[str, str]]:
        """Messages of a chat as a model reads them, without failed ones; none for a new chat."""
        return [
            {"role": item.role.value, "content": item.content}
            for item in await self._chats.messages(chat_id)
            if item.content and item.status is not MessageStatus.FAILED
        ]

    async def continue_chat(
        self, *, chat_id: str, prompt: str, model_name: str, target: Target
    ) -> StoredTurn:
        """Store a user's message in the chat a client named, and make it when it is new."""
        turn = StoredTurn(chat_id=chat_id, message_id=secrets.token_hex(16), model_name=model_name)
        await self._store_question(turn, prompt, target)
        return turn

    async def _store_question(self, turn: StoredTurn, prompt: str, target: Target) -> None:
        """A chat may be unknown although it has an id: chats were not kept when it began."""
        now = self._clock.unix_seconds()
        try:
            await self._chats.chat(turn.chat_id)
        except ChatNotFoundError:
            await self._chats.create(_new_chat(turn, prompt, target, now))
        else:
            if turn.again:
                return
        await self._chats.append(
            Message(
                id=secrets.token_hex(16),
                chat_id=turn.chat_id,
                role=Role.USER,
                content=prompt,
                created_at=now,
            )
        )

    async def finish(
        self, turn: StoredTurn, text: str, end: AnswerEnd | None, failure: NodeError | None
    ) -> None:
        """Store the answer: whole, the part that arrived, or why there is none.

        An answer that was asked for again is replaced, but never a whole one by a failure.
        """
        if not self._keep():
            return
        status = MessageStatus.COMPLETE if end is not None else MessageStatus.PARTIAL
        if failure is not None and not text:
            status = MessageStatus.FAILED
        message = Message(
            id=turn.message_id,
            chat_id=turn.chat_id,
            role=Role.ASSISTANT,
            content=text,
            created_at=self._clock.unix_seconds(),
            status=status,
            model_name=turn.model_name,
            error=clean_text(failure.message, 500) if failure is not None else "",
        )
        if end is not None:
            message = replace(
                message,
                ttft_ms=end.stats.ttft_ms,
                tps_scaled_1000=end.stats.tps_scaled_1000,
                input_tokens=end.stats.input_tokens,
                output_tokens=end.stats.output_tokens,
            )
        if turn.again:
            await self._chats.replace_answer(message, whole=status is not MessageStatus.FAILED)
        else:
            await self._chats.append(message)

    async def summaries(self) -> tuple[ChatSummary, ...]:
        return tuple(_summary(chat) for chat in await self._chats.list())

    async def history(self, chat_id: str) -> ChatHistory:
        chat = await self._chats.chat(chat_id)
        messages = await self._chats.messages(chat_id)
        return ChatHistory(chat=_summary(chat), messages=tuple(_stored(item) for item in messages))

    async def rename(self, chat_id: str, title: str) -> None:
        await self._chats.rename(chat_id, title)

    async def delete(self, chat_id: str) -> None:
        await self._chats.delete(chat_id)

    async def search(self, text: str) -> tuple[ChatHit, ...]:
        return tuple(
            ChatHit(chat=_summary(hit.chat), message_id=hit.message_id, snippet=hit.snippet)
            for hit in await self._chats.search(text)
        )


def _new_chat(turn: StoredTurn, prompt: str, target: Target, now: UnixSeconds) -> Chat:
    remote = isinstance(target, SessionTarget)
    model_id: ModelId = (
        target.entry.model_id if isinstance(target, SessionTarget) else target.model_id
    )
    demo = isinstance(target, SessionTarget) and target.stack.demo is not None
    return Chat(
        id=turn.chat_id,
        title=clean_text(prompt, MAX_TITLE),
        model_id=model_id,
        model_name=turn.model_name,
        is_local=not remote,
        is_demo=demo,
        created_at=now,
        updated_at=now,
    )


def _summary(chat: Chat) -> ChatSummary:
    return ChatSummary(
        id=chat.id,
        title=chat.title,
        model_name=chat.model_name,
        model_id=chat.model_id.hex if chat.model_id is not None else "",
        is_local=chat.is_local,
        is_demo=chat.is_demo,
        created_at=chat.created_at,
        updated_at=chat.updated_at,
    )


def _stored(message: Message) -> StoredMessage:
    return StoredMessage(
        id=message.id,
        role=message.role.value,
        content=message.content,
        status=message.status.value,
        created_at=message.created_at,
        model_name=message.model_name,
        ttft_ms=message.ttft_ms,
        tokens_per_second=message.tps_scaled_1000 / 1000,
        output_tokens=message.output_tokens,
        error=message.error,
    )
