"""Sheets: a centred box over the window, a scrim behind. Child widgets, not dialog windows."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from morpheus_desktop.theme import current
from morpheus_desktop.widgets.frames import Frame, line
from morpheus_desktop.widgets.scroll import ScrollArea

_SHADOW = 22


class Sheet(QWidget):
    """Shows `layout` in a box of `width` over `host`. Esc and a click beside it close it.

    `footer` stays in view below it, however small the window is. `locked` keeps it open while a
    transaction runs. The sheet deletes itself after `closed`.
    """

    closed = Signal()

    def __init__(
        self,
        host: QWidget,
        layout: QLayout,
        *,
        width: int = 480,
        name: str = "sheet",
        footer: QLayout | None = None,
    ) -> None:
        super().__init__(host)
        self._host = host
        self.locked = False
        self.setObjectName(name)
        layout.setContentsMargins(28, 24, 28, 24 if footer is None else 8)
        inner = QWidget()
        inner.setLayout(layout)
        self._scroll = ScrollArea(inner)
        box_layout = QVBoxLayout()
        box_layout.setContentsMargins(0, 0, 0, 0)
        box_layout.setSpacing(0)
        box_layout.addWidget(self._scroll)
        self._footer = footer
        # Above the footer, while something is hidden behind it.
        self._edge = line()
        self._edge.setParent(self)
        self._edge.hide()
        if footer is not None:
            footer.setContentsMargins(28, 8, 28, 22)
            box_layout.addWidget(self._edge)
            box_layout.addLayout(footer)
        self.box = Frame("sheet", box_layout)
        self.box.setFixedWidth(width)
        self.box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.box)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        self._inner = inner
        self._before: QWidget | None = None
        host.installEventFilter(self)
        inner.installEventFilter(self)
        self.box.installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open(self) -> None:
        """Show over the host and take the focus."""
        self._before = QApplication.focusWidget()
        self.setGeometry(self._host.rect())
        self._fit()
        self.show()
        self.raise_()
        # Space must not destroy anything right after the sheet has come up.
        safe = [stop for stop in self._stops() if stop.property("kind") != "danger"]
        (safe[0] if safe else self).setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Close unless locked; the focus goes back where it was."""
        if self.locked or not self.isVisible():
            return
        self._host.removeEventFilter(self)
        self.hide()
        before = self._before
        # What is shown behind the sheet may have been made anew meanwhile.
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
        elif QApplication.focusWidget() is None:
            # Or Tab would lead nowhere.
            self._host.setFocus()
        self.closed.emit()
        self.deleteLater()

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to a part that has just been shown, when the layout knows its place."""
        QTimer.singleShot(0, widget, lambda: self._scroll.ensureWidgetVisible(widget, 0, 8))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the sheet."""
        stops = self._stops()
        if not stops:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        focused = QApplication.focusWidget()
        if focused in stops:
            target = stops[(stops.index(focused) + (1 if forward else -1)) % len(stops)]
        else:
            target = stops[0 if forward else -1]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        target.setFocus(reason)
        return True

    def _stops(self) -> list[QWidget]:
        """What Tab can reach in the box, in its order."""
        stops: list[QWidget] = []
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            if (
                self.box.isAncestorOf(widget)
                and widget is not self._scroll
                and widget.isVisible()
                and widget.isEnabled()
                and widget.focusProxy() is None
                and widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
            ):
                stops.append(widget)
            widget = widget.nextInFocusChain()
        return stops

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.box.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The type comes first: the last events of a window that goes down arrive when the
        # collector has already taken the attributes of an open sheet.
        kind = event.type()
        if kind == QEvent.Type.Resize and watched is self._host:
            self.setGeometry(self._host.rect())
            self._fit()
        elif kind == QEvent.Type.LayoutRequest and watched in (self._inner, self.box):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        wanted = self._inner.sizeHint().height()
        layout = self._inner.layout()
        if layout is not None and layout.hasHeightForWidth():
            wanted = layout.totalHeightForWidth(self.box.width() - 2)
        if self._footer is not None:
            footer = self._footer
            wanted += (
                footer.totalHeightForWidth(self.box.width() - 2)
                if footer.hasHeightForWidth()
                else footer.sizeHint().height()
            )
        most = max(200, self.height() - 32)
        hides = wanted + 2 > most
        policy = Qt.ScrollBarPolicy
        # A bar that is there makes the text narrower, so that it would seem to be needed for ever.
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if hides else policy.ScrollBarAlwaysOff
        )
        self._edge.setVisible(hides and self._footer is not None)
        self.box.setFixedHeight(min(wanted + 2, most))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scrim = theme.color("scrim", 0.34 if theme.mode == "light" else 0.55)
        painter.fillRect(self.rect(), scrim)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(self.box.geometry())
        for step in range(_SHADOW):
            alpha = 0.022 * (1 - step / _SHADOW) ** 2
            color = QColor(theme.color("shadow"))
            color.setAlphaF(alpha)
            painter.setBrush(color)
            grown = box.adjusted(-step, -step + 11, step, step + 11)
            painter.drawRoundedRect(grown, 16 + step, 16 + step)
        painter.end()
