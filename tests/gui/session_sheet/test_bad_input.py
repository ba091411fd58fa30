"""What people type or meet in the session sheet: a reason in place, a way on, nothing lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from node.core.errors import (
    BidNotFoundError,
    InvalidDurationError,
    NoProviderError,
    PriceChangedError,
    QuoteExpiredError,
    RpcUnavailableError,
    SessionTooShortError,
)
from node.service.dto import QuoteProblem
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.session_sheet.sheet_kit import SheetKit

MAXIMUM = "A session lasts at most 24 hours."


@pytest.mark.parametrize("text", ["", "0", "many", "-1", "1,000", "1.0000000000000000001"])
def test_an_amount_that_cannot_be_staked(sheet: SheetKit, text: str) -> None:
    sheet.quoted()
    field = sheet.kit.find(QLineEdit, "session.sheet.amount")
    field.setFocus()
    field.selectAll()
    sheet.kit.qtbot.keyClick(field, Qt.Key.Key_Delete)
    sheet.kit.qtbot.keyClicks(field, text)
    assert not sheet.confirm.isEnabled()
    assert "above 0" in sheet.text("session.sheet.problem")
    assert field.text() == text
    assert not sheet.node.called("sessions.open")


@pytest.mark.parametrize("text", ["", "soon", "1:2:3", "0 min"])
def test_a_time_that_is_none(sheet: SheetKit, text: str) -> None:
    sheet.quoted()
    field = sheet.kit.find(QLineEdit, "session.sheet.duration")
    field.setFocus()
    field.selectAll()
    sheet.kit.qtbot.keyClick(field, Qt.Key.Key_Delete)
    sheet.kit.qtbot.keyClicks(field, text)
    assert not sheet.confirm.isEnabled()
    assert "a time first" in sheet.text("session.sheet.problem")
    assert field.text() == text


def test_less_than_five_minutes(sheet: SheetKit) -> None:
    sheet.quoted()
    refusal = SessionTooShortError(
        "A session lasts at least 5 minutes.", hint="Choose a longer time."
    )
    sheet.node.fail("sessions.quote", refusal)
    field = sheet.kit.find(QLineEdit, "session.sheet.duration")
    field.selectAll()
    sheet.kit.qtbot.keyClicks(field, "3 min")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert "at least 5 minutes. Choose a longer" in sheet.text("session.sheet.problem")
    assert not sheet.confirm.isEnabled()
    assert field.text().replace("\u00a0", " ") == "3 min"
    sheet.kit.click("session.sheet.fix")
    sheet.quoted()
    assert sheet.last_request()[0] == 300


def test_more_than_the_longest_session(sheet: SheetKit) -> None:
    sheet.quoted()
    refusal = InvalidDurationError(
        MAXIMUM, hint="Choose a shorter time.", code="input.duration_too_long"
    )
    sheet.node.fail("sessions.quote", refusal)
    field = sheet.kit.find(QLineEdit, "session.sheet.duration")
    field.selectAll()
    sheet.kit.qtbot.keyClicks(field, "30 h")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert MAXIMUM in sheet.text("session.sheet.problem")
    sheet.kit.click("session.sheet.fix")
    sheet.quoted()
    assert sheet.last_request()[0] == 86_400


def test_an_offer_that_is_gone_is_reviewed_again(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.node.fail(
        "sessions.open",
        QuoteExpiredError("The provider changed the price.", hint="Nothing was sent."),
    )
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.problem"))
    assert "changed the price. Nothing was sent." in sheet.text("session.sheet.problem")
    assert sheet.confirm.text() == "Review again"
    sheet.kit.click("session.sheet.confirm")
    sheet.quoted()
    assert len(sheet.node.called("sessions.open")) == 1


def test_a_dearer_offer_is_quoted_anew_before_anything_is_sent(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.until(lambda: sheet.sheet._presenter.detail is not None)
    old, new = (item.bid_id for item in sample_market.detail(sample_market.models()[0]).offers[1:3])
    sheet.sheet._presenter.choose_bid(old)
    sheet.kit.until(lambda: sheet.last_request()[2] == old)
    sheet.quoted()
    words = "The provider changed the price: 0.9 MOR → 1.4 MOR per hour."
    sheet.node.fail("sessions.open", PriceChangedError(words, details={"bid_id": new}))
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.problem"))
    assert words in sheet.text("session.sheet.problem")
    assert "nothing was sent" in sheet.text("session.sheet.problem")
    assert sheet.confirm.text() == "Review again"
    sheet.kit.click("session.sheet.confirm")
    sheet.quoted()
    assert sheet.last_request()[2] == new
    assert len(sheet.node.called("sessions.open")) == 1


def test_an_offer_that_is_gone_leads_to_the_others(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.node.fail("sessions.open", BidNotFoundError("The offer was withdrawn."))
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    sheet.kit.click("session.sheet.fix")
    sheet.kit.until(lambda: not sheet.sheet._offers._rows.isHidden())


def test_a_provider_that_does_not_answer_leads_to_the_others(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.node.fail("sessions.open", NoProviderError("0x12Ab…9F3c did not answer.", tried=[]))
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert sheet.kit.find(QPushButton, "session.sheet.fix").text() == "Choose a provider"
    sheet.kit.click("session.sheet.fix")
    sheet.kit.until(lambda: not sheet.sheet._offers._rows.isHidden())


def test_no_connection_can_be_tried_again(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.fail("sessions.quote", RpcUnavailableError("No connection to the Base network."))
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.until(lambda: sheet.confirm.text() == "Try again")
    assert "No connection" in sheet.text("session.sheet.problem")
    sheet.kit.click("session.sheet.confirm")
    sheet.quoted()


def test_money_that_is_missing_is_said_with_both_amounts(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.overview = fake_node.world.overview.model_copy(update={"wallet": 10**18})
    fake_node.world.quote_problems = (
        QuoteProblem(code="funds.not_enough_mor", message="You have 1 MOR; 44.6 MOR are needed."),
    )
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert sheet.kit.find(QPushButton, "session.sheet.fix").text() == "Receive"
    assert "1 MOR; 44.6 MOR" in sheet.text("session.sheet.problem")
    assert not sheet.confirm.isEnabled()
