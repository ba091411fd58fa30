"""What happens to your MOR: now, at the end, and if you stop in between."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.chips import Badge
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
        self._stop_at = Badge("")
        self.slider = LogSlider(0, 1, linear=True, name="session.sheet.stop")
        self.slider.setAccessibleName("If you stop at")
        self._now_amount = Label("", "strong", align=right)
        self._now_amount.setObjectName("session.sheet.stop.now")
        self._later = Label("", "body", "text2")
        self._later_text = Label("", "small", "text3")
        self._later_amount = Label("", "strong", align=right)
        self._later_amount.setObjectName("session.sheet.stop.later")
        body = column(
            self._title,
            10,
            self._grid(
                (
                    Label("Now", "strong"),
                    _text("leaves your wallet, held by the contract"),
                    self._out,
                ),
                (self._end, self._end_text, self._back),
            ),
            12,
            line(),
            12,
            row(Label("If you stop at", "body", "text2"), self._stop_at, self.slider, spacing=10),
            6,
            self._grid(
                (Label("at once", "body", "text2"), QWidget(), self._now_amount),
                (self._later, self._later_text, self._later_amount),
            ),
        )
        self.setLayout(column(Sunken(body, margins=(18, 14, 18, 14))))
        self.slider.changed.connect(self._moved)
        self._now = 0
        self._range = (0, 0)

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
        self._later_text.setText("when the UTC day ends" if held else "nothing is held back")
        self._later_amount.setText(formats.mor(preview.held))
        self._later_amount.setToolTip(f"{formats.exact(preview.held)} MOR")

    def _share(self) -> float:
        low, high = self._range
        return (self.slider.value - low) / (high - low) if high > low else 0.5

    def _moved(self, at: int) -> None:
        self._stop_at.set_text(formats.clock(at))
        self.stop_moved.emit(at)

    def _grid(self, *rows: tuple[QWidget, QWidget, QWidget]) -> QWidget:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, _WHEN_WIDTH)
        grid.setColumnStretch(1, 1)
        for index, widgets in enumerate(rows):
            for place, widget in enumerate(widgets):
                grid.addWidget(widget, index, place)
        return boxed(grid)


def _text(text: str) -> Label:
    return Label(text, "body", "text2")
