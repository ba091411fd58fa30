"""The conversation as a user sees and handles it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from morpheus_desktop.rendering.blocks import SHOWN, SLICE
from morpheus_desktop.theme import Theme
from morpheus_desktop.transcript.message_widget import MessageWidget
from morpheus_desktop.transcript.messages import ErrorCard, TranscriptMessage
from morpheus_desktop.transcript.view import TranscriptView

pytestmark = pytest.mark.gui
CODE = "Look:\n\n```python\nprint('hi')\n```\n\nThat is all."


def user(number: int, text: str = "hello there") -> TranscriptMessage:
    return TranscriptMessage(id=f"u{number}", role="user", text=text)


def answer(number: int, text: str, *, streaming: bool = False) -> TranscriptMessage:
    return TranscriptMessage(
        id=f"a{number}",
        role="assistant",
        name="Guide",
        time="10:32",
        text=text,
        streaming=streaming,
    )


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> TranscriptView:
    del theme
    shown = TranscriptView()
    shown.resize(900, 600)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def test_only_messages_near_the_viewport_have_widgets(view: TranscriptView) -> None:
    view.set_messages([answer(number, "text " * 80) for number in range(3000)])
    assert 1 <= len(view.shown_widgets()) < 40
    view.verticalScrollBar().setValue(0)
    names = [widget.objectName() for widget in view.shown_widgets()]
    assert names[0] == "message.a0"
    assert len(names) < 40


def test_a_new_chat_is_shown_at_its_end(view: TranscriptView) -> None:
    view.set_messages([user(number, "line\n" * 30) for number in range(20)])
    assert view.at_bottom
    assert view.shown_widgets()[-1].objectName() == "message.u19"


def test_streamed_text_appears_and_the_view_follows(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([user(0)])
    view.append_message(answer(0, "", streaming=True))
    for _ in range(60):
        view.append_text("a0", "More and more text comes in.\n\n")
    qtbot.waitUntil(lambda: view.at_bottom and len(view.text_of("a0")) > 1500)
    view.finish_message("a0", "60 tokens")
    assert view.text_of("a0").count("More") == 60
    assert view.at_bottom


def test_reading_further_up_is_not_disturbed_by_new_text(view: TranscriptView) -> None:
    view.set_messages([answer(number, "paragraph\n\n" * 20) for number in range(10)])
    view.append_message(answer(10, "", streaming=True))
    view.verticalScrollBar().setValue(200)
    before = view.verticalScrollBar().value()
    view.append_text("a10", "new text\n\n" * 50)
    view.flush()
    assert view.verticalScrollBar().value() == before
    assert not view.at_bottom


def test_code_is_copied_as_it_is(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([answer(0, CODE)])
    button = view.findChild(QPushButton, "copyCode.0")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "print('hi')"


def test_the_last_answer_offers_copy_and_retry(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([user(0), answer(0, "**bold** answer")])
    copy = view.findChild(QPushButton, "copy.a0")
    retry = view.findChild(QPushButton, "retry.a0")
    assert copy is not None
    assert retry is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "**bold** answer"
    with qtbot.waitSignal(view.action_requested) as asked:
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert asked.args == ["a0", "retry"]


def test_a_failure_stands_under_what_arrived(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([user(0)])
    view.append_message(answer(0, "partial ", streaming=True))
    view.append_text("a0", "text")
    card = ErrorCard(title="Broken", text="No answer for 60 s.", actions=(("again", "Retry"),))
    view.fail_message("a0", card)
    assert view.text_of("a0") == "partial text"
    button = view.findChild(QPushButton, "again.a0")
    assert button is not None
    with qtbot.waitSignal(view.action_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["a0", "again"]


def test_everything_is_selected_and_copied_as_markdown(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([user(0, "question"), answer(0, CODE)])
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"question\n\n{CODE}"


def test_dragging_selects_over_messages(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([user(0, "first question"), answer(0, "the answer is here")])
    top, bottom = view.shown_widgets()
    start = top.geometry().center() + QPoint(200, 0)
    end = bottom.geometry().topLeft() + QPoint(100, 55)
    port = view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(port, end)
    view.mouseMoveEvent(_moved(view, end))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)
    text = view.selected_text()
    assert "the" in text
    assert text != "the answer is here"


def _moved(view: TranscriptView, point: QPoint) -> "object":
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(view.viewport().mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )


def test_links_are_announced_and_never_opened(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([answer(0, "[click me please](https://example.org/path)")])
    widget = view.shown_widgets()[0]
    point = widget.mapTo(view.viewport(), QPoint(40, 52))
    with qtbot.waitSignal(view.link_activated) as asked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert asked.args == ["https://example.org/path"]


def test_finding_scrolls_to_the_message(view: TranscriptView) -> None:
    view.set_messages([answer(number, f"word{number} " * 60) for number in range(200)])
    assert view.find_text("WORD7 ") == 1
    names = [widget.objectName() for widget in view.shown_widgets()]
    assert "message.a7" in names
    assert view.find_text("absent") == 0


def test_messages_speak_to_screen_readers(view: TranscriptView) -> None:
    view.set_messages([user(0), answer(0, "the text")])
    _, second = view.shown_widgets()
    assert second.accessibleName() == "Assistant, Guide, 10:32"
    assert "the text" in second.accessibleDescription()


def test_another_theme_repaints_what_is_there(view: TranscriptView, theme: Theme) -> None:
    view.set_messages([answer(0, CODE)])
    light = view.grab().toImage()
    theme.set_mode("dark")
    try:
        assert view.grab().toImage() != light
        assert len(view.shown_widgets()) == 1
    finally:
        theme.set_mode("light")


def test_a_megabyte_without_a_space_is_cut_into_slices(view: TranscriptView) -> None:
    view.set_messages([answer(0, "x" * 1_000_000)])
    assert len(view.text_of("a0")) == 1_000_000
    assert view.shown_widgets()[0].height() > 1000


def laid_out(view: TranscriptView) -> list[int]:
    """Characters of each block that was laid out."""
    bodies = view._bodies.values()
    return [len(laid.block.source) for body in bodies for laid in body.blocks]


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "x\u00a0" * 500_000, "```\n" + "x" * 1_000_000, "*a " * 300_000],
    ids=["run", "no-break", "code", "emphases"],
)
def test_a_huge_answer_is_laid_out_in_small_parts(view: TranscriptView, text: str) -> None:
    view.set_messages([answer(0, text)])
    assert max(laid_out(view)) <= SLICE
    assert sum(laid_out(view)) <= SHOWN


def test_only_what_is_near_the_viewport_is_laid_out(view: TranscriptView) -> None:
    view.set_messages([answer(number, CODE * 10) for number in range(2000)])
    for value in range(0, view.verticalScrollBar().maximum(), 60_000):
        view.verticalScrollBar().setValue(value)
    assert len(view._bodies) <= 60
    assert len(view.viewport().findChildren(MessageWidget)) < 60


def test_more_of_a_long_answer_is_shown_on_request(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([answer(0, "word " * 60_000)])
    height = view.shown_widgets()[0].height()
    button = view.findChild(QPushButton, "showMore.a0")
    assert button is not None
    assert "200 of 300 kB" in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sum(laid_out(view)) == 300_000
    assert view.shown_widgets()[0].height() > height
    assert not button.isVisible()


def test_a_huge_answer_is_copied_whole(view: TranscriptView) -> None:
    text = "x" * 1_000_000
    view.set_messages([answer(0, text)])
    view.select_all()
    assert view.copy_selection() == text


def test_parts_of_a_cut_run_are_copied_without_seams(view: TranscriptView) -> None:
    view.set_messages([answer(0, "x" * 50_000)])
    (body,) = view._bodies.values()
    assert body.selected_text((0, 5), (2, 10)) == "x" * (2 * SLICE + 5)


def test_hidden_directions_in_code_are_copied_as_they_came(view: TranscriptView) -> None:
    view.set_messages([answer(0, "```\nab \u202e cd\n```")])
    (body,) = view._bodies.values()
    assert body.blocks[0].document.toPlainText() == "ab \ufffd cd"
    assert body.selected_text((0, 1), (0, 6)) == "b \u202e c"


def test_asking_brings_the_view_to_the_end_and_says_so(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([answer(number, "paragraph\n\n" * 20) for number in range(10)])
    with qtbot.waitSignal(view.at_bottom_changed) as left:
        view.verticalScrollBar().setValue(100)
    assert left.args == [False]
    with qtbot.waitSignal(view.at_bottom_changed) as back:
        view.append_message(user(11))
    assert back.args == [True]
    assert view.at_bottom


def test_measuring_above_does_not_move_the_text_that_is_read(view: TranscriptView) -> None:
    """The estimate of a table or of code is wrong; the correction must not be seen."""
    view.set_messages([answer(number, CODE * (1 + number % 7)) for number in range(200)])
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    for _ in range(30):
        before = {w.objectName(): w.y() for w in view.shown_widgets()}
        reading = next(w.objectName() for w in view.shown_widgets() if w.geometry().bottom() > 0)
        bar.setValue(bar.value() - 40)
        after = {w.objectName(): w.y() for w in view.shown_widgets()}
        assert after[reading] - before[reading] == 40


def test_a_double_click_selects_a_word(view: TranscriptView, qtbot: QtBot) -> None:
    view.set_messages([answer(0, "wonderful answer")])
    point = view.shown_widgets()[0].mapTo(view.viewport(), QPoint(30, 52))
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.selected_text() == "wonderful"


@pytest.mark.parametrize(
    "text",
    [
        "![x](file:///etc/passwd)",
        "<img src='file:///etc/passwd'>",
        "[x](javascript:alert(1))",
        "[x](file:///etc/passwd)",
        "<a href='https://example.org'>x</a>",
    ],
)
def test_hostile_answers_hold_no_link_and_no_picture(view: TranscriptView, text: str) -> None:
    view.set_messages([answer(0, text)])
    widget = view.shown_widgets()[0]
    places = [QPointF(x, y) for x in range(0, 700, 4) for y in (48, 54, 60)]
    links = {widget.link_at(place) for place in places}
    # A bare address in the text is a link to what is written there, nothing else.
    assert links <= {"", "https://example.org"}
    (body,) = view._bodies.values()
    assert "\ufffc" not in body.blocks[0].document.toPlainText()


def test_found_words_are_marked_until_the_search_ends(view: TranscriptView) -> None:
    view.set_messages([answer(0, "One apple, two APPLES.\n\n```\napple\n```")])
    plain = view.grab().toImage()
    assert view.find_text("apple") == 1
    (widget,) = view.shown_widgets()
    (body,) = view._bodies.values()
    assert [len(widget.marks(laid)) for laid in body.blocks] == [2, 1]
    assert view.grab().toImage() != plain
    view.find_text("")
    assert view.grab().toImage() == plain
