"""Answers OpenAI-style requests from sessions and local models alike, as plain JSON objects."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from node.core.clock import Clock
from node.core.errors import IncompleteAnswerError, InvalidPromptError
from node.core.ports import LlmBackend, PromptStats
from node.core.tokens import count_tokens, prompt_tokens
from node.router.backends import Backends
from node.router.consumer import AnswerEnd, finish_reason
from node.router.failover import FailoverRules, Hop
from node.service.targets import LocalTarget, SessionTarget, Target
from node.store.journal_records import SessionEntry
from node.wire.prompts import PromptKind, UsageMeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One object of an answer; the last piece carries `end` instead of data.

    `served_by` comes before the data: the session that answers. `hop`: another one takes over.
    """

    data: dict[str, Any] | None = None
    end: AnswerEnd | None = None
    served_by: SessionEntry | None = None
    hop: Hop | None = None


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what no model could answer, before anything is sent or loaded.

    Raises:
        InvalidPromptError: no messages, or messages that are no objects.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidPromptError("The request holds no messages.")
    if not all(isinstance(item, dict) for item in messages):
        raise InvalidPromptError("Each message is an object with role and content.")
    return dict(body)


class Completions:
    """Runs one chat request on its target."""

    def __init__(
        self, *, local: Backends, clock: Clock, failover: Callable[[], FailoverRules]
    ) -> None:
        self._local = local
        self._clock = clock
        self._failover = failover

    async def run(self, target: Target, body: Mapping[str, Any]) -> AsyncGenerator[Piece, None]:
        """Yield the objects of the answer, then its end."""
        request = checked_body(body)
        source = (
            self._remote(target, request)
            if isinstance(target, SessionTarget)
            else self._own(target, request)
        )
        async with aclosing(source) as pieces:
            async for piece in pieces:
                yield piece

    async def _remote(
        self, target: SessionTarget, body: dict[str, Any]
    ) -> AsyncGenerator[Piece, None]:
        yield Piece(served_by=target.entry)
        prompt = target.stack.failover.prompt(target.entry, body, self._failover())
        async with aclosing(prompt) as answers:
            async for answer in answers:
                if isinstance(answer, AnswerEnd):
                    yield Piece(end=answer)
                elif isinstance(answer, Hop):
                    yield Piece(hop=answer, served_by=answer.entry)
                else:
                    yield Piece(data=answer.data)

    async def _own(self, target: LocalTarget, body: dict[str, Any]) -> AsyncGenerator[Piece, None]:
        async with (
            self._local.backend(target.model_id) as backend,
            aclosing(self._measured(backend, body)) as pieces,
        ):
            async for piece in pieces:
                yield piece

    async def _measured(
        self, backend: LlmBackend, body: dict[str, Any]
    ) -> AsyncGenerator[Piece, None]:
        started = self._clock.monotonic()
        first: float | None = None
        meter = UsageMeter(lambda: prompt_tokens(body["messages"]))
        reason = ""
        async with aclosing(backend.chat(body)) as chunks:
            async for chunk in chunks:
                if first is None:
                    first = self._clock.monotonic()
                meter.add(chunk)
                reason = finish_reason(chunk) or reason
                yield Piece(data=chunk)
        if first is None:
            raise IncompleteAnswerError("The model answered nothing.")
        now = self._clock.monotonic()
        yield Piece(
            end=AnswerEnd(
                stats=PromptStats(
                    ttft_ms=round((first - started) * 1000),
                    duration_ms=round((now - started) * 1000),
                    input_tokens=meter.prompt_tokens,
                    output_tokens=count_tokens(meter.text),
                ),
                complete=bool(reason),
                finish_reason=reason,
            )
        )

    async def embeddings(self, target: Target, body: Mapping[str, Any]) -> dict[str, Any]:
        """One embeddings answer from the session's provider or a model on this computer."""
        if isinstance(target, LocalTarget):
            async with self._local.backend(target.model_id) as backend:
                return await backend.embeddings(body)
        result: dict[str, Any] = {}
        prompt = target.stack.failover.prompt(
            target.entry, body, self._failover(), PromptKind.EMBEDDINGS
        )
        async with aclosing(prompt) as answers:
            async for answer in answers:
                if not isinstance(answer, AnswerEnd | Hop):
                    result = answer.data
        return result
