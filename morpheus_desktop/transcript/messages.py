"""What the transcript shows."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCard:
    """Why there is no (whole) answer, and up to three ways on: (action id, words)."""

    title: str
    text: str
    actions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptMessage:
    """One message. `text` is Markdown for the assistant and plain for the user.

    `name`, `key` and `time` head an assistant's message; `stats` stands under it.
    """

    id: str
    role: Literal["user", "assistant"]
    text: str
    name: str = ""
    key: str = ""
    time: str = ""
    stats: str = ""
    streaming: bool = False
    notice: str = ""
    error: ErrorCard | None = None
