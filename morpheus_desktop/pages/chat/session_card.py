"""The card above the composer: this model needs a session, this is what it takes and gives back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.chat.targets import Target
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from node.core.errors import NodeError
from node.service.dto import Quote

DURATIONS_S = (900, 3600, 4 * 3600, 12 * 3600)
STEPS = {
    "asking_provider": "Asking the provider",
    "allowing": "Letting the marketplace take the stake",
    "opening": "Opening the session",
    "ready": "Ready",
}


class SessionCard(QWidget):
    """Signals: `open_clicked()`, `details_clicked()`, `dismissed()`, `duration_chosen(seconds)`."""

    open_clicked = Signal()
    details_clicked = Signal()
    dismissed = Signal()
    duration_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._title = Label("", "strong")
        self._text = Label("", "small", "text2", wrap=True)
        self._text.setObjectName("chat.card.text")
        self._fee = Label("", "caption", "text3")
        self.duration = Chip("", caret=True, name="chat.card.duration")
        self.details = Button("Details", "ghost", name="chat.card.details")
        self.open = Button("Open and send", "primary", icon="arrow-up", name="chat.card.open")
        close = IconButton("x", "Not now", compact=True, name="chat.card.close")
        words = column(self._title, self._text, spacing=0)
        head = row(Tile("lock", "accent", 34), spacing=12)
        head.addLayout(words, 1)
        head.addWidget(close)
        foot = row(self.duration, self._fee, None, self.details, self.open)
        frame = Frame("composer", column(head, foot, spacing=12, margins=(16, 14, 12, 12)))
        frame.setAccessibleName("Open a session")
        self.setLayout(column(frame))
        self._reviews = False
        self.open.clicked.connect(self._open)
        self.details.clicked.connect(self.details_clicked)
        self.duration.clicked.connect(self._menu)
        close.clicked.connect(self.dismissed)

    def show_quote(
        self,
        target: Target,
        quote: Quote | None,
        *,
        duration_s: int,
        error: NodeError | None,
        step: str,
        now: int,
    ) -> None:
        """Show where the opening stands: price being asked, price, problem, running, failed."""
        self._title.setText(f"{target.name} needs a session")
        self.duration.set_text(formats.span(duration_s))
        self._fee.setText(f"fee about {formats.eth(quote.fee_open_wei)}" if quote else "")
        problem = quote.problems[0] if quote is not None and quote.problems else None
        running = bool(step) and step != "ready"
        if running:
            self._say(f"{STEPS.get(step, step)}. You may go on writing.", "text2")
        elif error is not None:
            now_is = f" {promise(quote, now)}." if quote is not None else ""
            self._say(f"{error.message} {error.hint}".strip() + now_is, "danger")
        elif problem is not None:
            self._say(f"{problem.message} {problem.hint}".strip(), "danger")
        elif quote is None:
            self._say("Asking for the price.", "text3")
        else:
            self._say(promise(quote, now), "text2")
        self._reviews = quote is not None and _needs_more(quote)
        self.open.set_text("Review and open" if self._reviews else "Open and send")
        self.open.set_busy(running)
        if not running:
            usable = quote is not None and problem is None
            self.open.disable_with("" if usable else self._text.text())
        self.duration.setEnabled(not running)
        self.details.setEnabled(not running)

    def _open(self) -> None:
        """What asks for a password or a typed amount is opened in the sheet."""
        (self.details_clicked if self._reviews else self.open_clicked).emit()

    def _say(self, text: str, role: str) -> None:
        self._text.setText(text)
        self._text.set_role(role)

    def _menu(self) -> None:
        menu = QMenu(self)
        for seconds in DURATIONS_S:
            action = menu.addAction(formats.span(seconds))
            action.triggered.connect(lambda _=False, s=seconds: self.duration_chosen.emit(s))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.duration.mapToGlobal(self.duration.rect().bottomLeft()))


def _needs_more(quote: Quote) -> bool:
    return quote.needs_password or bool(quote.needs_typed or quote.warnings)


def promise(quote: Quote, now: int) -> str:
    """What is locked, for how long, what returns when: from the quote's figures only."""
    back = formats.when(quote.ends_at, now)
    if quote.direct_payment:
        return f"{formats.mor(quote.stake)} leave the wallet; what is not used returns at {back}"
    locked = f"{formats.mor(quote.stake)} are locked for {formats.span(quote.duration_s)}"
    if quote.returned_at_end >= quote.stake:
        return f"{locked} and return in full at {back}"
    return f"{locked}; {formats.mor(quote.returned_at_end)} return at {back}"
