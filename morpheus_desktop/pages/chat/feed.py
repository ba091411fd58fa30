"""Brings the conversation's lines into the transcript and its actions back."""

from PySide6.QtCore import QObject, Signal

from morpheus_desktop import formats
from morpheus_desktop.errors import RETRY, Presented
from morpheus_desktop.pages.chat.lines import Line
from morpheus_desktop.pages.chat.turns import Turns
from morpheus_desktop.transcript.messages import ErrorCard, TranscriptMessage
from morpheus_desktop.transcript.view import TranscriptView
from node.core.errors import NodeError


class TranscriptFeed(QObject):
    """`action_requested(action, NodeError | None)`: an action of an answer or its error card."""

    action_requested = Signal(str, object)

    def __init__(self, turns: Turns, view: TranscriptView) -> None:
        super().__init__(view)
        self._turns = turns
        self._view = view
        self._errors: dict[str, NodeError] = {}
        turns.replaced.connect(self._replaced)
        turns.line_added.connect(self._added)
        turns.text_arrived.connect(view.append_text)
        turns.noticed.connect(self._noticed)
        turns.line_finished.connect(view.finish_message)
        turns.line_failed.connect(self._failed)
        view.action_requested.connect(self._action)

    def _replaced(self) -> None:
        self._errors.clear()
        self._view.set_messages([message(line) for line in self._turns.lines])

    def _added(self, line: Line) -> None:
        self._view.append_message(message(line, streaming=line.role == "assistant"))

    def _noticed(self, line_id: str, text: str) -> None:
        self._view.update_message(line_id, notice=text)

    def _failed(self, line_id: str, words: Presented, error: NodeError) -> None:
        self._errors[line_id] = error
        card = ErrorCard(title=words.title, text=words.text, actions=words.actions)
        self._view.fail_message(line_id, card)

    def _action(self, message_id: str, action: str) -> None:
        self.action_requested.emit(action, self._errors.get(message_id))


def message(line: Line, *, streaming: bool = False) -> TranscriptMessage:
    """A line as the transcript shows it."""
    card = None
    if line.error:
        retry = ((RETRY, "Try again"),)
        card = ErrorCard(title=line.error, text="Your message is kept.", actions=retry)
    return TranscriptMessage(
        id=line.id,
        role=line.role,
        text=line.text,
        name=line.name,
        key=line.key or line.name,
        time=formats.clock(line.created_at) if line.created_at else "",
        stats=line.stats,
        streaming=streaming,
        error=card,
    )
