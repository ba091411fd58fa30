"""How far the MOR goes: a length of time, what it locks, and what comes back."""

from PySide6.QtCore import Qt, Signal

from morpheus_desktop import formats
from morpheus_desktop.widgets.duration_slider import LogSlider
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import NodeError
from node.service.dto import Quote

SHORTEST_S = 300
LONGEST_S = 86_400
PRESETS = (900, 3600, 4 * 3600, 12 * 3600)


class Calculator(Sunken):
    """`duration_changed(seconds)` while the slider moves."""

    duration_changed = Signal(int)

    def __init__(self) -> None:
        right = Qt.AlignmentFlag.AlignRight
        self._free = Label("", "caption", "text3", align=right)
        self._time = Label("", "figure")
        self._stake = Label("", "figure", align=right)
        self.slider = LogSlider(SHORTEST_S, LONGEST_S, presets=PRESETS, name="market.duration")
        self.slider.setAccessibleName("Length of the session")
        self._back_icon = IconLabel("arrow-counter-clockwise", "accent", 14)
        self._back = ElidedLabel("", "small", "text2")
        super().__init__(
            column(
                row(Label("How far does my MOR go?", "strong"), None, self._free),
                8,
                row(self._time, None, self._stake),
                2,
                self.slider,
                row(
                    Label(formats.span(SHORTEST_S), "caption", "text3"),
                    None,
                    Label(formats.span(LONGEST_S), "caption", "text3"),
                ),
                6,
                row(self._back_icon, self._back, spacing=6),
            )
        )
        self.slider.changed.connect(self.duration_changed)

    def show_plan(self, seconds: int, stake: int) -> None:
        """The slider's place and about what it locks; the exact words come with the quote."""
        self.slider.set_value(seconds)
        self._time.setText(formats.span(seconds))
        self._stake.setText(formats.mor(stake))
        self._say("arrow-counter-clockwise", "text3", "What comes back is being worked out")

    def show_quote(self, quote: Quote, now: int) -> None:
        self._stake.setText(formats.mor(quote.stake))
        self._stake.setToolTip(f"{formats.exact(quote.stake)} MOR")
        self._free.setText(f"{formats.amount(quote.balance)} free")
        if quote.problems:
            self._say("warning", "warning", quote.problems[0].message)
            return
        back = formats.mor(quote.returned_at_end)
        what = f"All {back} come" if quote.returned_at_end == quote.stake else f"{back} come"
        self._say("arrow-counter-clockwise", "accent", f"{what} back {_moment(quote.ends_at, now)}")

    def show_refusal(self, error: NodeError) -> None:
        self._say("info", "info", f"{error.message} {error.hint}".strip())

    def back_text(self) -> str:
        return self._back.text()

    def _say(self, icon: str, role: str, text: str) -> None:
        self._back_icon.set_icon(icon, role)
        self._back.set_text(text)


def _moment(moment: int, now: int) -> str:
    text = formats.when(moment, now)
    return f"at {text}" if text[0].isdigit() else text
