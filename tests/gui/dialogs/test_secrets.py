"""Backup, reveal, another password: nothing is shown, read out or kept longer than asked for."""

import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.clipboard import SecretClipboard
from morpheus_desktop.dialogs.reveal_sheet import RevealSheet
from morpheus_desktop.widgets.secret_view import SecretView
from tests.fakes.fake_accounts import PHRASE, PRIVATE_KEY
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.window_kit import WindowKit

PASSWORD = "correct horse"
NEW = "battery staple 42"


@pytest.fixture
def unsaved(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    """A window whose phrase was never proved."""
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"backed_up": False})
    return opened(open_kit, fake_node)


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    return opened(open_kit, fake_node)


def opened(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    kit = open_kit(node)
    kit.until(lambda: kit.window.section == "chat")
    kit.window.activateWindow()
    return kit


def fill(kit: WindowKit, name: str, text: str) -> QLineEdit:
    field = kit.find(QLineEdit, name)
    field.clear()
    kit.qtbot.keyClicks(field, text)
    return field


def accessible_texts(kit: WindowKit) -> str:
    widgets = kit.window.findChildren(QWidget)
    parts = [f"{item.accessibleName()} {item.accessibleDescription()}" for item in widgets]
    parts += [item.text() for item in kit.window.findChildren(QLabel)]
    return "\n".join(parts)


# --- backup ---


def test_the_banner_reminds_until_the_phrase_is_proved(
    unsaved: WindowKit, fake_node: FakeNode
) -> None:
    kit = unsaved
    kit.until(lambda: kit.has("backup.banner"))
    kit.navigation.wallet_dialogs.back_up()
    fill(kit, "backup.password", PASSWORD)
    kit.click("backup.go")
    kit.until(lambda: kit.has("backup.phrase"))
    assert kit.find(SecretView, "backup.phrase")._words == PHRASE.split()
    kit.click("backup.go")
    kit.click("backup.word.3.thank")
    kit.click("backup.word.7.ocean")
    kit.click("backup.word.11.thank")
    kit.click("backup.go")
    kit.until(lambda: "Word 7 is another one" in accessible_texts(kit))
    assert not fake_node.world.wallet.backed_up
    kit.click("backup.word.7.worth")
    kit.click("backup.go")
    kit.until(lambda: not kit.has("backup"))
    assert fake_node.called("wallet.confirm_backup")[-1] == (("thank", "worth", "thank"),)
    kit.until(lambda: not kit.has("backup.banner"))


def test_the_reminder_can_be_put_off_for_this_run(unsaved: WindowKit) -> None:
    unsaved.until(lambda: unsaved.has("backup.banner"))
    banner = unsaved.find(QWidget, "backup.banner")
    hide = next(item for item in banner.findChildren(QPushButton) if item.toolTip() == "Hide")
    unsaved.qtbot.mouseClick(hide, Qt.MouseButton.LeftButton)
    unsaved.until(lambda: not unsaved.has("backup.banner"))
    unsaved.shell.refresh()
    unsaved.until(lambda: unsaved.shell.state.is_known)
    assert not unsaved.has("backup.banner")


def test_a_wrong_password_shows_no_words(unsaved: WindowKit) -> None:
    unsaved.navigation.wallet_dialogs.back_up()
    field = fill(unsaved, "backup.password", "wrong horse")
    unsaved.click("backup.go")
    unsaved.until(lambda: "Wrong password" in field.accessibleDescription())
    assert not unsaved.has("backup.phrase")
    assert unsaved.find(QPushButton, "backup.go").text() == "Continue"


def test_leaving_the_backup_forgets_the_words(unsaved: WindowKit) -> None:
    unsaved.navigation.wallet_dialogs.back_up()
    fill(unsaved, "backup.password", PASSWORD)
    unsaved.click("backup.go")
    unsaved.until(lambda: unsaved.has("backup.phrase"))
    view = unsaved.find(SecretView, "backup.phrase")
    unsaved.click("backup.later")
    assert view.is_empty
    assert unsaved.has("backup.banner")


# --- the view ---


def test_words_are_shown_only_while_held_and_never_read_out(
    unsaved: WindowKit, qtbot: QtBot
) -> None:
    unsaved.navigation.wallet_dialogs.back_up()
    fill(unsaved, "backup.password", PASSWORD)
    unsaved.click("backup.go")
    unsaved.until(lambda: unsaved.has("backup.phrase"))
    view = unsaved.find(SecretView, "backup.phrase")
    hidden = view.grab().toImage()
    qtbot.keyPress(view, Qt.Key.Key_Space)
    assert view.is_shown
    assert view.grab().toImage() != hidden
    for word in ("legal", "sausage", "yellow"):
        assert word not in accessible_texts(unsaved)
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    assert not view.is_shown
    assert view.grab().toImage() == hidden


def test_losing_the_focus_or_hiding_covers_the_secret(qtbot: QtBot, theme: object) -> None:
    view = SecretView(title="Secret")
    qtbot.addWidget(view)
    view.set_text(PRIVATE_KEY)
    view.show()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert view.is_shown
    view.hide()
    assert not view.is_shown
    view.show()
    assert not view.is_shown
    view.forget()
    assert view.is_empty


# --- reveal and export ---


def test_a_key_is_shown_after_the_password_and_gone_with_the_sheet(
    kit: WindowKit, fake_node: FakeNode
) -> None:
    kit.navigation.wallet_dialogs.reveal("private_key")
    go = kit.find(QPushButton, "reveal.go")
    assert not go.isEnabled()
    fill(kit, "reveal.password", "wrong horse")
    kit.click("reveal.go")
    field = kit.find(QLineEdit, "reveal.password")
    kit.until(lambda: "Wrong password" in field.accessibleDescription())
    fill(kit, "reveal.password", PASSWORD)
    kit.click("reveal.go")
    kit.until(lambda: kit.has("reveal.secret"))
    view = kit.find(SecretView, "reveal.secret")
    assert view._text == PRIVATE_KEY
    assert PRIVATE_KEY not in accessible_texts(kit)
    assert field.text() == ""
    kit.click("reveal.go")
    assert view.is_empty
    assert fake_node.called("wallet.reveal")[-1][0].what == "private_key"


def test_a_phrase_cannot_be_copied_and_a_key_only_for_a_while(kit: WindowKit) -> None:
    kit.navigation.wallet_dialogs.reveal("phrase")
    fill(kit, "reveal.password", PASSWORD)
    kit.click("reveal.go")
    kit.until(lambda: kit.has("reveal.secret"))
    assert not kit.has("reveal.copy")
    kit.click("reveal.go")
    kit.navigation.wallet_dialogs.reveal("private_key")
    fill(kit, "reveal.password", PASSWORD)
    kit.click("reveal.go")
    kit.click("reveal.copy")
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == PRIVATE_KEY
    kit.navigation.wallet_dialogs._clipboard.clear()
    assert clipboard.text() == ""


def test_the_clipboard_is_cleared_by_itself_unless_something_else_is_there(
    qtbot: QtBot, theme: object
) -> None:
    clipboard = QGuiApplication.clipboard()
    guard = SecretClipboard(clear_ms=1)
    guard.copy("a secret")
    assert clipboard.mimeData().data("x-kde-passwordManagerHint").data() == b"secret"
    qtbot.waitUntil(lambda: clipboard.text() == "")
    guard.copy("a secret")
    clipboard.setText("mine")
    qtbot.waitUntil(lambda: not guard._timer.isActive())
    assert clipboard.text() == "mine"


def test_a_backup_file_is_written_for_the_user_alone(
    kit: WindowKit, fake_node: FakeNode, tmp_path: Path
) -> None:
    kit.navigation.wallet_dialogs.reveal()
    fill(kit, "reveal.password", PASSWORD)
    sheet = kit.find(RevealSheet, "reveal")
    kit.click("reveal.go")
    kit.until(lambda: fake_node.called("wallet.reveal"))
    request = fake_node.called("wallet.reveal")[-1][0]
    assert (request.what, request.new_password) == ("backup", None)
    kit.until(lambda: sheet.pending is not None)
    target = tmp_path / "backup.json"
    sheet.save(str(target))
    kit.until(lambda: not kit.has("reveal"))
    assert target.read_text("utf-8") == '{"version": 3}'
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sheet.pending is None


def test_a_file_that_cannot_be_written_is_said(
    kit: WindowKit, fake_node: FakeNode, tmp_path: Path
) -> None:
    kit.navigation.wallet_dialogs.reveal()
    fill(kit, "reveal.password", PASSWORD)
    sheet = kit.find(RevealSheet, "reveal")
    kit.click("reveal.go")
    kit.until(lambda: sheet.pending is not None)
    sheet.save(str(tmp_path / "absent" / "backup.json"))
    kit.until(lambda: kit.has("reveal.problem"))
    assert "cannot be written" in kit.find(QLabel, "reveal.problem").text()


def test_a_keystore_file_gets_a_password_of_its_own(kit: WindowKit, fake_node: FakeNode) -> None:
    kit.navigation.wallet_dialogs.reveal("keystore")
    fill(kit, "reveal.password", PASSWORD)
    go = kit.find(QPushButton, "reveal.go")
    assert not go.isEnabled()
    fill(kit, "wallet.password", NEW)
    fill(kit, "wallet.password.again", NEW)
    kit.click("reveal.go")
    kit.until(lambda: fake_node.called("wallet.reveal"))
    request = fake_node.called("wallet.reveal")[-1][0]
    assert request.new_password.get_secret_value() == NEW


def test_with_the_keychain_no_password_is_asked_for(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"by_keyring": True})
    kit = opened(open_kit, fake_node)
    kit.navigation.wallet_dialogs.reveal("phrase")
    assert not kit.has("reveal.password")
    kit.click("reveal.go")
    kit.until(lambda: kit.has("reveal.secret"))


