"""Each widget by mouse and by keyboard."""

from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.banner import Banner, ToastHost
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow, Segment, Toggle
from morpheus_desktop.widgets.composer import Composer
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.fields import AmountEdit, PasswordField, TextField
from morpheus_desktop.widgets.gallery import components_page
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column
from morpheus_desktop.widgets.sheet import Sheet
from morpheus_desktop.widgets.stepper import Stepper
from node.core.units import Mor

pytestmark = pytest.mark.gui
W = TypeVar("W", bound=QWidget)


@pytest.fixture(autouse=True)
def _themed(theme: Theme) -> None:
    del theme


def shown(qtbot: QtBot, widget: W) -> W:
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_labels_never_read_markup(qtbot: QtBot) -> None:
    label = shown(qtbot, Label("<b>bold</b><img src='file:///etc/passwd'>"))
    assert isinstance(label, QLabel)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text().startswith("<b>")


def test_an_elided_label_tells_the_whole_in_its_tooltip(qtbot: QtBot) -> None:
    label = shown(qtbot, ElidedLabel("a very long text that does not fit"))
    label.resize(40, 20)
    label.grab()
    assert label.toolTip() == "a very long text that does not fit"


def test_copying_takes_the_whole_value(qtbot: QtBot) -> None:
    label = shown(qtbot, CopyLabel("0x12…9f", "0x1234569f", name="copyIt"))
    button = label.findChild(QPushButton, "copyIt")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "0x1234569f"


def test_a_busy_button_takes_no_second_click(qtbot: QtBot) -> None:
    button = shown(qtbot, Button("Stake 12.40 MOR", "primary"))
    clicks: list[int] = []
    button.clicked.connect(lambda: clicks.append(1))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    width = button.width()
    button.set_busy(True)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(clicks) == 1
    assert button.width() >= width


def test_a_disabled_button_says_why(qtbot: QtBot) -> None:
    button = shown(qtbot, Button("Open"))
    button.disable_with("You have 3 MOR; 12 are needed.")
    assert not button.isEnabled()
    assert "12 are needed" in button.toolTip()
    button.disable_with("")
    assert button.isEnabled()


def test_a_field_error_stays_in_place_and_keeps_the_value(qtbot: QtBot) -> None:
    field = shown(qtbot, TextField("Address"))
    qtbot.keyClicks(field.edit, "0x12")
    field.show_error("This is not an address.")
    assert field.text() == "0x12"
    assert field.edit.accessibleDescription() == "This is not an address."
    qtbot.keyClicks(field.edit, "3")
    assert field.edit.accessibleDescription() == ""


def test_a_password_is_hidden_until_asked_for(qtbot: QtBot) -> None:
    field = shown(qtbot, PasswordField())
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password


@pytest.mark.parametrize(
    ("typed", "base"),
    [("12.4", 124 * 10**17), ("12,4", 124 * 10**17), ("0.000000000000000001", 1)],
)
def test_amounts_are_exact_with_point_or_comma(qtbot: QtBot, typed: str, base: int) -> None:
    field = shown(qtbot, AmountEdit())
    qtbot.keyClicks(field.edit, typed)
    assert field.amount == Mor(base)


@pytest.mark.parametrize("typed", ["abc", "-1", "1e5", "1.2.3", "0.0000000000000000001", "1,000"])
def test_what_is_no_amount_is_said_in_place(qtbot: QtBot, typed: str) -> None:
    field = shown(qtbot, AmountEdit())
    qtbot.keyClicks(field.edit, typed)
    assert field.amount is None
    assert field.edit.accessibleDescription()


def test_enter_sends_and_shift_enter_does_not(qtbot: QtBot) -> None:
    composer = shown(qtbot, Composer())
    qtbot.keyClicks(composer.input, "first")
    qtbot.keyClick(composer.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.input, "second")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert sent.args == ["first\nsecond"]
    assert composer.text() == "first\nsecond"


def test_nothing_is_not_sent(qtbot: QtBot) -> None:
    composer = shown(qtbot, Composer())
    sent: list[str] = []
    composer.submitted.connect(sent.append)
    qtbot.keyClicks(composer.input, "   ")
    qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert sent == []
    assert not composer.button.isEnabled()


def test_the_button_and_escape_stop_an_answer(qtbot: QtBot) -> None:
    composer = shown(qtbot, Composer())
    composer.set_streaming(True)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.keyClick(composer.input, Qt.Key.Key_Escape)


