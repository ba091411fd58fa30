"""More options of a session: what happens when a provider fails, at its end, how it is paid."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.session_sheet.presenter import Rules
from morpheus_desktop.widgets.choices import Segment, Toggle
from morpheus_desktop.widgets.frames import line
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import Quote

_SETTLED = {
    "always": "The settings say: the next provider always takes over.",
    "never": "The settings say: never another provider.",
}
_DIRECT = (
    "The same MOR is locked, but the price of the time you use goes to the provider for good. The"
    " rest returns; after an early close a part of it is held as well."
)


class Options(QWidget):
    """Signals: `changed()`. `failover`, `auto_extend` and `direct` are what was chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._failover = Segment(("Ask me", "Next provider"), name="session.sheet.failover")
        self._failover.setAccessibleName("When the provider fails")
        self._failover_note = ElidedLabel("", "small", "text3")
        self._extend = Toggle("Extend before it ends", object_name="session.sheet.extend")
        self._extend_note = ElidedLabel("", "small", "text3")
        self._direct = Toggle("Pay instead of staking", object_name="session.sheet.direct")
        self._exact = CopyLabel("", "", name="session.sheet.exact")
        self._price = Label("", "small", "text2", align=Qt.AlignmentFlag.AlignRight)
        self._provider = CopyLabel("", "", name="session.sheet.provider")
        self.setLayout(
            column(
                line(),
                10,
                _line("When the provider fails", self._failover_note, self._failover),
                8,
                _line("Extend before it ends", self._extend_note, self._extend),
                8,
                _line(
                    "Pay instead of staking",
                    Label(_DIRECT, "small", "text3", wrap=True),
                    self._direct,
                ),
                10,
                _fact("Exact stake", self._exact),
                2,
                _fact("Price per second", self._price),
                2,
                _fact("Provider", self._provider),
                6,
            )
        )
        self._failover.chosen.connect(lambda _: self.changed.emit())
        self._extend.toggled.connect(lambda _: self.changed.emit())
        self._direct.toggled.connect(lambda _: self.changed.emit())

    @property
    def failover(self) -> bool:
        return self._failover.index == 1

    @property
    def auto_extend(self) -> bool:
        return self._extend.isChecked()

    @property
    def direct(self) -> bool:
        return self._direct.isChecked()

    def show_rules(self, rules: Rules) -> None:
        """Take the limits and the beginning from the settings."""
        settled = _SETTLED.get(rules.failover, "")
        self._failover.setEnabled(not settled)
        self._failover_note.set_text(
            settled
            or f"Another session locks at most {rules.failover_stake} MOR,"
            f" {rules.failover_day_stake} MOR a day."
        )
        self._failover.blockSignals(True)
        self._failover.choose(1 if rules.failover == "always" else 0)
        self._failover.blockSignals(False)
        self._extend_note.set_text(
            f"The next session opens by itself, at most {rules.extend_day_stake} MOR a day in all."
        )
        self._extend.blockSignals(True)
        self._extend.setChecked(rules.auto_extend)
        self._extend.blockSignals(False)

    def show_quote(self, quote: Quote) -> None:
        exact = f"{formats.exact(quote.stake)} MOR"
        self._exact.set_value(exact, formats.exact(quote.stake))
        self._price.setText(f"{formats.exact(quote.price_per_second)} MOR")
        self._provider.set_value(quote.provider, quote.provider)


def _line(title: str, note: QWidget, control: QWidget) -> QWidget:
    item = row(spacing=16)
    item.addLayout(column(Label(title), note), 1)
    item.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
    return boxed(item)


def _fact(title: str, value: QWidget) -> QWidget:
    head = Label(title, "small", "text2")
    head.setFixedWidth(130)
    item = row(head, spacing=12)
    item.addWidget(value, 1, Qt.AlignmentFlag.AlignLeft)
    return boxed(item)
