"""Speeding up and cancelling: both outcomes told, one of them chosen, every refusal explained."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.pending.presenter import ReplacePresenter, Verb
from morpheus_desktop.pages.wallet.pending.sheet import ReplaceSheet
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import (
    FundsError,
    NodeError,
    QuoteExpiredError,
    RpcUnavailableError,
    UserInputError,
    WalletLockedError,
)
from node.service.dto import TransactionView
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.tab_kit import has, still_time, take_focus, texts_of, words_of

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
OpenSheet = Callable[[FakeNode, Verb], ReplaceSheet]


def waiting(node: FakeNode) -> TransactionView:
    return next(item for item in node.world.transactions if item.can_replace)


@pytest.fixture
def open_sheet(tasks: GuiTasks, qtbot: QtBot) -> OpenSheet:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(900, 600)
    host.show()

    def show(node: FakeNode, verb: Verb) -> ReplaceSheet:
        presenter = ReplacePresenter(node, tasks, still_time(node))
        presenter.setParent(host)
        sheet = ReplaceSheet(host, presenter, waiting(node), verb, "Open a session")
        sheet.open()
        take_focus(host, qtbot)
        return sheet

    return show


def ready(sheet: ReplaceSheet, qtbot: QtBot) -> ReplaceSheet:
    qtbot.waitUntil(sheet.go_button.isEnabled)
    return sheet


@pytest.mark.parametrize("verb", ["speed_up", "cancel"])
def test_fees_number_and_both_outcomes_are_told(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot, verb: Verb
) -> None:
    sheet = ready(open_sheet(fake_node, verb), qtbot)
    texts = texts_of(sheet)
    assert {"0.0000047\u00a0ETH", "0.0000053\u00a0ETH", "35"} <= texts
    assert "If the new one is first, it counts." in texts
    assert "If the old one is faster, it counts." in texts
    assert fake_node.called("wallet.replace") == [], "nothing before the yes"


def test_speeding_up_by_keyboard(open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = ready(open_sheet(fake_node, "speed_up"), qtbot)
    old = waiting(fake_node)
    sheet.go_button.setFocus()
    with qtbot.waitSignal(sheet.told) as told:
        qtbot.keyClick(sheet.go_button, Qt.Key.Key_Space)
    assert told.args == ["Offered again with a higher fee", "success"]
    assert not sheet.isVisible()
    assert fake_node.called("wallet.replace") == [(f"speed_up:{old.hash}",)]
    assert fake_node.world.transactions[0].nonce == old.nonce


def test_escape_leaves_it_waiting(open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot) -> None:
    sheet = ready(open_sheet(fake_node, "cancel"), qtbot)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert fake_node.called("wallet.replace") == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            UserInputError("This transaction does not wait any more.", code="chain.tx_mined"),
            "does not wait any more",
        ),
        (
            FundsError("The fee of this transaction was raised four times already."),
            "raised four times",
        ),
    ],
)
def test_what_cannot_be_replaced_is_told_before_anything(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot, error: NodeError, words: str
) -> None:
    fake_node.fail("wallet.draft_replace", error)
    sheet = open_sheet(fake_node, "speed_up")
    qtbot.waitUntil(lambda: has(sheet, "wallet.pending.problem"))
    assert words in words_of(sheet)
    assert not sheet.go_button.isVisible()
    assert sheet.keep_button.text() == "Close"


def test_without_a_connection_it_is_asked_again(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.draft_replace", RpcUnavailableError("No connection."))
    sheet = open_sheet(fake_node, "speed_up")
    qtbot.waitUntil(lambda: sheet.go_button.text() == "Check again")
    sheet.go_button.click()
    qtbot.waitUntil(lambda: sheet.go_button.isEnabled() and sheet.go_button.text() == "Speed up")
    assert not has(sheet, "wallet.pending.problem")


def test_one_that_was_mined_meanwhile_is_over(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ready(open_sheet(fake_node, "cancel"), qtbot)
    mined = UserInputError(
        "This transaction does not wait any more.", hint="Look at the list.", code="chain.tx_mined"
    )
    fake_node.fail("wallet.replace", mined)
    sheet.go_button.click()
    qtbot.waitUntil(lambda: has(sheet, "wallet.pending.problem"))
    assert "Look at the list." in words_of(sheet)
    assert not sheet.go_button.isVisible()
    assert not sheet.locked


def test_one_that_is_kept_is_not_ordered_twice(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ready(open_sheet(fake_node, "speed_up"), qtbot)
    kept = RpcUnavailableError("It is signed and kept, but nobody took it.", code="chain.tx_kept")
    fake_node.fail("wallet.replace", kept)
    sheet.go_button.click()
    qtbot.waitUntil(lambda: has(sheet, "wallet.pending.problem"))
    assert not sheet.go_button.isVisible()


def test_an_old_fee_is_asked_for_again(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ready(open_sheet(fake_node, "speed_up"), qtbot)
    fake_node.fail("wallet.replace", QuoteExpiredError("Too old."))
    sheet.go_button.click()
    qtbot.waitUntil(lambda: len(fake_node.called("wallet.draft_replace")) == 2)
    ready(sheet, qtbot)
    assert sheet.isVisible(), "the user looks once more"


def test_a_locked_wallet_keeps_the_sheet(
    open_sheet: OpenSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ready(open_sheet(fake_node, "speed_up"), qtbot)
    fake_node.fail("wallet.replace", WalletLockedError("The wallet is locked."))
    with qtbot.waitSignal(sheet.unlock_needed):
        sheet.go_button.click()
    assert sheet.isVisible()
    assert sheet.go_button.isEnabled()
