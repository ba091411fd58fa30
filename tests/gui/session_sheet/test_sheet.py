"""The session sheet: one pair, live previews, problems in words, steps, one confirmation."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.choices import RadioRow
from morpheus_desktop.widgets.duration_slider import LogSlider
from node.core.errors import NoProviderError, NotEnoughMorError, PromptReadableError
from node.service.dto import PromptPrivacy, QuoteProblem
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import NOW
from tests.gui.conftest import OpenWindow
from tests.gui.session_sheet.sheet_kit import HOUR_STAKE, SheetKit


def test_the_button_names_the_amount(sheet: SheetKit) -> None:
    sheet.quoted()
    assert sheet.confirm.text() == "Stake 44.58\u00a0MOR and open"
    assert sheet.sheet.pair.amount.amount is not None
    assert sheet.sheet.pair.amount.amount.base == HOUR_STAKE


def test_time_and_stake_are_one_pair(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.click("session.sheet.preset.900")
    sheet.kit.until(lambda: sheet.confirm.text() == "Stake 11.15\u00a0MOR and open")
    assert sheet.last_request() == (900, None, None)
    amount = sheet.kit.find(QLineEdit, "session.sheet.amount")
    amount.setFocus()
    amount.selectAll()
    sheet.kit.qtbot.keyClicks(amount, "20,5")
    sheet.kit.until(lambda: sheet.last_request()[1] == 20_500_000_000_000_000_000)
    sheet.kit.until(lambda: sheet.sheet.pair.slider.value not in (900, 3600))
    assert sheet.sheet.pair.slider.value == 20_500_000_000_000_000_000 // (72 * 10**12 * 172)


def test_a_typed_time_is_understood_or_explained(sheet: SheetKit) -> None:
    sheet.quoted()
    field = sheet.kit.find(QLineEdit, "session.sheet.duration")
    field.setText("soon")
    sheet.kit.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "For example" in field.accessibleDescription()
    field.setText("1:30")
    sheet.kit.qtbot.keyClick(field, Qt.Key.Key_Return)
    sheet.kit.until(lambda: sheet.last_request()[0] == 5400)


def test_the_button_never_stands_for_another_time_than_the_field(sheet: SheetKit) -> None:
    sheet.quoted()
    field = sheet.kit.find(QLineEdit, "session.sheet.duration")
    field.setFocus()
    field.selectAll()
    sheet.kit.qtbot.keyClicks(field, "2 h")
    assert not sheet.confirm.isEnabled()
    stake = formats.mor(sample_market.stake_for(72 * 10**12, 7200))
    sheet.kit.until(lambda: sheet.confirm.text() == f"Stake {stake} and open")
    assert field.text() == "2 h"
    field.selectAll()
    sheet.kit.qtbot.keyClicks(field, "soon")
    assert not sheet.confirm.isEnabled()
    assert "a time first" in sheet.text("session.sheet.problem")


@pytest.mark.parametrize("text", ["1,000", "-3", "many"])
def test_an_amount_that_is_none_cannot_be_staked(sheet: SheetKit, text: str) -> None:
    sheet.quoted()
    amount = sheet.kit.find(QLineEdit, "session.sheet.amount")
    amount.selectAll()
    sheet.kit.qtbot.keyClicks(amount, text)
    assert not sheet.confirm.isEnabled()
    sheet.kit.click("session.sheet.preset.900")
    sheet.quoted()
    assert sheet.confirm.isEnabled()


def test_moving_the_time_asks_once_when_it_rests(sheet: SheetKit) -> None:
    sheet.quoted()
    before = len(sheet.node.called("sessions.quote"))
    slider = sheet.kit.find(LogSlider, "session.sheet.slider")
    for _ in range(6):
        sheet.kit.qtbot.keyClick(slider, Qt.Key.Key_Right)
    sheet.kit.until(lambda: sheet.last_request()[0] == slider.value)
    assert len(sheet.node.called("sessions.quote")) == before + 1


def test_stopping_early_shows_both_amounts_live(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.until(lambda: sheet.text("session.sheet.stop.now") == "22.29\u00a0MOR")
    slider = sheet.kit.find(LogSlider, "session.sheet.stop")
    sheet.kit.qtbot.keyClick(slider, Qt.Key.Key_End)
    sheet.kit.until(lambda: sheet.text("session.sheet.stop.now") == "44.58\u00a0MOR")
    assert sheet.text("session.sheet.stop.later") == "0.00\u00a0MOR"
    sheet.kit.qtbot.keyClick(slider, Qt.Key.Key_Home)
    sheet.kit.until(lambda: sheet.node.called("sessions.preview_stop")[-1][1] == slider.value)


def test_another_offer_is_a_row_and_its_price_the_quote(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.click("session.sheet.offers")
    sheet.kit.until(lambda: len(_rows(sheet)) == 4)
    second = _rows(sheet)[2]
    sheet.kit.qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    dearer = sample_market.detail(sample_market.models()[0]).offers[1].stake_per_hour
    words = f"Stake {formats.mor(dearer)} and open"
    sheet.kit.until(lambda: sheet.confirm.text() == words)
    bid = sheet.last_request()[2]
    assert bid == sample_market.detail(sample_market.models()[0]).offers[1].bid_id
    assert second.is_chosen


def test_a_problem_is_said_and_nothing_can_be_opened(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.quote_problems = (
        QuoteProblem(
            code="funds.not_enough_mor",
            message="You need 4.2 MOR more.",
            hint="38 minutes are within reach.",
        ),
    )
    sheet = SheetKit(open_kit(fake_node), fake_node)
    words = "You need 4.2 MOR more. 38 minutes are within reach."
    sheet.kit.until(
        lambda: (
            sheet.kit.has("session.sheet.problem") and sheet.text("session.sheet.problem") == words
        )
    )
    assert not sheet.confirm.isEnabled()
    assert sheet.confirm.toolTip() == words


def test_opening_shows_steps_and_ends_in_the_chat(sheet: SheetKit) -> None:
    sheet.quoted()
    gate = sheet.node.hold("sessions.open.step")
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.node.called("sessions.open"))
    assert not sheet.confirm.isEnabled()
    assert not sheet.sheet.pair.slider.isEnabled()
    gate.set()
    sheet.kit.until(lambda: not sheet.kit.has("session.sheet"))
    target = sheet.kit.navigation.chat.target
    assert target is not None
    assert (target.kind, target.id) == ("session", sheet.node.world.sessions[0].id)
    assert "is open until" in sheet.kit.window.toasts.texts()[0]


def test_a_closed_sheet_does_not_stop_what_was_confirmed(sheet: SheetKit) -> None:
    sheet.quoted()
    gate = sheet.node.hold("sessions.open.step")
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.node.called("sessions.open"))
    sheet.kit.qtbot.keyClick(sheet.sheet, Qt.Key.Key_Escape)
    sheet.kit.until(lambda: not sheet.kit.has("session.sheet"))
    gate.set()
    sheet.kit.until(lambda: sheet.kit.window.toasts.texts())
    assert sheet.node.world.sessions[0].state == "active"


def test_a_refused_opening_says_why_and_can_be_tried_again(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.node.fail("sessions.open", NoProviderError("Nobody accepted.", tried=[]))
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.confirm.text() == "Try again")
    assert sheet.text("session.sheet.problem").startswith("Nobody accepted.")
    sheet.kit.click("session.sheet.confirm")
    sheet.quoted()
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: not sheet.kit.has("session.sheet"))


@pytest.mark.parametrize(
    ("privacy", "words"),
    [
        ("encrypted", "Encrypted both ways. The provider reads your prompts."),
        (
            "readable",
            "Answers encrypted, prompts readable on the network. The provider reads your prompts.",
        ),
    ],
)
def test_the_sheet_says_who_can_read_the_prompts(
    open_kit: OpenWindow, fake_node: FakeNode, privacy: PromptPrivacy, words: str
) -> None:
    fake_node.world.prompt_privacy = privacy
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.quoted()
    assert sheet.text("session.sheet.privacy") == words


def test_the_sheet_says_that_uploaded_audio_is_readable(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    hermes = fake_node.world.models[0]
    fake_node.world.models[0] = hermes.model_copy(update={"kind": "STT"})
    sheet = SheetKit(open_kit(fake_node), fake_node)
    words = "Encrypted both ways. Uploaded audio is readable on the network."
    sheet.kit.until(lambda: sheet.text("session.sheet.privacy") == words)


def test_a_provider_that_lost_encryption_needs_a_click_that_says_so(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.node.fail("sessions.open", PromptReadableError.withdrawn("0xabc"))
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.confirm.text() == "Agree to readable prompts")
    assert "no longer does" in sheet.text("session.sheet.problem")
    assert sheet.node.called("sessions.allow_readable_prompts") == []
    sheet.kit.click("session.sheet.confirm")
    sheet.quoted()
    assert sheet.node.called("sessions.allow_readable_prompts") == [("0xabc", True)]
    assert len(sheet.node.called("sessions.open")) == 1


def test_a_refused_quote_is_said(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.fail("sessions.quote", NotEnoughMorError("You have no MOR."))
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.problem"))
    assert "You have no MOR." in sheet.text("session.sheet.problem")
    assert not sheet.confirm.isEnabled()


def test_cancel_opens_nothing(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.click("session.sheet.cancel")
    sheet.kit.until(lambda: not sheet.kit.has("session.sheet"))
    assert sheet.node.called("sessions.open") == []


def _rows(sheet: SheetKit) -> list[RadioRow]:
    found = sheet.kit.find(QWidget, "session.sheet").findChildren(RadioRow)
    return [row for row in found if row.isVisible()]


def test_extending_quotes_the_same_offer_for_as_long_again(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    session = next(item for item in fake_node.world.sessions if item.state == "active")
    kit.until(lambda: kit.navigation.chat.target)
    kit.navigation.session_sheets.extend(session.id)
    kit.until(lambda: fake_node.called("sessions.quote"))
    request = fake_node.called("sessions.quote")[-1][0]
    assert request.extends == session.id
    assert request.bid_id == session.bid_id
    left = session.ends_at - NOW
    assert abs(request.duration_s - left - (session.ends_at - session.opened_at)) <= 5
    confirm = kit.find(QPushButton, "session.sheet.confirm")
    kit.until(lambda: confirm.text().startswith("Stake"))
    confirm.click()
    kit.until(lambda: any(item.follows == session.id for item in fake_node.world.sessions))
    assert kit.window.section == "chat"


def test_the_other_side_of_the_pair_follows_before_the_node_answers(sheet: SheetKit) -> None:
    sheet.quoted()
    gate = sheet.node.hold("sessions.quote")
    sheet.kit.click("session.sheet.preset.900")
    amount = sheet.kit.find(QLineEdit, "session.sheet.amount")
    assert amount.text() == "11.14"
    assert not sheet.confirm.isEnabled()
    amount.setFocus()
    amount.selectAll()
    sheet.kit.qtbot.keyClicks(amount, "22.29")
    assert sheet.kit.find(QLineEdit, "session.sheet.duration").text() == "29\u00a0min"
    gate.set()
    sheet.quoted()


def test_dragging_the_stop_time_ends_on_the_newest_answer(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.until(lambda: sheet.text("session.sheet.stop.now") == "22.29\u00a0MOR")
    gate = sheet.node.hold("sessions.preview_stop")
    slider = sheet.kit.find(LogSlider, "session.sheet.stop")
    for _ in range(8):
        sheet.kit.qtbot.keyClick(slider, Qt.Key.Key_Right)
    asked = len(sheet.node.called("sessions.preview_stop"))
    assert sheet.text("session.sheet.stop.now") == "22.29\u00a0MOR"
    gate.set()
    sheet.kit.until(lambda: sheet.node.called("sessions.preview_stop")[-1][1] == slider.value)
    left = sheet.node.world.now + 3600 - slider.value
    held = HOUR_STAKE * (3600 - left) // 3600
    back = formats.mor(HOUR_STAKE - held)
    sheet.kit.until(lambda: sheet.text("session.sheet.stop.now") == back)
    assert len(sheet.node.called("sessions.preview_stop")) <= asked + 2


def test_what_is_held_names_the_midnight_and_who_claims(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.quoted()
    sheet.kit.until(lambda: "00:00 UTC" in sheet.text("session.sheet.stop.note"))
    assert sheet.text("session.sheet.stop.note").endswith("claimed for you")
