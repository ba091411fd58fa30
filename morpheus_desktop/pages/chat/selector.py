"""Choosing who answers: a popup with a filter, sections and arrow keys."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.chat.targets import Choices, Target
from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.avatar import paint_avatar
from morpheus_desktop.widgets.fields import SearchField
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import clear, column
from morpheus_desktop.widgets.scroll import ScrollArea

_WIDTH = 380
_HEIGHT = 420
MORE = "more"


class TargetRow(QAbstractButton):
    """Avatar, name, and at the right what it costs or how long it lasts."""

    def __init__(self, target: Target | None, text: str, detail: str, *, chosen: bool) -> None:
        super().__init__()
        self.target = target
        self._detail, self._chosen = detail, chosen
        self.setText(text)
        self.setAccessibleName(f"{text}, {detail}" if detail else text)
        self.setFixedHeight(38)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH - 40, 38)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self._chosen or self.underMouse() or self.hasFocus()
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("selected_raised") if lit else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        left = 12
        if self.target is not None:
            box = QRectF(10, 7, 24, 24)
            paint_avatar(painter, box, self.text(), self.target.model_id)
            left = 44
        painter.setFont(font("caption", tabular=True))
        painter.setPen(theme.color("text2" if lit else "text3"))
        inner = self.rect().adjusted(left, 0, -12, 0)
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._detail
        )
        taken = painter.fontMetrics().horizontalAdvance(self._detail) + 12
        painter.setFont(font("strong" if self._chosen else "body"))
        painter.setPen(theme.color("text"))
        room = inner.adjusted(0, 0, -taken, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class ModelSelector(QWidget):
    """Covers its host; `chosen(Target)` or `more_clicked()`, then `closed()` in every case."""

    chosen = Signal(object)
    more_clicked = Signal()
    closed = Signal()

    def __init__(self, host: QWidget, choices: Choices, current_target: Target | None, now: int):
        super().__init__(host)
        self.setObjectName("chat.selector")
        self._choices, self._current, self._now = choices, current_target, now
        self._field = SearchField("Type to filter", name="chat.selector.filter")
        self._rows = column(spacing=1)
        inner = QWidget()
        inner.setLayout(column(self._rows, None))
        self._box = Frame(
            "sheet", column(self._field, ScrollArea(inner), spacing=8, margins=(12, 12, 12, 10))
        )
        self._box.setParent(self)
        self._field.changed.connect(lambda _text: self._fill())
        self._field.submitted.connect(self._take_first)
        self._field.edit.installEventFilter(self)
        host.installEventFilter(self)
        self._fill()
        self.hide()

    def open_at(self, anchor: QWidget) -> None:
        """Show above `anchor`, or below it where there is more room."""
        host = self.parentWidget()
        if host is None:
            return
        self.setGeometry(host.rect())
        height = min(_HEIGHT, self.height() - 24)
        corner = anchor.mapTo(host, QPoint(0, 0))
        above = corner.y() > height + 16
        top = corner.y() - height - 8 if above else corner.y() + anchor.height() + 8
        left = max(12, min(corner.x(), self.width() - _WIDTH - 12))
        self._box.setGeometry(left, max(12, min(top, self.height() - height - 12)), _WIDTH, height)
        self.show()
        self.raise_()
        self._field.edit.setFocus()

    def rows(self) -> list[TargetRow]:
        """The rows that are shown, from top to bottom."""
        found = []
        for index in range(self._rows.count()):
            item = self._rows.itemAt(index)
            widget = item.widget() if item is not None else None
            if isinstance(widget, TargetRow):
                found.append(widget)
        return found

    def close_selector(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def _fill(self) -> None:
        clear(self._rows)
        sections = (
            ("Open sessions", self._choices.sessions),
            ("This computer", self._choices.local),
            ("Marketplace", self._choices.market),
        )
        wanted = self._field.text().strip().casefold()
        for title, targets in sections:
            shown = [item for item in targets if wanted in item.name.casefold()]
            if shown:
                head = Label(title, "overline", "text2")
                head.setContentsMargins(12, 10, 0, 2)
                self._rows.addWidget(head)
            for target in shown:
                self._add(target)
        more = TargetRow(None, "More in the market", "", chosen=False)
        more.setObjectName("chat.selector.more")
        more.clicked.connect(self._more)
        self._rows.addWidget(more)

    def _add(self, target: Target) -> None:
        same = self._current is not None and target.id == self._current.id
        entry = TargetRow(target, target.name, _detail(target, self._now), chosen=same)
        entry.setObjectName(f"chat.selector.{target.kind}.{target.name}")
        entry.clicked.connect(lambda: self._take(target))
        entry.installEventFilter(self)
        self._rows.addWidget(entry)

    def _take(self, target: Target) -> None:
        self.close_selector()
        self.chosen.emit(target)

    def _take_first(self) -> None:
        first = next((item.target for item in self.rows() if item.target is not None), None)
        if first is not None:
            self._take(first)

    def _more(self) -> None:
        self.close_selector()
        self.more_clicked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._box.geometry().contains(event.position().toPoint()):
            self.close_selector()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_selector()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self._step(watched, 1)
                return True
            if event.key() == Qt.Key.Key_Up:
                self._step(watched, -1)
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and isinstance(watched, TargetRow):
                watched.click()
                return True
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self.close_selector()
        return super().eventFilter(watched, event)

    def _step(self, watched: QObject, by: int) -> None:
        rows = self.rows()
        place = rows.index(watched) + by if isinstance(watched, TargetRow) else 0
        if place < 0:
            self._field.edit.setFocus()
        elif place < len(rows):
            rows[place].setFocus()


def _detail(target: Target, now: int) -> str:
    if target.kind == "session":
        return f"{formats.duration(target.ends_at - now)} left"
    if target.kind == "local":
        return "free"
    return f"{formats.mor(target.stake_per_hour)} for an hour" if target.stake_per_hour else ""
