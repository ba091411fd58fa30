"""The theme in use: light, dark or as the system has it."""

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from morpheus_desktop.theme.fonts import font, load_fonts
from morpheus_desktop.theme.icons import color_icon
from morpheus_desktop.theme.stylesheet import build_stylesheet
from morpheus_desktop.theme.tokens import load_tokens

Mode = Literal["light", "dark", "system"]
_PROPERTY = "morpheusTheme"
_ROLES = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "surface"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.Button, "surface"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.Highlight, "accent"),
    (QPalette.ColorRole.HighlightedText, "on_accent"),
    (QPalette.ColorRole.PlaceholderText, "text3"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.Link, "link"),
)


class Theme(QObject):
    """Colours by role. `changed` is emitted after another mode was applied."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice: Mode = mode
        self._tokens = load_tokens()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> Mode:
        """What the user chose."""
        return self._choice

    @property
    def mode(self) -> str:
        """`light` or `dark`, whatever the choice leads to."""
        if self._choice != "system":
            return self._choice
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def set_mode(self, mode: Mode) -> None:
        self._choice = mode
        self.apply()

    def apply(self) -> None:
        """Set style, palette, font and style sheet of the application."""
        self._app.setStyle(QStyleFactory.create("Fusion"))
        palette = QPalette()
        for role, name in _ROLES:
            palette.setColor(role, self.color(name))
        self._app.setPalette(palette)
        self._app.setFont(font("body"))
        self._app.setStyleSheet(build_stylesheet(self._tokens.colors[self.mode]))
        self.changed.emit()

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        result = QColor(self._tokens.colors[self.mode][role])
        if alpha < 1.0:
            result.setAlphaF(alpha)
        return result

    def data_color(self, index: int) -> QColor:
        """Colour of the n-th series of a figure, or of an avatar."""
        values = self._tokens.data_colors[self.mode]
        return QColor(values[index % len(values)])

    def code_color(self, role: str) -> QColor:
        return QColor(self._tokens.code_colors[self.mode][role])

    def icon(self, name: str, role: str = "text2", size: int = 16) -> QIcon:
        return color_icon(name, self.color(role), size)

    def _system_changed(self) -> None:
        if self._choice == "system":
            self.apply()


def install_theme(app: QApplication, mode: Mode = "system") -> Theme:
    """Load the fonts and make the application's theme; call once, before the first widget."""
    load_fonts()
    theme = Theme(app, mode)
    app.setProperty(_PROPERTY, theme)
    theme.apply()
    return theme


def current() -> Theme:
    """The application's theme, for painters.

    Raises:
        RuntimeError: `install_theme` was not called.
    """
    app = QApplication.instance()
    theme = app.property(_PROPERTY) if app is not None else None
    if not isinstance(theme, Theme):
        raise RuntimeError("install_theme was not called")
    return theme
