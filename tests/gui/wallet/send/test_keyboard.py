"""Sending without a mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.wallet.send.conftest import STRANGER, SendKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def walk(kit: SendKit, start: str) -> list[str]:
    """The names of all stops from one on, until Tab is back there."""
    kit.find(start).setFocus()
    names = [start]
    for _ in range(30):
        kit.qtbot.keyClick(focused(), Qt.Key.Key_Tab)
        if focused().objectName() == start:
            return names
        names.append(focused().objectName())
    raise AssertionError(f"Tab does not come back: {names}")


def test_tab_goes_through_the_form_in_reading_order(kit: SendKit) -> None:
    assert walk(kit, "wallet.send.to") == [
        "wallet.send.to",
        "wallet.send.paste",
        "wallet.send.known",
        "wallet.send.asset",
        "wallet.send.amount",
        "wallet.send.max",
        "wallet.send.speed",
        "wallet.send.cancel",
        "wallet.send.review",
    ]


def test_tab_goes_through_the_review_in_reading_order(kit: SendKit) -> None:
    kit.review(STRANGER, "400")
    kit.fill("wallet.send.typed", "400")
    kit.fill("wallet.send.password", "x")
    assert walk(kit, "wallet.send.advanced") == [
        "wallet.send.advanced",
        "wallet.send.typed",
        "wallet.send.password",
        "wallet.send.password.show",
        "wallet.send.cancel",
        "wallet.send.review",
    ]


def test_from_the_first_key_to_the_result(kit: SendKit) -> None:
    keys = kit.qtbot
    assert focused() is kit.find("wallet.send.to")
    keys.keyClicks(focused(), "ex")
    keys.keyClick(focused(), Qt.Key.Key_Down)
    keys.keyClick(focused(), Qt.Key.Key_Return)
    keys.keyClicks(focused(), "60")
    keys.keyClick(focused(), Qt.Key.Key_Return)
    kit.until(kit.sheet.review.isVisible)
    keys.keyClicks(focused(), kit.node.world.password)
    keys.keyClick(focused(), Qt.Key.Key_Return)
    kit.until(kit.sheet.result.isVisible)
    keys.keyClick(focused(), Qt.Key.Key_Space)
    assert not kit.sheet.isVisible()
    assert kit.drafts()[-1] == ("MOR", kit.node.world.contacts[1].address, 60 * 10**18)


def test_a_choice_of_an_unclear_amount_is_reached_by_tab(kit: SendKit) -> None:
    kit.fill("wallet.send.amount", "1,500")
    kit.until(lambda: kit.has("wallet.send.choice.1"))
    assert walk(kit, "wallet.send.amount")[:4] == [
        "wallet.send.amount",
        "wallet.send.choice.0",
        "wallet.send.choice.1",
        "wallet.send.max",
    ]


def test_the_button_of_a_notice_is_the_first_stop(kit: SendKit) -> None:
    kit.fill("wallet.send.to", "0x" + "1f" * 32)
    kit.until(lambda: kit.has("wallet.send.notice"))
    assert walk(kit, "wallet.send.notice.action")[:2] == [
        "wallet.send.notice.action",
        "wallet.send.to",
    ]
