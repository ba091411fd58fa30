"""The accounts as a user meets them: grouped, used, hidden, copied, without a mouse too."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.accounts.account_row import AccountRow
from morpheus_desktop.pages.wallet.accounts.remove_sheet import RemoveSheet
from morpheus_desktop.pages.wallet.accounts.rename_sheet import RenameSheet
from morpheus_desktop.pages.wallet.accounts.tab import AccountsTab
from morpheus_desktop.widgets.banner import Banner
from node.core.errors import StorageError, WalletError
from node.service.dto import DamagedWallet
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.accounts.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, settle, take_focus, words_of

# The offscreen platform has no window manager to tell sizes to, and nothing to grab for menus.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise()", "grabbing")


def labels(tab: AccountsTab) -> list[str]:
    return [item.account.label for item in tab.rows]


def row_of(tab: AccountsTab, label: str) -> AccountRow:
    settle()
    return next(item for item in tab.rows if item.account.label == label)


def open_menu(tab: AccountsTab, label: str, qtbot: QtBot) -> QMenu:
    qtbot.mouseClick(row_of(tab, label).menu_button, Qt.MouseButton.LeftButton)
    return popup(qtbot)


def popup(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str, qtbot: QtBot) -> None:
    """Walk the open menu with the arrows, as one does."""
    for _ in menu.actions():
        active = menu.activeAction()
        if active is not None and active.text().startswith(text):
            qtbot.keyClick(menu, Qt.Key.Key_Return)
            return
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    raise AssertionError(f"no {text} in {[item.text() for item in menu.actions()]}")


def test_accounts_stand_by_their_phrases_with_what_they_hold(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    tab = open_tab(fake_node)
    assert labels(tab) == ["Main", "Savings", "Cold wallet"], "the hidden one is not shown"
    words = words_of(tab)
    for text in ("Recovery phrase", "Watched addresses", "m/44'/60'/0'/0/1", "24.00\u00a0MOR"):
        assert text in words
    assert "In use" in row_of(tab, "Main").accessibleName()
    assert "Watched" in row_of(tab, "Cold wallet").accessibleName()
    reads = fake_node.called("wallet.accounts")
    assert reads == [(False,), (True,)], "names first, then all balances at once"


def test_names_are_there_before_the_chain_has_answered(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    assert not has(tab, "wallet.accounts.unread")
    fake_node.world.accounts[1] = fake_node.world.accounts[1].model_copy(update={"label": "Rent"})
    tab.shown()
    qtbot.waitUntil(lambda: "Rent" in labels(tab))


def test_a_chain_that_cannot_be_read_leaves_a_dash(
    open_tab: OpenTab, fake_node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unread(*, balances: bool = False) -> object:
        del balances
        return tuple(fake_node.world.accounts)

    monkeypatch.setattr(fake_node.wallet, "accounts", unread)
    tab = open_tab(fake_node)
    assert has(tab, "wallet.accounts.unread")
    assert "–" in words_of(row_of(tab, "Main"))


def test_hidden_accounts_come_back_into_view(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    assert tab.hidden_button.accessibleName() == "Show hidden (1)"
    qtbot.mouseClick(tab.hidden_button, Qt.MouseButton.LeftButton)
    assert "Old key" in labels(tab)
    choose(open_menu(tab, "Old key", qtbot), "Show again", qtbot)
    qtbot.waitUntil(lambda: tab.hidden_button.isHidden())
    assert "Old key" in labels(tab)


def test_hiding_puts_a_row_away(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.told) as told:
        choose(open_menu(tab, "Savings", qtbot), "Hide", qtbot)
    assert told.args == ["Savings is hidden", "success"]
    qtbot.waitUntil(lambda: "Savings" not in labels(tab))
    assert tab.hidden_button.accessibleName() == "Show hidden (2)"


def test_a_refusal_to_hide_is_told(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.hide_account", WalletError("The account in use cannot be hidden."))
    with qtbot.waitSignal(tab.told) as told:
        choose(open_menu(tab, "Savings", qtbot), "Hide", qtbot)
    assert told.args == ["The account in use cannot be hidden.", "warning"]


def test_the_menu_of_the_account_in_use_says_what_is_not_possible(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    menu = open_menu(tab, "Main", qtbot)
    entries = {item.text(): item.isEnabled() for item in menu.actions() if item.text()}
    assert entries["Hide: not while it is in use"] is False
    assert not any(text.startswith("Use this") for text in entries)
    menu.close()
    menu = open_menu(tab, "Savings", qtbot)
    entries = {item.text(): item.isEnabled() for item in menu.actions() if item.text()}
    assert entries["Show or export: use it first"] is False
    assert entries["Change password…"], "of the same phrase as the one in use"
    menu.close()


def test_using_another_account_with_the_mouse(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    qtbot.mouseClick(row_of(tab, "Savings").use_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, "wallet.switch"))
    with qtbot.waitSignal(tab.told) as told:
        qtbot.mouseClick(find(tab, "wallet.switch.locked"), Qt.MouseButton.LeftButton)
    assert told.args[0] == "Savings is in use, locked"
    qtbot.waitUntil(lambda: row_of(tab, "Savings").account.active)
    assert "Locked" in row_of(tab, "Savings").accessibleName()


def test_everything_without_a_mouse(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    tab.add_button.setFocus()
    first = row_of(tab, "Main")
    press_tab_until(first, qtbot)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    savings = row_of(tab, "Savings")
    assert savings.hasFocus()
    with qtbot.waitSignal(tab.told):
        qtbot.keyClick(savings, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == savings.account.address
    qtbot.keyClick(savings, Qt.Key.Key_F2)
    assert last(tab, RenameSheet)
    qtbot.keyClicks(QApplication.focusWidget(), "Rent")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Rent" in labels(tab))
    assert not has(tab, "wallet.accounts.rename")
    renamed = row_of(tab, "Rent")
    qtbot.waitUntil(renamed.hasFocus)
    qtbot.keyClick(renamed, Qt.Key.Key_Return)
    menu = popup(qtbot)
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    take_focus(tab, qtbot)
    qtbot.keyClick(renamed, Qt.Key.Key_Delete)
    assert last(tab, RemoveSheet).cancel_button.hasFocus(), "the harmless answer"


def test_secrets_are_asked_for_by_the_page(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.reveal_requested) as asked:
        choose(open_menu(tab, "Main", qtbot), "Show or export", qtbot)
    assert asked.args == ["private_key"]
    with qtbot.waitSignal(tab.password_requested):
        choose(open_menu(tab, "Main", qtbot), "Change password", qtbot)


def test_a_phrase_that_was_never_backed_up_offers_it(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.accounts = [
        item.model_copy(update={"backed_up": item.kind != "phrase"})
        for item in fake_node.world.accounts
    ]
    fake_node.world.wallet = fake_node.world.wallet.model_copy(
        update={"backed_up": False, "group": fake_node.world.accounts[0].group}
    )
    tab = open_tab(fake_node)
    button = tab.cards[0].back_up_button
    assert button.isVisible() and button.isEnabled()
    with qtbot.waitSignal(tab.back_up_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tab.back_up_requested):
        choose(open_menu(tab, "Savings", qtbot), "Back up the phrase", qtbot)


def test_a_phrase_not_in_use_says_how_to_back_it_up(open_tab: OpenTab, fake_node: FakeNode) -> None:
    other = fake_node.world.accounts[1].model_copy(update={"group": "other", "backed_up": False})
    fake_node.world.accounts[1] = other
    tab = open_tab(fake_node)
    assert {"Phrase of Main", "Phrase of Savings"} <= set(words_of(tab).split("  ")) or (
        "Phrase of Savings" in words_of(tab)
    )
    button = tab.cards[1].back_up_button
    assert not button.isEnabled()
    assert button.toolTip().startswith("Use one of its accounts first")


def test_the_demo_account_says_why_nothing_can_be_added(
    open_tab: OpenTab, demo_node: FakeNode, qtbot: QtBot
) -> None:
    demo_node.world.accounts = [
        demo_node.world.accounts[0].model_copy(update={"kind": "key", "group": "", "path": ""})
    ]
    tab = open_tab(demo_node)
    assert "The demo has one account of play money." in words_of(tab)
    assert not tab.add_button.isEnabled()
    assert not row_of(tab, "Main").use_button.isVisible()
    menu = open_menu(tab, "Main", qtbot)
    assert [item.text() for item in menu.actions()] == ["Copy address"]
    menu.close()


def test_the_account_of_the_environment_is_named(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.wallet = sample_data.wallet_status("memory")
    fake_node.world.accounts = fake_node.world.accounts[:1]
    assert "WALLET_PRIVATE_KEY" in words_of(open_tab(fake_node))


def test_without_a_wallet_the_way_to_one_is_offered(
    open_tab: OpenTab, fresh_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fresh_node)
    with qtbot.waitSignal(tab.onboarding_requested):
        qtbot.mouseClick(find(tab, "wallet.accounts.setup"), Qt.MouseButton.LeftButton)


def test_a_damaged_file_is_named_with_its_place(open_tab: OpenTab, fake_node: FakeNode) -> None:
    damaged = DamagedWallet(
        path="/home/a/wallets/0xab.json", problem="The file is damaged.", hint="Put a copy back."
    )
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"damaged": (damaged,)})
    words = words_of(open_tab(fake_node))
    for text in ("Damaged files", damaged.path, damaged.problem, damaged.hint):
        assert text in words


def test_accounts_that_cannot_be_read_can_be_tried_again(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.status", StorageError("The wallet folder cannot be read."))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    banner = find(tab, "wallet.accounts.banner")
    assert isinstance(banner, Banner)
    assert "Main" in labels(tab), "what was known stays"
    with qtbot.waitSignal(tab._presenter.loaded):
        banner.action.emit()
    assert not has(tab, "wallet.accounts.banner")


def test_the_count_leaves_hidden_ones_out(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.count_changed) as counted:
        tab.shown()
    assert counted.args == ["3"]


def test_events_of_the_wallet_are_followed_where_it_is_seen(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.world.accounts.pop()
    tab._presenter.stale.emit()
    qtbot.waitUntil(lambda: "Cold wallet" not in labels(tab))
    tab.hide()
    before = len(fake_node.calls)
    tab._presenter.stale.emit()
    settle()
    assert len(fake_node.calls) == before


def test_the_page_is_no_place_for_stray_windows(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    strays = [item for item in QApplication.topLevelWidgets() if item.isVisible() and item != tab]
    assert not [
        item for item in strays if not isinstance(item, QMenu) and isinstance(item, QWidget)
    ]
