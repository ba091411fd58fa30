"""The chat by mouse and keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from morpheus_desktop.pages.chat.input_area import privacy_text
from morpheus_desktop.pages.chat.list_pane import ENTRY
from morpheus_desktop.pages.chat.page import ChatPage
from morpheus_desktop.pages.chat.targets import Target
from node.core.errors import (
    IncompleteAnswerError,
    PromptReadableError,
    ProviderUnreachableError,
)
from node.service.dto import QuoteProblem, TextDelta
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.window_kit import WindowKit


class ChatKit:
    """A window on its chat page."""

    def __init__(self, kit: WindowKit) -> None:
        self.kit = kit
        kit.until(lambda: kit.window.section == "chat")
        page = kit.window.page("chat")
        assert isinstance(page, ChatPage)
        self.page = page
        self.turns = page.presenter.turns
        kit.until(lambda: page.presenter.target is not None)
        kit.window.activateWindow()

    @property
    def edit(self) -> QPlainTextEdit:
        return self.kit.find(QPlainTextEdit, "chat.composer.edit")

    def ask(self, text: str) -> None:
        self.kit.qtbot.keyClicks(self.edit, text)
        self.kit.qtbot.keyClick(self.edit, Qt.Key.Key_Return)

    def titles(self) -> list[str]:
        return [entry.title for entry in self.page.pane.model.entries]

    def text(self, name: str) -> str:
        return self.kit.find(QLabel, name).text()


@pytest.fixture
def chat(open_kit: OpenWindow, fake_node: FakeNode) -> ChatKit:
    return ChatKit(open_kit(fake_node))


@pytest.fixture
def demo(open_kit: OpenWindow, fresh_node: FakeNode) -> ChatKit:
    kit = open_kit(fresh_node)
    kit.click("welcome.demo.start")
    return ChatKit(kit)


def test_enter_sends_and_the_answer_is_painted(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.ask("What is a session?")
    chat.kit.until(lambda: len(chat.turns.lines) == 2 and not chat.turns.is_streaming)
    assert chat.edit.toPlainText() == ""
    assert chat.page.transcript.isVisible()
    assert chat.page.transcript.text_of(chat.turns.lines[1].id) == sample_data.ANSWER
    assert len(fake_node.called("chat.send")) == 1


def test_shift_enter_writes_a_new_line(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.kit.qtbot.keyClicks(chat.edit, "one")
    chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chat.kit.qtbot.keyClicks(chat.edit, "two")
    assert chat.edit.toPlainText() == "one\ntwo"
    assert fake_node.called("chat.send") == []


def test_escape_stops_the_answer_and_the_button_does_too(
    chat: ChatKit, fake_node: FakeNode
) -> None:
    gate = fake_node.hold("chat.delta")
    send = chat.kit.find(QAbstractButton, "chat.composer.send")
    for stop in ("key", "button"):
        gate.clear()
        chat.ask("Go on.")
        chat.kit.until(lambda: send.accessibleName() == "Stop")
        if stop == "key":
            chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_Escape)
        else:
            chat.kit.click("chat.composer.send")
        chat.kit.until(lambda: not chat.turns.is_streaming)
        assert chat.turns.lines[-1].stats == "stopped"
        assert send.accessibleName() == "Send"
        gate.set()


def test_escape_closes_the_search_before_it_stops_the_answer(
    chat: ChatKit, fake_node: FakeNode
) -> None:
    fake_node.hold("chat.delta")
    chat.ask("Go on.")
    chat.kit.until(lambda: chat.turns.is_streaming)
    chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = chat.kit.find(QLineEdit, "chat.find.field")
    assert field.hasFocus()
    chat.kit.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not chat.kit.has("chat.find.field")
    assert chat.turns.is_streaming
    chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_Escape)
    chat.kit.until(lambda: not chat.turns.is_streaming)


def test_a_second_message_waits_and_says_so(chat: ChatKit, fake_node: FakeNode) -> None:
    gate = fake_node.hold("chat.delta")
    chat.ask("one")
    chat.kit.until(lambda: chat.turns.is_streaming)
    chat.ask("two")
    assert chat.text("chat.composer.queued") == "sends after this answer"
    assert chat.edit.toPlainText() == ""
    gate.set()
    chat.kit.until(lambda: len(fake_node.called("chat.send")) == 2)
    assert not chat.kit.has("chat.composer.queued")


def test_up_in_an_empty_field_recalls_the_last_message(chat: ChatKit) -> None:
    chat.ask("What was it?")
    chat.kit.until(lambda: chat.turns.lines and not chat.turns.is_streaming)
    chat.kit.qtbot.keyClick(chat.edit, Qt.Key.Key_Up)
    assert chat.edit.toPlainText() == "What was it?"


def test_the_card_states_what_is_locked_and_when_it_returns(
    demo: ChatKit, fresh_node: FakeNode
) -> None:
    demo.ask("What is a stake?")
    demo.kit.until(lambda: "return in full at" in demo.text("chat.card.text"))
    assert demo.text("chat.card.text").startswith("12.38\u00a0MOR are locked for 1\u00a0hour")
    assert demo.edit.toPlainText() == "What is a stake?"
    assert fresh_node.called("sessions.open") == []
    demo.kit.click("chat.card.open")
    demo.kit.until(lambda: len(demo.turns.lines) == 2 and not demo.turns.is_streaming)
    assert demo.edit.toPlainText() == ""
    assert not demo.kit.has("chat.card.open")
    assert "left" in demo.page.input.time.text()


def test_the_card_goes_away_and_the_text_stays(demo: ChatKit) -> None:
    demo.ask("Perhaps")
    demo.kit.click("chat.card.close")
    demo.kit.until(lambda: not demo.kit.has("chat.card.close"))
    assert demo.edit.toPlainText() == "Perhaps"


def test_a_problem_of_the_quote_turns_the_button_off_with_its_reason(
    demo: ChatKit, fresh_node: FakeNode
) -> None:
    fresh_node.world.quote_problems = (
        QuoteProblem(code="funds.not_enough_mor", message="You need 4.2 MOR more."),
    )
    demo.ask("hello")
    demo.kit.until(lambda: demo.text("chat.card.text") == "You need 4.2 MOR more.")
    button = demo.kit.find(QPushButton, "chat.card.open")
    assert not button.isEnabled()
    assert button.toolTip() == "You need 4.2 MOR more."


def test_a_stake_above_a_limit_is_opened_in_the_sheet(demo: ChatKit, fresh_node: FakeNode) -> None:
    fresh_node.world.guard_session_cap = 10 * 10**18
    demo.ask("hello")
    button = demo.kit.find(QPushButton, "chat.card.open")
    demo.kit.until(lambda: button.text().strip() == "Review and open")
    demo.kit.click("chat.card.open")
    demo.kit.until(lambda: demo.kit.has("session.sheet.password"))
    assert fresh_node.called("sessions.open") == []
    assert demo.edit.toPlainText() == "hello"


def test_a_prompt_of_the_empty_chat_is_one_click(demo: ChatKit) -> None:
    prompt = demo.kit.find(QAbstractButton, "chat.empty.prompt1")
    demo.kit.click("chat.empty.prompt1")
    assert demo.edit.toPlainText() == prompt.text() != ""
    demo.kit.until(lambda: demo.kit.has("chat.card.open"))


def test_a_failed_answer_keeps_its_part_and_retries(chat: ChatKit, fake_node: FakeNode) -> None:
    fake_node.world.answer = [
        TextDelta(text="Half an"),
        IncompleteAnswerError("The provider stopped after 2 tokens."),
    ]
    chat.ask("hello")
    chat.kit.until(lambda: chat.turns.lines and chat.turns.lines[-1].error)
    assert chat.page.transcript.text_of(chat.turns.lines[-1].id).startswith("Half an")
    fake_node.world.answer = None
    chat.page.transcript.action_requested.emit(chat.turns.lines[-1].id, "retry")
    chat.kit.until(lambda: chat.turns.lines[-1].text == sample_data.ANSWER)


def test_another_model_opens_the_selector(chat: ChatKit, fake_node: FakeNode) -> None:
    fake_node.fail("chat.send", ProviderUnreachableError("No answer."))
    chat.ask("hello")
    chat.kit.until(lambda: chat.turns.lines and chat.turns.lines[-1].error)
    chat.page.transcript.action_requested.emit(chat.turns.lines[-1].id, "other-model")
    chat.kit.until(lambda: chat.kit.has("chat.selector"))


def test_the_selector_filters_and_obeys_the_arrow_keys(chat: ChatKit) -> None:
    chat.kit.until(lambda: chat.page.presenter.choices.market)
    chat.kit.click("chat.header.model")
    field = chat.kit.find(QLineEdit, "chat.selector.filter")
    chat.kit.qtbot.keyClicks(field, "gem")
    chat.kit.until(lambda: chat.kit.has("chat.selector.local.Gemma 3 12B"))
    assert not chat.kit.has("chat.selector.local.Qwen3 4B Instruct")
    chat.kit.qtbot.keyClick(field, Qt.Key.Key_Down)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "chat.selector.local.Gemma 3 12B"
    chat.kit.qtbot.keyClick(focused, Qt.Key.Key_Return)
    assert chat.page.input.model.text() == "Gemma 3 12B"
    chat.kit.until(lambda: not chat.kit.has("chat.selector"))
    assert "Nothing you write leaves it" in chat.text("chat.privacy")


def test_escape_and_a_click_beside_it_close_the_selector(chat: ChatKit) -> None:
    for close in ("key", "click"):
        chat.kit.click("chat.header.model")
        selector = chat.kit.find(QWidget, "chat.selector")
        if close == "key":
            chat.kit.qtbot.keyClick(selector, Qt.Key.Key_Escape)
        else:
            chat.kit.qtbot.mouseClick(selector, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        chat.kit.until(lambda: not chat.kit.has("chat.selector"))
        assert chat.page.input.model.text() == "Hermes 4 70B"


def test_chats_are_grouped_and_open_by_click(chat: ChatKit) -> None:
    chat.kit.until(chat.titles)
    assert chat.titles()[:2] == ["Today", "What is a session"]
    assert "Yesterday" in chat.titles()
    view = chat.kit.find(QListView, "chat.list.view")
    row = chat.page.pane.model.row_of("chat-2")
    place = view.visualRect(chat.page.pane.model.index(row)).center()
    chat.kit.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    chat.kit.until(lambda: chat.turns.chat_id == "chat-2")
    assert view.currentIndex().data(ENTRY).title == "Sort a list of dates"


def test_search_shows_hits_and_empty_search_the_chats(chat: ChatKit) -> None:
    chat.kit.until(chat.titles)
    field = chat.kit.find(QLineEdit, "chat.list.search")
    chat.kit.qtbot.keyClicks(field, "sailing")
    chat.kit.until(lambda: chat.titles() == ["Names for a sailing boat"])
    assert "sailing" in chat.page.pane.model.entries[0].snippet
    field.clear()
    chat.kit.until(lambda: chat.titles()[:1] == ["Today"])


def test_renaming_and_deleting_ask_first(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.page.presenter.open_chat("chat-1")
    chat.kit.until(lambda: chat.turns.chat_id == "chat-1")
    chat.kit.click("chat.header.rename")
    title = chat.kit.find(QLineEdit, "chat.rename.title")
    title.clear()
    chat.kit.click("chat.rename.confirm")
    assert "at least one" in title.accessibleDescription()
    chat.kit.qtbot.keyClicks(title, "Sessions, explained")
    chat.kit.qtbot.keyClick(title, Qt.Key.Key_Return)
    chat.kit.until(lambda: "Sessions, explained" in chat.titles())
    view = chat.kit.find(QListView, "chat.list.view")
    chat.kit.qtbot.keyClick(view, Qt.Key.Key_Delete)
    cancel = chat.kit.find(QPushButton, "chat.delete.cancel")
    assert QApplication.focusWidget() is cancel
    assert fake_node.called("chat.delete") == []
    chat.kit.click("chat.delete.confirm")
    chat.kit.until(lambda: "Sessions, explained" not in chat.titles())
    assert chat.page.empty.isVisible()


def test_narrow_windows_hide_the_list_behind_a_button(chat: ChatKit) -> None:
    assert chat.page.pane.isVisible()
    chat.kit.window.resize(900, 600)
    chat.kit.until(lambda: not chat.page.pane.isVisible())
    chat.kit.click("chat.header.pane")
    chat.kit.until(chat.page.pane.isVisible)
    chat.page.pane.new_chosen.emit()
    assert not chat.page.pane.isVisible()
    chat.kit.window.resize(1280, 800)
    chat.kit.until(chat.page.pane.isVisible)


def test_closing_shows_the_amounts_before_and_after(chat: ChatKit, fake_node: FakeNode) -> None:
    chat.kit.click("chat.header.close")
    chat.kit.until(lambda: chat.kit.has("session.close"))
    texts = [item.text() for item in chat.kit.find(QWidget, "session.close").findChildren(QLabel)]
    assert "returns now" in texts
    assert any(text.startswith("comes back tomorrow") for text in texts)
    chat.kit.click("session.close.cancel")
    assert fake_node.called("sessions.close") == []
    chat.kit.click("chat.header.close")
    chat.kit.click("session.close.confirm")
    chat.kit.until(lambda: chat.kit.window.toasts.texts())
    assert "came back from Hermes 4 70B" in chat.kit.window.toasts.texts()[0]


def test_links_are_copied_not_opened(chat: ChatKit) -> None:
    chat.page.transcript.link_activated.emit("https://example.org/a")
    assert QGuiApplication.clipboard().text() == "https://example.org/a"
    assert "Link copied" in chat.kit.window.toasts.texts()[0]


def test_prompts_become_readable_only_by_a_click_that_says_so(
    chat: ChatKit, fake_node: FakeNode
) -> None:
    provider = fake_node.world.sessions[0].provider
    chat.kit.until(lambda: "Encrypted both ways" in chat.text("chat.privacy"))
    fake_node.fail("chat.send", PromptReadableError.withdrawn(provider))
    chat.ask("hello")
    chat.kit.until(lambda: chat.turns.lines and chat.turns.lines[-1].error)
    assert "no longer does" in chat.turns.lines[-1].error
    assert fake_node.called("sessions.allow_readable_prompts") == []
    chat.page.transcript.action_requested.emit(chat.turns.lines[-1].id, "send-readable")
    chat.kit.until(lambda: chat.turns.lines[-1].text == sample_data.ANSWER)
    assert fake_node.called("sessions.allow_readable_prompts") == [(provider, True)]


def test_nobody_is_promised_privacy_by_somebody_elses_computer() -> None:
    remote = Target(
        kind="session", id="0x1", name="Hermes", model_id="0x2", provider="0x" + "a" * 40
    )
    local = Target(kind="local", id="x", name="Qwen", model_id="x")
    assert "can read this chat" in privacy_text(remote)
    assert "prompts only if the provider can" in privacy_text(remote)
    known = replace(remote, prompt_privacy="readable")
    assert "Answers encrypted, prompts readable on the network" in privacy_text(known)
    sealed = replace(remote, prompt_privacy="encrypted")
    assert privacy_text(sealed).endswith("who can read this chat. Encrypted both ways.")
    assert "leaves" in privacy_text(local)
    assert privacy_text(None) == ""
