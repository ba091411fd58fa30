"""Bundled fonts. In a wallet and in code the characters on screen are the characters copied."""

from PySide6.QtGui import QFont, QFontDatabase

from morpheus_desktop.theme.tokens import load_tokens
from node.core.paths import resource_path

# Inter draws `0x77` with a multiplication sign, JetBrains Mono turns `->` into an arrow.
_OFF = ("calt", "liga")


def load_fonts() -> None:
    """Register the bundled fonts; call once before the first widget."""
    for path in sorted(resource_path("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def font(style: str, *, tabular: bool = False) -> QFont:
    """Font of a type style (`body`, `strong`, `h1`, `mono` …). Tabular figures for columns."""
    tokens = load_tokens()
    spec = tokens.styles[style]
    result = QFont(list(tokens.families["mono" if spec.mono else "ui"]))
    result.setPixelSize(spec.size)
    result.setWeight(QFont.Weight(spec.weight))
    result.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spec.tracking)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for feature in _OFF:
        result.setFeature(QFont.Tag(feature), 0)
    if tabular or spec.tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def line_height(style: str) -> int:
    """Line height of a style in pixels."""
    return load_tokens().styles[style].line
