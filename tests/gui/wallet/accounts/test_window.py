"""The accounts in the whole window: from the rail to the tab, and a further wallet beside."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.pages.wallet.tabs import ACCOUNTS
from morpheus_desktop.widgets.tabs import Tabs
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.keyboard import Keyboard
from tests.gui.window_kit import WindowKit

# The offscreen platform has no window manager to tell sizes to, and nothing to grab for menus.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing")


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    """A window at the tab of accounts."""
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"))
    bar = kit.find(Tabs, "wallet.tabs")
    titles = ["Activity", "Approvals", ACCOUNTS, "Address book", "Networks"]
    place = bar.box_of(titles.index(ACCOUNTS)).center().toPoint()
    kit.qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)
    kit.until(lambda: len(tab_of(kit).rows) == 3)
    return kit


def tab_of(kit: WindowKit) -> AccountsTab:
    return kit.find(AccountsTab, "wallet.accounts")


def labels(kit: WindowKit) -> list[str]:
    return [item.account.label for item in tab_of(kit).rows]


def choose(kit: WindowKit, text: str) -> None:
    """An entry of the menu that is open, with the arrows."""
    kit.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for _ in menu.actions():
        kit.qtbot.keyClick(menu, Qt.Key.Key_Down)
        active = menu.activeAction()
        if active is not None and active.text().startswith(text):
            kit.qtbot.keyClick(menu, Qt.Key.Key_Return)
            return
    raise AssertionError(f"no {text} in the menu")


def test_a_further_wallet_is_put_beside_by_clicks(kit: WindowKit, fake_node: FakeNode) -> None:
    kit.click("wallet.accounts.add")
    choose(kit, "Create or import another wallet")
    kit.until(lambda: kit.window.is_full_page and kit.navigation.onboarding.present)
    kit.click("wallet.import")
    kit.until(lambda: kit.has("wallet.secret"))
    kit.find(QPlainTextEdit, "wallet.secret").setPlainText("0x" + "1" * 64)
    for name in ("wallet.password", "wallet.password.again"):
        kit.qtbot.keyClicks(kit.find(QLineEdit, name), "another password")
    kit.click("wallet.import.go")
    kit.until(lambda: not kit.window.is_full_page)
    request = fake_node.called("wallet.import_")[0][0]
    assert (request.add, request.replace) == (True, False)
    kit.until(lambda: "Account 5" in labels(kit))
    assert labels(kit) == ["Main", "Savings", "Account 5", "Cold wallet"]
    used = next(item for item in tab_of(kit).rows if item.account.active)
    assert used.account.label == "Account 5"
    assert used.account.kind == "key"


def test_leaving_the_steps_leads_back_to_the_accounts(kit: WindowKit) -> None:
    kit.click("wallet.accounts.add")
    choose(kit, "Create or import another wallet")
    kit.until(lambda: kit.window.is_full_page)
    kit.click("wallet.step.back")
    kit.until(lambda: not kit.window.is_full_page)
    assert labels(kit) == ["Main", "Savings", "Cold wallet"]


def test_another_account_is_used_without_a_mouse(kit: WindowKit, fake_node: FakeNode) -> None:
    keys = Keyboard(kit)
    kit.window.activateWindow()
    kit.until(kit.window.isActiveWindow)
    kit.find(Tabs, "wallet.tabs").setFocus()
    keys.walk_to(f"wallet.accounts.row.{fake_node.world.accounts[1].address[2:8].lower()}")
    keys.press(Qt.Key.Key_Return)
    choose(kit, "Use this account")
    kit.until(lambda: kit.has("wallet.switch"))
    kit.window.activateWindow()
    kit.until(kit.window.isActiveWindow)
    keys.fill("wallet.switch.password", fake_node.world.password)
    keys.press(Qt.Key.Key_Return)
    kit.until(lambda: fake_node.world.wallet.label == "Savings")
    kit.until(lambda: any("Savings is in use" in text for text in kit.window.toasts.texts()))
    kit.until(lambda: not kit.has("wallet.switch"))


def test_the_dialogs_of_the_wallet_open_from_here(kit: WindowKit) -> None:
    kit.click("wallet.accounts.add")
    choose(kit, "Back up all accounts")
    kit.until(lambda: kit.has("reveal"))
    kit.click("reveal.cancel")
    main = tab_of(kit).rows[0].account.address[2:8].lower()
    kit.click(f"wallet.accounts.menu.{main}")
    choose(kit, "Change password")
    kit.until(lambda: kit.has("password"))
