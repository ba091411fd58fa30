"""A key or a phrase in the chat is not sent without a second decision."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.fakes.fake_accounts import PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.chat.test_page import ChatKit
from tests.gui.conftest import OpenWindow

KEY = "0x" + "1f" * 32


@pytest.fixture
def chat(open_kit: OpenWindow, fake_node: FakeNode) -> ChatKit:
    return ChatKit(open_kit(fake_node))


@pytest.mark.parametrize("text", [KEY, f"why does {PHRASE} not work"])
def test_it_is_not_sent_and_stays_where_it_is(
    chat: ChatKit, fake_node: FakeNode, text: str
) -> None:
    chat.ask(text)
    chat.ask("")
    assert chat.kit.has("chat.secret")
    assert chat.edit.toPlainText() == text
    assert not fake_node.called("chat.send")


def test_another_text_is_sent_as_always(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.ask(KEY)
    chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_Backspace)
    assert not chat.kit.has("chat.secret")
    chat.edit.setPlainText("What is a private key?")
    chat.ask("")
    chat.kit.until(lambda: fake_node.called("chat.send"))


def test_who_insists_sends_this_text_and_no_other(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.ask(KEY)
    chat.kit.click("chat.secret.send")
    chat.kit.until(lambda: fake_node.called("chat.send"))
    assert not chat.kit.has("chat.secret")
    chat.kit.until(lambda: not chat.turns.is_streaming)
    chat.ask(PHRASE)
    assert chat.kit.has("chat.secret")
    assert len(fake_node.called("chat.send")) == 1


def test_the_clipboard_can_be_cleared_while_it_holds_it(chat: ChatKit) -> None:
    QGuiApplication.clipboard().setText(PHRASE)
    chat.ask(PHRASE)
    chat.kit.click("chat.secret.clear")
    assert QGuiApplication.clipboard().text() == ""
    assert not chat.kit.has("chat.secret.clear")
    assert chat.kit.has("chat.secret")


def test_an_innocent_clipboard_is_left_alone(chat: ChatKit) -> None:
    QGuiApplication.clipboard().setText("a recipe")
    chat.ask(KEY)
    assert not chat.kit.has("chat.secret.clear")


def test_the_card_that_opens_a_session_looks_too(chat: ChatKit, fake_node: FakeNode) -> None:
    """The text may have changed since the card came up."""
    chat.edit.setPlainText(KEY)
    chat.page.input.card.open_clicked.emit()
    assert chat.kit.has("chat.secret")
    assert not fake_node.called("sessions.open")
