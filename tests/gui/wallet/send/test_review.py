"""The review: everything before the yes; the yes is asked for again when anything changes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from morpheus_desktop.widgets.address_groups import AddressGroups
from node.core.errors import (
    FundsError,
    NodeError,
    NotEnoughMorError,
    PriceChangedError,
    QuoteExpiredError,
    RpcUnavailableError,
    SpendLimitError,
    WalletLockedError,
    WatchOnlyError,
)
from node.service.dto import Contact, SendDraft, Warning_
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.send.conftest import ADA, STRANGER, OpenSheet, SendKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
GO = "wallet.send.review"
KNOWN = "0x12AB34cd56ef7890ab12Cd34EF567890Ab129F3C"
TWIN = "0x12aB34Cd56ef7890Ab12Cd34eF567899BC129F3c"


def test_the_review_names_amount_recipient_fee_rest_and_warnings(kit: SendKit) -> None:
    kit.review(STRANGER)
    shown = kit.texts()
    for part in (
        "Leaves Main",
        "5.25",
        "New recipient",
        "about 0.0000042",
        "at most 0.0000084",
        "407.35",
    ):
        assert part in shown
    assert kit.find("wallet.send.address").accessibleName() == STRANGER
    assert "You never sent to this address before." in shown
    assert kit.find(GO).accessibleName().startswith("Send 5.25")
    assert not kit.node.called("wallet.send")
    kit.press(GO, Qt.Key.Key_Space)
    kit.until(lambda: kit.node.called("wallet.send"))
    assert len(kit.node.called("wallet.send")) == 1


def test_a_contact_is_called_by_its_name_without_a_warning(kit: SendKit) -> None:
    kit.review(ADA)
    assert "Ada" in kit.texts()
    assert not kit.has("wallet.send.warning.first_recipient")


def test_the_number_is_under_advanced(kit: SendKit) -> None:
    kit.review()
    assert "nonce" not in kit.texts()
    kit.click("wallet.send.advanced")
    kit.until(lambda: "nonce" in kit.texts())
    assert "42" in kit.texts()
    assert "Base, chain 8453" in kit.texts()


def test_a_look_alike_shows_both_addresses_with_the_differences_marked(
    fake_node: FakeNode, open_sheet: OpenSheet
) -> None:
    fake_node.world.contacts = [Contact(address=KNOWN, name="Ada")]
    kit = open_sheet(fake_node)
    kit.review(TWIN.lower())
    pair = kit.find("wallet.send.comparison").findChildren(AddressGroups)
    assert [item.accessibleName().lower() for item in pair] == [TWIN.lower(), KNOWN.lower()]
    assert {item.marked for item in pair} == {frozenset({7, 8})}
    assert pair[0].accessibleDescription() == "Different in groups 8, 9"
    assert "You know Ada" in kit.texts()
    assert "2 of 10 groups differ" in kit.texts()
    assert not kit.find(GO).isEnabled()
    kit.fill("wallet.send.typed", "5.25")
    kit.click(GO)
    kit.until(lambda: kit.node.called("wallet.send"))


def test_the_gravest_warning_comes_first_and_texts_are_plain(kit: SendKit) -> None:
    warnings = (
        Warning_(code="first_recipient", text="You never sent to this address before."),
        Warning_(code="not_backed_up", text="<b>Your phrase</b> is not backed up."),
        Warning_(code="contract", text="This is the address of a contract, not of a person."),
    )
    kit.change_drafts(lambda draft: draft.model_copy(update={"warnings": warnings}))
    kit.review(STRANGER)
    tops = {
        code: kit.find(f"wallet.send.warning.{code}").y()
        for code in ("contract", "first_recipient", "not_backed_up")
    }
    assert tops["contract"] < tops["first_recipient"] < tops["not_backed_up"]
    assert "<b>Your phrase</b> is not backed up." in kit.texts()


def test_an_amount_above_the_limit_asks_for_the_password(kit: SendKit) -> None:
    kit.review(amount="60")
    assert not kit.find(GO).isEnabled()
    assert "Type the password first." in kit.texts()
    kit.fill("wallet.send.password", "wrong")
    kit.press("wallet.send.password", Qt.Key.Key_Return)
    kit.until(lambda: "Wrong password" in kit.said("wallet.send.password"))
    assert kit.sheet.review.isVisible()
    kit.fill("wallet.send.password", kit.node.world.password)
    kit.press("wallet.send.password", Qt.Key.Key_Return)
    kit.until(lambda: kit.sheet.result.isVisible())


def test_most_of_the_balance_wants_the_amount_typed(kit: SendKit) -> None:
    kit.review(amount="400")
    assert "Type 400 first." in kit.texts()
    kit.fill("wallet.send.typed", "400")
    kit.fill("wallet.send.password", kit.node.world.password)
    kit.click(GO)
    kit.until(lambda: kit.sheet.result.isVisible())


def test_confirmation_and_button_are_in_view_in_the_smallest_window(kit: SendKit) -> None:
    kit.review(STRANGER, "400")

    def is_whole(name: str) -> bool:
        widget = kit.find(name)
        return widget.visibleRegion().boundingRect().height() == widget.height()

    for name in (GO, "wallet.send.password", "wallet.send.typed"):
        kit.until(lambda name=name: is_whole(name))
    assert is_whole("wallet.send.warning.most_of_balance")


def test_back_keeps_all_that_was_typed_and_forgets_the_password(kit: SendKit) -> None:
    kit.review(STRANGER, "60")
    kit.sheet.form.speed.choose("fast")
    kit.fill("wallet.send.password", "something")
    kit.click("wallet.send.cancel")
    assert kit.value("wallet.send.to") == STRANGER
    assert kit.value("wallet.send.amount") == "60"
    assert kit.sheet.form.speed.speed == "fast"
    assert kit.sheet.guard.password_field.text() == ""
    assert kit.find(GO).isEnabled()


# --- again, when something changed ---


@pytest.mark.parametrize(
    "error",
    [
        QuoteExpiredError("This transfer is no longer up to date."),
        PriceChangedError("It costs more now."),
        SpendLimitError("The network fee could be above that.", code="funds.fee_rose"),
    ],
)
def test_an_outdated_draft_is_made_anew_and_the_difference_shown(
    kit: SendKit, error: NodeError
) -> None:
    kit.review()
    kit.node.fail("wallet.send", error)
    kit.change_drafts(lambda draft: draft.model_copy(update={"fee_wei": 6_300_000_000_000}))
    kit.click(GO)
    kit.until(lambda: kit.has("wallet.send.changes"))
    assert "The fee rose from 0.0000042" in kit.texts()
    assert "to 0.0000063" in kit.texts()
    assert len(kit.node.called("wallet.send")) == 1
    kit.click(GO)
    kit.until(lambda: kit.sheet.result.isVisible())
    assert len(kit.node.called("wallet.send")) == 2


def test_an_outdated_draft_that_costs_the_same_still_asks_again(kit: SendKit) -> None:
    kit.review()
    kit.node.world.drafts.clear()
    kit.click(GO)
    kit.until(lambda: kit.has("wallet.send.changes"))
    assert "it costs the same" in kit.texts()
    assert kit.sheet.review.isVisible()
    assert len(kit.node.called("wallet.send")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"fee_max_wei": 9 * 10**12},
        {"warnings": (Warning_(code="contract", text="A contract.", hint=""),)},
        {"needs_password": True},
    ],
)
def test_after_a_minute_a_dearer_transfer_is_shown_before_it_is_sent(
    kit: SendKit, change: dict[str, object]
) -> None:
    kit.review()
    kit.clock.now += 61
    kit.change_drafts(lambda draft: draft.model_copy(update=change))
    count = len(kit.drafts())
    kit.click(GO)
    kit.until(lambda: len(kit.drafts()) == count + 1 and not kit.sheet.locked)
    assert not kit.node.called("wallet.send")
    assert kit.sheet.review.isVisible()


def test_after_a_minute_the_same_or_cheaper_is_sent_at_once(kit: SendKit) -> None:
    kit.review()
    kit.clock.now += 61
    kit.change_drafts(lambda draft: draft.model_copy(update={"fee_max_wei": 8 * 10**12}))
    kit.click(GO)
    kit.until(lambda: kit.sheet.result.isVisible())
    newest: SendDraft | None = kit.sheet._draft
    assert newest is not None
    assert len(kit.node.called("wallet.send")) == 1


# --- failures ---


@pytest.mark.parametrize(
    "error",
    [
        RpcUnavailableError("No connection to the Base network."),
        FundsError("The same transfer is on its way already.", hint="Wait until it has arrived."),
        NotEnoughMorError("You have 3 MOR."),
    ],
)
def test_a_failure_says_that_nothing_was_sent_and_checks_before_the_next_yes(
    kit: SendKit, error: FundsError
) -> None:
    kit.review()
    kit.node.fail("wallet.send", error)
    kit.click(GO)
    kit.until(lambda: error.message in kit.texts())
    assert "Nothing was sent." in kit.texts()
    assert kit.find(GO).accessibleName() == "Check again"
    assert QApplication.focusWidget() is kit.find(GO)
    count = len(kit.drafts())
    kit.click(GO)
    kit.until(lambda: len(kit.drafts()) == count + 1 and not kit.sheet._used_up)
    assert len(kit.node.called("wallet.send")) == 1


def test_a_locked_wallet_is_unlocked_and_all_is_kept(kit: SendKit) -> None:
    world = kit.node.world
    kit.review(STRANGER)
    world.wallet = world.wallet.model_copy(update={"locked": True})
    kit.presenter.load()
    kit.until(lambda: kit.presenter.context and kit.presenter.context.status.locked)
    kit.node.fail("wallet.send", WalletLockedError("The wallet is locked."))
    with kit.qtbot.waitSignal(kit.sheet.unlock_needed):
        kit.click(GO)
    assert kit.sheet.isVisible()
    unlocking = kit.presenter._tasks.spawn(kit.node.wallet.unlock(world.password), "unlock")
    kit.until(unlocking.done)
    kit.until(lambda: kit.find(GO).accessibleName().startswith("Send 5.25"))
    # What is shown is made anew with the next draft.
    kit.until(lambda: kit.find("wallet.send.address").accessibleName() == STRANGER)
    kit.click(GO)
    kit.until(lambda: kit.sheet.result.isVisible())


def test_a_watched_account_does_not_ask_for_a_password(kit: SendKit) -> None:
    kit.review()
    kit.node.fail("wallet.send", WatchOnlyError("This account is watched only."))
    asked: list[object] = []
    kit.sheet.unlock_needed.connect(asked.append)
    kit.click(GO)
    kit.until(lambda: "This account is watched only." in kit.texts())
    assert not asked


def test_a_double_click_sends_once_and_escape_waits(kit: SendKit) -> None:
    kit.review()
    gate = kit.node.hold("wallet.send")
    kit.sheet.next_button.click()
    kit.sheet.next_button.click()
    kit.qtbot.keyClick(kit.sheet, Qt.Key.Key_Escape)
    assert kit.sheet.isVisible()
    gate.set()
    kit.until(lambda: kit.sheet.result.isVisible())
    assert len(kit.node.called("wallet.send")) == 1
