"""Turns, answers and stored chats."""

from dataclasses import dataclass
from typing import Any, Literal

from node.service.dto.base import Dto


class ChatTarget(Dto):
    """Who answers: an open session, or a model on this computer."""

    kind: Literal["session", "local"]
    id: str


class ChatMessage(Dto):
    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(Dto):
    """One turn. `messages` is the whole history with the new user message last.

    With `chat_id` empty a new chat is stored and its id comes with the first event. `again` asks
    the last stored question once more: the new answer takes the place of the old one.
    """

    target: ChatTarget
    messages: tuple[ChatMessage, ...]
    chat_id: str = ""
    again: bool = False
    temperature: float | None = None
    max_tokens: int | None = None


class TurnStarted(Dto):
    chat_id: str
    message_id: str


class TextDelta(Dto):
    text: str


class TurnNotice(Dto):
    """Something to show beside the answer: waiting for the provider, reading the prompt 43 %, …"""

    kind: str
    text: str


class TurnFinished(Dto):
    """End of an answer. `complete` False means the end mark was missing and the text may be cut."""

    chat_id: str
    message_id: str
    finish_reason: str
    complete: bool
    ttft_ms: int
    duration_ms: int
    input_tokens: int
    output_tokens: int
    tokens_per_second: float


ChatEvent = TurnStarted | TextDelta | TurnNotice | TurnFinished


class CompletionRequest(Dto):
    """An OpenAI-style request as a client sent it; forwarded unchanged but for `model` and `type`.

    Target by session id, local model id, or the `model` name in `body` when both are empty.
    `client`: the user of the API whose allowance a session opened for this counts against, empty
    for the owner.
    """

    body: dict[str, Any]
    session_id: str = ""
    model_id: str = ""
    chat_id: str = ""
    request_id: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionChunk:
    """One JSON object for the client. `control` is set for notices that are not the model's:
    `remark` says more, for people. `session_id` comes without data: who answers from now on.

    No validated model: there is one for each word of an answer, and it comes from ourselves.
    """

    data: dict[str, Any]
    control: str = ""
    remark: str = ""
    session_id: str = ""

    @property
    def is_notice(self) -> bool:
        return bool(self.control or self.remark or self.session_id)


class ChatSummary(Dto):
    id: str
    title: str
    model_name: str
    model_id: str
    is_local: bool
    is_demo: bool
    created_at: int
    updated_at: int


class StoredMessage(Dto):
    id: str
    role: Literal["system", "user", "assistant"]
    content: str
    status: Literal["complete", "partial", "failed"]
    created_at: int
    model_name: str = ""
    ttft_ms: int = 0
    tokens_per_second: float = 0.0
    output_tokens: int = 0
    error: str = ""


class ChatHistory(Dto):
    chat: ChatSummary
    messages: tuple[StoredMessage, ...]


class ChatHit(Dto):
    chat: ChatSummary
    message_id: str
    snippet: str
