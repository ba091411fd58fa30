"""The demo's Guide: prepared answers, chosen by comparing words. No AI, and it says so."""

import tomllib
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

from node.core.clock import Clock
from node.core.errors import BackendRefusedError, ConfigError
from node.core.paths import resource_path
from node.core.ports import BackendHealth
from node.llm.matching import Intent, IntentMatcher
from node.llm.script_chunks import ScriptedAnswer

DEFAULT_DELAY_S = 0.015
_MIN_SCORE = 0.34
_SUGGESTIONS = 3
_MAX_QUESTION = 4_000


class GuideScript:
    """Intents and answers as data; `answer_to` is a pure function of the question."""

    def __init__(
        self,
        intents: list[Intent],
        *,
        synonyms: Mapping[str, str],
        stop_words: list[str],
        fallback: str,
        suggestions: list[str],
    ) -> None:
        self._matcher = IntentMatcher(intents, synonyms=synonyms, stop_words=stop_words)
        self._fallback = fallback
        self._suggestions = suggestions
        self.intents = tuple(intents)

    @classmethod
    def load(cls, path: Path | None = None) -> "GuideScript":
        """Read the script (the program's own by default). ConfigError: missing or malformed."""
        path = path or resource_path("guide", "intents.toml")
        try:
            data = tomllib.loads(path.read_text("utf-8"))
            intents = [
                Intent(
                    name=item["id"], phrases=tuple(item["phrases"]), answer=item["answer"].strip()
                )
                for item in data["intents"]
            ]
            return cls(
                intents,
                synonyms=data["synonyms"],
                stop_words=data["stop_words"],
                fallback=data["fallback"]["answer"].strip(),
                suggestions=data["fallback"]["suggestions"],
            )
        except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError("The Guide's answers cannot be read.") from error

    def answer_to(self, question: str) -> str:
        """Markdown. Never empty: unknown questions get the nearest topics."""
        ranked = self._matcher.rank(question[:_MAX_QUESTION])
        if ranked and ranked[0].score >= _MIN_SCORE:
            return ranked[0].intent.answer
        near = [match.intent.phrases[0] for match in ranked[:_SUGGESTIONS]]
        near += [text for text in self._suggestions if text not in near]
        lines = "\n".join(f"- {text}" for text in near[:_SUGGESTIONS])
        return self._fallback.replace("{suggestions}", lines)


class GuideBackend:
    """`LlmBackend` that streams the script's answers word by word.

    `delay_s` is the pause after each word (0 for none), slept on `clock`.
    """

    def __init__(
        self,
        script: GuideScript,
        clock: Clock,
        *,
        name: str = "Guide",
        delay_s: float = DEFAULT_DELAY_S,
    ) -> None:
        self._script = script
        self._clock = clock
        self._name = name
        self._delay_s = delay_s

    @property
    def name(self) -> str:
        return self._name

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        question = _last_question(body)
        answer = ScriptedAnswer(
            text=self._script.answer_to(question),
            prompt=question,
            model=self._name,
            created=self._clock.unix_seconds(),
        )
        if not body.get("stream"):
            yield answer.completion()
            return
        yield answer.first_chunk()
        for word in answer.words():
            if self._delay_s > 0:
                await self._clock.sleep(self._delay_s)
            yield answer.chunk(word)
        yield answer.last_chunk()
        if _wants_usage(body):
            yield answer.usage_chunk()

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        raise _refused("The Guide is a script and makes no embeddings.", 501)

    async def health(self) -> BackendHealth:
        return BackendHealth(ok=True)

    async def aclose(self) -> None:
        """Nothing to release."""


def _last_question(body: Mapping[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list):
        raise _refused("“messages” must be a list", 400)
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "user":
            return " ".join(_texts(message.get("content")))
    return ""


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield part["text"]


def _wants_usage(body: Mapping[str, Any]) -> bool:
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _refused(message: str, status: int) -> BackendRefusedError:
    kind = "invalid_request_error" if status == 400 else "not_supported_error"
    return BackendRefusedError(
        message, status=status, body={"error": {"message": message, "type": kind, "code": status}}
    )
