"""What happens to your MOR: now, at the end, and if you stop in between."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.frames import Sunken, line
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import Quote, StopPreview

_WHEN_WIDTH = 130


class MoneyBlock(QWidget):
    """Signals: `stop_moved(at)` Unix seconds of the slider "if you stop at"."""

    stop_moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        right = Qt.AlignmentFlag.AlignRight
        self._title = Label("What happens to your MOR", "strong")
        self._out = Label("", "strong", align=right)
        self._end = Label("", "strong")
        self._end_text = Label("", "body", "text2")
        self._back = Label("", "strong", "success", align=right)
        self._stop_at = Chip("")
        self._stop_at.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stop_at.setCursor(Qt.CursorShape.ArrowCursor)
        self.slider = LogSlider(0, 1, linear=True, name="session.sheet.stop")
        self.slider.setAccessibleName("If you stop at")
        self._now_amount = _amount("session.sheet.stop.now")
        self._later = Label("", "body", "text2")
        self._later_text = Label("", "small", "text3")
        self._later_text.setObjectName("session.sheet.stop.note")
        self._later_amount = _amount("session.sheet.stop.later")
        self._paid_amount = _amount("session.sheet.stop.paid")
        self._paid = self._grid(
            (Label("never", "body", "text2"), _text("the provider's pay"), self._paid_amount)
        )
        self._paid.hide()
        fate = row(_Fate(), spacing=8)
        fate.addWidget(
            self._grid(
                (
                    Label("Now", "strong"),
                    _text("leaves your wallet, held by the contract"),
                    self._out,
                ),
                (self._end, self._end_text, self._back),
                first=_WHEN_WIDTH - 26,
            ),
            1,
        )
        stop = row(Label("If you stop at", "body", "text2"), self._stop_at, self.slider, spacing=10)
        after = self._grid(
            (Label("at once", "body", "text2"), QWidget(), self._now_amount),
            (self._later, self._later_text, self._later_amount),
        )
        body = column(self._title, 10, fate, 12, line(), 10, stop, 6, after, self._paid)
        self.setLayout(column(Sunken(body, margins=(18, 14, 18, 14))))
        self.slider.changed.connect(self._moved)
        self._now = 0
        self._range = (0, 0)
        self._claimed_for_you = True

    def show_rules(self, *, auto_claim: bool) -> None:
        """Whether what is held comes back by itself."""
        self._claimed_for_you = auto_claim

    def show_quote(self, quote: Quote, now: int) -> None:
        """Show a fresh quote; the stop slider keeps its share of the time."""
        self._now = now
        stake = formats.mor(quote.stake)
        self._title.setText(f"What happens to your {stake}")
        self._out.setText(formats.mor_change(-quote.stake))
        self._end.setText(formats.when(quote.ends_at, now).capitalize())
        whole = quote.returned_at_end >= quote.stake
        self._end_text.setText(
            "the time is over and everything returns" if whole else "the time is over"
        )
        self._back.setText(formats.mor_change(quote.returned_at_end))
        self._back.setToolTip(f"{formats.exact(quote.returned_at_end)} MOR")
        self._out.setToolTip(f"{formats.exact(quote.stake)} MOR")
        share = self._share()
        self._range = (quote.opens_at, quote.ends_at)
        self.slider.set_range(*self._range)
        self.slider.set_value(quote.opens_at + round(share * quote.duration_s))
        self._moved(self.slider.value)

    def show_preview(self, preview: StopPreview) -> None:
        """Amounts and times of stopping, from the node."""
        self._now_amount.setText(formats.mor(preview.returned_now))
        self._now_amount.setToolTip(f"{formats.exact(preview.returned_now)} MOR")
        held = preview.held > 0
        self._later.setText(formats.when(preview.held_until, self._now) if held else "later")
        claimed = "claimed for you" if self._claimed_for_you else "then claim it once"
        self._later_text.setText(
            f"00:00 UTC, when the UTC day ends; {claimed}" if held else "nothing is held back"
        )
        self._later_amount.setText(formats.mor(preview.held))
        self._later_amount.setToolTip(f"{formats.exact(preview.held)} MOR")
        self._paid.setVisible(preview.paid_by_user > 0)
        self._paid_amount.setText(formats.mor(preview.paid_by_user))
        self._paid_amount.setToolTip(f"{formats.exact(preview.paid_by_user)} MOR")

    def _share(self) -> float:
        low, high = self._range
        return (self.slider.value - low) / (high - low) if high > low else 0.5

    def _moved(self, at: int) -> None:
        self._stop_at.set_text(formats.when(at, self._now or at))
        self.stop_moved.emit(at)

    def _grid(self, *rows: tuple[QWidget, QWidget, QWidget], first: int = _WHEN_WIDTH) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, first)
        grid.setColumnStretch(1, 1)
        for index, widgets in enumerate(rows):
            for place, widget in enumerate(widgets):
                grid.addWidget(widget, index, place)
        return boxed(grid)


class _Fate(QWidget):
    """Two rings joined by a line: the stake leaves, the stake is back."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(18)
        current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, bottom, middle = self.height() / 4, self.height() * 3 / 4, 7.5
        painter.fillRect(
            QRectF(middle - 0.5, top + 5, 1, bottom - top - 10), theme.color("border_strong")
        )
        for place, role in ((top, "text3"), (bottom, "success")):
            painter.setPen(QPen(theme.color(role), 2))
            painter.drawEllipse(QRectF(middle - 4, place - 4, 8, 8))
        painter.end()


def _amount(name: str) -> Label:
    label = Label("", "strong", align=Qt.AlignmentFlag.AlignRight)
    label.setObjectName(name)
    return label


def _text(text: str) -> Label:
    return Label(text, "body", "text2")