def test_the_composer_grows_to_twelve_lines(qtbot: QtBot) -> None:
    composer = shown(qtbot, Composer())
    one = composer.input.height()
    composer.set_text("line\n" * 5)
    six = composer.input.height()
    composer.set_text("line\n" * 40)
    many = composer.input.height()
    assert one < six < many
    assert many <= 12 * (one + 4)


def test_the_slider_by_keyboard(qtbot: QtBot) -> None:
    slider = shown(qtbot, LogSlider(300, 86_400, presets=(900, 3600)))
    slider.set_value(600)
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.value == 900
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value == 960
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert slider.value == 300
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value == 300
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert slider.value == 86_400


def test_the_slider_by_mouse(qtbot: QtBot) -> None:
    slider = shown(qtbot, LogSlider(300, 86_400))
    slider.resize(400, 28)
    with qtbot.waitSignal(slider.changed) as moved:
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert 4000 < moved.args[0] < 6000


def test_segments_and_toggles(qtbot: QtBot) -> None:
    segment = shown(qtbot, Segment(("One", "Two")))
    with qtbot.waitSignal(segment.chosen) as chosen:
        qtbot.keyClick(segment, Qt.Key.Key_Right)
    assert chosen.args == [1]
    toggle = shown(qtbot, Toggle("Keep chats"))
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert toggle.isChecked()


def test_one_radio_row_is_chosen(qtbot: QtBot) -> None:
    group = shown(qtbot, RadioGroup())
    rows = [RadioRow("Auto"), RadioRow("0xA1", "97 %", "11.90 MOR")]
    group.set_rows(rows)
    with qtbot.waitSignal(group.chosen) as chosen:
        qtbot.mouseClick(rows[1], Qt.MouseButton.LeftButton)
    assert chosen.args == [1]
    assert [row.is_chosen for row in rows] == [False, True]
    qtbot.keyClick(rows[0], Qt.Key.Key_Space)
    assert group.index == 0


def test_a_sheet_closes_by_escape_and_gives_the_focus_back(qtbot: QtBot) -> None:
    host = QWidget()
    host.resize(800, 600)
    before = QLineEdit(host)
    shown(qtbot, host)
    before.setFocus()
    sheet = Sheet(host, column(Label("Sure?", "h2"), Button("Yes", "primary", name="yes")))
    sheet.open()
    assert sheet.isVisible()
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)


@pytest.mark.parametrize("lines", [1, 60])
def test_the_footer_of_a_sheet_is_always_in_view(qtbot: QtBot, lines: int) -> None:
    host = QWidget()
    host.resize(600, 400)
    qtbot.addWidget(host)
    host.show()
    go = Button("Go", "primary", name="go")
    body = column(*(Label(f"Line {number}") for number in range(lines)))
    note = Label("What must be seen before the yes. " * 6, wrap=True)
    sheet = Sheet(host, body, footer=column(note, go))
    sheet.open()
    for widget in (go, note):
        qtbot.waitUntil(
            lambda widget=widget: widget.visibleRegion().boundingRect().size() == widget.size()
        )
    bar = sheet._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.isVisible() == (lines > 1))
    assert sheet._edge.isVisible() == (lines > 1)


def test_a_locked_sheet_stays(qtbot: QtBot) -> None:
    host = QWidget()
    host.resize(800, 600)
    shown(qtbot, host)
    sheet = Sheet(host, column(Label("Sending", "h2")))
    sheet.open()
    sheet.locked = True
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=sheet.rect().topLeft())
    assert sheet.isVisible()
    sheet.locked = False
    sheet.close_sheet()


def test_at_most_three_toasts(qtbot: QtBot) -> None:
    host = QWidget()
    host.resize(800, 600)
    shown(qtbot, host)
    toasts = ToastHost(host)
    for number in range(5):
        toasts.show_toast(f"number {number}")
    assert toasts.texts() == ["number 2", "number 3", "number 4"]


def test_a_banner_offers_its_action(qtbot: QtBot) -> None:
    banner = shown(qtbot, Banner("No connection.", "Your funds are safe.", action="Retry"))
    button = banner.findChild(QPushButton)
    assert button is not None
    with qtbot.waitSignal(banner.action):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_steps_move(qtbot: QtBot) -> None:
    stepper = shown(qtbot, Stepper(("Ask", "Allow", "Open")))
    stepper.set_step(0, "done")
    stepper.set_step(1, "failed", "refused")
    assert [stepper.state_of(index) for index in range(3)] == ["done", "failed", "waiting"]


def test_the_page_of_all_components_fits(qtbot: QtBot) -> None:
    page = shown(qtbot, components_page())
    page.resize(1280, 800)
    assert page.sizeHint().height() <= 800
