"""The password of the wallet: wrong ones wait, a forgotten one leads to the phrase."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from morpheus_desktop.unlock_sheet import UnlockSheet
from node.core.errors import WrongPasswordError
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.window_kit import WindowKit


def locked(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    node.world.wallet = node.world.wallet.model_copy(update={"locked": True})
    kit = open_kit(node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.unlock()
    return kit


def test_a_wrong_password_names_the_wait_and_counts_it_down(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = locked(open_kit, fake_node)
    fake_node.fail(
        "wallet.unlock",
        WrongPasswordError("Wrong password. Next try in 2 s.", details={"wait_s": 2}),
    )
    field = kit.find(QLineEdit, "unlock.password")
    kit.qtbot.keyClicks(field, "wrong horse")
    kit.click("unlock.confirm")
    go = kit.find(QPushButton, "unlock.confirm")
    kit.until(lambda: go.text() == "Next try in 2 s")
    assert not go.isEnabled()
    assert "Wrong password" in field.accessibleDescription()
    assert field.text() == "wrong horse"
    sheet = kit.find(UnlockSheet, "unlock")
    sheet._timer.timeout.emit()
    assert go.text() == "Next try in 1 s"
    sheet._timer.timeout.emit()
    assert go.text() == "Unlock"
    assert go.isEnabled()
    assert not sheet._timer.isActive()


def test_a_forgotten_password_leads_to_the_import(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = locked(open_kit, fake_node)
    assert not kit.has("unlock.restore")
    kit.click("unlock.forgotten")
    kit.click("unlock.restore")
    kit.until(lambda: kit.window.is_full_page)
    kit.click("wallet.import")
    assert kit.has("wallet.secret")


def test_escape_forgets_what_was_typed(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = locked(open_kit, fake_node)
    field = kit.find(QLineEdit, "unlock.password")
    kit.qtbot.keyClicks(field, "correct horse")
    kit.qtbot.keyClick(field, Qt.Key.Key_Escape)
    kit.until(lambda: not kit.has("unlock"))
    assert not fake_node.called("wallet.unlock")
