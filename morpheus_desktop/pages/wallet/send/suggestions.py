"""Names that fit what is typed, over the form: a child of the sheet, the field keeps the focus."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.send.context import Recipient
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import clear, column, row

MAX_ROWS = 5


class _Row(QWidget):
    """One name with where it comes from and its address."""

    picked = Signal()
    entered = Signal()

    def __init__(self, recipient: Recipient, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.is_chosen = False
        detail = f"{recipient.words} · {formats.short_address(recipient.address)}"
        self.setAccessibleName(f"{recipient.name}, {detail}")
        line = row(
            Avatar(recipient.name, recipient.address, side=28, circle=True),
            spacing=10,
            margins=(8, 5, 10, 5),
        )
        line.addLayout(
            column(ElidedLabel(recipient.name), ElidedLabel(detail, "caption", "text2")), 1
        )
        self.setLayout(line)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.is_chosen:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current().color("selected_raised"))
            painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
            painter.end()


class Suggestions(Frame):
    """At most five names; `more` are counted below. Signals: `picked(Recipient)`."""

    picked = Signal(object)

    def __init__(self, host: QWidget) -> None:
        self._column = column(spacing=1, margins=(6, 6, 6, 6))
        super().__init__("toast", self._column)
        self.setParent(host)
        self.setObjectName("wallet.send.suggestions")
        self._rows: list[_Row] = []
        self._recipients: tuple[Recipient, ...] = ()
        self.index = -1
        self.hide()

    def show_for(self, found: tuple[Recipient, ...], field: QWidget) -> None:
        """Show `found` below a field; nothing when there is none."""
        clear(self._column)
        self._recipients, self._rows, self.index = found[:MAX_ROWS], [], -1
        for number, recipient in enumerate(self._recipients):
            item = _Row(recipient, f"wallet.send.suggestion.{number}")
            item.picked.connect(lambda number=number: self.pick(number))
            item.entered.connect(lambda number=number: self.choose(number))
            self._rows.append(item)
            self._column.addWidget(item)
        more = len(found) - len(self._recipients)
        if more:
            self._column.addWidget(Label(f"   {more} more: type on", "caption", "text3"))
        self.setVisible(bool(found))
        host = self.parentWidget()
        if found and host is not None:
            self.setFixedWidth(field.width())
            self.move(field.mapTo(host, QPoint(0, field.height() + 4)))
            self.adjustSize()
            self.raise_()

    def move_choice(self, step: int) -> None:
        """One row down or up, round at the ends."""
        if self._rows:
            start = self.index if self.index >= 0 else (-1 if step > 0 else 0)
            self.choose((start + step) % len(self._rows))

    def choose(self, index: int) -> None:
        self.index = index
        for number, item in enumerate(self._rows):
            item.is_chosen = number == index
            item.update()

    @property
    def chosen_words(self) -> str:
        """What a screen reader says of the chosen row."""
        return self._rows[self.index].accessibleName() if self.index >= 0 else ""

    def pick(self, index: int) -> None:
        recipient = self._recipients[index]
        self.hide()
        self.picked.emit(recipient)
