"""The form: who, how much, how fast; what is refused, in words, before anything is sent."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from node.core.errors import (
    FundsError,
    InvalidAddressError,
    NotEnoughGasError,
    NotEnoughMorError,
    RpcUnavailableError,
)
from node.service.dto import Contact
from tests.fakes.fake_accounts import ADDRESSES, PHRASE, PRIVATE_KEY
from tests.fakes.fake_node import FakeNode
from tests.fakes.fake_sending import TOKEN
from tests.fakes.sample_data import WALLET
from tests.gui.wallet.send.conftest import ADA, STRANGER, OpenSheet, SendKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
TO, AMOUNT = "wallet.send.to", "wallet.send.amount"


# --- to whom ---


def test_a_contact_an_own_account_and_a_stranger_are_told_apart(kit: SendKit) -> None:
    kit.fill(TO, ADA)
    assert "Ada · contact" in kit.texts()
    kit.fill(TO, ADDRESSES[0])
    assert "Savings · your own account" in kit.texts()
    kit.fill(TO, STRANGER)
    assert "First time: you never sent to this address." in kit.texts()


def test_an_address_that_was_paid_before_is_known(
    fake_node: FakeNode, open_sheet: OpenSheet
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions[0] = first.model_copy(
        update={"intent": "send_mor", "recipient": STRANGER, "status": "mined"}
    )
    kit = open_sheet(fake_node)
    kit.fill(TO, STRANGER)
    assert "You sent to this address before" in kit.texts()


def test_names_are_offered_while_typing_and_taken_by_keys(kit: SendKit) -> None:
    kit.find(TO).setFocus()
    kit.fill(TO, "sav")
    assert kit.has("wallet.send.suggestions")
    kit.press(TO, Qt.Key.Key_Down)
    assert "Savings" in kit.said(TO)
    kit.press(TO, Qt.Key.Key_Return)
    assert kit.value(TO) == ADDRESSES[0]
    assert not kit.has("wallet.send.suggestions")
    assert QApplication.focusWidget() is kit.find(AMOUNT)


def test_escape_closes_the_list_and_only_then_the_sheet(kit: SendKit) -> None:
    kit.find(TO).setFocus()
    kit.fill(TO, "a")
    kit.press(TO, Qt.Key.Key_Escape)
    assert not kit.has("wallet.send.suggestions")
    assert kit.sheet.isVisible()
    kit.press(TO, Qt.Key.Key_Escape)
    assert not kit.sheet.isVisible()


def test_a_name_is_picked_with_the_mouse(kit: SendKit) -> None:
    kit.click("wallet.send.known")
    kit.click("wallet.send.suggestion.1")
    assert kit.value(TO) == kit.node.world.contacts[1].address


def test_a_hidden_account_and_the_one_in_use_are_not_offered(kit: SendKit) -> None:
    context = kit.presenter.context
    assert context is not None
    offered = {item.address for item in context.known}
    assert not offered & {WALLET, ADDRESSES[1]}
    assert ADDRESSES[2] in offered


def test_a_whole_name_is_as_good_as_its_address(kit: SendKit) -> None:
    kit.review("exchange", "5")
    assert kit.drafts()[-1][1] == kit.node.world.contacts[1].address


def test_a_name_of_two_is_no_recipient(fake_node: FakeNode, open_sheet: OpenSheet) -> None:
    twin = Contact(address=STRANGER, name="Savings")
    fake_node.world.contacts.append(twin)
    kit = open_sheet(fake_node)
    kit.fill(TO, "Savings")
    kit.fill(AMOUNT, "5")
    kit.click("wallet.send.review")
    assert "not an address" in kit.said(TO)
    assert not kit.drafts()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ada.eth", "Names are not supported yet."),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "not an address of this network"),
        ("0x5B38da6a701c568545dCfcB03FcB875f56beddC4", "wrong case"),
        ("0x1234", "not an address of this network"),
    ],
)
def test_what_is_no_address_is_refused_in_words(kit: SendKit, text: str, words: str) -> None:
    kit.fill(TO, text)
    kit.fill(AMOUNT, "5")
    kit.click("wallet.send.review")
    assert words in kit.said(TO)
    assert kit.value(TO) == text
    assert not kit.drafts()


def test_half_an_address_is_not_called_wrong_while_it_is_typed(kit: SendKit) -> None:
    kit.fill(TO, STRANGER[:20])
    assert not kit.sheet.form.to.judge(final=False)
    assert not kit.said(TO)
    kit.fill(TO, "ada.eth")
    kit.until(lambda: "Names are not supported" in kit.said(TO))


def test_the_names_of_contacts_are_plain_text(fake_node: FakeNode, open_sheet: OpenSheet) -> None:
    fake_node.world.contacts = [Contact(address=ADA, name="<b>Ada</b>", note="<i>x</i>")]
    kit = open_sheet(fake_node)
    kit.fill(TO, ADA)
    assert "<b>Ada</b> · contact · <i>x</i>" in kit.texts()


# --- secrets ---


@pytest.mark.parametrize("secret", [PRIVATE_KEY, PHRASE, f"  {PHRASE.upper()}"])
@pytest.mark.parametrize("field", [TO, AMOUNT])
def test_a_secret_in_a_field_is_cleared_and_never_asked_about(
    kit: SendKit, secret: str, field: str
) -> None:
    QGuiApplication.clipboard().setText(secret)
    kit.find(field).setFocus()
    kit.press(field, Qt.Key.Key_A)
    kit.qtbot.keyClick(kit.find(field), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert kit.value(field) == ""
    kit.until(lambda: "private key or recovery phrase" in kit.texts())
    kit.qtbot.keyClick(kit.find(field), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert secret.split(maxsplit=1)[0] not in kit.value(field)
    kit.click("wallet.send.notice.action")
    assert QGuiApplication.clipboard().text() == ""
    assert not kit.has("wallet.send.notice")
    assert not kit.drafts()


def test_another_text_on_the_clipboard_is_left_alone(kit: SendKit) -> None:
    kit.fill(TO, PRIVATE_KEY)
    QGuiApplication.clipboard().setText("a letter")
    kit.click("wallet.send.notice.action")
    assert QGuiApplication.clipboard().text() == "a letter"


# --- how much ---


@pytest.mark.parametrize(
    ("typed", "choices"),
    [("1,5", ["1.5"]), ("1,500", ["1.5", "1500"]), ("1.000", ["1", "1000"])],
)
def test_an_unclear_amount_offers_what_it_may_mean(
    kit: SendKit, typed: str, choices: list[str]
) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, typed)
    assert "Did you mean" in kit.said(AMOUNT)
    kit.click("wallet.send.review")
    assert not kit.sheet.review.isVisible()
    last = len(choices) - 1
    assert not kit.has(f"wallet.send.choice.{last + 1}")
    kit.click(f"wallet.send.choice.{last}")
    assert kit.value(AMOUNT) == choices[last]
    assert not kit.has("wallet.send.choice.0")


def test_one_reading_is_taken_with_enter_and_seen_before_the_review(kit: SendKit) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5,25")
    kit.press(AMOUNT, Qt.Key.Key_Return)
    assert kit.value(AMOUNT) == "5.25"
    assert not kit.sheet.review.isVisible()
    kit.press(AMOUNT, Qt.Key.Key_Return)
    kit.until(kit.sheet.review.isVisible)


def test_too_many_decimals_offer_the_rounded_amount(kit: SendKit) -> None:
    kit.fill(AMOUNT, "1.1234567890123456789")
    assert "at most 18 decimals" in kit.said(AMOUNT)
    kit.click("wallet.send.choice.0")
    assert kit.value(AMOUNT) == "1.123456789012345678"


@pytest.mark.parametrize("text", ["abc", "-5", "1e18", "9" * 70])
def test_what_is_no_amount_is_refused(kit: SendKit, text: str) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, text)
    assert kit.said(AMOUNT)
    kit.click("wallet.send.review")
    assert not kit.drafts()


@pytest.mark.parametrize("text", ["", "0", "0.0"])
def test_nothing_is_no_amount(kit: SendKit, text: str) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, text)
    assert not kit.said(AMOUNT)
    kit.click("wallet.send.review")
    assert "Enter an amount above 0." in kit.said(AMOUNT)


def test_the_most_is_what_the_node_says(kit: SendKit) -> None:
    kit.fill(TO, ADA)
    kit.find("wallet.send.asset").setFocus()
    kit.press("wallet.send.asset", Qt.Key.Key_Right)
    kit.click("wallet.send.max")
    kit.until(lambda: kit.value(AMOUNT))
    assert kit.node.called("wallet.max_send") == [("ETH", ADA)]
    assert kit.value(AMOUNT) == "0.0184116"


def test_the_most_of_eth_needs_the_recipient_first(kit: SendKit) -> None:
    kit.sheet.form.amounts.choose_asset("ETH")
    kit.click("wallet.send.max")
    assert "recipient first" in kit.said(TO)


def test_more_than_the_balance_names_what_is_missing_and_offers_the_most(kit: SendKit) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "500")
    assert "87.40" in kit.said(AMOUNT)
    kit.click("wallet.send.review")
    assert not kit.drafts()
    kit.click("wallet.send.most")
    kit.until(lambda: kit.value(AMOUNT) == "412.6042")
    assert not kit.has("wallet.send.most")


def test_the_amount_stays_when_the_asset_changes(kit: SendKit) -> None:
    kit.fill(AMOUNT, "5")
    kit.sheet.form.amounts.choose_asset("ETH")
    assert kit.value(AMOUNT) == "5"
    assert "ETH" in kit.said(AMOUNT)


# --- what it costs ---


def test_fee_and_rest_are_shown_without_a_click_for_the_newest_wish(kit: SendKit) -> None:
    gate = kit.node.hold("wallet.draft_send")
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5")
    kit.until(lambda: len(kit.drafts()) == 1)
    assert "Asking for the network fee." in kit.texts()
    kit.fill(AMOUNT, "12")
    kit.until(lambda: len(kit.drafts()) == 2)
    gate.set()
    kit.until(lambda: "400.60" in kit.texts())
    assert "0.0000042" in kit.texts()
    assert "407.60" not in kit.texts()


def test_a_faster_transfer_costs_more(kit: SendKit) -> None:
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5")
    kit.find("wallet.send.speed").setFocus()
    kit.press("wallet.send.speed", Qt.Key.Key_Right)
    kit.until(lambda: "0.0000063" in kit.texts())
    assert kit.drafts()[-1] == ("MOR", ADA, 5 * 10**18, "fast")
    assert "usually 2" in kit.said("wallet.send.speed")


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (InvalidAddressError("Sending here would lose the MOR."), TO),
        (NotEnoughMorError("You have 3 MOR; 5 MOR are needed."), ""),
        (FundsError("The same transfer is on its way already.", hint="Wait."), ""),
    ],
)
def test_a_refusal_stands_where_it_belongs_and_the_values_stay(
    kit: SendKit, error: InvalidAddressError | FundsError, field: str
) -> None:
    kit.node.fail("wallet.draft_send", error, times=9)
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5")
    kit.click("wallet.send.review")
    place = (lambda: kit.said(field)) if field else kit.texts
    kit.until(lambda: error.message in place())
    assert (kit.value(TO), kit.value(AMOUNT)) == (ADA, "5")
    assert kit.find("wallet.send.review").isEnabled()


def test_missing_eth_for_the_fee_leads_to_receiving(kit: SendKit) -> None:
    kit.node.fail("wallet.draft_send", NotEnoughGasError("About 0.00004 ETH are needed."), times=9)
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5")
    with kit.qtbot.waitSignal(kit.sheet.receive_requested):
        kit.click("wallet.send.way")


def test_without_a_connection_it_is_said_once_and_tried_again(
    fake_node: FakeNode, open_sheet: OpenSheet
) -> None:
    error = RpcUnavailableError("No connection to the Base network.")
    fake_node.fail("wallet.overview", error)
    kit = open_sheet(fake_node, wait=False)
    kit.until(lambda: kit.has("wallet.send.notice"))
    assert "No connection to the Base network." in kit.texts()
    fake_node.fail("wallet.draft_send", error)
    kit.fill(TO, ADA)
    kit.fill(AMOUNT, "5")
    kit.until(lambda: "not known without a connection" in kit.texts())
    kit.click("wallet.send.notice.action")
    kit.until(lambda: "412.60" in kit.texts())
    assert not kit.has("wallet.send.notice")


def test_a_watched_account_cannot_send_and_says_why(
    fake_node: FakeNode, open_sheet: OpenSheet
) -> None:
    watched = fake_node.world.wallet.model_copy(update={"watch_only": True})
    fake_node.world.wallet = watched
    kit = open_sheet(fake_node)
    kit.until(lambda: "There is no key for it here." in kit.texts())
    assert not kit.find("wallet.send.review").isEnabled()
    assert kit.said("wallet.send.review") == "This account is watched only."


# --- payment links ---


def test_a_payment_link_fills_in_the_form(kit: SendKit) -> None:
    kit.paste(f"ethereum:{TOKEN}@8453/transfer?address={STRANGER}&uint256=2.5e18")
    assert (kit.value(TO), kit.value(AMOUNT)) == (STRANGER, "2.5")
    assert kit.sheet.form.amounts.asset == "MOR"
    kit.until(lambda: "Filled in from a payment link." in kit.texts())
    kit.paste(f"ethereum:{ADDRESSES[0]}@8453?value=1000000000000000")
    assert (kit.value(AMOUNT), kit.sheet.form.amounts.asset) == ("0.001", "ETH")


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (f"ethereum:{STRANGER}@1?value=1", "for the chain 1; this wallet is on Base (8453)"),
        (f"ethereum:{STRANGER}@8453/transfer?address={ADDRESSES[0]}&uint256=1", "another token"),
        (f"ethereum:{STRANGER}/approve?address={ADDRESSES[0]}&uint256=1", "more than a payment"),
        ("ethereum:ada.eth?value=1", "Names are not supported yet."),
    ],
)
def test_a_link_for_something_else_is_refused_in_words(kit: SendKit, link: str, words: str) -> None:
    kit.fill(AMOUNT, "5")
    kit.paste(link)
    assert words in kit.said(TO)
    assert kit.value(AMOUNT) == "5"
    kit.click("wallet.send.review")
    assert not kit.drafts()


def test_a_contact_of_the_address_book_is_filled_in(
    fake_node: FakeNode, open_sheet: OpenSheet
) -> None:
    kit = open_sheet(fake_node, ADA)
    assert kit.value(TO) == ADA
    assert QApplication.focusWidget() is kit.find(AMOUNT)
