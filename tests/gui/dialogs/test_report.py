"""The support report in the window: seen before it is saved, exactly as seen."""

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.dialogs.report_sheet import ReportSheet
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.labels import Label
from node.core.errors import StorageError
from tests.fakes.fake_node import FakeNode
from tests.gui.window_kit import OpenWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def sheet(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> ReportSheet:
    host = QWidget()
    host.resize(900, 600)
    qtbot.addWidget(host)
    sheet = ReportSheet(host, fake_node, tasks)
    host.show()
    sheet.open()
    qtbot.waitUntil(lambda: sheet.report is not None)
    return sheet


def problem_of(sheet: ReportSheet) -> str:
    label = sheet.findChild(Label, "report.problem")
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_every_file_can_be_seen_before_anything_is_written(
    sheet: ReportSheet, qtbot: QtBot
) -> None:
    assert sheet.report is not None
    for number, file in enumerate(sheet.report.files):
        row = sheet.findChild(QWidget, f"report.{file.name}")
        assert row is not None
        qtbot.keyClick(row, Qt.Key.Key_Space)
        assert sheet.rows.index == number
        assert sheet.text.toPlainText() == file.text


def test_addresses_are_in_it_only_when_asked_for(
    sheet: ReportSheet, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet.rows.choose(3)
    assert "0x7C4F" not in sheet.text.toPlainText()
    qtbot.keyClick(sheet.addresses, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "0x7C4F" in sheet.text.toPlainText())
    assert fake_node.called("system.support_report") == [(False,), (True,)]
    assert sheet.rows.index == 3


def test_what_was_shown_is_saved(sheet: ReportSheet, tmp_path: Path, qtbot: QtBot) -> None:
    assert sheet.report is not None
    shown = {f"{sheet.report.name}/{name}": text for name, text in sheet.report.texts.items()}
    with qtbot.waitSignal(sheet.saved) as saved:
        sheet.save(str(tmp_path / "report.zip"))
    assert saved.args == [str(tmp_path / "report.zip")]
    with zipfile.ZipFile(tmp_path / "report.zip") as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == shown


def test_a_place_that_refuses_is_told_and_another_can_be_chosen(
    sheet: ReportSheet, tmp_path: Path, qtbot: QtBot
) -> None:
    sheet.save(str(tmp_path / "missing" / "report.zip"))
    qtbot.waitUntil(lambda: "could not be written" in problem_of(sheet))
    assert sheet.isVisible()
    assert sheet.go.isEnabled()


def test_without_a_report_nothing_can_be_saved(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    fake_node.fail("system.support_report", StorageError("The disk does not answer."))
    host = QWidget()
    qtbot.addWidget(host)
    sheet = ReportSheet(host, fake_node, tasks)
    host.show()
    sheet.open()
    qtbot.waitUntil(lambda: "does not answer" in problem_of(sheet))
    assert not sheet.go.isEnabled()


def test_settings_lead_to_it(open_kit: OpenWindow, fake_node: FakeNode) -> None:
    kit = open_kit(fake_node)
    kit.click("rail.settings")
    kit.until(lambda: kit.has("settings.go.diagnostics"))
    kit.click("settings.go.diagnostics")
    kit.click("settings.report.create")
    kit.until(lambda: "report of" in kit.find(QPlainTextEdit, "report.text").toPlainText())
