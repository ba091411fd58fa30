"""The wallet as a user meets it: where the MOR is, locking, taking back, the demo's time."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.presenter import RETRY_S
from morpheus_desktop.pages.wallet.receive.sheet import ReceiveSheet
from morpheus_desktop.pages.wallet.tabs import ACCOUNTS, NETWORKS
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from node.core.errors import RpcUnavailableError, WalletLockedError
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.conftest import OpenWallet

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


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
    assert "Figures as of" in banner.accessibleName()
    assert "412.60" in page.balance.bar.accessibleName()


def test_without_a_connection_from_the_start_the_tabs_are_there(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    """Networks is where one would mend it."""
    error = RpcUnavailableError("No connection to the Base network.")
    fake_node.fail("wallet.overview", error, times=3)
    page = open_wallet(fake_node)
    assert page.tabs.isVisible()
    assert not page.balance.isVisible()
    assert page.send_button.toolTip() == "The balance is not known yet."
    banner = page.findChild(Banner, "wallet.banner")
    assert banner is not None
    assert "Figures as of" not in banner.accessibleName()
    page.tabs.choose(NETWORKS)
    assert page.tabs.title == NETWORKS


def test_a_failed_read_is_tried_again_by_itself(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    fake_node.fail("wallet.overview", RpcUnavailableError("No connection to the Base network."))
    with qtbot.waitSignal(page._presenter.failed):
        page.shown()
    later = page._presenter.time.now() + RETRY_S
    page._presenter.time.now = lambda: later  # type: ignore[method-assign]
    with qtbot.waitSignal(page._presenter.loaded):
        page._presenter.time.ticked.emit()
    assert (
        page.findChild(Banner, "wallet.banner") is None
        or not page.findChild(Banner, "wallet.banner").isVisible()
    )


def test_stake_that_comes_free_shows_without_a_click(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    reads = len(fake_node.called("wallet.overview"))
    page._presenter.time.ticked.emit()
    assert len(fake_node.called("wallet.overview")) == reads
    midnight = sample_data.overview().locked[0].until + 1
    page._presenter.time.now = lambda: midnight  # type: ignore[method-assign]
    with qtbot.waitSignal(page._presenter.loaded):
        page._presenter.time.ticked.emit()
    assert len(fake_node.called("wallet.overview")) == reads + 1


def test_servers_that_disagree_stop_sending(open_wallet: OpenWallet, fake_node: FakeNode) -> None:
    said = "Two say 412.60 MOR, one says 9000.00 MOR."
    fake_node.world.overview = sample_data.overview().model_copy(update={"disagreement": said})
    page = open_wallet(fake_node)
    banner = page.findChild(Banner, "wallet.disagreement")
    assert banner is not None
    assert said in banner.accessibleName()
    assert not page.send_button.isEnabled()


def test_a_watched_account_explains_what_it_cannot_do(
    open_wallet: OpenWallet, fake_node: FakeNode
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(
        update={"watch_only": True, "locked": False}
    )
    page = open_wallet(fake_node)
    assert page.findChild(Banner, "wallet.watched") is not None
    assert "needs its key" in page.send_button.toolTip()
    assert "needs its key" in page.balance.claim_button.toolTip()
    assert not page.lock_button.isVisible()
    assert not page.receive.isVisible()


def test_the_backup_is_asked_for_until_it_is_proved(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(
        update={"backed_up": False, "has_phrase": True}
    )
    page = open_wallet(fake_node)
    assert page.backup.isVisible()
    with qtbot.waitSignal(page.back_up_requested):
        page.findChild(Button, "wallet.backup").click()  # type: ignore[union-attr]


def test_another_account_is_chosen_from_the_headline(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    texts = [entry.text() for entry in page.head.menu().actions() if entry.text()]
    visible = [item for item in fake_node.world.accounts if not item.hidden]
    assert len(texts) == len(visible) + 2
    assert texts[-2:] == ["Manage accounts", "Add a wallet"]
    watched = next(item for item in visible if item.kind == "watch")
    entry = next(item for item in page.head.menu().actions() if watched.label in item.text())
    assert "watched only" in entry.text()
    fake_node.world.sessions = []
    entry.trigger()
    qtbot.waitUntil(lambda: page.head.title.text() == watched.label)


def test_manage_accounts_leads_to_their_tab(
    open_wallet: OpenWallet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page = open_wallet(fake_node)
    manage = next(item for item in page.head.menu().actions() if item.text() == "Manage accounts")
    manage.trigger()
    assert page.tabs.title == ACCOUNTS
    assert not page.receive.isVisible()


def test_an_account_name_is_no_mnemonic(open_wallet: OpenWallet, fake_node: FakeNode) -> None:
    first = fake_node.world.accounts[0].model_copy(update={"label": "Me & you"})
    fake_node.world.accounts[0] = first
    page = open_wallet(fake_node)
    assert any("Me && you" in entry.text() for entry in page.head.menu().actions())


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
    qtbot.waitUntil(copy.isEnabled)
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == sample_data.WALLET


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