def test_a_watched_account_has_nothing_to_reveal(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    kit = opened(open_kit, fake_node)
    kit.navigation.wallet_dialogs.reveal()
    kit.navigation.wallet_dialogs.change_password()
    assert not kit.has("reveal")
    assert not kit.has("password")


# --- password ---


def test_the_password_is_changed_after_the_old_one(kit: WindowKit, fake_node: FakeNode) -> None:
    kit.navigation.wallet_dialogs.change_password()
    old = fill(kit, "password.old", "wrong horse")
    fill(kit, "wallet.password", NEW)
    fill(kit, "wallet.password.again", NEW)
    kit.click("password.go")
    kit.until(lambda: "Wrong password" in old.accessibleDescription())
    assert kit.find(QLineEdit, "wallet.password").text() == NEW
    fill(kit, "password.old", PASSWORD)
    kit.click("password.go")
    kit.until(lambda: not kit.has("password"))
    assert fake_node.world.password == NEW


def test_a_short_password_is_not_taken(kit: WindowKit) -> None:
    kit.navigation.wallet_dialogs.change_password()
    fill(kit, "password.old", PASSWORD)
    fill(kit, "wallet.password", "short")
    go = kit.find(QPushButton, "password.go")
    assert not go.isEnabled()
    assert go.toolTip().startswith("Could be guessed in minutes.")


# --- where they are found ---


def test_the_settings_lead_to_all_of_them(unsaved: WindowKit) -> None:
    kit = unsaved
    kit.navigation.go("settings")
    for button, sheet in (
        ("settings.wallet.backup", "backup"),
        ("settings.wallet.reveal", "reveal"),
        ("settings.wallet.password", "password"),
    ):
        kit.click(button)
        kit.until(lambda sheet=sheet: kit.has(sheet))
        kit.qtbot.keyClick(kit.find(QWidget, sheet), Qt.Key.Key_Escape)
        kit.until(lambda sheet=sheet: not kit.has(sheet))
