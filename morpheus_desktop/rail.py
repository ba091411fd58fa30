"""The rail at the left: where you are, and where else to go."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from morpheus_desktop.mark import Mark
from morpheus_desktop.theme import current, font

WIDTH = 72
_BUTTON = QSize(56, 52)
_ICON = 22
_DOT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A place of the window. `icon` has a filled variant `<icon>-fill`."""

    name: str
    title: str
    icon: str
    at_bottom: bool = False


SECTIONS = (
    Section(name="chat", title="Chat", icon="chats"),
    Section(name="market", title="Market", icon="storefront"),
    Section(name="sessions", title="Sessions", icon="timer"),
    Section(name="wallet", title="Wallet", icon="wallet"),
    Section(name="local", title="Local", icon="cpu"),
    Section(name="settings", title="Settings", icon="gear-six", at_bottom=True),
)


class RailButton(QAbstractButton):
    """Icon over a small word; the active one stands on the accent's soft colour."""

    def __init__(self, section: Section, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = section
        self._marked = False
        self.setObjectName(f"rail.{section.name}")
        self.setAccessibleName(section.title)
        self.setToolTip(f"{section.title}  {shortcut}")
        self.setCheckable(True)
        self.setFixedSize(_BUTTON)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        current().changed.connect(self.update)

    def set_marked(self, marked: bool, reason: str = "") -> None:
        """Show a dot beside the icon; `reason` says what waits there."""
        self._marked = marked
        self.setAccessibleDescription(reason)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, active = current(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if active or self.underMouse():
            painter.setBrush(theme.color("accent_soft" if active else "hover"))
            painter.drawRoundedRect(self.rect(), 10, 10)
        role = "accent" if active else "text2"
        name = f"{self._section.icon}-fill" if active else self._section.icon
        left = (self.width() - _ICON) // 2
        painter.drawPixmap(left, 7, theme.icon(name, role, _ICON).pixmap(_ICON, _ICON))
        if self._marked:
            painter.setBrush(theme.color("warning"))
            painter.drawEllipse(QRectF(left + _ICON - 3, 4, _DOT, _DOT))
        painter.setFont(font("micro"))
        painter.setPen(theme.color("text" if active else "text2"))
        bottom = self.rect().adjusted(0, 32, 0, -4)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignCenter, self._section.title)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        painter.end()


class Rail(QWidget):
    """Emits `section_chosen(name)` for a click; `show_section` marks where the window is."""

    section_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Sections")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 11, 8, 12)
        column.setSpacing(4)
        mark = Mark(30)
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(11)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        for number, section in enumerate(SECTIONS, start=1):
            if section.at_bottom:
                column.addStretch(1)
            button = RailButton(section, f"Ctrl+{number}")
            button.clicked.connect(lambda _=False, name=section.name: self._chosen(name))
            self._group.addButton(button)
            self._buttons[section.name] = button
            column.addWidget(button)

    def _chosen(self, name: str) -> None:
        self.section_chosen.emit(name)

    def show_section(self, name: str) -> None:
        self._buttons[name].setChecked(True)

    def mark(self, name: str, marked: bool, reason: str = "") -> None:
        """Put a dot at a section where something waits for the user."""
        self._buttons[name].set_marked(marked, reason)
