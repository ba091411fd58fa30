"""Using another account: what is said before, with the password and without."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.accounts.switch_sheet import SwitchSheet
from morpheus_desktop.pages.wallet.switching import AccountSwitch, stays_open
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import RpcUnavailableError, StorageError, WrongPasswordError
from node.service.dto import AccountView
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import has, last, settle, show_tab, take_focus, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    return show_tab(QWidget(), qtbot)


@pytest.fixture
def switch(host: QWidget, fake_node: FakeNode, tasks: GuiTasks) -> AccountSwitch:
    return AccountSwitch(host, fake_node, tasks)


def opened(switch: AccountSwitch, account: AccountView, host: QWidget, qtbot: QtBot) -> SwitchSheet:
    take_focus(host, qtbot)
    switch.switch(account)
    qtbot.waitUntil(lambda: has(host, "wallet.switch"))
    return last(host, SwitchSheet)


def test_with_the_password_it_is_unlocked_at_once(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    savings = fake_node.world.accounts[1]
    sheet = opened(switch, savings, host, qtbot)
    assert "Savings" in words_of(sheet)
    assert not sheet.unlock_button.isEnabled(), "no password yet"
    focused = QApplication.focusWidget()
    assert focused is sheet.password.field.edit
    qtbot.keyClicks(focused, fake_node.world.password)
    with qtbot.waitSignal(switch.switched) as done:
        qtbot.keyClick(focused, Qt.Key.Key_Return)
    assert done.args[0].address == savings.address
    assert not done.args[0].locked
    assert not sheet.isVisible()


def test_without_a_password_it_stays_locked(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    with qtbot.waitSignal(switch.switched) as done:
        qtbot.mouseClick(sheet.locked_button, Qt.MouseButton.LeftButton)
    assert done.args[0].locked
    assert fake_node.called("wallet.select_account")[0][1] is None


def test_open_sessions_are_spoken_of_before(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    assert "2 sessions of Main stay open." in words_of(sheet)
    fake_node.world.sessions = []
    assert stays_open((), "Main") == ""
    one = stays_open((sample_data.sessions()[0],), "Main")
    assert one.startswith("1 session of Main stays open.")


def test_a_watched_address_without_open_sessions_needs_no_question(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.sessions = []
    cold = fake_node.world.accounts[3]
    with qtbot.waitSignal(switch.switched) as done:
        switch.switch(cold)
    assert done.args[0].watch_only
    assert not has(host, "wallet.switch")


def test_the_keychain_account_just_switches_after_the_word_about_sessions(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    account = fake_node.world.accounts[1].model_copy(update={"by_keyring": True})
    fake_node.world.accounts[1] = account
    sheet = opened(switch, account, host, qtbot)
    assert not sheet.password.isVisible()
    assert not sheet.locked_button.isVisible()
    with qtbot.waitSignal(switch.switched):
        qtbot.mouseClick(sheet.unlock_button, Qt.MouseButton.LeftButton)


def test_a_wrong_password_counts_down_and_changes_nothing(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    fake_node.fail(
        "wallet.select_account",
        WrongPasswordError("Wrong password. Next try in 4 s.", details={"wait_s": 4}),
    )
    qtbot.keyClicks(sheet.password.field.edit, "wrong")
    qtbot.mouseClick(sheet.unlock_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.unlock_button.text() == "Next try in 4 s")
    assert "Wrong password." in words_of(sheet)
    assert sheet.locked_button.isEnabled(), "staying locked needs no password"
    for _ in range(4):
        sheet.password._timer.timeout.emit()
    assert sheet.unlock_button.text() == "Switch and unlock"
    assert fake_node.world.wallet.label == "Main"


def test_escape_keeps_the_account_and_another_try_is_possible(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    qtbot.keyClicks(sheet.password.field.edit, "half a pass")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.password.field.text() == "", "what was typed is forgotten"
    settle()
    assert not fake_node.called("wallet.select_account")
    opened(switch, fake_node.world.accounts[1], host, qtbot)


def test_what_went_wrong_is_said(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    fake_node.fail("wallet.select_account", StorageError("The disk is full."))
    qtbot.mouseClick(sheet.locked_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The disk is full." in words_of(sheet))
    assert not sheet.locked
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    fake_node.world.sessions = []
    fake_node.fail("wallet.select_account", StorageError("The disk is full."))
    with qtbot.waitSignal(switch.failed):
        switch.switch(fake_node.world.accounts[3])


def test_sessions_that_cannot_be_read_are_mentioned_without_a_number(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("sessions.list", RpcUnavailableError("No connection to the Base network."))
    sheet = opened(switch, fake_node.world.accounts[1], host, qtbot)
    assert "Sessions that Main has open stay open" in words_of(sheet)


def test_the_account_in_use_is_not_switched_to(
    switch: AccountSwitch, host: QWidget, fake_node: FakeNode
) -> None:
    switch.switch(fake_node.world.accounts[0])
    settle()
    assert not fake_node.calls
    assert not has(host, "wallet.switch")
