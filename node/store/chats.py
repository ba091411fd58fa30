"""Chats and their messages, with full-text search."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from node.core.errors import ChatNotFoundError, InternalError
from node.core.ids import ModelId
from node.core.units import UnixSeconds
from node.store.db import Database
from node.store.rows import Row, insert, update
from node.store.schema import chats as schema
from node.store.sqlite_errors import row_errors

_WORD = re.compile(r"\w+")
_MAX_QUERY_WORDS = 16
# Marks around a hit inside a snippet; control characters that no answer keeps.
HIT_START, HIT_END = "\x02", "\x03"


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class MessageStatus(StrEnum):
    """`PARTIAL`: stopped by the user or cut off; the text received is kept."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """`model_id` is None for a model on this computer."""

    id: str
    title: str
    model_id: ModelId | None = None
    model_name: str = ""
    is_local: bool = False
    is_demo: bool = False
    created_at: UnixSeconds
    updated_at: UnixSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. Figures are those of an answer, 0 elsewhere; `error` is for the user to read."""

    id: str
    chat_id: str
    role: Role
    content: str
    created_at: UnixSeconds
    status: MessageStatus = MessageStatus.COMPLETE
    model_name: str = ""
    ttft_ms: int = 0
    tps_scaled_1000: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMatch:
    """A chat found by its title (`message_id` empty) or by a message.

    `snippet` is plain text; words that were found stand between `HIT_START` and `HIT_END`.
    """

    chat: Chat
    message_id: str
    snippet: str


_CHAT_COLUMNS = (
    "id", "title", "model_id", "model_name", "is_local", "is_demo", "created_at", "updated_at",
)  # fmt: skip
_MESSAGE_COLUMNS = (
    "id", "chat_id", "role", "content", "created_at", "status", "model_name", "ttft_ms",
    "tps_scaled_1000", "input_tokens", "output_tokens", "error",
)  # fmt: skip
_INSERT_CHAT = insert("chats", _CHAT_COLUMNS)
_INSERT_MESSAGE = insert("messages", _MESSAGE_COLUMNS)
_UPDATE_MESSAGE = update("messages", _MESSAGE_COLUMNS, "id")
_INDEX = "INSERT INTO messages_text (rowid, content) SELECT number, content FROM messages"
# An index over another table is told the old text when a row leaves it (FTS5's `delete` command).
_UNINDEX = (
    "INSERT INTO messages_text (messages_text, rowid, content)"
    " SELECT 'delete', number, content FROM messages"
)

_OLD_ANSWERS = (
    "SELECT number FROM messages WHERE chat_id = ? AND status <> ? AND number >"
    " (SELECT max(number) FROM messages WHERE chat_id = ? AND role = 'user')"
)


def chats_database(path: Path) -> Database:
    """The database of `chats.db`; a power cut may cost the last moment, never the file."""
    return Database(path, schema_package=schema.__name__, synchronous="NORMAL")


