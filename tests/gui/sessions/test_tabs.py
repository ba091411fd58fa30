"""The four parts of the sessions page, and all that is known about one session."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from morpheus_desktop import formats
from morpheus_desktop.pages.sessions.detail_sheet import DetailSheet, timeline
from morpheus_desktop.pages.sessions.page import ACTIVE, CLOSED, LOCKED, TO_CLOSE, SessionsPage
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from node.core.session_life import SessionPhase
from node.service.dto import HeldStake
from tests.fakes import sample_data
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import NOW
from tests.gui.sessions.test_page import Clock, open_page

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> SessionsPage:
    return open_page(fake_node, tasks, qtbot, Clock())


def test_each_tab_shows_its_own_part(page: SessionsPage, qtbot: QtBot) -> None:
    (card,) = page.cards.values()
    parts = {
        ACTIVE: (card, page.stake),
        TO_CLOSE: (page.to_close,),
        LOCKED: (page.stake,),
        CLOSED: (page.table,),
    }
    page.tabs.setFocus()
    for tab in (ACTIVE, TO_CLOSE, LOCKED, CLOSED):
        assert page.tabs.index == tab
        shown = {part for group in parts.values() for part in group if part.isVisible()}
        assert shown == set(parts[tab])
        qtbot.keyClick(page.tabs, Qt.Key.Key_Right)


def test_tabs_count_what_is_behind_them(page: SessionsPage) -> None:
    words = page.tabs.accessibleName().replace(formats.NBSP, " ")
    assert words == "Active 1, To close 1, Locked 36.81 MOR, Closed 2"


def test_a_click_chooses_a_tab(page: SessionsPage, qtbot: QtBot) -> None:
    place = page.tabs.box_of(CLOSED).center().toPoint()
    qtbot.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=place)
    assert page.table.isVisible()


def test_an_empty_part_says_so(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> None:
    fake_node.world.sessions = [
        item for item in fake_node.world.sessions if item.state in ("closed", "failed")
    ]
    page = open_page(fake_node, tasks, qtbot, Clock())
    nothing = page.findChild(QLabel, "sessions.nothing")
    assert nothing is not None
    assert nothing.text() == "No session is open."
    page.tabs.choose(TO_CLOSE)
    assert nothing.text() == "Every session that has ended is closed."
    page.tabs.choose(CLOSED)
    assert not nothing.isVisible()


def test_an_ended_session_is_closed_from_its_row(
    page: SessionsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page.tabs.choose(TO_CLOSE)
    (button,) = page.to_close.buttons.values()
    assert button.text() == f"Close, 38.39{formats.NBSP}MOR back"
    ended = next(item for item in sample_data.sessions() if item.state == "ended")
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert fake_node.called("sessions.close") == [(ended.id,)]
    qtbot.waitUntil(lambda: not page.to_close.isVisible())


def test_held_stake_names_its_session_its_time_and_who_claims(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    until = NOW + 9000
    fake_node.world.sessions = [
        item.model_copy(update={"held_until": until, "phase": SessionPhase.ON_HOLD})
        if item.state == "closed"
        else item
        for item in fake_node.world.sessions
    ]
    held = HeldStake(amount=5 * 10**18, until=until)
    fake_node.world.overview = fake_node.world.overview.model_copy(update={"locked": (held,)})
    page = open_page(fake_node, tasks, qtbot, Clock())
    texts = [item.text() for item in page.stake.findChildren(ElidedLabel)]
    assert any(text.startswith("from Qwen3 235B, closed ") for text in texts)
    assert any(f"in 2{formats.NBSP}h{formats.NBSP}30" in text for text in texts)
    promises = [item.text() for item in page.stake.findChildren(Label)]
    assert "Will be claimed for you" in promises


def test_without_the_automatic_claim_nothing_is_promised(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    fake_node.world.settings = [
        item.model_copy(update={"value": False}) if item.name == "auto_claim" else item
        for item in fake_node.world.settings
    ]
    page = open_page(fake_node, tasks, qtbot, Clock())
    promises = [item.text() for item in page.stake.findChildren(Label)]
    assert "Will be claimed for you" not in promises


def test_a_closed_session_tells_its_story(page: SessionsPage, qtbot: QtBot) -> None:
    page.tabs.choose(CLOSED)
    page.table.choose_row(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    sheet = page.window().findChild(DetailSheet)
    assert sheet is not None and sheet.isVisible()
    whats = [what for _when, what, _amount in sheet.events]
    assert whats[0] == "opened by you"
    assert "closed early" in whats
    assert sheet.done.hasFocus() or not page.isActiveWindow()
    with qtbot.waitSignal(sheet.closed):
        qtbot.mouseClick(sheet.done, Qt.MouseButton.LeftButton)


def test_the_parts_of_a_story_sum_to_the_stake() -> None:
    closed = next(item for item in sample_data.sessions() if item.state == "closed")
    events = timeline(closed, NOW)
    assert events[0][2] == formats.mor_change(-closed.stake)
    assert closed.returned + closed.held == closed.stake
    assert [amount for *_, amount in events if amount.startswith("+")] == [
        formats.mor_change(closed.returned),
        formats.mor_change(closed.held),
    ]


def test_a_session_that_did_not_open_says_why() -> None:
    failed = next(item for item in sample_data.sessions() if item.state == "failed")
    told = failed.model_copy(update={"opened_at": 0, "error": "Nobody accepted."})
    assert timeline(told, NOW) == [("", "Nobody accepted.", "")]


def test_an_open_session_has_its_details_too(page: SessionsPage, qtbot: QtBot) -> None:
    (card,) = page.cards.values()
    qtbot.mouseClick(card.detail_button, Qt.MouseButton.LeftButton)
    sheet = page.window().findChild(DetailSheet)
    assert sheet is not None
    assert sheet.events[-1][1] == "ends by itself"
