"""Text. Always plain: strings from outside are never read as markup."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.buttons import IconButton
from morpheus_desktop.widgets.tooltips import plain_tooltip

_COPIED_MS = 1500


class Label(QLabel):
    """`style` is a type style, `role` a colour role; both can change."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        wrap: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        selectable: bool = False,
    ) -> None:
        super().__init__()
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        right = bool(align & Qt.AlignmentFlag.AlignRight)
        self.setFont(font(style, tabular=right))
        self.setWordWrap(wrap)
        vertical = Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter
        self.setAlignment(align | vertical)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        current().changed.connect(self._colour)
        self._colour()

    def set_role(self, role: str) -> None:
        self._role = role
        self._colour()

    def _colour(self) -> None:
        self.setStyleSheet(f"color: {current().color(self._role).name()}")


class ElidedLabel(QWidget):
    """One line that ends in … where it does not fit; the whole text is the tooltip."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__()
        self._text, self._role, self._mode, self._align = "", role, mode, align
        self.setFont(font(style))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        current().changed.connect(self.update)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def set_role(self, role: str) -> None:
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, QFontMetrics(self.font()).height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setPen(current().color(self._role))
        shown = QFontMetrics(self.font()).elidedText(self._text, self._mode, self.width())
        self.setToolTip(plain_tooltip(self._text) if shown != self._text else "")
        painter.drawText(self.rect(), self._align | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class CopyLabel(QWidget):
    """Text (mono) with a button that copies `value`, which may be longer than what is shown."""

    def __init__(self, shown: str, value: str, *, name: str = "copy") -> None:
        super().__init__()
        self._value = value
        self._text = ElidedLabel(shown, "mono", "text2", mode=Qt.TextElideMode.ElideMiddle)
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._button = IconButton("copy", "Copy", compact=True)
        self._button.setObjectName(name)
        self._button.clicked.connect(self._copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._text)
        layout.addWidget(self._button)
        layout.addStretch(1)

    def set_value(self, shown: str, value: str) -> None:
        self._value = value
        self._text.set_text(shown)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._value)
        self._button.set_icon("check")
        QTimer.singleShot(_COPIED_MS, self._button, lambda: self._button.set_icon("copy"))
