"""One message of the conversation as the presenter keeps it."""

from dataclasses import dataclass
from typing import Literal

from morpheus_desktop import formats
from node.service.dto import ChatHistory, ChatMessage, StoredMessage, TurnFinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`key` chooses the avatar's colour, `stats` is the small line below an answer, `error` why an
    answer is missing."""

    id: str
    role: Literal["user", "assistant"]
    text: str
    name: str = ""
    key: str = ""
    created_at: int = 0
    stats: str = ""
    error: str = ""


def stored_lines(history: ChatHistory) -> list[Line]:
    """Lines of a stored chat."""
    lines: list[Line] = []
    for message in history.messages:
        if message.role == "system":
            continue
        same = message.model_name == history.chat.model_name
        key = history.chat.model_id if same else message.model_name
        lines.append(_stored_line(message, message.role, key))
    return lines


def _stored_line(message: StoredMessage, role: Literal["user", "assistant"], key: str) -> Line:
    stats = ""
    if message.role == "assistant" and message.output_tokens:
        stats = stats_text(message.output_tokens, message.ttft_ms, message.tokens_per_second)
    if message.status == "partial":
        stats = " · ".join(part for part in ("not complete", stats) if part)
    return Line(
        id=message.id,
        role=role,
        text=message.content,
        name=message.model_name,
        key=key,
        created_at=message.created_at,
        stats=stats,
        error=message.error if message.status == "failed" else "",
    )


def finished_text(event: TurnFinished) -> str:
    stats = stats_text(event.output_tokens, event.ttft_ms, event.tokens_per_second)
    return stats if event.complete else f"the end is missing · {stats}"


def stats_text(tokens: int, ttft_ms: int, tokens_per_second: float) -> str:
    """`118 tokens · 0.4 s to first · 62 tok/s`."""
    parts = [f"{tokens} tokens", f"{formats.seconds_of(ttft_ms)} to first"]
    if tokens_per_second:
        parts.append(formats.speed(tokens_per_second))
    return " · ".join(parts)


def request_messages(lines: list[Line]) -> tuple[ChatMessage, ...]:
    """History for the model: only what has text, and of answers only what was not an error."""
    return tuple(ChatMessage(role=line.role, content=line.text) for line in lines if line.text)
