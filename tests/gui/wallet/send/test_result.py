"""What became of a transfer: shown as soon as the network has it, told when nobody looks."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from node.core.errors import RpcUnavailableError, TxReplacedError, TxStuckError, UserInputError
from node.core.events import TransactionChanged
from tests.fakes.fake_accounts import PHRASE
from tests.gui.wallet.send.conftest import ADA, STRANGER, SendKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
GO = "wallet.send.review"


def sent_hash(kit: SendKit) -> str:
    return kit.node.world.transactions[0].hash


def send(kit: SendKit, to: str = STRANGER) -> None:
    kit.review(to)
    kit.click(GO)
    kit.until(lambda: kit.sheet.result.isVisible())


def test_it_is_on_its_way_then_it_arrived(kit: SendKit) -> None:
    gate = kit.node.hold("wallet.mined")
    finished: list[object] = []
    kit.sheet.finished.connect(finished.append)
    send(kit)
    kit.until(lambda: "On its way" in kit.texts())
    assert "You may close this; it goes on" in kit.texts()
    assert kit.find("wallet.send.done").hasFocus()
    gate.set()
    kit.until(lambda: "Arrived" in kit.texts())
    assert len(finished) == 1


def test_the_hash_is_copied_and_opened_in_the_explorer(
    kit: SendKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def note(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    send(kit)
    kit.click("wallet.send.hash.copy")
    assert QGuiApplication.clipboard().text() == sent_hash(kit)
    kit.click("wallet.send.explorer")
    assert opened == [f"https://explorer.example/tx/{sent_hash(kit)}"]


def test_a_new_recipient_becomes_a_contact(kit: SendKit) -> None:
    send(kit)
    kit.click("wallet.send.contact.save")
    assert kit.said("wallet.send.contact.name") == "Give the contact a name."
    kit.fill("wallet.send.contact.name", "Grace")
    kit.press("wallet.send.contact.name", Qt.Key.Key_Return)
    kit.until(lambda: kit.has("wallet.send.contact.saved"))
    assert kit.node.called("wallet.save_contact") == [(STRANGER, "Grace", "")]
    assert "Grace is among your contacts now." in kit.texts()
    assert not kit.has("wallet.send.contact.save")


def test_a_name_that_is_taken_is_refused_beside_it(kit: SendKit) -> None:
    send(kit)
    taken = UserInputError("Another contact has this name.", code="input.contact")
    kit.node.fail("wallet.save_contact", taken)
    kit.fill("wallet.send.contact.name", "Ada")
    kit.click("wallet.send.contact.save")
    kit.until(lambda: "Another contact has this name." in kit.said("wallet.send.contact.name"))
    kit.fill("wallet.send.contact.name", "Grace")
    kit.click("wallet.send.contact.save")
    kit.until(lambda: kit.has("wallet.send.contact.saved"))


def test_a_secret_does_not_become_a_name(kit: SendKit) -> None:
    send(kit)
    kit.fill("wallet.send.contact.name", PHRASE)
    assert "private key or recovery phrase" in kit.said("wallet.send.contact.name")
    assert PHRASE.split(maxsplit=1)[0] not in kit.value("wallet.send.contact.name")
    kit.click("wallet.send.contact.save")
    assert PHRASE[:8] not in str(kit.node.called("wallet.save_contact"))


def test_a_contact_is_not_offered_to_be_saved(kit: SendKit) -> None:
    send(kit, ADA)
    assert "to Ada" in kit.texts()
    assert not kit.has("wallet.send.contact.save")


def test_what_is_signed_and_kept_must_not_be_repeated(kit: SendKit) -> None:
    kit.review()
    kept = RpcUnavailableError(
        "The transaction is signed and kept, but no network node took it yet.",
        hint="Do not repeat it: it is sent by itself when the connection is back.",
        code="chain.tx_kept",
        details={"tx_hash": "0x" + "ab" * 32},
    )
    kit.node.fail("wallet.send", kept)
    kit.click(GO)
    kit.until(lambda: kit.has("wallet.send.trouble"))
    assert "Do not repeat it" in kit.texts()
    assert "Signed, not sent yet" in kit.texts()
    assert not kit.has(GO)
    kit.click("wallet.send.hash.copy")
    assert QGuiApplication.clipboard().text() == "0x" + "ab" * 32


@pytest.mark.parametrize(
    "error",
    [TxStuckError("The network is slow."), TxReplacedError("It was replaced by another.")],
)
def test_a_slow_or_replaced_one_is_told_without_a_way_to_send_it_twice(
    kit: SendKit, error: TxStuckError | TxReplacedError
) -> None:
    kit.node.fail("wallet.mined", error)
    send(kit)
    kit.until(lambda: kit.has("wallet.send.trouble"))
    assert error.message in kit.texts()
    assert not kit.has(GO)


def test_other_transactions_are_not_taken_for_this_one(kit: SendKit) -> None:
    kit.review(STRANGER)
    gate = kit.node.hold("wallet.send")
    kit.click(GO)
    other = kit.node.world.transactions[0]
    lists = len(kit.node.called("wallet.transactions"))
    kit.node.publish(TransactionChanged(tx_hash=other.hash, status="sent", summary="x"))
    kit.until(lambda: len(kit.node.called("wallet.transactions")) > lists)
    assert kit.sheet.review.isVisible()
    gate.set()
    kit.until(lambda: kit.sheet.result.isVisible())


def test_a_closed_sheet_leaves_the_end_to_a_message(kit: SendKit) -> None:
    gate = kit.node.hold("wallet.mined")
    send(kit)
    kit.click("wallet.send.done")
    assert not kit.told
    gate.set()
    kit.until(lambda: kit.told)
    text, tone = kit.told[0]
    assert text.endswith("MOR arrived")
    assert tone == "success"


def test_a_failure_after_closing_is_told_too(kit: SendKit) -> None:
    gate = kit.node.hold("wallet.mined")
    kit.node.fail("wallet.mined", TxStuckError("The network is slow."))
    send(kit)
    kit.click("wallet.send.done")
    gate.set()
    kit.until(lambda: kit.told)
    assert "The network is slow." in kit.told[0][0]
    assert kit.told[0][1] == "warning"
