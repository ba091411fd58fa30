"""Settings as a user meets them: applied at once, refused in words, found by words."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.settings.cards import LicencesSheet
from morpheus_desktop.pages.settings.field_row import FieldRow, length_words
from morpheus_desktop.pages.settings.page import SettingsPage
from morpheus_desktop.pages.settings.presenter import SettingsPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.labels import Label
from node.core.errors import ConfigError
from node.service.dto import SettingField
from tests.fakes.fake_node import FakeNode

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> SettingsPage:
    presenter = SettingsPresenter(fake_node, tasks, NodeSignals())
    page = SettingsPage(presenter)
    qtbot.addWidget(page)
    page.resize(1208, 748)
    page.show()
    with qtbot.waitSignal(presenter.loaded):
        page.shown()
    return page


@pytest.fixture
def light_again(theme: Theme) -> Iterator[None]:
    yield
    theme.set_mode("light")


def edit_of(page: SettingsPage, name: str) -> QLineEdit:
    edit = page.findChild(QLineEdit, f"settings.{name}")
    assert edit is not None
    return edit


def note_of(row: FieldRow) -> str:
    return " ".join(label.text() for label in row.findChildren(Label) if label.isVisible())


def test_every_setting_with_a_group_has_a_row(page: SettingsPage, fake_node: FakeNode) -> None:
    names = {field.name for field in fake_node.world.settings}
    assert set(page.rows) == names - {"theme"}


def test_a_switch_applies_at_once_and_goes_back(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    toggle = page.findChild(QAbstractButton, "settings.store_chats")
    assert toggle is not None and toggle.isChecked()
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert fake_node.called("system.set_settings") == [({"store_chats": False},)]
    reset = page.rows["store_chats"].reset_button
    assert reset.isVisible()
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert toggle.isChecked()
    assert not reset.isVisible()


def test_a_number_is_saved_when_the_field_is_left(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    edit = edit_of(page, "idle_timeout_s")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "90,5")
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake_node.called("system.set_settings") == [({"idle_timeout_s": 90.5},)]


@pytest.mark.parametrize("text", ["soon", "nan", "inf"])
def test_what_is_no_number_is_not_sent(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot, text: str
) -> None:
    edit = edit_of(page, "idle_timeout_s")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.accessibleDescription() == "Enter a number."
    assert not fake_node.called("system.set_settings")


def test_a_refused_value_stays_with_its_reason(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail(
        "system.set_settings",
        ConfigError("“Longest silence” has a value that does not fit.", hint="Above 0."),
    )
    edit = edit_of(page, "idle_timeout_s")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "-1")
    with qtbot.waitSignal(page._presenter.save_failed):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "does not fit. Above 0." in edit.accessibleDescription()
    assert edit.text() == "-1"


def test_what_needs_a_restart_says_so_after_the_change_only(
    page: SettingsPage, qtbot: QtBot
) -> None:
    row = page.rows["log_level"]
    assert "next start" not in note_of(row)
    segment = page.findChild(Segment, "settings.log_level")
    assert segment is not None
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.keyClick(segment, Qt.Key.Key_Left)
    assert "next start" in note_of(row)


def test_the_theme_changes_at_once_and_is_kept(
    page: SettingsPage, fake_node: FakeNode, theme: Theme, light_again: None, qtbot: QtBot
) -> None:
    dark = page.themes.preview("dark")
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.keyClick(dark, Qt.Key.Key_Space)
    assert theme.mode == "dark"
    assert fake_node.called("system.set_settings") == [({"theme": "dark"},)]
    assert dark.isChecked()


def test_another_network_is_asked_for_and_the_mark_waits(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.network_requested) as wanted:
        page.network.rows.choose(1)
    assert wanted.args[0].name == "base-sepolia"
    assert page.network.rows.index == 0


def test_the_token_is_read_and_copied_on_request_only(page: SettingsPage, qtbot: QtBot) -> None:
    token = "example-token-that-opens-nothing"
    shown = " ".join(label.text() for label in page.findChildren(Label))
    assert token not in shown
    assert token not in repr(page._presenter.state)
    with qtbot.waitSignal(page.told):
        qtbot.mouseClick(page.api.token_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == token


def test_another_port_than_the_set_one_is_explained(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    note = page.findChild(Label, "settings.api.port")
    assert note is not None and not note.isVisible()
    fields = fake_node.world.settings
    number = next(i for i, field in enumerate(fields) if field.name == "web_address")
    fields[number] = fields[number].model_copy(update={"value": "127.0.0.1:8080"})
    with qtbot.waitSignal(page._presenter.loaded):
        page.shown()
    assert note.isVisible()
    assert note.text().startswith("Port 8080 is used by another program; 8082 is used instead")


def test_search_leaves_what_has_the_words(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search.edit, "fee")
    assert page.rows["max_fee_eth"].isVisible()
    assert not page.rows["store_chats"].isVisible()
    assert not page.themes.isVisible()
    page.search.set_text("no such words")
    assert page._no_match.isVisible()
    page.search.set_text("")
    assert page.rows["store_chats"].isVisible()
    assert page.themes.isVisible()


def test_licences_can_be_read(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.about.licences_button, Qt.MouseButton.LeftButton)
    sheet = page.findChild(LicencesSheet)
    assert sheet is not None
    first = sheet.text.toPlainText()
    assert first
    sheet.choice.setCurrentIndex(1)
    assert sheet.text.toPlainText() != first


def test_a_setting_with_many_choices_is_a_list(qtbot: QtBot, theme: Theme) -> None:
    del theme
    field = SettingField(
        name="sort",
        group="Market",
        title="Order",
        help="",
        kind="choice",
        value="b",
        default="a",
        choices=("a", "b", "c", "d", "e"),
    )
    row = FieldRow(field)
    qtbot.addWidget(row)
    row.show()
    chosen: list[object] = []
    row.changed.connect(chosen.append)
    row.control.setFocus()
    qtbot.keyClick(row.control, Qt.Key.Key_Down)
    assert chosen == ["c"]


def test_a_failed_read_says_so(page: SettingsPage, fake_node: FakeNode, qtbot: QtBot) -> None:
    fake_node.fail("system.settings", ConfigError("The settings cannot be read."))
    with qtbot.waitSignal(page._presenter.failed):
        page.shown()
    banner = page.findChild(Banner, "settings.banner")
    assert banner is not None
    assert len(page.rows) > 3


@pytest.mark.parametrize(
    ("text", "seconds"), [("30 min", 1800), ("1:30", 5400), ("90 s", 90), ("never", 0)]
)
def test_a_length_is_written_as_people_say_it(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot, text: str, seconds: int
) -> None:
    edit = edit_of(page, "auto_lock_s")
    assert edit.text() == "15\u00a0min"
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    with qtbot.waitSignal(page._presenter.saved):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake_node.called("system.set_settings") == [({"auto_lock_s": seconds},)]
    edit.clearFocus()
    page.rows["auto_lock_s"].show_field(page.rows["auto_lock_s"].field, waiting=False)
    assert edit.text() == length_words(seconds)


def test_what_is_no_length_is_not_sent(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    edit = edit_of(page, "auto_lock_s")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "soon")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.accessibleDescription() == "For example 15 min or 1:30."
    assert not fake_node.called("system.set_settings")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "none", "address": ""}, "There is no wallet yet."),
        ({"kind": "memory"}, "nothing to back up"),
        ({"watch_only": True}, "watched only"),
    ],
)
def test_what_has_no_secret_offers_none(
    page: SettingsPage, fake_node: FakeNode, qtbot: QtBot, change: dict[str, object], words: str
) -> None:
    assert page.wallet.reveal_button.isVisible()
    fake_node.world.wallet = fake_node.world.wallet.model_copy(update=change)
    with qtbot.waitSignal(page._presenter.loaded):
        page.shown()
    assert not page.wallet.reveal_button.isVisible()
    texts = [label.text() for label in page.wallet.findChildren(Label) if label.isVisible()]
    assert any(words in text for text in texts)


def test_sessions_and_wallet_have_groups_of_their_own(page: SettingsPage) -> None:
    groups = {name: row.field.group for name, row in page.rows.items()}
    for name in ("failover", "auto_extend", "auto_claim", "guard_session_cap"):
        assert groups[name] == "Sessions"
    for name in ("auto_lock_s", "guard_password_above", "guard_daily_cap", "max_fee_eth"):
        assert groups[name] == "Wallet"
    assert groups["auto_session_policy"] == "API"
