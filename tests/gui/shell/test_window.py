"""The frame: sections, shortcuts, chips, notices, the first start and coming back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from morpheus_desktop.rail import SECTIONS, RailButton
from morpheus_desktop.top_bar import BarChip
from morpheus_desktop.widgets.banner import Banner
from node.core.errors import (
    InternalError,
    KeyringUnavailableError,
    NodeError,
    RpcUnavailableError,
    WalletLockedError,
)
from node.core.events import HealthChanged, WalletChanged
from node.service.dto import DamagedWallet, DemoStatus
from tests.fakes import sample_data, sample_market
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.window_kit import WindowKit


def ready(open_kit: OpenWindow, node: FakeNode) -> WindowKit:
    kit = open_kit(node)
    kit.until(lambda: kit.window.section == "chat")
    kit.until(lambda: kit.shell.state.session is not None or node.world.sessions == [])
    return kit


def test_a_fresh_profile_starts_with_welcome(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = open_kit(fresh_node)
    kit.until(lambda: kit.shell.state.is_known)
    assert kit.window.is_full_page
    assert kit.has("welcome.demo.start")


def test_a_used_profile_starts_with_its_chats(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = ready(open_kit, fake_node)
    assert not kit.window.is_full_page
    assert kit.find(RailButton, "rail.chat").isChecked()


def test_a_wallet_without_a_network_comes_back_on_base(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.network = None
    kit = open_kit(fake_node)
    kit.until(lambda: fake_node.called("system.select_network") == [("base",)])
    kit.until(lambda: kit.find(BarChip, "status.net").text() == "Base")
    kit.until(lambda: fake_node.called("system.set_settings") == [({"network": "base"},)])


def test_ctrl_and_number_switch_sections(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = ready(open_kit, fake_node)
    kit.window.activateWindow()
    kit.qtbot.keyClick(kit.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    kit.until(lambda: kit.window.section == "market")
    assert kit.find(RailButton, "rail.market").isChecked()
    kit.click("rail.chat")
    assert kit.window.section == "chat"


def test_shortcuts_are_off_on_the_first_page(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = open_kit(fresh_node)
    kit.window.activateWindow()
    kit.qtbot.keyClick(kit.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert kit.window.is_full_page


def test_pages_are_made_when_they_are_first_shown(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    assert kit.window.findChild(QWidget, "market") is None
    kit.window.show_section("market")
    assert kit.window.findChild(QWidget, "market") is not None


def test_the_session_chip_changes_tone_and_words_towards_the_end(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.until(lambda: kit.has("status.session"))
    chip, bar = kit.find(BarChip, "status.session"), kit.window.top_bar
    session = kit.shell.state.session
    assert session is not None
    bar.tick(session.ends_at - 2592)
    assert (chip.text(), chip.tone) == ("Hermes 4 70B  43:12", "accent")
    bar.tick(session.ends_at - 599)
    assert (chip.text(), chip.tone) == ("Hermes 4 70B  ends in 9:59", "warning")
    bar.tick(session.ends_at - 48)
    assert (chip.text(), chip.tone) == ("Hermes 4 70B  ends in 0:48", "danger")
    assert "ends in 0:48" in chip.accessibleName()


def test_an_ended_session_marks_the_rail(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = ready(open_kit, fake_node)
    button = kit.find(RailButton, "rail.sessions")
    kit.until(lambda: button.accessibleDescription() == "1 ended session(s) to close")


def test_the_demo_is_named_everywhere(open_kit: OpenWindow, fresh_node: FakeNode) -> None:
    kit = open_kit(fresh_node)
    kit.click("welcome.demo.start")
    kit.until(lambda: kit.has("demo.banner"))
    assert kit.find(BarChip, "status.net").text() == "Demo"
    assert kit.window.windowTitle().startswith("Demo")


def test_a_lost_connection_is_one_banner_and_goes_with_its_reason(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.signals.emit_event(HealthChanged(component="network", ok=False, detail="Base is silent."))
    kit.navigation.show_problem(RpcUnavailableError("No connection to Base."))
    kit.navigation.show_problem(RpcUnavailableError("No connection to Base."))
    kit.until(lambda: [name for name in _names(kit) if "No connection" in name])
    assert len(_names(kit)) == 1
    kit.signals.emit_event(HealthChanged(component="network", ok=True))
    kit.until(lambda: not _banners(kit))


def test_a_configuration_file_that_does_not_fit_is_told_as_that(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    place = "models-config.json, line 2: models[0].modelId does not fit."
    kit.signals.emit_event(HealthChanged(component="config", ok=False, detail=place))
    kit.until(lambda: [name for name in _names(kit) if "configuration file" in name])
    kit.signals.emit_event(HealthChanged(component="config", ok=True))
    kit.until(lambda: not _banners(kit))


def test_a_locked_wallet_asks_for_the_password_and_says_when_it_is_wrong(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update={"locked": True})
    kit = ready(open_kit, fake_node)
    kit.navigation.show_problem(WalletLockedError("The wallet is locked."))
    field = kit.find(QLineEdit, "unlock.password")
    assert field.echoMode() == QLineEdit.EchoMode.Password
    kit.qtbot.keyClicks(field, "guess")
    kit.click("unlock.confirm")
    kit.until(lambda: "wrong" in field.accessibleDescription())
    field.clear()
    kit.qtbot.keyClicks(field, "correct horse")
    kit.qtbot.keyClick(field, Qt.Key.Key_Return)
    kit.until(lambda: not kit.has("unlock"))
    assert fake_node.world.wallet.locked is False


DAMAGED = DamagedWallet(
    path="/home/ada/keystore/damaged-1.json",
    problem="The wallet file of 0x7C4F was damaged; its copy of 2026-10-31 is used.",
    hint="Nothing is lost.",
)


def test_a_damaged_wallet_file_is_told(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    wallet = fake_node.world.wallet.model_copy(update={"damaged": (DAMAGED,)})
    fake_node.world.wallet = wallet
    kit = ready(open_kit, fake_node)
    kit.until(lambda: _names(kit))
    assert _names(kit) == [f"A wallet file was damaged. {DAMAGED.problem} {DAMAGED.hint}"]
    (banner,) = _banners(kit)
    assert isinstance(banner, Banner)
    banner.dismissed.emit()
    fake_node.publish(WalletChanged())
    kit.until(lambda: len(fake_node.called("wallet.status")) > 1)
    assert _names(kit) == []


def test_a_start_without_a_readable_wallet_says_so_first(
    open_kit: OpenWindow, fresh_node: FakeNode
) -> None:
    """Or somebody makes a new wallet where an old one only needs its copy back."""
    wallet = fresh_node.world.wallet.model_copy(update={"damaged": (DAMAGED,)})
    fresh_node.world.wallet = wallet
    kit = open_kit(fresh_node)
    kit.until(lambda: kit.shell.state.is_known)
    kit.until(lambda: any(DAMAGED.problem in name for name in _names(kit)))
    assert kit.has("welcome.demo.start")


def test_a_failed_start_of_the_node_is_said(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.fail("system.status", NodeError("The data folder is in use."), times=9)
    kit = open_kit(fake_node)
    kit.until(lambda: "data folder is in use" in " ".join(_names(kit)))


def test_toasts_tell_what_happened(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = ready(open_kit, fake_node)
    for number in range(5):
        kit.navigation.tell(f"Thing {number} happened", "success")
    assert kit.window.toasts.texts() == [f"Thing {number} happened" for number in (2, 3, 4)]


def test_the_countdown_follows_the_chain_not_the_computer(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    time = kit.navigation.chat.time
    assert abs(time.now() - fake_node.world.now) <= 5
    fast = sample_data.status(sample_data.networks()[2]).model_copy(
        update={"now": 5000, "demo": DemoStatus(now=5000, speed=60)}
    )
    time.follow(fast)
    assert 5000 <= time.now() < 5000 + 60 * 5


def test_closing_the_window_says_so(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    fake_node.world.sessions = []
    kit = ready(open_kit, fake_node)
    with kit.qtbot.waitSignal(kit.window.closed):
        kit.window.close()


def test_open_sessions_are_mentioned_before_the_window_closes(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.window.close()
    assert kit.window.isVisible()
    kit.click("quit.cancel")
    kit.window.close()
    fake_node.fail("sessions.close", RpcUnavailableError("No connection to Base."))
    kit.click("quit.end")
    kit.until(lambda: kit.find(QPushButton, "quit.end").isEnabled())
    assert kit.window.isVisible()
    with kit.qtbot.waitSignal(kit.window.closed):
        kit.click("quit.end")
    assert {item.state for item in fake_node.world.sessions} <= {"closed", "failed"}


def test_quitting_leaves_open_sessions_alone(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = ready(open_kit, fake_node)
    kit.window.close()
    with kit.qtbot.waitSignal(kit.window.closed):
        kit.click("quit.confirm")
    assert fake_node.called("sessions.close") == []


def _banners(kit: WindowKit) -> list[QWidget]:
    return [
        item
        for item in kit.window.findChildren(QWidget)
        if str(item.property("kind") or "").startswith("banner-") and item.isVisible()
    ]


def _names(kit: WindowKit) -> list[str]:
    QApplication.processEvents()
    return [item.accessibleName() for item in _banners(kit)]


@pytest.mark.parametrize("name", [section.name for section in SECTIONS])
@pytest.mark.parametrize("size", [(1280, 800), (900, 600)])
def test_every_section_opens_in_both_sizes(
    open_kit: OpenWindow, fake_node: FakeNode, name: str, size: tuple[int, int]
) -> None:
    kit = ready(open_kit, fake_node)
    kit.window.resize(*size)
    kit.click(f"rail.{name}")
    assert kit.window.section == name
    assert kit.window.page(name).isVisible()


def test_a_session_of_the_list_answers_in_the_chat(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.click("rail.sessions")
    session = fake_node.world.sessions[0]
    kit.navigation.chat_with_session(session)
    assert kit.window.section == "chat"
    target = kit.navigation.chat.target
    assert target is not None and target.id == session.id


def test_a_model_of_the_market_is_chatted_with_or_quoted_first(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.click("rail.market")
    kit.until(lambda: kit.navigation.chat.choices.sessions)
    hermes, qwen = (sample_market.model_id(index) for index in (0, 1))
    kit.navigation.chat_with_model(hermes, None)
    assert kit.window.section == "chat"
    kit.navigation.chat_with_model(qwen, None)
    kit.until(lambda: kit.has("session.sheet"))


def test_a_fault_of_ours_can_be_copied_and_a_passing_one_tried_again(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    kit = ready(open_kit, fake_node)
    kit.navigation.show_problem(InternalError("The list broke."))
    kit.until(lambda: _names(kit))
    _banner_button(kit).click()
    assert QApplication.clipboard().text().startswith("InternalError node.internal")
    kit.until(lambda: not _names(kit))
    reads = len(fake_node.called("system.status"))
    kit.navigation.show_problem(RpcUnavailableError("No connection to Base."))
    kit.until(lambda: _names(kit))
    _banner_button(kit).click()
    kit.until(lambda: len(fake_node.called("system.status")) > reads)
    assert not _names(kit)


def _banner_button(kit: WindowKit) -> QPushButton:
    return next(item for item in _banners(kit)[0].findChildren(QPushButton) if item.text())


def test_a_wallet_of_the_keychain_is_unlocked_by_a_click(
    open_kit: OpenWindow, fake_node: FakeNode
) -> None:
    locked = {"locked": True, "by_keyring": True}
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update=locked)
    fake_node.world.password = ""
    kit = ready(open_kit, fake_node)
    fake_node.fail("wallet.unlock", KeyringUnavailableError("The keychain said no."))
    kit.navigation.show_problem(WalletLockedError("The wallet is locked."))
    assert not kit.has("unlock.password")
    kit.click("unlock.confirm")
    kit.until(lambda: kit.has("unlock.problem"))
    assert "said no" in kit.find(QLabel, "unlock.problem").text()
    kit.click("unlock.confirm")
    kit.until(lambda: not kit.has("unlock"))
    assert fake_node.world.wallet.locked is False
