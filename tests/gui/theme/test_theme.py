"""Contrast, fonts and icons: what is on the screen can be read and is what is copied."""

import pytest
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from morpheus_desktop.theme import Theme, font
from morpheus_desktop.theme.tokens import load_tokens
from node.core.paths import resource_path

pytestmark = pytest.mark.gui
BACKGROUNDS = ("window", "surface", "card", "raised", "sunken", "selected")
SOFT = ("accent", "success", "warning", "danger", "info", "demo")


def luminance(text: str) -> float:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    color = QColor(text)
    return (
        0.2126 * channel(color.redF())
        + 0.7152 * channel(color.greenF())
        + 0.0722 * channel(color.blueF())
    )


def contrast(one: str, two: str) -> float:
    """Ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("role", ["text", "text2", "text3"])
def test_text_can_be_read_on_every_background(mode: str, role: str) -> None:
    colors = load_tokens().colors[mode]
    for background in BACKGROUNDS:
        assert contrast(colors[role], colors[background]) >= 4.5, (role, background)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("role", SOFT)
def test_a_role_can_be_read_on_its_own_soft_colour(mode: str, role: str) -> None:
    colors = load_tokens().colors[mode]
    assert contrast(colors[role], colors[f"{role}_soft"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_code_and_buttons_can_be_read(mode: str) -> None:
    tokens = load_tokens()
    colors = tokens.colors[mode]
    for color in tokens.code_colors[mode].values():
        assert contrast(color, colors["code_bg"]) >= 4.5
    assert contrast(colors["on_accent"], colors["accent"]) >= 4.5
    assert contrast(colors["link"], colors["surface"]) >= 4.5


@pytest.mark.parametrize("style", sorted(load_tokens().styles))
def test_fonts_do_not_change_characters(theme: Theme, style: str) -> None:
    del theme
    made = font(style)
    assert made.featureValue(QFont.Tag("calt")) == 0
    assert made.featureValue(QFont.Tag("liga")) == 0
    assert made.hintingPreference() is QFont.HintingPreference.PreferNoHinting


def test_columns_have_figures_of_one_width(theme: Theme) -> None:
    del theme
    assert font("body", tabular=True).featureValue(QFont.Tag("tnum")) == 1
    assert not font("body").isFeatureSet(QFont.Tag("tnum"))


def test_every_shipped_icon_is_drawn(theme: Theme) -> None:
    for path in resource_path("icons").glob("*.svg"):
        image = theme.icon(path.stem, "text", 24).pixmap(24, 24).toImage()
        drawn = any(
            image.pixelColor(x, y).alpha() for x in range(0, 24, 2) for y in range(0, 24, 2)
        )
        assert drawn, path.stem


def test_the_theme_changes_at_once(qapp: QApplication, theme: Theme) -> None:
    light = qapp.palette().window().color()
    theme.set_mode("dark")
    try:
        assert qapp.palette().window().color() != light
        assert theme.mode == "dark"
    finally:
        theme.set_mode("light")
