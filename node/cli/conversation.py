"""A conversation in the terminal: what was said, and one turn more."""

from contextlib import aclosing
from dataclasses import dataclass, field

import typer

from node.core.errors import IncompleteAnswerError, UserInputError
from node.core.redaction import holds_wallet_secret
from node.service.api import NodeService
from node.service.dto import (
    ChatMessage,
    ChatRequest,
    ChatTarget,
    TextDelta,
    TurnFinished,
    TurnStarted,
)

MEMORY = 40
"""So many messages go along with a question; older ones stay behind."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """`chat_id` is that of the stored chat, empty before the first turn. `refused`: what was not
    sent because it holds a secret."""

    target: ChatTarget
    messages: list[ChatMessage] = field(default_factory=list)
    chat_id: str = ""
    refused: str = ""

    def ask(self, question: str, *, sure: bool = False) -> None:
        """Raises UserInputError, unless `sure`, for a text with a private key or a recovery phrase;
        the same text once more is taken."""
        if not sure and question != self.refused and holds_wallet_secret(question):
            self.refused = question
            raise UserInputError(
                "This looks like a private key or recovery phrase. It was not sent.",
                hint="Whoever reads it can take all the money. To send it all the same, enter it"
                " once more, or add --yes.",
                code="input.secret",
            )
        self.refused = ""
        self.messages.append(ChatMessage(role="user", content=question))

    def answered(self, text: str) -> None:
        self.messages.append(ChatMessage(role="assistant", content=text))

    def take_back(self, asked: int) -> None:
        """Forget what came after the first `asked` messages: it was not answered."""
        del self.messages[asked:]

    def clear(self) -> None:
        self.messages.clear()
        self.chat_id = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    text: str
    finished: TurnFinished


async def turn(
    node: NodeService, talk: Conversation, *, echo: bool, pieces: list[str] | None = None
) -> Turn:
    """Send the conversation; return the answer with its figures. `echo` prints it as it comes,
    `pieces` gathers it for a caller that may be interrupted.

    Raises:
        IncompleteAnswerError: the answer has no end. Else as `ChatApi.send`.
    """
    request = ChatRequest(
        target=talk.target, messages=tuple(talk.messages[-MEMORY:]), chat_id=talk.chat_id
    )
    said = pieces if pieces is not None else []
    finished: TurnFinished | None = None
    async with aclosing(node.chat.send(request)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                said.append(event.text)
                if echo:
                    typer.echo(event.text, nl=False)
            elif isinstance(event, TurnStarted):
                talk.chat_id = event.chat_id
            elif isinstance(event, TurnFinished):
                finished = event
    if echo:
        typer.echo("")
    if finished is None:
        raise IncompleteAnswerError("The answer did not end.")
    return Turn(text="".join(said), finished=finished)
