"""Sending: checked twice, refused in words, never sent without a yes to the exact amount."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.page import WalletPage
from morpheus_desktop.pages.wallet.send.sheet import SendSheet
from morpheus_desktop.widgets.labels import Label
from node.core.errors import (
    InvalidAddressError,
    NotEnoughMorError,
    QuoteExpiredError,
    TxStuckError,
    WalletLockedError,
)
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS
from tests.gui.wallet.conftest import OpenWallet

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
TARGET = PROVIDERS[1][0]


@pytest.fixture
def page(open_wallet: OpenWallet, fake_node: FakeNode) -> WalletPage:
    return open_wallet(fake_node)


def open_sheet(page: WalletPage, qtbot: QtBot) -> SendSheet:
    qtbot.mouseClick(page.send_button, Qt.MouseButton.LeftButton)
    sheet = page.findChild(SendSheet)
    assert sheet is not None
    return sheet


def review(page: WalletPage, sheet: SendSheet, qtbot: QtBot, amount: str = "5,25") -> None:
    qtbot.keyClicks(sheet.to.edit, TARGET)
    qtbot.keyClicks(sheet.amount.edit, amount)
    with qtbot.waitSignal(sheet._presenter.drafted):
        qtbot.keyClick(sheet.amount.edit, Qt.Key.Key_Return)


def texts(sheet: SendSheet) -> str:
    return " ".join(label.text() for label in sheet.findChildren(Label) if label.isVisible())


def test_the_review_shows_address_fee_rest_and_warnings_before_anything_is_sent(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot)
    assert fake_node.called("wallet.draft_send") == [("MOR", TARGET, 525 * 10**16)]
    shown = texts(sheet)
    assert "5B38 Da6a 701c 5685 45dC" in shown
    assert "407.35" in shown
    assert "You never sent to this address before." in shown
    assert "5.25" in sheet.next_button.text()
    assert not fake_node.called("wallet.send")
    with qtbot.waitSignal(page.told):
        qtbot.keyClick(sheet.next_button, Qt.Key.Key_Space)
    assert fake_node.called("wallet.send") == [("draft-1",)]
    assert not sheet.isVisible()


def test_escape_does_not_hide_a_transfer_that_runs(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot)
    gate = fake_node.hold("wallet.send")
    sheet.next_button.click()
    sheet.next_button.click()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    with qtbot.waitSignal(page.told):
        gate.set()
    assert len(fake_node.called("wallet.send")) == 1


def test_what_is_missing_is_said_beside_its_field(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(page, qtbot)
    sheet.next_button.click()
    assert sheet.to.edit.accessibleDescription() == "Enter the address to send to."
    qtbot.keyClicks(sheet.to.edit, TARGET)
    sheet.next_button.click()
    assert sheet.amount.edit.accessibleDescription() == "Enter an amount above 0."
    assert not fake_node.called("wallet.draft_send")


@pytest.mark.parametrize("field", ["to", "amount"])
def test_a_refusal_stands_beside_its_field_and_the_values_stay(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot, field: str
) -> None:
    errors = {
        "to": InvalidAddressError("This address has a mistyped letter."),
        "amount": NotEnoughMorError("You have 412.60 MOR."),
    }
    fake_node.fail("wallet.draft_send", errors[field])
    sheet = open_sheet(page, qtbot)
    qtbot.keyClicks(sheet.to.edit, TARGET)
    qtbot.keyClicks(sheet.amount.edit, "9000")
    with qtbot.waitSignal(sheet._presenter.draft_failed):
        sheet.next_button.click()
    shown = {"to": sheet.to, "amount": sheet.amount}[field]
    assert errors[field].message in shown.edit.accessibleDescription()
    assert sheet.to.text() == TARGET
    assert sheet.next_button.isEnabled()


def test_an_old_draft_goes_back_to_the_form(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.send", QuoteExpiredError("This transfer is no longer up to date."))
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot)
    with qtbot.waitSignal(sheet._presenter.send_failed):
        sheet.next_button.click()
    assert sheet.next_button.text() == "Review"
    assert "no longer up to date" in texts(sheet)


def test_a_failed_transfer_is_told_in_the_sheet(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.send", TxStuckError("The network is slow."))
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot)
    with qtbot.waitSignal(sheet._presenter.send_failed):
        sheet.next_button.click()
    assert "The network is slow." in texts(sheet)
    assert not sheet.locked


def test_a_wallet_locked_meanwhile_asks_the_frame_to_unlock(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.send", WalletLockedError("The wallet is locked."))
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot)
    with qtbot.waitSignal(page.problem):
        sheet.next_button.click()


def test_all_sends_the_exact_balance(page: WalletPage, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = open_sheet(page, qtbot)
    qtbot.keyClicks(sheet.to.edit, TARGET)
    qtbot.mouseClick(sheet.all_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sheet._presenter.drafted):
        sheet.next_button.click()
    assert fake_node.called("wallet.draft_send")[0][2] == fake_node.world.overview.wallet


def test_eth_has_its_own_field(page: WalletPage, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = open_sheet(page, qtbot)
    qtbot.keyClick(sheet.asset, Qt.Key.Key_Right)
    assert not sheet.all_button.isVisible()
    review(page, sheet, qtbot, "0.001")
    assert fake_node.called("wallet.draft_send") == [("ETH", TARGET, 10**15)]
    assert "0.0010" in sheet.next_button.text()


def test_an_amount_above_the_limit_asks_for_the_password(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot, "60")
    assert not sheet.next_button.isEnabled()
    assert sheet.next_button.toolTip() == "Type the password first."
    field = sheet.guard.password_field
    qtbot.keyClicks(field.edit, "wrong")
    with qtbot.waitSignal(sheet._presenter.send_failed):
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert "Wrong password" in field.edit.accessibleDescription()
    assert sheet.isVisible()
    qtbot.keyClicks(field.edit, fake_node.world.password)
    with qtbot.waitSignal(page.told):
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert not sheet.isVisible()


def test_most_of_the_balance_wants_the_amount_typed(
    page: WalletPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot, "400")
    qtbot.keyClicks(sheet.guard.password_field.edit, fake_node.world.password)
    assert sheet.next_button.toolTip() == "Type 400 first."
    qtbot.keyClicks(sheet.guard.typed_field.edit, "400")
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(sheet.next_button, Qt.MouseButton.LeftButton)
    assert len(fake_node.called("wallet.send")) == 1


def test_going_back_forgets_the_password(page: WalletPage, qtbot: QtBot) -> None:
    sheet = open_sheet(page, qtbot)
    review(page, sheet, qtbot, "60")
    qtbot.keyClicks(sheet.guard.password_field.edit, "something")
    qtbot.mouseClick(sheet.back_button, Qt.MouseButton.LeftButton)
    assert sheet.guard.password_field.text() == ""
    assert sheet.next_button.isEnabled()
