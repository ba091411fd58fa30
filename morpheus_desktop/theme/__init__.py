"""Looks: tokens, fonts, icons, palette and style sheet."""

from morpheus_desktop.theme.fonts import font, line_height
from morpheus_desktop.theme.theme import Theme, current, install_theme

__all__ = ["Theme", "current", "font", "install_theme", "line_height"]
