"""Welcome: three ways to start, one of them one key away."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from morpheus_desktop.mark import Mark
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.scroll import ScrollArea

WIDE = 1040
HIGH = 700
_CARD_WIDTH = 326
_ROW_WIDTH = 640


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One card."""

    name: str
    icon: str
    role: str
    title: str
    text: str
    facts: tuple[str, str, str]
    badge: str
    action: str


WAYS = (
    Way(
        name="welcome.demo.start",
        icon="play-circle",
        role="demo",
        title="Try the demo",
        text="A practice marketplace with play money. Everything works, nothing is at stake.",
        facts=(
            "No account, no download",
            "1\u202f000 play MOR to spend",
            "Leave whenever you like",
        ),
        badge="Ready in seconds",
        action="Start demo",
    ),
    Way(
        name="welcome.local.choose",
        icon="monitor",
        role="success",
        title="Run on this computer",
        text="Free and private. The model answers on your own machine, even offline.",
        facts=("Your own .gguf model file", "Nothing leaves this computer", "No account"),
        badge="Needs a model file",
        action="Choose a model file",
    ),
    Way(
        name="welcome.wallet.setup",
        icon="wallet",
        role="info",
        title="Use my MOR",
        text="Large open models from independent providers on the Base network.",
        facts=(
            "Your stake is locked, then returned",
            "Pick model, provider and time",
            "Needs MOR and a little ETH",
        ),
        badge="Create or import a wallet",
        action="Set up wallet",
    ),
)


class WayCard(Card):
    """A card with one button; as a row in small windows the facts give way."""

    def __init__(self, way: Way, *, primary: bool) -> None:
        self.button = Button(
            way.action, "primary" if primary else "secondary", size="primary", name=way.name
        )
        self.button.setAutoDefault(True)
        self.badge = Badge(way.badge, way.role)
        self._facts = boxed(column(*[_fact(text) for text in way.facts], spacing=7))
        self._text = Label(way.text, "body", "text2", wrap=True)
        self._head = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._head.setSpacing(16)
        self._head.addWidget(Tile(way.icon, way.role, 48), 0, Qt.AlignmentFlag.AlignTop)
        words = column(Label(way.title, "h2"), 2, self._text)
        self._head.addLayout(words, 1)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(18)
        self._body.addLayout(self._head)
        self._body.addWidget(self._facts)
        self._body.addStretch(1)
        self._foot = column(row(self.badge, None), 12, self.button)
        self._body.addLayout(self._foot)
        super().__init__(self._body, margins=(24, 24, 24, 24))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Lie down as a row (small windows) or stand as a column."""
        self._facts.setVisible(not compact)
        across = QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        self._head.setDirection(across)
        self._body.setDirection(across)
        margin = 18 if compact else 24
        self._body.setContentsMargins(margin, margin, margin, margin)
        self.setFixedWidth(_ROW_WIDTH if compact else _CARD_WIDTH)
        self.setMinimumHeight(0 if compact else 376)
        self.button.setFixedWidth(204 if compact else _CARD_WIDTH - 50)


class Welcome(QWidget):
    """Signals: `demo_chosen()`, `local_chosen()`, `wallet_chosen()`, `theme_clicked()`."""

    demo_chosen = Signal()
    local_chosen = Signal()
    wallet_chosen = Signal()
    theme_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards = [WayCard(way, primary=index == 0) for index, way in enumerate(WAYS)]
        chosen = (self.demo_chosen, self.local_chosen, self.wallet_chosen)
        for card, signal in zip(self.cards, chosen, strict=True):
            card.button.clicked.connect(signal)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(20)
        for card in self.cards:
            self._cards.addWidget(card)
        theme = IconButton("moon", "Switch between light and dark", name="welcome.theme")
        theme.clicked.connect(self.theme_clicked)
        self._hero = Label("Chat with open models, your way", "hero", align=_CENTER)
        self._sub = Label(
            "Pick how to start. You can add the other two at any time.",
            "chat",
            "text2",
            align=_CENTER,
        )
        foot = Label(
            "Free software, without warranty. Nothing is sent anywhere until you choose.",
            "small",
            "text3",
            align=_CENTER,
        )
        inner = QWidget()
        page = QVBoxLayout(inner)
        page.setContentsMargins(16, 12, 16, 12)
        page.setSpacing(0)
        page.addStretch(2)
        page.addWidget(Mark(52), 0, Qt.AlignmentFlag.AlignHCenter)
        self._gaps = (QSpacerItem(0, 20), QSpacerItem(0, 34))
        page.addSpacerItem(self._gaps[0])
        page.addWidget(self._hero)
        page.addSpacing(6)
        page.addWidget(self._sub)
        page.addSpacerItem(self._gaps[1])
        page.addLayout(_centred(self._cards))
        page.addStretch(3)
        page.addLayout(row(None, foot, theme, None, spacing=12))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(inner))
        current().changed.connect(self.update)

    def set_hardware(self, text: str) -> None:
        """What this computer can run, on the middle card."""
        if text:
            self.cards[1].badge.set_text(text, "success")

    def set_busy(self, action: str) -> None:
        """`demo` or `local` runs: its button waits, the others are off."""
        names = ("demo", "local", "wallet")
        for name, card in zip(names, self.cards, strict=True):
            card.button.set_busy(action == name)
            if action != name:
                card.button.setEnabled(not action)

    def focus_first(self) -> None:
        self.cards[0].button.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        compact = self.width() < WIDE or self.height() < HIGH
        across = QBoxLayout.Direction.TopToBottom if compact else QBoxLayout.Direction.LeftToRight
        if self._cards.direction() != across:
            self._cards.setDirection(across)
            self._cards.setSpacing(12 if compact else 20)
            self._gaps[0].changeSize(0, 10 if compact else 20)
            self._gaps[1].changeSize(0, 18 if compact else 34)
            for card in self.cards:
                card.set_compact(compact)


_CENTER = Qt.AlignmentFlag.AlignHCenter


def _fact(text: str) -> QWidget:
    tick = Label("\u2713", "body", "accent")
    tick.setAccessibleName("")
    return boxed(row(tick, Label(text, "body", "text2"), None, spacing=8))


def _centred(layout: QBoxLayout) -> QHBoxLayout:
    outer = QHBoxLayout()
    outer.addStretch(1)
    outer.addLayout(layout)
    outer.addStretch(1)
    return outer
