"""More options, limits and ways out of the session sheet."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from morpheus_desktop.widgets.choices import Segment, Toggle
from morpheus_desktop.widgets.labels import ElidedLabel
from node.service.dto import QuoteProblem
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.session_sheet.sheet_kit import SheetKit


def test_options_are_part_of_the_request_and_name_their_limits(sheet: SheetKit) -> None:
    sheet.quoted()
    sheet.kit.click("session.sheet.more")
    failover = sheet.kit.find(Segment, "session.sheet.failover")
    failover.setFocus()
    sheet.kit.qtbot.keyClick(failover, Qt.Key.Key_Right)
    sheet.kit.until(lambda: sheet.request().failover)
    sheet.quoted()
    extend = sheet.kit.find(Toggle, "session.sheet.extend")
    assert not extend.isChecked()
    sheet.kit.qtbot.keyClick(extend, Qt.Key.Key_Space)
    sheet.kit.until(lambda: sheet.request().auto_extend is True)
    sheet.quoted()
    sheet.kit.click("session.sheet.direct")
    sheet.kit.until(lambda: sheet.confirm.text() == "Lock 44.58\u00a0MOR and open")
    assert sheet.request().direct_payment
    notes = [item.text() for item in sheet.sheet.options.findChildren(ElidedLabel)]
    assert any("25 MOR" in text and "100 MOR a day" in text for text in notes)
    assert any("50 MOR a day" in text for text in notes)


def test_settled_failover_cannot_be_chosen_again(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.world.settings = [
        item.model_copy(update={"value": "never"}) if item.name == "failover" else item
        for item in fake_node.world.settings
    ]
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.quoted()
    sheet.kit.click("session.sheet.more")
    failover = sheet.kit.find(Segment, "session.sheet.failover")
    sheet.kit.until(lambda: not failover.isEnabled())


def test_a_stake_above_the_limits_needs_the_text_and_the_password(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.guard_session_cap = 25 * 10**18
    fake_node.world.overview = fake_node.world.overview.model_copy(update={"wallet": 48 * 10**18})
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.quoted()
    assert "92" in sheet.text("session.sheet.warning.large_stake")
    assert not sheet.confirm.isEnabled()
    typed = sheet.kit.find(QLineEdit, "session.sheet.typed")
    password = sheet.kit.find(QLineEdit, "session.sheet.password")
    sheet.kit.qtbot.keyClicks(typed, "44.5824")
    assert "password" in sheet.confirm.toolTip()
    missing = sheet.kit.find(ElidedLabel, "session.sheet.missing")
    assert missing.text() == "Type the password first."
    sheet.kit.qtbot.keyClicks(password, "wrong horse")
    sheet.kit.click("session.sheet.confirm")
    sheet.kit.until(lambda: "Wrong password" in password.accessibleDescription())
    assert typed.text() == "44.5824"
    before = len(fake_node.world.sessions)
    password.selectAll()
    sheet.kit.qtbot.keyClicks(password, "correct horse")
    sheet.kit.qtbot.keyClick(password, Qt.Key.Key_Return)
    sheet.kit.until(lambda: len(fake_node.world.sessions) == before + 1)
    given = fake_node.called("sessions.open")[-1]
    assert given[1].get_secret_value() == "correct horse"
    assert given[2] == "44.5824"


def test_in_the_smallest_window_what_must_be_seen_stands_above_the_button(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.guard_session_cap = 25 * 10**18
    fake_node.world.overview = fake_node.world.overview.model_copy(update={"wallet": 48 * 10**18})
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.window.resize(900, 600)
    sheet.quoted()

    def is_whole(name: str) -> bool:
        widget = sheet.kit.find(QWidget, f"session.sheet.{name}")
        return widget.visibleRegion().boundingRect().size() == widget.size()

    for name in ("warning.large_stake", "typed", "password", "missing", "confirm"):
        sheet.kit.until(lambda name=name: is_whole(name))


@pytest.mark.parametrize(
    ("code", "label", "seconds"),
    [
        ("funds.not_enough_mor", "Use 9\u00a0h\u00a015", 33_300),
        ("session.too_short", "Use 5 min", 300),
    ],
)
def test_a_reason_comes_with_the_way_out(
    open_kit: OpenWindow, fake_node: FakeNode, code: str, label: str, seconds: int
) -> None:
    fake_node.world.quote_problems = (QuoteProblem(code=code, message="It does not fit."),)
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert sheet.kit.find(QPushButton, "session.sheet.fix").text() == label
    fake_node.world.quote_problems = ()
    sheet.kit.click("session.sheet.fix")
    sheet.quoted()
    assert sheet.last_request()[0] == seconds


def test_missing_fees_lead_to_the_address(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.world.quote_problems = (
        QuoteProblem(code="funds.not_enough_eth", message="About 0.00004 ETH are needed."),
    )
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.click("session.sheet.fix")
    sheet.kit.until(lambda: sheet.kit.window.section == "wallet")
    assert not sheet.kit.has("session.sheet")


def test_unproved_tee_is_used_only_after_a_click_that_says_so(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.quote_problems = (
        QuoteProblem(code="market.tee_not_verified", message="This app cannot verify it."),
    )
    sheet = SheetKit(open_kit(fake_node), fake_node)
    sheet.kit.until(lambda: sheet.kit.has("session.sheet.fix"))
    assert not sheet.request().accept_unverified_tee
    fake_node.world.quote_problems = ()
    sheet.kit.click("session.sheet.fix")
    sheet.quoted()
    assert sheet.request().accept_unverified_tee
