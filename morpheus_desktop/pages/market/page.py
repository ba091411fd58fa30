"""Market: the table at the left, the picked model at the right or above it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.errors import present
from morpheus_desktop.models.market import SORTS, market_table
from morpheus_desktop.pages.market.inspector import Inspector
from morpheus_desktop.pages.market.presenter import STALE_S, MarketPresenter
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.data_table import DataTable
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.errors import NodeError, NoTargetError

WIDE = 1128
"""From this width on the offers have a pane of their own (the window is 72 wider)."""
_PANE, _OVERLAY = 404, 372
_SKELETON, _TABLE, _NO_MATCH, _NO_MODELS, _NO_NETWORK = range(5)
_CHIPS = (("LLM", "Chat"), ("EMBEDDING", "Embedding"), ("STT", "Speech"))


class MarketPage(QWidget):
    """`chat_requested(model_id, bid_id | None)`; `local_requested()` leads to local models,
    `settings_requested()` to the choice of a network.
    """

    chat_requested = Signal(str, object)
    local_requested = Signal()
    settings_requested = Signal()

    def __init__(self, presenter: MarketPresenter, time: ChainTime) -> None:
        super().__init__()
        self.setObjectName("market")
        self._presenter = presenter
        self._dismissed = True
        self._failed = False
        self._rows = market_table()
        self.table = DataTable(self._rows.looks, name="market.table", title="Models")
        self.table.setModel(self._rows)
        self.search = SearchField("Model or tag", name="market.filter.text")
        self.search.setMinimumWidth(130)
        self.search.setMaximumWidth(260)
        self._kinds = {kind: self._chip(text, kind.lower()) for kind, text in _CHIPS}
        self._tee = self._chip("TEE", "tee")
        self.sort_chip = Chip("Best value", caret=True, name="market.sort")
        self._notices = column(spacing=0)
        self._stack = QStackedWidget()
        self._age_icon = IconLabel("check-circle", "text3", 14)
        self._age = ElidedLabel("", "caption", "text3")
        self.reload_button = IconButton(
            "arrows-clockwise", "Read again", compact=True, name="market.reload"
        )
        self.inspector = Inspector(presenter, time)
        self._outer = self._build()
        self.inspector.setParent(self)
        self._connect(time)
        self._place()

    def _chip(self, text: str, name: str) -> Chip:
        chip = Chip(text, name=f"market.filter.{name}")
        chip.setCheckable(True)
        return chip

    def _build(self) -> QHBoxLayout:
        filters = row(spacing=8)
        filters.addWidget(self.search, 1)
        for chip in (*self._kinds.values(), self._tee):
            filters.addWidget(chip)
        filters.addStretch(1)
        filters.addWidget(self.sort_chip)
        skeleton = boxed(column(SkeletonRows(8, height=56), None))
        self._stack.addWidget(skeleton)
        self._stack.addWidget(self.table)
        no_match = EmptyState(
            "magnifying-glass",
            "No model matches",
            "Change the words or the filters.",
            button="Clear filters",
            role="text2",
        )
        no_match.button.setObjectName("market.filter.clear")
        no_match.action.connect(self._clear)
        self._stack.addWidget(no_match)
        none = EmptyState(
            "storefront",
            "No models on this network yet",
            "Nobody has registered a model here. A model on this computer needs no network.",
            button="Open local models",
        )
        none.action.connect(self.local_requested)
        self._stack.addWidget(none)
        unset = EmptyState(
            "globe",
            "No network chosen yet",
            "The demo network needs no money. Models on this computer need no network.",
            button="Choose a network",
        )
        unset.button.setObjectName("market.network")
        unset.action.connect(self.settings_requested)
        self._stack.addWidget(unset)
        foot = row(self._age_icon, spacing=6)
        foot.addWidget(self._age, 1)
        foot.addWidget(self.reload_button)
        left = column(self._notices, filters, 10, margins=(24, 20, 20, 8))
        left.addWidget(self._stack, 1)
        left.addSpacing(6)
        left.addLayout(foot)
        outer = row(spacing=0)
        outer.addWidget(boxed(left), 1)
        self.setLayout(outer)
        return outer

    def _connect(self, time: ChainTime) -> None:
        presenter = self._presenter
        presenter.loading.connect(self._loading)
        presenter.models_loaded.connect(self._loaded)
        presenter.failed.connect(self._show_failure)
        presenter.filtered.connect(self._show_rows)
        presenter.picked.connect(self._picked)
        time.ticked.connect(self._show_age)
        self.search.changed.connect(lambda text: presenter.set_filter(text=text))
        for kind, chip in self._kinds.items():
            chip.clicked.connect(partial(self._kind_clicked, kind))
        self._tee.clicked.connect(lambda on: presenter.set_filter(tee=on))
        self.sort_chip.clicked.connect(self._sort_menu)
        self.table.row_chosen.connect(self._row_chosen)
        self.table.row_activated.connect(self._row_activated)
        self.reload_button.clicked.connect(presenter.reload)
        self.inspector.chat_requested.connect(self.chat_requested)
        self.inspector.local_requested.connect(self.local_requested)
        self.inspector.dismissed.connect(self._dismiss)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)

    def shown(self) -> None:
        self._presenter.load()

    # --- list ---

    def _loading(self) -> None:
        self._show_age()
        self.reload_button.setEnabled(False)

    def _loaded(self) -> None:
        self._failed = False
        self.reload_button.setEnabled(True)
        clear(self._notices)
        self._show_age()
        model = self._presenter.model
        wide = self.width() >= WIDE
        if model is None and wide and self._presenter.rows:
            self._presenter.pick(self._presenter.rows[0].id)

    def _show_failure(self, error: NodeError) -> None:
        self._failed = True
        self.reload_button.setEnabled(True)
        clear(self._notices)
        if isinstance(error, NoTargetError):
            self._stack.setCurrentIndex(_NO_NETWORK)
            self._age.set_text("")
            return
        shown = present(error)
        banner = Banner(shown.title, shown.text, tone=shown.severity, action="Try now")
        banner.setObjectName("market.banner")
        banner.action.connect(self._presenter.reload)
        self._notices.addWidget(banner)
        self._notices.addSpacing(14)
        self._show_age()

    def _show_rows(self) -> None:
        presenter = self._presenter
        self._rows.set_rows(presenter.rows)
        if presenter.model is not None:
            self.table.choose_row(self._rows.row_of(presenter.model.id))
        if presenter.snapshot is None:
            self._stack.setCurrentIndex(_SKELETON)
        elif presenter.rows:
            self._stack.setCurrentIndex(_TABLE)
        else:
            self._stack.setCurrentIndex(_NO_MODELS if presenter.filter.is_open else _NO_MATCH)
        self._show_age()

    def _show_age(self) -> None:
        snapshot, age = self._presenter.snapshot, self._presenter.age_s()
        if snapshot is None:
            self._age_icon.set_icon("arrows-clockwise")
            self._age.set_text("Waiting for the first list of models")
            return
        stale = age > STALE_S or self._failed
        self._age_icon.set_icon("warning" if stale else "check-circle", _tone(stale))
        self._age.set_role(_tone(stale))
        shown = len(self._presenter.rows)
        total = len(snapshot.models)
        count = f"{total} models" if shown == total else f"{shown} of {total} models"
        self._age.set_text(f"{count} · read from {_title(snapshot.network)} {_ago(age)}")

    def _kind_clicked(self, kind: str) -> None:
        on = self._kinds[kind].isChecked()
        for other, chip in self._kinds.items():
            chip.setChecked(on and other == kind)
        self._presenter.set_filter(kind=kind if on else "")

    def _clear(self) -> None:
        for chip in (*self._kinds.values(), self._tee):
            chip.setChecked(False)
        self.search.set_text("")
        self._presenter.clear_filter()

    def _sort_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, title in SORTS:
            action = QAction(title, menu)
            action.setObjectName(f"market.sort.{key}")
            action.triggered.connect(partial(self._sort, key, title))
            menu.addAction(action)
        menu.popup(self.sort_chip.mapToGlobal(self.sort_chip.rect().bottomLeft()))

    def _sort(self, key: str, title: str) -> None:
        self.sort_chip.set_text(title)
        self._presenter.set_filter(sort=key)

    # --- the picked model ---

    def _row_chosen(self, number: int) -> None:
        if self.width() >= WIDE:
            self._presenter.pick(self._rows.rows[number].id)

    def _row_activated(self, number: int) -> None:
        self._dismissed = False
        self._presenter.pick(self._rows.rows[number].id)
        self._place()
        self.inspector.focus_chat()

    def _picked(self) -> None:
        model = self._presenter.model
        self.table.choose_row(self._rows.row_of(model.id) if model is not None else -1)
        if model is None:
            self._dismissed = True
        self._place()

    def _dismiss(self) -> None:
        self._dismissed = True
        self._place()
        self.table.setFocus()

    def _place(self) -> None:
        wide = self.width() >= WIDE
        width = _PANE if wide else _OVERLAY
        self._outer.setContentsMargins(0, 0, width if wide else 0, 0)
        self.inspector.setGeometry(self.width() - width, 0, width, self.height())
        self.inspector.close_button.setVisible(not wide)
        self.inspector.setVisible(wide or not self._dismissed)
        self.inspector.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_over = self.width() < WIDE and not self._dismissed
        if event.key() == Qt.Key.Key_Escape and is_over:
            self._dismiss()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()


def _tone(stale: bool) -> str:
    return "warning" if stale else "text3"


def _title(network: str) -> str:
    return network.replace("-", " ").title() or "the network"


def _ago(seconds: float) -> str:
    if seconds < 60:
        return "just now"
    minutes = int(seconds // 60)
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"
