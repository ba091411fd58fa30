"""Local models as a user meets them: adding, starting, failing, chatting, forgetting."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.pages.local_models.page import LocalModelsPage
from morpheus_desktop.pages.local_models.presenter import LocalModelsPresenter
from morpheus_desktop.pages.local_models.remove_sheet import RemoveSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from node.core.errors import ModelFileError, OutOfMemoryError
from tests.fakes.fake_node import FakeNode

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def open_page(node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> LocalModelsPage:
    presenter = LocalModelsPresenter(node, tasks, NodeSignals())
    page = LocalModelsPage(presenter)
    qtbot.addWidget(page)
    page.resize(1208, 748)
    page.show()
    with qtbot.waitSignal(presenter.loaded):
        page.shown()
    return page


@pytest.fixture
def page(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> LocalModelsPage:
    return open_page(fake_node, tasks, qtbot)


def test_a_model_starts_and_stops_by_keyboard(page: LocalModelsPage, qtbot: QtBot) -> None:
    row = page.rows["local-gemma"]
    assert row.toggle_button.text() == "Start"
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.keyClick(row.toggle_button, Qt.Key.Key_Space)
    assert row.toggle_button.text() == "Stop"
    assert not row.remove_button.isEnabled()
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.keyClick(row.toggle_button, Qt.Key.Key_Space)
    assert row.toggle_button.text() == "Start"


def test_a_second_click_while_it_starts_is_ignored(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    gate = fake_node.hold("local.start")
    row = page.rows["local-gemma"]
    row.toggle_button.click()
    assert not row.toggle_button.isEnabled()
    row.toggle_clicked.emit(True)
    with qtbot.waitSignal(page._presenter.loaded):
        gate.set()
    assert len(fake_node.called("local.start")) == 1


def test_a_model_that_does_not_start_says_why_and_what_to_do(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("local.start", OutOfMemoryError("It needs 9.7 GB of memory."))
    row = page.rows["local-gemma"]
    with qtbot.waitSignal(page._presenter.loaded):
        row.toggle_button.click()
    assert row._problem.text().startswith("It needs 9.7 GB of memory. Close other programs")
    with qtbot.waitSignal(page._presenter.loaded):
        row.toggle_button.click()
    assert not row._problem.isVisible()


def test_what_is_too_large_leads_to_the_market(page: LocalModelsPage, qtbot: QtBot) -> None:
    row = page.rows["local-llama"]
    assert not row.chat_button.isVisible()
    assert "48.3" in row.toggle_button.toolTip()
    with qtbot.waitSignal(page.market_requested):
        qtbot.mouseClick(row.market_button, Qt.MouseButton.LeftButton)


def test_chat_hands_over_the_model(page: LocalModelsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.chat_requested) as asked:
        qtbot.mouseClick(page.rows["local-qwen"].chat_button, Qt.MouseButton.LeftButton)
    assert asked.args is not None
    assert asked.args[0].name == "Qwen3 4B Instruct"


def test_the_file_dialog_does_not_block(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.told):
        dialog.fileSelected.emit("/models/Tiny.gguf")
    dialog.close()
    assert fake_node.called("local.add_file") == [("/models/Tiny.gguf",)]
    qtbot.waitUntil(lambda: len(page.rows) == 4)


def test_a_file_that_is_no_model_is_refused_in_words(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail(
        "local.add_file", ModelFileError("This is not a model file.", hint="Choose another file.")
    )
    with qtbot.waitSignal(page._presenter.add_failed):
        page.add("/models/notes.gguf")
    banner = page.findChild(Banner, "local.banner")
    assert banner is not None
    assert banner.accessibleName() == "This is not a model file. Choose another file."
    assert page.add_button.isEnabled()


@pytest.mark.parametrize(
    ("path", "taken"), [("/m/Tiny.GGUF", True), ("/m/notes.txt", False), ("", False)]
)
def test_only_model_files_can_be_dropped(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot, path: str, taken: bool
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) if path else QUrl("https://example.org/a.gguf")])
    event = QDropEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(event)
    if taken:
        qtbot.waitUntil(lambda: bool(fake_node.called("local.add_file")))
    assert page._presenter.is_adding is False or taken
    qtbot.waitUntil(lambda: not page._presenter.is_adding)
    assert bool(fake_node.called("local.add_file")) is taken


def test_removing_asks_first_and_says_that_the_file_stays(
    page: LocalModelsPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    page.rows["local-gemma"].remove_button.click()
    sheet = page.findChild(RemoveSheet)
    assert sheet is not None
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not fake_node.called("local.remove")
    page.rows["local-gemma"].remove_button.click()
    sheet = next(item for item in page.findChildren(RemoveSheet) if item.isVisible())
    with qtbot.waitSignal(page._presenter.loaded):
        qtbot.mouseClick(sheet.confirm_button, Qt.MouseButton.LeftButton)
    assert "local-gemma" not in page.rows


def test_an_empty_page_offers_to_choose_a_file(
    fresh_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    page = open_page(fresh_node, tasks, qtbot)
    choose = page.findChild(Button, "local.choose")
    assert choose is not None and choose.isVisible()
    qtbot.keyClick(choose, Qt.Key.Key_Space)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()


def test_a_damaged_file_stays_in_the_list_with_its_reason(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    first = fake_node.world.local_models[0]
    fake_node.world.local_models[0] = first.model_copy(
        update={"state": "crashed", "detail": "The file cannot be read.", "fit": "unknown"}
    )
    page = open_page(fake_node, tasks, qtbot)
    row = page.rows[first.id]
    assert row._problem.text() == "The file cannot be read."
    assert row._state.text() == "Stopped by a failure"
