"""Why a session cannot be opened, with the way out, and what must be seen before it is."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.errors import (
    BidNotFoundError,
    NodeError,
    NoProviderError,
    NotEnoughGasError,
    NotEnoughMorError,
    SessionTooShortError,
)
from node.service.dto import Quote, Warning_

_SHORT = SessionTooShortError.default_code
_LONG = "input.duration_too_long"
_TEE = "market.tee_not_verified"
_FUNDS = (NotEnoughMorError.default_code, NotEnoughGasError.default_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A way out: another time (`seconds`), the offers, receiving, going on with unproved TEE."""

    label: str
    kind: Literal["time", "offers", "receive", "tee"]
    seconds: int = 0


def fix_of(quote: Quote | None, error: NodeError | None) -> Fix | None:
    """The way out of what keeps the session from being opened, if the sheet has one."""
    if isinstance(error, NoProviderError | BidNotFoundError):
        return Fix(label="Choose a provider", kind="offers")
    code = error.code if error is not None else ""
    if not code and quote is not None and quote.problems:
        code = quote.problems[0].code
    if code == NotEnoughMorError.default_code and quote is not None:
        longest = min(quote.max_affordable_s, quote.max_duration_s)
        if longest >= quote.min_duration_s:
            label = f"Use {formats.span(longest // 60 * 60)}"
            return Fix(label=label, kind="time", seconds=longest // 60 * 60)
    if code in _FUNDS:
        return Fix(label="Receive", kind="receive")
    if code == _TEE:
        return Fix(label="Use it unverified", kind="tee")
    if code == _SHORT:
        return Fix(label="Use 5 min", kind="time", seconds=300)
    if code == _LONG and quote is not None:
        span = formats.span(quote.max_duration_s)
        return Fix(label=f"Use {span}", kind="time", seconds=quote.max_duration_s)
    return None


class Notes(QWidget):
    """Signals: `fix_clicked(Fix)`."""

    fix_clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._fix: Fix | None = None
        self._shown: tuple[Warning_, ...] = ()
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("session.sheet.problem")
        self._button = Button("", "link", name="session.sheet.fix")
        self._button.clicked.connect(lambda: self.fix_clicked.emit(self._fix))
        first = row(spacing=12)
        first.addWidget(self._problem, 1)
        first.addWidget(self._button)
        self._line = boxed(first)
        self._warnings = column(spacing=6)
        self.setLayout(column(self._warnings, self._line, spacing=6))
        self.show_notes("", None, ())

    def show_notes(self, problem: str, fix: Fix | None, warnings: tuple[Warning_, ...]) -> None:
        self._fix = fix if problem else None
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._button.setVisible(self._fix is not None)
        self._button.set_text(self._fix.label if self._fix is not None else "")
        self._line.setVisible(bool(problem))
        if warnings != self._shown:
            self._shown = warnings
            clear(self._warnings)
            for item in warnings:
                self._warnings.addWidget(_warning(item))
        self.setVisible(bool(problem or warnings))


def _warning(item: Warning_) -> QWidget:
    words = Label(f"{item.text} {item.hint}".strip(), "small", "text2", wrap=True)
    words.setObjectName(f"session.sheet.warning.{item.code}")
    line = row(IconLabel("warning", "warning", 16), spacing=8)
    line.addWidget(words, 1)
    return boxed(line)
