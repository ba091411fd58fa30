"""A chat without messages: who would answer, four questions that need no typing."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from morpheus_desktop.pages.chat.targets import Target
from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.scroll import ScrollArea

_WIDTH = 736
DEMO_PROMPTS = (
    ("coin", "Explain staking like I am twelve"),
    ("storefront", "How do I pick a provider?"),
    ("arrow-counter-clockwise", "What do I get back if I stop early?"),
    ("shield-check", "Who can read what I write?"),
)
PROMPTS = (
    ("text-align-left", "Summarise a text I paste next"),
    ("terminal-window", "Write a small program and explain it"),
    ("globe", "Plan three days in a city I name"),
    ("pencil-simple", "Make a letter friendlier"),
)
_HINTS = {
    "demo": "Explains Morpheus while you use it. Its answers are scripted, the rest is real.",
    "local": "Runs on this computer. Nothing you write leaves it.",
    "session": "Your session is open. Ask as much as you like until it ends.",
    "market": "Ask first; you see what is locked, and when it returns, before anything happens.",
}


class PromptButton(QAbstractButton):
    """One question to click."""

    def __init__(self, icon: str, text: str, number: int) -> None:
        super().__init__()
        self._icon = icon
        self.setObjectName(f"chat.empty.prompt{number}")
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font("body"))
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(260, 54)

    def show_prompt(self, icon: str, text: str) -> None:
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(theme.color("focus" if focused else "border"), 2 if focused else 1))
        painter.setBrush(theme.color("hover" if self.underMouse() else "card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.drawPixmap(18, 19, theme.icon(self._icon, "text2", 16).pixmap(16, 16))
        painter.setPen(theme.color("text"))
        painter.setFont(self.font())
        box = self.rect().adjusted(46, 0, -12, 0)
        text = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class EmptyChat(QWidget):
    """Signals: `prompt_chosen(text)`, `choose_clicked()` when nobody can answer yet."""

    prompt_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        center = Qt.AlignmentFlag.AlignHCenter
        self._avatar = Avatar("?", "", side=56)
        self._title = Label("What would you like to know?", "h1", align=center)
        self._text = Label("", "body", "text2", align=center, wrap=True)
        self._left = Badge("", "accent")
        self._money = Badge("", "demo")
        self._prompts = [
            PromptButton(icon, text, number) for number, (icon, text) in enumerate(PROMPTS, 1)
        ]
        grid = QGridLayout()
        grid.setSpacing(12)
        for index, button in enumerate(self._prompts):
            grid.addWidget(button, index // 2, index % 2)
            button.clicked.connect(
                lambda _=False, button=button: self.prompt_chosen.emit(button.text())
            )
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH + 32)
        inner.setLayout(
            column(
                None,
                row(None, self._avatar, None),
                18,
                self._title,
                2,
                self._text,
                10,
                row(None, self._left, self._money, None),
                26,
                grid,
                None,
                margins=(16, 16, 16, 16),
            )
        )
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        across = row(None, spacing=0)
        across.addWidget(inner, 1000)
        across.addStretch(1)
        outer = QWidget()
        outer.setLayout(across)
        self.setLayout(column(ScrollArea(outer)))

    def show_target(self, target: Target | None, time_left: str, money: str) -> None:
        """Say who would answer; `time_left` and `money` are badges, empty for none."""
        if target is None:
            self._avatar.set_name("?", "")
            self._text.setText("Choose who answers: a model of the market or on this computer.")
        else:
            self._avatar.set_name(target.name, target.model_id)
            scripted = target.is_demo and target.name.startswith("Guide")
            kind = "demo" if scripted else target.kind
            self._text.setText(f"{target.name}. {_HINTS[kind]}")
        self._left.set_text(time_left, "accent")
        self._left.setVisible(bool(time_left))
        self._money.set_text(money, "demo")
        self._money.setVisible(bool(money))
        is_demo = target is not None and target.is_demo
        prompts = DEMO_PROMPTS if is_demo else PROMPTS
        for button, (icon, text) in zip(self._prompts, prompts, strict=True):
            button.show_prompt(icon, text)