class ChatRepository:
    """All chats, in `chats.db`. Ids are given by the caller; `database` belongs to its owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, chat: Chat) -> None:
        """Add a chat. Raises InternalError when the id is taken."""
        await self._database.write(lambda c: _insert(c, _INSERT_CHAT, _chat_row(chat)))

    async def rename(self, chat_id: str, title: str) -> None:
        """Raises ChatNotFoundError."""
        await self._database.write(
            lambda c: _change(c, "UPDATE chats SET title = ? WHERE id = ?", (title, chat_id))
        )

    async def delete(self, chat_id: str) -> None:
        """Remove the chat with its messages, also from the search. Raises ChatNotFoundError."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(f"{_UNINDEX} WHERE chat_id = ?", (chat_id,))
            _change(connection, "DELETE FROM chats WHERE id = ?", (chat_id,))

        await self._database.write(change)

    async def chat(self, chat_id: str) -> Chat:
        """Raises ChatNotFoundError."""
        rows = await self._rows("SELECT * FROM chats WHERE id = ?", chat_id)
        if not rows:
            raise _not_found()
        return _chat(rows[0])

    async def list(self, *, offset: int = 0, limit: int = 1000) -> tuple[Chat, ...]:
        """Chats with the newest message first."""
        rows = await self._rows(
            "SELECT * FROM chats ORDER BY updated_at DESC, rowid DESC LIMIT ? OFFSET ?",
            limit,
            offset,
        )
        return tuple(_chat(row) for row in rows)

    async def messages(self, chat_id: str) -> tuple[Message, ...]:
        """Messages in the order they were appended; empty for an unknown chat."""
        rows = await self._rows("SELECT * FROM messages WHERE chat_id = ? ORDER BY number", chat_id)
        with row_errors(self._database.path):
            return tuple(_message(row) for row in rows)

    async def append(self, message: Message) -> None:
        """Add a message at the end and move its chat to the top of the list.

        Raises:
            ChatNotFoundError: no such chat.
            InternalError: the message id is taken.
        """

        def change(connection: sqlite3.Connection) -> None:
            _touch(connection, message)
            _insert(connection, _INSERT_MESSAGE, _message_row(message))
            connection.execute(f"{_INDEX} WHERE id = ?", (message.id,))

        await self._database.write(change)

    async def replace_answer(self, message: Message, *, whole: bool) -> None:
        """Append `message` and remove what followed the last question before it.

        With `whole` False complete answers stay: a failure replaces only what was none.

        Raises:
            ChatNotFoundError: no such chat; nothing is removed.
        """
        kept = "" if whole else MessageStatus.COMPLETE.value

        def change(connection: sqlite3.Connection) -> None:
            _touch(connection, message)
            values = (message.chat_id, kept, message.chat_id)
            for (number,) in connection.execute(_OLD_ANSWERS, values).fetchall():
                connection.execute(f"{_UNINDEX} WHERE number = ?", (number,))
                connection.execute("DELETE FROM messages WHERE number = ?", (number,))
            _insert(connection, _INSERT_MESSAGE, _message_row(message))
            connection.execute(f"{_INDEX} WHERE id = ?", (message.id,))

        await self._database.write(change)

    async def update(self, message: Message) -> None:
        """Replace a message, for example as its answer grows. Raises ChatNotFoundError."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(f"{_UNINDEX} WHERE id = ?", (message.id,))
            _change(connection, _UPDATE_MESSAGE, _message_row(message))
            connection.execute(f"{_INDEX} WHERE id = ?", (message.id,))

        await self._database.write(change)

    async def search(self, text: str, *, limit: int = 50) -> tuple[ChatMatch, ...]:
        """Chats and messages with all words of `text`, the last one as a beginning; titles first.

        Case and accents do not matter; anything but letters and digits parts words.
        """
        words = _WORD.findall(text)[:_MAX_QUERY_WORDS]
        if not words:
            return ()
        titles = await self._rows(
            "SELECT * FROM chats WHERE title LIKE ? ESCAPE '\\' ORDER BY updated_at DESC LIMIT ?",
            f"%{_like(text.strip())}%",
            limit,
        )
        found = [ChatMatch(chat=_chat(row), message_id="", snippet=row["title"]) for row in titles]
        # Quoted words are never read as operators of the query language.
        query = " ".join(f'"{word}"' for word in words) + "*"
        rows = await self._rows(
            "SELECT chats.*, messages.id AS message_id,"
            " snippet(messages_text, 0, ?, ?, '…', 16) AS snippet"
            " FROM messages_text JOIN messages ON messages.number = messages_text.rowid"
            " JOIN chats ON chats.id = messages.chat_id"
            " WHERE messages_text MATCH ? ORDER BY rank, messages.number DESC LIMIT ?",
            HIT_START,
            HIT_END,
            query,
            limit - len(found),
        )
        found += [
            ChatMatch(chat=_chat(row), message_id=row["message_id"], snippet=row["snippet"])
            for row in rows
        ]
        return tuple(found)

    async def _rows(self, query: str, *values: object) -> Sequence[sqlite3.Row]:
        return await self._database.read(lambda c: c.execute(query, values).fetchall())


def _insert(connection: sqlite3.Connection, statement: str, row: Row) -> None:
    try:
        connection.execute(statement, row)
    except sqlite3.IntegrityError as error:
        raise InternalError("This chat or message is stored already.") from error


def _change(
    connection: sqlite3.Connection, statement: str, values: tuple[object, ...] | Row
) -> None:
    if connection.execute(statement, values).rowcount != 1:
        raise _not_found()


def _touch(connection: sqlite3.Connection, message: Message) -> None:
    statement = "UPDATE chats SET updated_at = max(updated_at, ?) WHERE id = ?"
    _change(connection, statement, (message.created_at, message.chat_id))


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _not_found() -> ChatNotFoundError:
    return ChatNotFoundError("This chat is not stored here; it may have been deleted.")


def _chat_row(chat: Chat) -> Row:
    return {
        "id": chat.id,
        "title": chat.title,
        "model_id": chat.model_id.raw if chat.model_id is not None else None,
        "model_name": chat.model_name,
        "is_local": int(chat.is_local),
        "is_demo": int(chat.is_demo),
        "created_at": chat.created_at,
        "updated_at": chat.updated_at,
    }


def _chat(row: sqlite3.Row) -> Chat:
    model_id: bytes | None = row["model_id"]
    return Chat(
        id=row["id"],
        title=row["title"],
        model_id=ModelId(model_id) if model_id is not None else None,
        model_name=row["model_name"],
        is_local=bool(row["is_local"]),
        is_demo=bool(row["is_demo"]),
        created_at=UnixSeconds(row["created_at"]),
        updated_at=UnixSeconds(row["updated_at"]),
    )


def _message_row(message: Message) -> Row:
    return {
        "id": message.id,
        "chat_id": message.chat_id,
        "role": message.role.value,
        "content": message.content,
        "created_at": message.created_at,
        "status": message.status.value,
        "model_name": message.model_name,
        "ttft_ms": message.ttft_ms,
        "tps_scaled_1000": message.tps_scaled_1000,
        "input_tokens": message.input_tokens,
        "output_tokens": message.output_tokens,
        "error": message.error,
    }


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"],
        chat_id=row["chat_id"],
        role=Role(row["role"]),
        content=row["content"],
        created_at=UnixSeconds(row["created_at"]),
        status=MessageStatus(row["status"]),
        model_name=row["model_name"],
        ttft_ms=row["ttft_ms"],
        tps_scaled_1000=row["tps_scaled_1000"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        error=row["error"],
    )
