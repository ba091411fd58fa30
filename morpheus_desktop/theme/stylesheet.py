"""The style sheet, generated from the tokens; fonts are set by code, they carry features."""

from collections.abc import Mapping

from morpheus_desktop.theme.tokens import load_tokens

_BUTTONS = """
QPushButton { border: 1px solid transparent; border-radius: %(control)spx; padding: 0 12px;
  background: transparent; color: %(text2)s; }
QPushButton[kind="primary"] { background: %(accent)s; color: %(on_accent)s; }
QPushButton[kind="primary"]:hover { background: %(accent_hover)s; }
QPushButton[kind="secondary"] { background: %(raised)s; border-color: %(border_strong)s;
  color: %(text)s; }
QPushButton[kind="secondary"]:hover { background: %(hover)s; }
QPushButton[kind="soft"] { background: %(accent_soft)s; color: %(accent)s; }
QPushButton[kind="soft"]:hover { border-color: %(accent)s; }
QPushButton[kind="ghost"]:hover, QPushButton[kind="icon"]:hover { background: %(hover)s; }
QPushButton[kind="danger"] { background: %(danger_soft)s; color: %(danger)s; }
QPushButton[kind="danger"]:hover { border-color: %(danger)s; }
QPushButton[kind="icon"] { padding: 0; }
QPushButton[kind="link"] { padding: 0; color: %(accent)s; }
QPushButton:focus { border: 2px solid %(focus)s; }
QPushButton[kind="primary"]:focus { border-color: %(text)s; }
QPushButton:disabled { color: %(disabled)s; background: %(sunken)s; border-color: %(border)s; }
QPushButton[kind="link"]:disabled, QPushButton[kind="ghost"]:disabled,
QPushButton[kind="icon"]:disabled { background: transparent; border-color: transparent; }
"""
_FRAMES = """
QFrame[kind="card"] { background: %(card)s; border: 1px solid %(border)s;
  border-radius: %(card_radius)spx; }
QFrame[kind="card-selected"] { background: %(card)s; border: 2px solid %(accent)s;
  border-radius: %(card_radius)spx; }
QFrame[kind="sunken"] { background: %(sunken)s; border: 0; border-radius: %(card_radius)spx; }
QFrame[kind="line"] { background: %(border)s; border: 0; }
QFrame[kind="field"] { background: %(surface)s; border: 1px solid %(border_strong)s;
  border-radius: %(control)spx; }
QFrame[kind="field"][state="focus"] { border: 2px solid %(focus)s; }
QFrame[kind="field"][state="error"] { border: 1px solid %(danger)s; }
QFrame[kind="search"] { background: %(sunken)s; border: 1px solid %(sunken)s;
  border-radius: %(control)spx; }
QFrame[kind="search"][state="focus"] { border: 2px solid %(focus)s; }
QFrame[kind="composer"] { background: %(raised)s; border: 1px solid %(border_strong)s;
  border-radius: %(sheet)spx; }
QFrame[kind="composer"][state="focus"] { border: 1px solid %(focus)s; }
QFrame[kind="sheet"] { background: %(raised)s; border: 1px solid %(border)s;
  border-radius: %(sheet)spx; }
QFrame[kind="toast"] { background: %(raised)s; border: 1px solid %(border_strong)s;
  border-radius: 10px; }
QFrame[kind="banner-warning"] { background: %(warning_soft)s; border: 0; border-radius: 10px; }
QFrame[kind="banner-danger"] { background: %(danger_soft)s; border: 0; border-radius: 10px; }
QFrame[kind="banner-info"] { background: %(info_soft)s; border: 0; border-radius: 10px; }
QFrame[kind="banner-demo"] { background: %(demo_soft)s; border: 0; border-radius: 10px; }
QFrame[kind="banner-success"] { background: %(success_soft)s; border: 0; border-radius: 10px; }
"""
_SHELL = """
QWidget { color: %(text)s; }
QWidget#window, QWidget#rail, QWidget#topBar, QWidget#onboarding { background: %(window)s; }
QWidget#content { background: %(surface)s; border-top-left-radius: 12px;
  border: 1px solid %(border)s; border-right: 0; border-bottom: 0; }
QScrollArea, QStackedWidget { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget { background: transparent; }
QLabel { background: transparent; }
QLineEdit, QPlainTextEdit { background: transparent; border: 0; padding: 0; color: %(text)s;
  selection-background-color: %(accent)s; selection-color: %(on_accent)s; }
QAbstractItemView { background: transparent; border: 0; outline: 0;
  selection-background-color: %(selected)s; selection-color: %(text)s; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: transparent; border: 0; border-bottom: 1px solid %(border)s;
  color: %(text3)s; padding: 0 8px; }
QComboBox { background: %(surface)s; border: 1px solid %(border_strong)s;
  border-radius: %(control)spx;
  padding: 0 10px; min-height: 30px; }
QComboBox:focus { border: 2px solid %(focus)s; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox QAbstractItemView { background: %(raised)s; border: 1px solid %(border)s; }
QMenu { background: %(raised)s; border: 1px solid %(border)s; padding: 4px; }
QMenu::item { padding: 6px 14px; border-radius: 6px; }
QMenu::item:selected { background: %(selected_raised)s; }
QMenu::item:disabled { color: %(disabled)s; background: transparent; }
QMenu::separator { height: 1px; background: %(border)s; margin: 4px 8px; }
QToolTip { background: %(raised)s; color: %(text)s; border: 1px solid %(border)s;
  padding: 4px 8px; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 2px; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 2px; }
QScrollBar::handle { background: %(border_strong)s; border-radius: 3px; min-height: 32px;
  min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  height: 0; width: 0; background: transparent; }
"""


def build_stylesheet(colors: Mapping[str, str]) -> str:
    """Style sheet for one mode's colours."""
    radius = load_tokens().radius
    values = {
        **colors,
        "control": radius["control"],
        "card_radius": radius["card"],
        "sheet": radius["sheet"],
    }
    return (_SHELL + _FRAMES + _BUTTONS) % values
