"""The first start by mouse and keyboard: three ways in, wallet steps, what goes wrong."""

from pathlib import Path

from pydantic import SecretStr
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from morpheus_desktop.pages.onboarding.import_step import ImportStep
from morpheus_desktop.pages.onboarding.presenter import (
    entered_words,
    hardware_line,
)
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.protect_fields import password_problem
from morpheus_desktop.widgets.secret_view import SecretView
from node.core.errors import InvalidMnemonicError, RpcUnavailableError
from node.service.dto import CreateWallet, Hardware
from tests.fakes.fake_money import PHRASE
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.window_kit import WindowKit

PASSWORD = "correct horse battery"


def start(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    kit = open_kit(node)
    kit.until(lambda: kit.shell.state.is_known)
    return kit


def type_into(kit: WindowKit, name: str, text: str) -> QLineEdit:
    field = kit.find(QLineEdit, name)
    kit.qtbot.keyClicks(field, text)
    return field


def protect(kit: WindowKit, password: str = PASSWORD) -> QLineEdit:
    type_into(kit, "wallet.password", password)
    return type_into(kit, "wallet.password.again", password)


def test_the_first_card_has_the_focus_and_enter_starts_the_demo(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    kit.window.activateWindow()
    button = kit.find(QPushButton, "welcome.demo.start")
    kit.until(lambda: QApplication.focusWidget() is button)
    kit.qtbot.keyClick(button, Qt.Key.Key_Return)
    kit.until(lambda: kit.window.section == "chat")
    assert fresh_node.called("system.select_network") == [("demo",)]


def test_a_second_click_while_the_demo_starts_does_nothing(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    gate = fresh_node.hold("system.select_network")
    kit.click("welcome.demo.start")
    kit.until(lambda: fresh_node.called("system.select_network"))
    button = kit.find(QPushButton, "welcome.demo.start")
    assert not button.isEnabled()
    assert not kit.find(QPushButton, "welcome.wallet.setup").isEnabled()
    kit.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    gate.set()
    kit.until(lambda: kit.window.section == "chat")
    assert len(fresh_node.called("system.select_network")) == 1


def test_a_demo_that_cannot_start_says_why_and_can_be_tried_again(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    fresh_node.fail("system.select_network", RpcUnavailableError("The demo chain did not start."))
    kit.click("welcome.demo.start")
    kit.until(lambda: "The demo chain did not start." in _texts(kit))
    kit.click("welcome.demo.start")
    kit.until(lambda: kit.window.section == "chat")


def test_small_windows_lay_the_cards_in_rows_without_clipping(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    buttons = [
        kit.find(QWidget, name)
        for name in ("welcome.demo.start", "welcome.local.choose", "welcome.wallet.setup")
    ]

    def tops() -> list[int]:
        return [button.mapTo(kit.window, button.rect().topLeft()).y() for button in buttons]

    assert len(set(tops())) == 1
    kit.window.resize(900, 600)
    kit.until(lambda: len(set(tops())) == 3)
    kit.until(
        lambda: all(
            kit.window.rect().contains(button.mapTo(kit.window, button.rect().bottomRight()))
            for button in buttons
        )
    )


def test_the_computers_memory_is_put_into_words(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = start(open_kit, fresh_node)
    wanted = "This PC runs up to 14B models well"
    kit.until(lambda: wanted in [badge.accessibleName() for badge in _badges(kit)])
    tiny = Hardware(memory_total=2 * 1024**3, memory_free=1024**3, cores=2, disk_free=0)
    assert hardware_line(tiny).endswith("only the smallest models")


def test_a_model_file_leads_to_a_chat_with_it(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = start(open_kit, fresh_node)
    kit.navigation.onboarding.add_local("/models/tiny.gguf")
    kit.until(lambda: kit.window.section == "chat")
    target = kit.navigation.chat.target
    assert target is not None
    assert (target.kind, target.name) == ("local", "tiny")


def test_a_created_wallet_shows_its_words_and_checks_three(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    kit.click("welcome.wallet.setup")
    kit.click("wallet.create")
    go = kit.find(QPushButton, "wallet.create.go")
    type_into(kit, "wallet.password", "short")
    assert not go.isEnabled()
    assert "12 characters" in go.toolTip()
    kit.find(QLineEdit, "wallet.password").clear()
    protect(kit)
    kit.click("wallet.create.go")
    kit.until(lambda: kit.has("wallet.phrase.done"))
    view = kit.find(SecretView, "wallet.phrase")
    assert view._words == PHRASE.split()
    assert not view.is_shown
    kit.qtbot.mousePress(view, Qt.MouseButton.LeftButton)
    assert view.is_shown
    kit.qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert not view.is_shown
    request = fresh_node.called("wallet.create")[0][0]
    assert request.password.get_secret_value() == PASSWORD
    assert request.words == 12
    kit.click("wallet.phrase.done")
    kit.until(lambda: kit.has("wallet.check.go"))
    go = kit.find(QPushButton, "wallet.check.go")
    for word in ("backup.word.3.zoo", "backup.word.7.worth", "backup.word.11.thank"):
        assert not go.isEnabled()
        kit.click(word)
    kit.click("wallet.check.go")
    kit.until(lambda: "Word 3 is another one" in _texts(kit))
    assert fresh_node.world.wallet.backed_up is False
    kit.click("backup.word.3.thank")
    kit.click("wallet.check.go")
    kit.until(lambda: not kit.window.is_full_page)
    assert fresh_node.world.wallet.backed_up
    assert fresh_node.called("system.select_network") == [("base",)]


def test_the_check_may_be_postponed(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = start(open_kit, fresh_node)
    kit.navigation.onboarding.create_wallet(CreateWallet(password=SecretStr(PASSWORD)))
    kit.until(lambda: kit.shell.state.wallet is not None and kit.shell.state.wallet.kind == "vault")
    assert kit.window.is_full_page, "the words stay until the user has seen them"
    kit.click("wallet.phrase.done")
    kit.click("wallet.check.later")
    kit.until(lambda: not kit.window.is_full_page)
    assert fresh_node.world.wallet.backed_up is False


def test_the_words_are_gone_from_the_window_afterwards(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    kit.navigation.onboarding.create_wallet(CreateWallet(password=SecretStr(PASSWORD)))
    kit.click("wallet.phrase.done")
    kit.click("wallet.check.later")
    kit.until(lambda: kit.window.findChild(SecretView) is None)


def test_a_phrase_is_imported_after_its_length_and_the_password_are_right(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    kit.click("welcome.wallet.setup")
    kit.click("wallet.import")
    secret = kit.find(QPlainTextEdit, "wallet.secret")
    secret.setPlainText("legal winner thank")
    protect(kit)
    go = kit.find(QPushButton, "wallet.import.go")
    assert not go.isEnabled()
    assert "3 words found" in go.toolTip()
    secret.setPlainText(PHRASE)
    fresh_node.fail("wallet.scan", InvalidMnemonicError("Word 7 is not in the list."))
    kit.click("wallet.import.go")
    kit.until(lambda: "Word 7 is not in the list." in _texts(kit))
    assert secret.toPlainText() == PHRASE
    secret.setPlainText(PHRASE + " ")
    kit.click("wallet.import.go")
    kit.click("wallet.accounts.go")
    kit.until(lambda: not kit.window.is_full_page)
    request = fresh_node.called("wallet.import_")[-1][0]
    assert request.phrase.get_secret_value() == PHRASE
    assert request.private_key is None
    assert kit.window.findChild(QPlainTextEdit, "wallet.secret") is None or not secret.isVisible()


def import_step(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    kit = start(open_kit, node)
    kit.click("welcome.wallet.setup")
    kit.click("wallet.import")
    return kit


def test_one_word_is_taken_for_a_private_key(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = import_step(open_kit, fresh_node)
    kit.find(QPlainTextEdit, "wallet.secret").setPlainText(" 0x" + "1" * 64 + "\n")
    assert not kit.has("wallet.import.passphrase.show")
    protect(kit)
    kit.click("wallet.import.go")
    kit.until(lambda: fresh_node.called("wallet.import_"))
    request = fresh_node.called("wallet.import_")[0][0]
    assert request.private_key.get_secret_value() == "0x" + "1" * 64
    assert request.phrase is None


def test_a_keystore_file_is_imported_with_its_own_password(
    open_kit: OpenWindow, fresh_node: FakeNode, tmp_path: Path
) -> None:
    kit = import_step(open_kit, fresh_node)
    kind = kit.find(Segment, "wallet.import.kind")
    kit.qtbot.keyClick(kind, Qt.Key.Key_Right)
    protect(kit)
    go = kit.find(QPushButton, "wallet.import.go")
    assert go.toolTip() == "Choose a keystore file."
    [step] = [item for item in kit.window.findChildren(ImportStep) if item.isVisible()]
    step.take_file(str(tmp_path / "absent.json"))
    type_into(kit, "wallet.import.password", "of the file")
    kit.click("wallet.import.go")
    kit.until(lambda: "absent.json is not a wallet file" in _texts(kit))
    assert fresh_node.called("wallet.import_") == []
    file = tmp_path / "UTC--key.json"
    file.write_text('{"version": 3}', "utf-8")
    step.take_file(str(file))
    kit.click("wallet.import.go")
    kit.until(lambda: fresh_node.called("wallet.import_"))
    request = fresh_node.called("wallet.import_")[0][0]
    assert request.keystore == '{"version": 3}'
    assert request.keystore_password.get_secret_value() == "of the file"
    assert request.password.get_secret_value() == PASSWORD
    assert request.phrase is None
    assert request.private_key is None


def test_the_systems_keychain_is_a_choice_where_there_is_one(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    wallet = fresh_node.world.wallet
    fresh_node.world.wallet = wallet.model_copy(update={"keyring_available": False})
    kit = start(open_kit, fresh_node)
    kit.click("welcome.wallet.setup")
    kit.until(lambda: not kit.navigation.onboarding.keyring_available)
    kit.click("wallet.create")
    assert not kit.has("wallet.protect")
    kit.click("wallet.step.back")
    kit.click("wallet.step.back")
    fresh_node.world.wallet = wallet.model_copy(update={"keyring_available": True})
    kit.click("welcome.wallet.setup")
    kit.until(lambda: kit.navigation.onboarding.keyring_available)
    kit.click("wallet.create")
    kit.qtbot.keyClick(kit.find(Segment, "wallet.protect"), Qt.Key.Key_Right)
    assert not kit.has("wallet.password")
    kit.click("wallet.create.go")
    kit.until(lambda: fresh_node.called("wallet.create"))
    request = fresh_node.called("wallet.create")[0][0]
    assert request.use_keyring
    assert request.password is None


def test_the_look_chosen_at_the_start_is_kept(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = start(open_kit, fresh_node)
    before = current().mode
    kit.click("welcome.theme")
    kit.until(lambda: fresh_node.called("system.set_settings"))
    kept = fresh_node.called("system.set_settings")[0][0]
    assert kept == {"theme": current().mode}
    assert current().mode != before
    current().set_mode(before)


def test_the_wallet_path_can_be_left(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = start(open_kit, fresh_node)
    kit.click("welcome.wallet.setup")
    kit.click("wallet.import")
    kit.click("wallet.step.back")
    kit.click("wallet.step.back")
    assert kit.has("welcome.demo.start")


def test_rules_of_phrase_and_password() -> None:
    assert entered_words("a b c").startswith("3 words found")
    assert entered_words(" ".join("a" * 24)) == ""
    assert password_problem("", "").startswith("12 characters or more")
    assert password_problem("short", "").startswith("Could be guessed in minutes.")
    assert password_problem(PASSWORD, "") == "Type it once more."
    assert password_problem(PASSWORD, "another") == "The two passwords differ."
    assert password_problem(PASSWORD, PASSWORD) == ""


def _texts(kit: WindowKit) -> str:
    labels = [item for item in kit.window.findChildren(QLabel) if item.isVisible()]
    return "\n".join(item.text() for item in labels)


def _badges(kit: WindowKit) -> list[Badge]:
    return kit.window.findChildren(Badge)


def test_the_wallet_steps_from_inside_lead_back_inside(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    kit = start(open_kit, fresh_node)
    kit.navigation.onboarding.add_local("/models/tiny.gguf")
    kit.until(lambda: kit.window.section == "chat")
    kit.click("status.account")
    kit.until(lambda: kit.has("wallet.create"))
    kit.click("wallet.step.back")
    kit.until(lambda: not kit.window.is_full_page)
    assert kit.window.section == "chat"
