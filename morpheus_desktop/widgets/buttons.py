"""Buttons: one primary per view; busy ones keep their width and take no second click."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QSizePolicy

from morpheus_desktop.theme import current, font
from morpheus_desktop.theme.tokens import load_tokens
from morpheus_desktop.widgets.tooltips import plain_tooltip

Kind = Literal["primary", "secondary", "soft", "ghost", "danger", "link"]
_ICON_ROLES = {"primary": "on_accent", "soft": "accent", "link": "accent", "danger": "danger"}


class Button(QPushButton):
    """A button with text; `size` is compact (28), normal (32) or primary (40)."""

    def __init__(
        self,
        text: str,
        kind: Kind = "secondary",
        *,
        icon: str = "",
        size: Literal["compact", "normal", "primary"] = "normal",
        name: str = "",
    ) -> None:
        super().__init__()
        self._kind, self._icon, self._text = kind, icon, text
        self._busy, self._reason = False, ""
        self.setProperty("kind", kind)
        self.setFont(font("strong" if kind == "primary" else "body"))
        self.setFixedHeight(load_tokens().control[size])
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(16, 16))
        self.set_text(text)
        if name:
            self.setObjectName(name)
        current().changed.connect(self._paint_icon)
        self._paint_icon()

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        # Qt leaves only four pixels between an icon and the text.
        self.setText(f" {text}" if self._icon and text else text)

    def set_busy(self, busy: bool) -> None:
        """Show that the action runs: same width, no second click."""
        if busy == self._busy:
            return
        self._busy = busy
        if busy:
            # Before the first layout the width is Qt's arbitrary default.
            self.setMinimumWidth((self.size() if self.isVisible() else self.sizeHint()).width())
        else:
            self.setMinimumWidth(0)
        self.setEnabled(not busy and not self._reason)
        self._paint_icon()

    def disable_with(self, reason: str) -> None:
        """Disable and say why; an empty reason enables."""
        self._reason = reason
        self.setToolTip(plain_tooltip(reason))
        self.setAccessibleDescription(reason)
        self.setEnabled(not reason and not self._busy)
        self._paint_icon()

    def _paint_icon(self) -> None:
        name = "hourglass" if self._busy else self._icon
        if name:
            off = self._busy or bool(self._reason)
            role = "disabled" if off else _ICON_ROLES.get(self._kind, "text2")
            self.setIcon(current().icon(name, role, 16))
        elif not self.icon().isNull():
            self.setIcon(QIcon())


class IconButton(QPushButton):
    """A square with an icon only; the tooltip is its name for everybody."""

    def __init__(
        self, icon: str, tooltip: str, *, compact: bool = False, role: str = "text2", name: str = ""
    ) -> None:
        super().__init__()
        self._icon, self._role = icon, role
        side = load_tokens().control["compact" if compact else "normal"]
        self._side = 16 if compact else 18
        self.setProperty("kind", "icon")
        self.setFixedSize(side, side)
        self.setIconSize(QSize(self._side, self._side))
        self.setToolTip(plain_tooltip(tooltip))
        self.setAccessibleName(tooltip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if name:
            self.setObjectName(name)
        current().changed.connect(self._paint_icon)
        self._paint_icon()

    def set_icon(self, icon: str, role: str = "") -> None:
        self._icon, self._role = icon, role or self._role
        self._paint_icon()

    def _paint_icon(self) -> None:
        self.setIcon(current().icon(self._icon, self._role, self._side))
