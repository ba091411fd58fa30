"""Sending in the whole window: unlocking in the middle, receiving what is missing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from morpheus_desktop.pages.wallet.tabs import CONTACTS, TITLES
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.tabs import Tabs
from node.core.errors import NotEnoughGasError, WalletLockedError
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.wallet.send.conftest import ADA
from tests.gui.window_kit import WindowKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.go("wallet")
    kit.click("wallet.send.open")
    kit.until(lambda: kit.has("wallet.send.to"))
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.send.amount"), "5")
    return kit


def test_the_unlock_sheet_comes_and_the_review_is_still_there_afterwards(
    kit: WindowKit, fake_node: FakeNode
) -> None:
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.send.to"), "Ada")
    kit.click("wallet.send.review")
    kit.until(lambda: kit.has("wallet.send.address"))
    locking = kit.navigation._tasks.spawn(fake_node.wallet.lock(), "lock")
    kit.until(locking.done)
    fake_node.fail("wallet.send", WalletLockedError("The wallet is locked."))
    kit.click("wallet.send.review")
    kit.until(lambda: kit.has("unlock.password"))
    password = kit.find(QLineEdit, "unlock.password")
    kit.qtbot.keyClicks(password, fake_node.world.password)
    kit.qtbot.keyClick(password, Qt.Key.Key_Return)
    kit.until(lambda: not kit.has("unlock.password"))
    button = kit.find(QPushButton, "wallet.send.review")
    kit.until(lambda: button.accessibleName().startswith("Send 5.00") and button.isEnabled())
    kit.until(lambda: kit.has("wallet.send.address"))
    assert kit.find(QWidget, "wallet.send.address").accessibleName() == ADA
    kit.click("wallet.send.review")
    kit.until(lambda: kit.has("wallet.send.done"))


def test_what_is_missing_for_the_fee_can_be_received(kit: WindowKit, fake_node: FakeNode) -> None:
    short = NotEnoughGasError("About 0.00004 ETH are needed for network fees.")
    fake_node.fail("wallet.draft_send", short, times=9)
    kit.qtbot.keyClicks(kit.find(QLineEdit, "wallet.send.to"), "Ada")
    kit.click("wallet.send.way")
    kit.until(lambda: kit.has("wallet.receive.copy"))
    assert not kit.has("wallet.send.to")


def test_from_the_address_book_the_recipient_is_filled_in(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"))
    kit.find(Tabs, "wallet.tabs").choose(TITLES.index(CONTACTS))
    kit.until(lambda: kit.has("wallet.contacts.table"))
    table = kit.find(DataTable, "wallet.contacts.table")
    kit.until(lambda: table.model().rowCount())
    table.row_activated.emit(0)
    kit.click("wallet.contacts.detail.send")
    kit.until(lambda: kit.has("wallet.send.to"))
    assert kit.find(QLineEdit, "wallet.send.to").text() == ADA
    assert kit.find(QLineEdit, "wallet.send.amount").hasFocus()
