"""What the tabs lead to in the whole window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from morpheus_desktop.pages.wallet.tabs import APPROVALS, CONTACTS, WalletTabs
from morpheus_desktop.widgets.data_table import DataTable
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS
from tests.gui.window_kit import OpenWindow, WindowKit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def kit(open_kit: OpenWindow, fake_node: FakeNode) -> WindowKit:
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.section == "chat")
    kit.navigation.go("wallet")
    kit.until(lambda: kit.has("wallet.tabs"))
    return kit


def choose(kit: WindowKit, title: str) -> None:
    tabs = kit.window.findChild(WalletTabs)
    assert tabs is not None
    tabs.choose(title)


def test_a_contact_leads_to_the_send_sheet_with_its_address(kit: WindowKit) -> None:
    choose(kit, CONTACTS)
    kit.until(lambda: kit.has("wallet.contacts.table"))
    kit.find(DataTable, "wallet.contacts.table").row_activated.emit(0)
    kit.click("wallet.contacts.detail.send")
    kit.until(lambda: kit.has("wallet.send.to"))
    assert kit.find(QLineEdit, "wallet.send.to").text() == PROVIDERS[0][0]


def test_a_locked_wallet_is_unlocked_on_the_way_to_revoking(
    kit: WindowKit, fake_node: FakeNode
) -> None:
    choose(kit, APPROVALS)
    kit.until(lambda: kit.has("wallet.approvals.revoke.6abe1d"))
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"locked": True})
    kit.signals.wallet_changed.emit()
    kit.until(lambda: kit.window.page("wallet")._presenter.state.status.locked)
    kit.until(lambda: len(fake_node.called("wallet.approvals")) > 1)
    kit.click("wallet.approvals.revoke.6abe1d")
    kit.until(lambda: kit.has("unlock.password"))
    kit.qtbot.keyClicks(kit.find(QLineEdit, "unlock.password"), fake_node.world.password)
    kit.qtbot.keyClick(kit.find(QLineEdit, "unlock.password"), Qt.Key.Key_Return)
    kit.until(lambda: not kit.has("unlock.password"))
    kit.until(lambda: _revoke_opens(kit))
    kit.until(lambda: fake_node.called("wallet.draft_approval"))


def _revoke_opens(kit: WindowKit) -> bool:
    """The tab hears of the unlocking a moment after the sheet."""
    if not kit.has("wallet.approvals.sheet"):
        kit.click("wallet.approvals.revoke.6abe1d")
    return kit.has("wallet.approvals.sheet")
