"""Finding words in a chat, and the way back to its newest text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.chat.conversation import Conversation
from morpheus_desktop.theme import Theme
from morpheus_desktop.transcript.messages import TranscriptMessage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def conversation(qtbot: QtBot, theme: Theme) -> Conversation:
    del theme
    shown = Conversation()
    qtbot.addWidget(shown)
    shown.resize(800, 500)
    shown.show()
    qtbot.waitExposed(shown)
    shown.transcript.set_messages(
        [
            TranscriptMessage(
                id=f"m{number}",
                role="assistant",
                text=f"Number {number}. " + ("herring " if number % 10 == 0 else "salmon ") * 60,
                name="Guide",
            )
            for number in range(30)
        ]
    )
    return shown


def count(conversation: Conversation) -> str:
    label = conversation.findChild(QLabel, "chat.find.count")
    assert isinstance(label, QLabel)
    return label.text()


def press(qtbot: QtBot, conversation: Conversation, key: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(conversation.search.field.edit, key, modifier)


def test_the_newest_hit_comes_first_and_enter_goes_around(
    conversation: Conversation, qtbot: QtBot
) -> None:
    conversation.search.enter()
    edit = conversation.findChild(QLineEdit, "chat.find.field")
    qtbot.keyClicks(edit, "Herring")
    assert count(conversation) == "Message 3 of 3"
    newest = conversation.transcript.verticalScrollBar().value()
    press(qtbot, conversation, Qt.Key.Key_Return, shift=True)
    assert count(conversation) == "Message 2 of 3"
    assert conversation.transcript.verticalScrollBar().value() < newest
    for wanted in ("Message 3 of 3", "Message 1 of 3"):
        press(qtbot, conversation, Qt.Key.Key_Return)
        assert count(conversation) == wanted


def test_what_is_not_there_is_said_and_leaving_forgets_the_marks(
    conversation: Conversation, qtbot: QtBot
) -> None:
    conversation.search.enter()
    qtbot.keyClicks(conversation.search.field.edit, "shark")
    assert count(conversation) == "Not in this chat"
    press(qtbot, conversation, Qt.Key.Key_Return)
    assert count(conversation) == "Not in this chat"
    conversation.search.leave()
    assert not conversation.search.isVisible()
    conversation.search.enter()
    assert conversation.search.field.text() == "shark"


def test_a_reader_further_up_is_led_to_the_newest_text(
    conversation: Conversation, qtbot: QtBot
) -> None:
    view = conversation.transcript
    newest = conversation.findChild(QWidget, "chat.view.newest")
    assert isinstance(newest, QWidget)
    view.scroll_to_bottom()
    assert not newest.isVisible()
    view.verticalScrollBar().setValue(0)
    assert newest.isVisible()
    qtbot.mouseClick(newest, Qt.MouseButton.LeftButton)
    assert view.at_bottom
    assert not newest.isVisible()
