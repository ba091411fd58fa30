"""What happened, what waits, and finding it again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.models.dto_table import DtoTable
from morpheus_desktop.pages.wallet.activity.detail_sheet import DetailSheet
from morpheus_desktop.pages.wallet.activity.tab import ActivityTab
from morpheus_desktop.pages.wallet.activity.waiting_card import SLOW_S
from morpheus_desktop.pages.wallet.pending.sheet import ReplaceSheet
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.data_table import CELL_ROLE
from node.core.errors import RpcUnavailableError, WalletLockedError
from node.service.dto import TransactionView
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.activity.conftest import OpenTab
from tests.gui.wallet.tab_kit import find, has, last, press_tab_until, texts_of, words_of

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def rows(tab: ActivityTab) -> tuple[TransactionView, ...]:
    model = tab.table.model()
    assert isinstance(model, DtoTable)
    return model.rows


def waiting(node: FakeNode) -> TransactionView:
    return next(item for item in node.world.transactions if item.status == "sent")


def test_each_row_tells_purpose_state_time_and_amount(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    tab = open_tab(fake_node)
    model = tab.table.model()
    number = next(n for n, row in enumerate(rows(tab)) if row.intent == "withdraw_on_hold")
    cells = [model.index(number, column).data(CELL_ROLE) for column in range(4)]
    assert cells[0].text == "Take back stake"
    assert (cells[1].text, cells[1].dot) == ("Confirmed", "ok")
    assert cells[3].text == "+\u202f11.40\u00a0MOR"
    assert cells[3].role == "success"


def test_what_is_not_final_counts_its_blocks(open_tab: OpenTab, fake_node: FakeNode) -> None:
    first = fake_node.world.transactions[0]
    fresh = first.model_copy(update={"final": False, "confirmations": 1})
    fake_node.world.transactions[0] = fresh
    tab = open_tab(fake_node)
    cell = tab.table.model().index(0, 1).data(CELL_ROLE)
    assert (cell.text, cell.dot) == ("1 block so far", "part")


def test_what_failed_moved_nothing(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    number = next(n for n, row in enumerate(rows(tab)) if row.status == "failed")
    status = tab.table.model().index(number, 1).data(CELL_ROLE)
    amount = tab.table.model().index(number, 3).data(CELL_ROLE)
    assert (status.text, status.dot) == ("Failed", "fail")
    assert amount.role == "text3"


def test_what_waits_stands_above_with_exactly_two_verbs(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    assert waiting(fake_node).hash not in {row.hash for row in rows(tab)}
    [card] = tab.cards
    verbs = [item.text() for item in card.findChildren(Button) if item.isVisible()]
    assert verbs == ["Details", "Speed up", "Cancel"]
    qtbot.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
    assert last(tab, ReplaceSheet).isVisible()
    assert fake_node.called("wallet.draft_replace")[-1] == (card.transaction.hash, "cancel")


def test_a_slow_network_is_no_loss(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    assert not has(tab, "wallet.activity.slow")
    later = waiting(fake_node).created_at + SLOW_S
    tab._presenter.time.now = lambda: later  # type: ignore[method-assign]
    tab._presenter.time.ticked.emit()
    assert "Nothing is lost" in words_of(tab.cards[0])
    assert "Pending 1:00" in texts_of(tab.cards[0])


def test_what_cannot_be_replaced_offers_nothing(open_tab: OpenTab, fake_node: FakeNode) -> None:
    held = {"can_replace": False, "held_up": "It waits for number 41, which nothing uses."}
    fake_node.world.transactions = [
        item.model_copy(update=held) if item.status == "sent" else item
        for item in fake_node.world.transactions
    ]
    tab = open_tab(fake_node)
    assert not tab.cards[0].speed_up.isVisible()
    assert "which nothing uses" in words_of(tab.cards[0])


def test_a_locked_wallet_is_unlocked_first(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"locked": True})
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.problem) as told:
        tab.cards[0].speed_up.click()
    assert isinstance(told.args[0], WalletLockedError)


def test_a_watched_account_says_why(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"watch_only": True})
    tab = open_tab(fake_node)
    assert not tab.cards[0].speed_up.isEnabled()
    assert "needs its key" in tab.cards[0].speed_up.toolTip()


def test_a_kind_is_asked_of_the_node(open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.mouseClick(find(tab, "wallet.activity.kind.received"), Qt.MouseButton.LeftButton)
    assert {row.intent for row in rows(tab)} <= {"received", "stake_returned", "session_pay"}
    assert rows(tab)
    assert tab.cards, "what waits stays in sight"


def test_words_find_and_nothing_is_said_as_such(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.keyClicks(tab.filters.search.edit, "hermes")
    assert [row.intent for row in rows(tab)] == ["open_session"]
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.keyClicks(tab.filters.search.edit, " nothing like it")
    assert not tab.table.isVisible()
    assert "Nothing fits" in words_of(tab)


def test_an_empty_wallet_says_what_will_be_here(open_tab: OpenTab, fake_node: FakeNode) -> None:
    fake_node.world.transactions = []
    tab = open_tab(fake_node)
    assert tab.empty.isVisible()


def test_older_ones_are_read_on_demand(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions = [
        first.model_copy(update={"hash": f"0x{number:064x}"}) for number in range(50)
    ]
    tab = open_tab(fake_node)
    assert len(rows(tab)) == 30
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.mouseClick(tab.more_button, Qt.MouseButton.LeftButton)
    assert len(rows(tab)) == 50
    assert not tab.more_button.isVisible()


def test_old_rows_stay_when_the_network_is_gone(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    fake_node.fail("wallet.transactions", RpcUnavailableError("No connection."))
    with qtbot.waitSignal(tab._presenter.failed):
        tab.shown()
    assert last(tab, Banner).objectName() == "wallet.activity.banner"
    assert tab.table.isVisible()


def test_a_transaction_opens_by_keyboard_and_takes_a_note(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    tab.filters.search.setFocus()
    press_tab_until(tab.table, qtbot)
    qtbot.keyClick(tab.table, Qt.Key.Key_Return)
    sheet = last(tab, DetailSheet)
    assert sheet.explorer_button.isVisible()
    press_tab_until(sheet.label.edit, qtbot)
    qtbot.keyClicks(sheet.label.edit, "for the trip")
    with qtbot.waitSignal(tab._presenter.labelled):
        qtbot.keyClick(sheet.label.edit, Qt.Key.Key_Return)
    assert not has(tab, "wallet.transaction")
    assert fake_node.world.transactions[0].label == "for the trip"
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    cell = tab.table.model().index(0, 0).data(CELL_ROLE)
    assert cell.detail.startswith("for the trip")


def test_a_note_left_alone_is_not_written(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    tab.table.row_activated.emit(0)
    last(tab, DetailSheet).close_sheet()
    assert fake_node.called("wallet.label_transaction") == []


def test_an_explorer_address_that_is_not_https_is_not_offered(
    open_tab: OpenTab, fake_node: FakeNode
) -> None:
    first = fake_node.world.transactions[0]
    fake_node.world.transactions[0] = first.model_copy(update={"explorer_url": "file:///etc"})
    tab = open_tab(fake_node)
    tab.table.row_activated.emit(0)
    assert not last(tab, DetailSheet).explorer_button.isVisible()


def test_what_others_sent_has_no_fee_of_ours(open_tab: OpenTab, fake_node: FakeNode) -> None:
    tab = open_tab(fake_node)
    number = next(n for n, row in enumerate(rows(tab)) if row.intent == "received")
    tab.table.row_activated.emit(number)
    texts = texts_of(last(tab, DetailSheet))
    assert "From" in texts
    assert "Network fee" not in texts


def test_a_replaced_row_leads_to_the_one_that_counts(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    first, second = fake_node.world.transactions[:2]
    replaced = {"status": "replaced", "replaced_by": second.hash}
    fake_node.world.transactions[0] = first.model_copy(update=replaced)
    tab = open_tab(fake_node)
    tab.table.row_activated.emit(0)
    qtbot.mouseClick(last(tab, DetailSheet).other_button, Qt.MouseButton.LeftButton)
    assert "Allow the marketplace" in texts_of(last(tab, DetailSheet))


def test_the_list_is_saved_as_a_table(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab._presenter.exported) as saved:
        tab._presenter.export(str(tmp_path / "list"))
    target = tmp_path / "list.csv"
    assert saved.args == [str(target)]
    assert target.read_text("utf-8").count("\n") >= len(fake_node.world.transactions)
    assert list(tmp_path.iterdir()) == [target]


def test_a_list_that_cannot_be_saved_is_told(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = open_tab(fake_node)
    with qtbot.waitSignal(tab.told) as told:
        tab._presenter.export(str(tmp_path / "no folder" / "list.csv"))
    assert "cannot be saved there" in told.args[0]


def test_a_new_transaction_shows_by_itself(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    before = len(rows(tab)) + len(tab.cards)
    fresh = waiting(fake_node).model_copy(update={"hash": "0x" + "5" * 64, "nonce": 99})
    fake_node.world.transactions.insert(0, fresh)
    with qtbot.waitSignal(tab._presenter.loaded):
        tab._presenter.stale.emit()
    assert len(rows(tab)) + len(tab.cards) == before + 1


def test_the_kinds_are_reached_by_keyboard(
    open_tab: OpenTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    tab = open_tab(fake_node)
    everything = find(tab, "wallet.activity.kind.all")
    tab.filters.search.setFocus()
    press_tab_until(everything, qtbot)
    with qtbot.waitSignal(tab._presenter.loaded):
        qtbot.keyClick(everything, Qt.Key.Key_Right)
        focused = QApplication.focusWidget()
        assert isinstance(focused, Chip)
        qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert tab._presenter.kind == "send"
