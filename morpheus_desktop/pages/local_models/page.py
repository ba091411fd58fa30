"""Models on this computer: what the machine can do, the list, adding a file."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from morpheus_desktop.errors import present
from morpheus_desktop.pages.local_models.machine import Machine
from morpheus_desktop.pages.local_models.model_row import ModelRow
from morpheus_desktop.pages.local_models.presenter import LocalModelsPresenter
from morpheus_desktop.pages.local_models.remove_sheet import RemoveSheet
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.frames import line
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.scroll import page_column
from node.core.errors import NodeError
from node.service.dto import LocalModel

_WIDTH = 1080
_SUFFIX = ".gguf"
_SKELETON, _EMPTY, _FULL = range(3)


class LocalModelsPage(QWidget):
    """`chat_requested(LocalModel)`; `market_requested()`; `told(text, tone)` for a toast."""

    chat_requested = Signal(object)
    market_requested = Signal()
    told = Signal(str, str)

    def __init__(self, presenter: LocalModelsPresenter) -> None:
        super().__init__()
        self.setObjectName("local")
        self.setAcceptDrops(True)
        self._presenter = presenter
        self.rows: dict[str, ModelRow] = {}
        self.add_button = Button("Add a file", "secondary", icon="plus", name="local.add")
        self._failure = column(spacing=0)
        self._machine = Machine()
        self._list = column(spacing=0)
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        titles = column(
            Label("Models on this computer", "h1"),
            ElidedLabel("Free, private, and they work without a network.", "body", "text3"),
        )
        head = row(spacing=10)
        head.addLayout(titles, 1)
        head.addWidget(self.add_button)
        empty = EmptyState(
            "cpu",
            "No models here yet",
            "Add a model file in the GGUF format, or drop it onto this page.",
            button="Choose a file",
        )
        empty.button.setObjectName("local.choose")
        empty.action.connect(self.choose_file)
        self._stack.addWidget(boxed(column(SkeletonRows(3, height=56), None)))
        self._stack.addWidget(empty)
        self._stack.addWidget(boxed(column(self._list, None)))
        privacy = row(IconLabel("shield-check", "text3", 14), spacing=6)
        words = "What you write to these models and what they answer never leaves this computer."
        privacy.addWidget(Label(words, "small", "text3", wrap=True), 1)
        whole = column(
            head,
            18,
            self._failure,
            self._machine,
            22,
            Label("Installed", "strong"),
            4,
            self._stack,
            16,
            privacy,
        )
        self.setLayout(column(page_column(whole, width=_WIDTH)))

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.loaded.connect(self._show)
        presenter.busy_changed.connect(self._show_models)
        presenter.failed.connect(self._show_failure)
        presenter.add_failed.connect(self._show_refusal)
        presenter.added.connect(self._added)
        self.add_button.clicked.connect(self.choose_file)

    def shown(self) -> None:
        self._presenter.load()

    # --- what is there ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        self._machine.show_hardware(state.hardware)
        self._stack.setCurrentIndex(_FULL if state.models else _EMPTY)
        if [model.id for model in state.models] != list(self.rows):
            self._rebuild(state.models)
        self._show_models()

    def _rebuild(self, models: tuple[LocalModel, ...]) -> None:
        clear(self._list)
        self.rows = {}
        for number, model in enumerate(models):
            if number:
                self._list.addWidget(line())
            item = ModelRow(model)
            item.chat_clicked.connect(partial(self._chat, item))
            item.toggle_clicked.connect(partial(self._toggle, item))
            item.remove_clicked.connect(partial(self._remove, item))
            item.market_clicked.connect(self.market_requested)
            self.rows[model.id] = item
            self._list.addWidget(item)

    def _show_models(self) -> None:
        presenter, state = self._presenter, self._presenter.state
        self.add_button.set_busy(presenter.is_adding)
        if state is None:
            return
        for model in state.models:
            item = self.rows.get(model.id)
            if item is not None:
                item.show_model(
                    model,
                    state.hardware.memory_free,
                    busy=model.id in presenter.busy,
                    problem=presenter.problems.get(model.id),
                )

    def _show_failure(self, error: NodeError) -> None:
        self._show_banner(error, "Try now")

    def _show_refusal(self, error: NodeError) -> None:
        self._show_banner(error, "")

    def _show_banner(self, error: NodeError, action: str) -> None:
        clear(self._failure)
        words = present(error)
        banner = Banner(words.title, words.text, tone=words.severity, action=action, close=True)
        banner.setObjectName("local.banner")
        banner.action.connect(self._retry)
        self._failure.addWidget(banner)
        self._failure.addSpacing(16)

    def _retry(self) -> None:
        clear(self._failure)
        self._presenter.load()

    # --- what the user does ---

    def choose_file(self) -> None:
        """Ask for a model file; the page stays usable while the dialog is open."""
        dialog = QFileDialog(self, "Choose a model file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"Model files (*{_SUFFIX})")
        dialog.fileSelected.connect(self.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add(self, path: str) -> None:
        clear(self._failure)
        self._presenter.add(path)

    def _added(self, model: LocalModel) -> None:
        self.told.emit(f"{model.name} was added", "success")

    def _chat(self, item: ModelRow) -> None:
        self.chat_requested.emit(item.model)

    def _toggle(self, item: ModelRow, start: bool) -> None:
        if start:
            self._presenter.start(item.model.id)
        else:
            self._presenter.stop(item.model.id)

    def _remove(self, item: ModelRow) -> None:
        sheet = RemoveSheet(self.window(), item.model)
        sheet.confirmed.connect(partial(self._presenter.remove, item.model.id))
        sheet.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_file(event)
        if path:
            event.acceptProposedAction()
            self.add(path)


def _dropped_file(event: QDropEvent) -> str:
    """The only model file of a drop, or an empty string."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return ""
    path = urls[0].toLocalFile()
    return path if path.lower().endswith(_SUFFIX) else ""
