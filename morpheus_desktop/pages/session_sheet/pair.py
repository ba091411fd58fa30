"""How long and how much: one pair, of which the side changed last leads."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.fields import AmountEdit, TextField
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.units import Mor
from node.service.dto import Quote

SHORTEST_S, LONGEST_S = 300, 86_400
PRESETS = (900, 3600, 4 * 3600)
_NO_TIME = "Write a time first, for example 45 min or 1:30."
_NO_AMOUNT = "Enter an amount above 0, for example 12.40."


class TimeAndStake(QWidget):
    """Signals: `duration_chosen(seconds)`; `stake_chosen(base units)`; `unclear(reason)` when what
    is typed is neither.

    While the node is asked, the other side shows what the last quote lets expect.
    """

    duration_chosen = Signal(int)
    stake_chosen = Signal(object)
    unclear = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._quote: Quote | None = None
        self._left_s = 0
        self.duration = TextField("time", unit="time", name="session.sheet.duration")
        self.duration.setFixedWidth(126)
        self.amount = AmountEdit(name="session.sheet.amount")
        self.amount.setFixedWidth(132)
        self.slider = LogSlider(SHORTEST_S, LONGEST_S, presets=PRESETS, name="session.sheet.slider")
        self.slider.setAccessibleName("How long")
        self.slider.set_value(3600)
        self._presets = {
            seconds: Chip(formats.span(seconds), name=f"session.sheet.preset.{seconds}")
            for seconds in PRESETS
        }
        self._midnight = Chip("Until midnight UTC", name="session.sheet.preset.midnight")
        self._longest = Chip("As long as I can", name="session.sheet.preset.longest")
        self._longest.setToolTip("The longest time your balance and the network allow")
        pair = row(
            Label("How long?", "strong"),
            None,
            self.duration,
            IconLabel("arrows-left-right", "text3"),
            self.amount,
        )
        chips = row(*self._presets.values(), self._midnight, self._longest, None, spacing=6)
        self.setLayout(column(pair, 6, self.slider, 6, chips))
        self.slider.changed.connect(self.choose_duration)
        for seconds, chip in self._presets.items():
            chip.setCheckable(True)
            chip.clicked.connect(lambda _=False, s=seconds: self.choose_duration(s))
        self._midnight.setCheckable(True)
        self._midnight.clicked.connect(lambda: self.choose_duration(max(SHORTEST_S, self._left_s)))
        self._longest.clicked.connect(self._choose_longest)
        self.duration.edit.textEdited.connect(self._duration_typed)
        self.duration.submitted.connect(self._duration_submitted)
        self.amount.changed.connect(self._amount_typed)

    def choose_duration(self, seconds: int) -> None:
        """Take a time as if it had been chosen with the slider."""
        self.slider.set_value(seconds)
        self.duration.set_text(formats.span(seconds))
        self._lead_with(seconds)

    def show_quote(self, quote: Quote, left_s: int) -> None:
        """Show both sides of a quote; a field that is being typed in keeps its text. `left_s`:
        seconds to midnight UTC.
        """
        self._quote, self._left_s = quote, left_s
        self.slider.set_range(quote.min_duration_s, max(quote.max_duration_s, 600))
        self.slider.set_value(quote.duration_s)
        if not self.duration.edit.hasFocus():
            self.duration.set_text(formats.span(quote.duration_s))
        if not self.amount.edit.hasFocus():
            self.amount.set_amount(Mor(quote.stake), decimals=2)
        self._midnight.set_text(f"Until midnight UTC, {formats.duration(left_s)}")
        self._midnight.setVisible(SHORTEST_S <= left_s <= quote.max_duration_s)
        longest = min(quote.max_affordable_s, quote.max_duration_s)
        self._longest.setVisible(longest >= quote.min_duration_s)
        self._longest.set_text(f"As long as I can, {formats.duration(longest)}")
        self._mark(quote.duration_s)

    # --- what the user does ---

    def _lead_with(self, seconds: int) -> None:
        quote = self._quote
        if quote is not None and quote.duration_s:
            expected = quote.stake * seconds // quote.duration_s
            self.amount.set_amount(Mor(expected), decimals=2)
        self._mark(seconds)
        self.duration_chosen.emit(seconds)

    def _duration_typed(self, text: str) -> None:
        """Each key counts: the button must never stand for another time than the field shows."""
        seconds = formats.parse_span(text)
        if not seconds:
            self._mark(0)
            self.unclear.emit(_NO_TIME)
        else:
            self.slider.set_value(seconds)
            self._lead_with(seconds)

    def _duration_submitted(self) -> None:
        seconds = formats.parse_span(self.duration.text())
        if not seconds:
            self.duration.show_error("For example 45 min or 1:30.")
        else:
            self.choose_duration(seconds)

    def _amount_typed(self) -> None:
        self._mark(0)
        amount, quote = self.amount.amount, self._quote
        if amount is None or not amount.base:
            self.unclear.emit(_NO_AMOUNT)
            return
        if quote is not None and quote.stake:
            expected = amount.base * quote.duration_s // quote.stake
            self.duration.set_text(formats.span(expected))
            self.slider.set_value(expected)
        self.stake_chosen.emit(amount.base)

    def _choose_longest(self) -> None:
        if self._quote is not None:
            self.choose_duration(min(self._quote.max_affordable_s, self._quote.max_duration_s))

    def _mark(self, seconds: int) -> None:
        for value, chip in self._presets.items():
            chip.setChecked(value == seconds)
        self._midnight.setChecked(bool(seconds) and abs(seconds - self._left_s) < 60)
