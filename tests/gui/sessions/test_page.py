"""Sessions as a user meets them: countdown, closing with its preview, taking stake back."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop import formats
from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.sessions.close_sheet import CloseSheet
from morpheus_desktop.pages.sessions.page import SessionsPage
from morpheus_desktop.pages.sessions.presenter import SessionsPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import ElidedLabel
from node.core.errors import PayoutEmptyError, RpcUnavailableError, WalletLockedError
from node.core.session_life import SessionPhase
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import NOW

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Clock:
    """Seconds that move when a test says so."""

    def __init__(self) -> None:
        self.value = 0.0

    def __call__(self) -> float:
        return self.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


def open_page(node: FakeNode, tasks: GuiTasks, qtbot: QtBot, clock: Clock) -> SessionsPage:
    time = ChainTime(monotonic=clock)
    time.follow(sample_data.status(node.world.network))
    presenter = SessionsPresenter(node, tasks, NodeSignals(), time)
    page = SessionsPage(presenter)
    qtbot.addWidget(page)
    page.resize(1208, 748)
    page.show()
    with qtbot.waitSignal(presenter.loaded):
        page.shown()
    return page


@pytest.fixture
def page(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot, clock: Clock) -> SessionsPage:
    return open_page(fake_node, tasks, qtbot, clock)


def ask_to_close(page: SessionsPage, qtbot: QtBot) -> CloseSheet:
    (card,) = page.cards.values()
    with qtbot.waitSignal(page._presenter.close_previewed):
        qtbot.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    sheet = page.findChild(CloseSheet)
    assert sheet is not None
    return sheet


def test_an_open_session_counts_down_and_names_what_comes_back(
    page: SessionsPage, clock: Clock
) -> None:
    (card,) = page.cards.values()
    assert card._left.text() == "43:12"
    assert "44.58" in card._back.text()
    assert card._privacy.text() == "Encrypted both ways"
    clock.value = 40 * 60
    page._presenter.time.ticked.emit()
    assert card._left.text() == "3:12"


def test_closing_early_shows_both_parts_before_and_tells_them_after(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ask_to_close(page, qtbot)
    texts = [text for _icon, _role, text in sheet.words]
    assert "return to your wallet now" in texts[0]
    assert "held back" in texts[1]
    assert not fake_node.called("sessions.close")
    with qtbot.waitSignal(page.told) as told:
        qtbot.keyClick(sheet.confirm_button, Qt.Key.Key_Space)
    assert told.args is not None
    assert "returned" in told.args[0] and "held back" in told.args[0]
    qtbot.waitUntil(lambda: not page.cards)
    assert page.table.model().rowCount() == 3


def test_escape_keeps_the_session_open(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = ask_to_close(page, qtbot)
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not fake_node.called("sessions.close")
    assert len(page.cards) == 1


def test_a_close_that_the_network_refuses_says_that_the_stake_is_safe(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail(
        "sessions.close", PayoutEmptyError("The network cannot pay providers at the moment.")
    )
    sheet = ask_to_close(page, qtbot)
    with qtbot.waitSignal(page._presenter.close_failed):
        sheet.confirm_button.click()
    banner = page.findChild(Banner, "sessions.banner")
    assert banner is not None
    assert "stake is safe" in banner.accessibleName()
    assert next(iter(page.cards.values())).close_button.isEnabled()


def test_ended_sessions_are_collected_in_one_click(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    banner = page.findChild(Banner, "sessions.ended")
    assert banner is not None
    assert "38.39" in banner.accessibleName()
    collect = banner.findChild(Button)
    assert collect is not None
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(collect, Qt.MouseButton.LeftButton)
    ended = next(item for item in sample_data.sessions() if item.state == "ended")
    assert fake_node.called("sessions.close") == [(ended.id,)]
    qtbot.waitUntil(lambda: page.findChild(Banner, "sessions.ended") is None)


def test_stake_that_is_ready_is_taken_back_once(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    gate = fake_node.hold("wallet.withdraw_released")
    claim = page.findChild(Button, "sessions.claim")
    assert claim is not None
    qtbot.mouseClick(claim, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(claim, Qt.MouseButton.LeftButton)
    assert not claim.isEnabled()
    with qtbot.waitSignal(page.told) as told:
        gate.set()
    assert told.args is not None
    assert "12.30" in told.args[0]
    assert len(fake_node.called("wallet.withdraw_released")) == 1
    qtbot.waitUntil(lambda: page.findChild(Button, "sessions.claim") is None)


def test_a_locked_wallet_is_handed_to_the_frame(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.withdraw_released", WalletLockedError("The wallet is locked."))
    claim = page.findChild(Button, "sessions.claim")
    assert claim is not None
    with qtbot.waitSignal(page.problem):
        claim.click()


def test_old_sessions_stay_when_the_network_is_gone(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("wallet.overview", RpcUnavailableError("No connection to the Base network."))
    with qtbot.waitSignal(page._presenter.failed):
        page.shown()
    assert page.findChild(Banner, "sessions.banner") is not None
    assert len(page.cards) == 1


def test_an_empty_page_leads_to_the_market(tasks: GuiTasks, qtbot: QtBot, clock: Clock) -> None:
    node = FakeNode()
    node.world.sessions = []
    node.world.overview = node.world.overview.model_copy(update={"ready": 0, "locked": ()})
    page = open_page(node, tasks, qtbot, clock)
    market = page.findChild(Button, "sessions.market")
    assert market is not None and market.isVisible()
    with qtbot.waitSignal(page.market_requested):
        qtbot.keyClick(market, Qt.Key.Key_Space)


def test_a_session_that_is_over_asks_the_node_again(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot, clock: Clock
) -> None:
    clock.value = 3600
    reads = len(fake_node.called("sessions.list"))
    with qtbot.waitSignal(page._presenter.loaded):
        page._presenter.time.ticked.emit()
    assert len(fake_node.called("sessions.list")) > reads
    assert page._presenter.time.now() >= NOW + 3600


def test_a_session_that_has_just_opened_can_be_closed(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot, clock: Clock
) -> None:
    active = fake_node.world.sessions[0]
    fake_node.world.sessions[0] = active.model_copy(
        update={"id": "", "state": "opening", "phase": SessionPhase.OPEN}
    )
    page = open_page(fake_node, tasks, qtbot, clock)
    (card,) = page.cards.values()
    assert not card.close_button.isEnabled()
    fake_node.world.sessions[0] = active
    with qtbot.waitSignal(page._presenter.loaded):
        page.shown()
    assert next(iter(page.cards.values())) is card
    assert card.close_button.isEnabled()


def test_a_tick_does_not_free_the_button_of_a_close_that_runs(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    gate = fake_node.hold("sessions.close")
    sheet = ask_to_close(page, qtbot)
    sheet.confirm_button.click()
    (card,) = page.cards.values()
    page._presenter.time.ticked.emit()
    assert not card.close_button.isEnabled()
    with qtbot.waitSignal(page.told):
        gate.set()


def test_a_card_says_where_its_session_stands_as_time_passes(
    page: SessionsPage, clock: Clock
) -> None:
    (card,) = page.cards.values()
    assert "active" in card.state.text()
    clock.value = 43 * 60
    page._presenter.time.ticked.emit()
    assert "ending" in card.state.text()
    clock.value = 44 * 60
    card.tick(page._presenter.time.now())
    assert "ended, not closed yet" in card.state.text()


def test_a_session_that_cannot_be_closed_says_why_and_when_it_is_tried_again(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot, clock: Clock
) -> None:
    reason = "The network's payout account cannot pay the provider at present."
    fake_node.world.sessions = [
        item.model_copy(update={"stuck": reason, "retry_at": NOW + 300})
        if item.state == "ended"
        else item
        for item in fake_node.world.sessions
    ]
    page = open_page(fake_node, tasks, qtbot, clock)
    banner = page.findChild(Banner, "sessions.ended")
    assert banner is not None
    assert "is not closed yet" in banner.accessibleName()
    assert reason in banner.accessibleName()
    assert f"Next try at {formats.clock(NOW + 300)}." in banner.accessibleName()
    button = banner.findChild(Button)
    assert button is not None
    assert button.text() == "Try now"
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.findChild(Banner, "sessions.ended") is None)


def test_the_history_tells_held_released_and_returned_stake_apart(page: SessionsPage) -> None:
    rows = page._history.rows
    column = [item.title for item in page._history._columns].index("State")
    words = {item.intent_id: page._history._columns[column].cell(item) for item in rows}
    assert (words["intent-3"].text, words["intent-3"].detail) == ("closed", "a part is ready")
    assert words["intent-4"].text == "failed"


def test_why_released_stake_is_not_back_yet_is_said(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot, clock: Clock
) -> None:
    overview = fake_node.world.overview
    fake_node.world.overview = overview.model_copy(
        update={"claim_stuck": "The wallet is locked. Unlock it, then this goes on by itself."}
    )
    page = open_page(fake_node, tasks, qtbot, clock)
    texts = [label.text() for label in page.stake.findChildren(ElidedLabel)]
    assert any("wallet is locked" in text for text in texts)


def test_a_session_is_marked_to_be_extended_and_the_card_says_what_comes_next(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    (card,) = page.cards.values()
    assert not card.extension.toggle.isChecked()
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.mouseClick(card.extension.toggle, Qt.MouseButton.LeftButton)
    assert fake_node.called("sessions.set_auto_extend") == [(card.session.id, True)]
    assert card.extension.toggle.isChecked()
    old = card.session
    failed = old.model_copy(update={"error": "Not extended: 50 MOR per day are used up."})
    fake_node.world.sessions = [failed]
    with qtbot.waitSignal(page._presenter.loaded):
        page._presenter.load()
    (card,) = page.cards.values()
    assert "50 MOR per day" in card.extension._text.text()
    following = old.model_copy(
        update={"id": "0x" + "77" * 32, "intent_id": "next", "follows": old.id}
    )
    fake_node.world.sessions = [following, old]
    with qtbot.waitSignal(page._presenter.loaded):
        page._presenter.load()
    card = page.cards[old.intent_id]
    assert "Goes on in the next session until" in card.extension._text.text()
    assert card.extension.toggle.isHidden()
    assert not card.extend_button.isEnabled()


def test_a_refused_mark_is_taken_back(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    (card,) = page.cards.values()
    fake_node.fail("sessions.set_auto_extend", WalletLockedError("The wallet is locked."))
    with qtbot.waitSignal(page.problem):
        qtbot.mouseClick(card.extension.toggle, Qt.MouseButton.LeftButton)
    assert not card.extension.toggle.isChecked()


def test_extending_leads_to_the_sheet(page: SessionsPage, qtbot: QtBot) -> None:
    (card,) = page.cards.values()
    with qtbot.waitSignal(page.extend_requested) as asked:
        qtbot.mouseClick(card.extend_button, Qt.MouseButton.LeftButton)
    assert asked.args == [card.session.id]
