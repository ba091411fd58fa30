"""One model file: what it is, whether it fits, its state, what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Badge, DotState, StatusDot
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import NodeError
from node.service.dto import LocalModel

_FITS: dict[str, tuple[str, str, DotState]] = {
    "good": ("Runs well", "success", "ok"),
    "slow": ("Slow here", "warning", "part"),
    "too_large": ("Too large", "danger", "fail"),
}
_STATES: dict[str, tuple[str, str, DotState]] = {
    "stopped": ("Not started", "text3", "off"),
    "starting": ("Starting", "text2", "part"),
    "loaded": ("Ready", "text", "ok"),
    "busy": ("Answering", "text", "ok"),
    "draining": ("Finishing answers", "text2", "part"),
    "stopping": ("Stopping", "text2", "part"),
    "failed": ("Did not start", "danger", "fail"),
    "crashed": ("Stopped by a failure", "danger", "fail"),
}
_RUNNING = frozenset({"loaded", "busy", "draining"})
_MOVING = frozenset({"starting", "stopping"})


class ModelRow(QWidget):
    """Signals: `chat_clicked()`, `toggle_clicked(start)`, `remove_clicked()`,
    `market_clicked()`.
    """

    chat_clicked = Signal()
    toggle_clicked = Signal(bool)
    remove_clicked = Signal()
    market_clicked = Signal()

    def __init__(self, model: LocalModel) -> None:
        super().__init__()
        self.model = model
        name = f"local.{model.id}"
        self.setObjectName(name)
        self._detail = ElidedLabel("", "caption", "text3")
        self._fit = Badge("")
        self._dot = StatusDot("off")
        self._state = ElidedLabel("", "body")
        self._problem = Label("", "small", "danger", wrap=True)
        self.market_button = Button("In the market", "link", size="compact", name=f"{name}.market")
        self.chat_button = Button("Chat", "soft", size="compact", name=f"{name}.chat")
        self.toggle_button = Button("Start", size="compact", name=f"{name}.toggle")
        self.toggle_button.setMinimumWidth(72)
        self.remove_button = IconButton(
            "trash", "Take off the list", compact=True, name=f"{name}.remove"
        )
        title = ElidedLabel(model.name or "Unnamed model", "strong")
        texts = column(title, self._detail)
        line = row(Avatar(model.name, model.id, side=34), spacing=12)
        line.addLayout(texts, 1)
        line.addWidget(_cell(self._fit, 104))
        line.addWidget(_cell(row(self._dot, self._state, spacing=7), 148))
        acts = row(None, self.market_button, self.chat_button, self.toggle_button, spacing=8)
        line.addWidget(_cell(acts, 184))
        line.addWidget(self.remove_button)
        below = row(46, spacing=0)
        below.addWidget(self._problem, 1)
        self.setLayout(column(line, below, spacing=2, margins=(12, 10, 8, 10)))
        self._connect()

    def _connect(self) -> None:
        self.chat_button.clicked.connect(self.chat_clicked)
        self.toggle_button.clicked.connect(
            lambda: self.toggle_clicked.emit(self.model.state not in _RUNNING)
        )
        self.remove_button.clicked.connect(self.remove_clicked)
        self.market_button.clicked.connect(self.market_clicked)

    def show_model(
        self, model: LocalModel, memory_free: int, *, busy: bool, problem: NodeError | None
    ) -> None:
        """Show the state; `problem` is the last failure of an act on this model."""
        self.model = model
        self._detail.set_text(detail_words(model))
        fit, tone, dot = _FITS.get(model.fit, ("Not known", "", "off"))
        self._fit.set_text(fit, tone, dot=dot)
        words, role, state = _STATES.get(model.state, (model.state, "text2", "off"))
        self._state.set_text(words)
        self._state.set_role(role)
        self._dot.set_state(state)
        self._show_buttons(model, memory_free, busy)
        self.toggle_button.set_busy(busy)
        text = f"{problem.message} {problem.hint}".strip() if problem else model.detail
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _show_buttons(self, model: LocalModel, memory_free: int, busy: bool) -> None:
        running = model.state in _RUNNING
        too_large = model.fit == "too_large" and not running
        reason = ""
        if too_large:
            need, free = formats.size(model.need_bytes), formats.size(memory_free)
            reason = f"Needs {need} of memory, {free} are free."
        self.market_button.setVisible(too_large)
        self.chat_button.setVisible(not too_large)
        self.chat_button.disable_with(reason)
        self.toggle_button.set_text("Stop" if running else "Start")
        if not busy:
            moving = "This takes a moment." if model.state in _MOVING else ""
            self.toggle_button.disable_with(reason or moving)
        self.remove_button.setEnabled(not busy and not running and model.state not in _MOVING)
        self.remove_button.setToolTip("Stop it first" if running else "Take off the list")


def detail_words(model: LocalModel) -> str:
    """`Q4_K_M · 2.4 GB · context 32 768 · needs 3.2 GB of memory`."""
    parts = [model.quantisation] if model.quantisation else []
    parts.append(formats.size(model.size_bytes))
    if model.context:
        parts.append(f"context {model.context:,}".replace(",", formats.THIN))
    if model.need_bytes:
        parts.append(f"needs {formats.size(model.need_bytes)} of memory")
    return " · ".join(parts)


def _cell(content: QWidget | QHBoxLayout, width: int) -> QWidget:
    """Give a part of the row the same place in every row."""
    cell = QWidget()
    cell.setFixedWidth(width)
    if isinstance(content, QWidget):
        line = row(spacing=0)
        line.addWidget(content, 0, Qt.AlignmentFlag.AlignLeft)
        cell.setLayout(line)
    else:
        cell.setLayout(content)
    return cell
