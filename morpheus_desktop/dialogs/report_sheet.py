"""A report for those who help: seen file by file, then saved. Nothing is sent."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit, QWidget

from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow, Toggle
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.scroll import ScrollArea
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.core.zip_file import save_zip
from node.service.api import NodeService
from node.service.dto import SupportReport

_LEAD = "Nothing is sent. Look through it, save it, and give it to whom you trust."
_ADDRESSES = "Keep addresses of wallets and contracts"
_HEIGHT, _LIST = 300, 216


class ReportSheet(Sheet):
    """`saved(path)` when the zip is written. `report` is what is shown, None while it is made."""

    saved = Signal(str)

    def __init__(self, host: QWidget, node: NodeService, tasks: GuiTasks) -> None:
        self._node, self._tasks = node, tasks
        self.report: SupportReport | None = None
        self.rows = RadioGroup()
        self.rows.setAccessibleName("Files of the report")
        self._list = ScrollArea(boxed(column(self.rows, None)))
        self._list.setFixedSize(_LIST, _HEIGHT)
        self.text = QPlainTextEdit()
        self.text.setObjectName("report.text")
        self.text.setAccessibleName("Contents of the file")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(font("mono"))
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        shown = Sunken(column(self.text), margins=(12, 8, 4, 8))
        shown.setFixedHeight(_HEIGHT)
        self.addresses = Toggle(_ADDRESSES, object_name="report.addresses")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("report.problem")
        self.cancel = Button("Cancel", "ghost", size="primary", name="report.cancel")
        self.go = Button("Save as zip…", "primary", size="primary", name="report.save")
        files = row(self._list, spacing=12)
        files.addWidget(shown, 1)
        switch = row(Label(_ADDRESSES, "body", "text2"), None, self.addresses)
        super().__init__(
            host,
            column(
                Label("Support report", "h2"),
                4,
                Label(_LEAD, "body", "text2", wrap=True),
                14,
                files,
                12,
                switch,
                6,
                self._problem,
            ),
            width=820,
            name="report",
            footer=row(None, self.cancel, self.go),
        )
        self.rows.chosen.connect(self._show_file)
        self.addresses.toggled.connect(self._make)
        self.cancel.clicked.connect(self.close_sheet)
        self.go.clicked.connect(self._choose_place)
        self._problem.hide()

    def open(self) -> None:
        super().open()
        self._make()

    def _make(self) -> None:
        self._say("")
        self.report = None
        self.go.disable_with("The report is being made.")
        self.addresses.setEnabled(False)
        self.text.setPlainText("Looking at the program, its files and the network…")
        self._tasks.attempt(
            self._node.system.support_report(addresses=self.addresses.isChecked()),
            "support-report",
            failed=self._failed,
            done=self._made,
        )

    def _made(self, report: SupportReport) -> None:
        chosen = max(0, self.rows.index)
        self.report = report
        self.addresses.setEnabled(True)
        self.go.disable_with("")
        self.rows.set_rows(
            [RadioRow(item.name, item.title, name=f"report.{item.name}") for item in report.files],
            min(chosen, len(report.files) - 1),
        )
        self._show_file()

    def _show_file(self) -> None:
        if self.report is not None:
            self.text.setPlainText(self.report.files[max(0, self.rows.index)].text)

    def _failed(self, error: NodeError) -> None:
        self.addresses.setEnabled(True)
        self.go.set_busy(False)
        if self.report is None:
            self.text.setPlainText("")
            self.go.disable_with("There is no report.")
        self._say(f"{error.message} {error.hint}".strip())

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    # --- saving ---

    def _choose_place(self) -> None:
        if self.report is None:
            return
        dialog = QFileDialog(self, "Save the report", f"{self.report.name}.zip", "Zip (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The dialog has asked before it names a file that is there.
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Write exactly what is shown."""
        if self.report is not None:
            self.go.set_busy(True)
            self._tasks.attempt(
                _write(Path(path), self.report),
                "save-report",
                failed=self._failed,
                done=self._saved,
            )

    def _saved(self, path: Path) -> None:
        self.saved.emit(str(path))
        self.close_sheet()


async def _write(path: Path, report: SupportReport) -> Path:
    return await asyncio.to_thread(save_zip, path, report.name, report.texts, replace=True)
