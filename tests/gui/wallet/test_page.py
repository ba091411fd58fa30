"""The wallet as a user meets it: where the MOR is, locking, taking back, the demo's time."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.balance_card import balance_parts
from morpheus_desktop.pages.wallet.receive_sheet import ReceiveSheet
from morpheus_desktop.pages.wallet.transaction_sheet import TransactionSheet
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from node.core.errors import RpcUnavailableError, WalletLockedError
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import NOW
from tests.gui.wallet.conftest import OpenWallet

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_the_parts_sum_up_to_the_total_and_say_when_they_come_back() -> None:
    overview = sample_data.overview()
    parts = balance_parts(overview, NOW + 3600, NOW)
    assert sum(part.value for part in parts) == overview.total
    notes = {part.name: part.note for part in parts}
    assert notes["In wallet"] == "free to use"
    assert notes["In sessions"].startswith("next back")
    assert "in 10" in notes["Locked"]
    assert "Provider stake" not in notes


def test_a_host_sees_the_stake_of_hosting() -> None:
    overview = sample_data.overview().model_copy(update={"provider_stake": 10**18})
    assert [part.name for part in balance_parts(overview, 0, NOW)][-1] == "Provider stake"


def test_the_bar_tells_its_figures_to_screen_readers(
    open_wallet: OpenWallet, fake_node: FakeNode
) -> None:
    page = open_wallet(fake_node)
    assert "In wallet 412.60" in page.balance.bar.accessibleName()
    assert "Locked 24.51" in page.balance.bar.accessibleName()


def test_a_locked_wallet_opens_with_its_password_only(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"locked": True})
    page = open_wallet(fake_node)
    assert page.unlock_card.isVisible()
    assert not page.send_button.isEnabled()
    assert page.send_button.toolTip() == "Unlock the wallet to send."
    qtbot.keyClicks(page.unlock_card.field.edit, "wrong")
    with qtbot.waitSignal(page._presenter.unlock_failed):
        qtbot.keyClick(page.unlock_card.field.edit, Qt.Key.Key_Return)
    assert "password is wrong" in page.unlock_card.field.edit.accessibleDescription()
    page.unlock_card.field.set_text("")
    qtbot.keyClicks(page.unlock_card.field.edit, "correct horse")
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.keyClick(page.unlock_card.field.edit, Qt.Key.Key_Return)
    assert not page.unlock_card.isVisible()
    assert page.unlock_card.field.text() == ""
    assert page.send_button.isEnabled()


def test_locking(open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot) -> None:
    page = open_wallet(fake_node)
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.keyClick(page.lock_button, Qt.Key.Key_Space)
    assert page.unlock_card.isVisible()


def test_ready_stake_is_taken_back(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    with qtbot.waitSignals([page.told, page._presenter.loaded]):
        qtbot.mouseClick(page.balance.claim_button, Qt.MouseButton.LeftButton)
    assert not page.balance.claim_button.isVisible()
    assert len(fake_node.called("wallet.withdraw_released")) == 1


def test_a_claim_with_a_locked_wallet_goes_to_the_frame(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    fake_node.fail("wallet.withdraw_released", WalletLockedError("The wallet is locked."))
    with qtbot.waitSignal(page.problem):
        page.balance.claim_button.click()


def test_old_figures_stay_when_the_network_is_gone(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    fake_node.fail("wallet.overview", RpcUnavailableError("No connection to the Base network."))
    with qtbot.waitSignal(page._presenter.failed):
        page.shown()
    banner = page.findChild(Banner, "wallet.banner")
    assert banner is not None
    assert "funds are not affected" in banner.accessibleName()
    assert page.table.model().rowCount() == len(fake_node.world.transactions)


def test_without_a_wallet_the_page_leads_to_making_one(
    open_wallet: OpenWallet, fresh_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fresh_node)
    setup = page.findChild(Button, "wallet.setup")
    assert setup is not None and setup.isVisible()
    with qtbot.waitSignal(page.onboarding_requested):
        qtbot.keyClick(setup, Qt.Key.Key_Space)
    assert not page.send_button.isVisible()


def test_the_address_is_copied_whole(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    qtbot.mouseClick(page.receive_button, Qt.MouseButton.LeftButton)
    sheet = page.findChild(ReceiveSheet)
    assert sheet is not None
    copy = sheet.findChild(QPushButton, "wallet.receive.copy")
    assert copy is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == sample_data.WALLET


def test_a_transaction_opens_by_keyboard(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = page.findChild(TransactionSheet)
    assert sheet is not None
    assert sheet.explorer_button.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_an_explorer_address_that_is_not_https_is_not_offered(
    open_wallet: OpenWallet, fake_node: FakeNode
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions[0] = first.model_copy(update={"explorer_url": "file:///etc"})
    page = open_wallet(fake_node)
    page._open_transaction(0)
    sheet = page.findChild(TransactionSheet)
    assert sheet is not None
    assert not sheet.explorer_button.isVisible()


def test_older_transactions_are_read_on_demand(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions = [
        first.model_copy(update={"hash": f"0x{number:064x}"}) for number in range(50)
    ]
    page = open_wallet(fake_node)
    assert page.table.model().rowCount() == 30
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.mouseClick(page.more_button, Qt.MouseButton.LeftButton)
    assert page.table.model().rowCount() == 50
    assert not page.more_button.isVisible()


def test_the_demo_skips_to_midnight(
    open_wallet: OpenWallet, demo_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(demo_node)
    assert page.demo.isVisible()
    assert not page.lock_button.isVisible()
    with qtbot.waitSignals([page._presenter.time_moved, page._presenter.loaded]):
        qtbot.mouseClick(page.demo.skip_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "36.81" in page.balance.claim_button.text())
    assert page._presenter.time.now() % 86_400 == 0


def test_the_demo_runs_faster(open_wallet: OpenWallet, demo_node: FakeNode, qtbot: QtBot) -> None:
    page = open_wallet(demo_node)
    with qtbot.waitSignal(page._presenter.time_moved):
        qtbot.keyClick(page.demo.speed, Qt.Key.Key_Right)
    assert demo_node.called("system.set_demo_speed") == [(60,)]
