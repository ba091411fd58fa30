"""One transaction that waits for a block, with exactly two things to do about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.transactions import amount_words, detail_words, purpose
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import StatusDot
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import TransactionView

SLOW_S = 60


class WaitingCard(Card):
    """`speed_up_clicked(TransactionView)`, `cancel_clicked(...)`, `details_clicked(...)`."""

    speed_up_clicked = Signal(object)
    cancel_clicked = Signal(object)
    details_clicked = Signal(object)

    def __init__(self, transaction: TransactionView, now: int, *, blocked: str = "") -> None:
        self.transaction, self.blocked = transaction, blocked
        self._age = Label("", "small", "warning")
        self._slow = Label("", "small", "text2", wrap=True)
        self._slow.setObjectName("wallet.activity.slow")
        self._slow.setContentsMargins(32, 4, 0, 0)
        short = transaction.hash[-4:]
        self.speed_up = Button("Speed up", size="compact", name=f"wallet.activity.speedup.{short}")
        self.cancel = Button("Cancel", size="compact", name=f"wallet.activity.cancel.{short}")
        more = Button("Details", "ghost", size="compact", name=f"wallet.activity.details.{short}")
        what = column(
            ElidedLabel(purpose(transaction), "strong"),
            ElidedLabel(detail_words(transaction), "caption", "text3"),
        )
        line = row(IconLabel("hourglass", "warning", 20), spacing=12)
        line.addLayout(what, 1)
        line.addLayout(row(StatusDot("part"), self._age, spacing=6))
        line.addWidget(Label(amount_words(transaction), "strong"))
        line.addWidget(self._verbs(more))
        super().__init__(column(line, self._slow), margins=(14, 10, 12, 10))
        self.setObjectName(f"wallet.activity.waiting.{short}")
        self.setAccessibleName(f"{purpose(transaction)}, waiting")
        self.speed_up.clicked.connect(lambda: self.speed_up_clicked.emit(self.transaction))
        self.cancel.clicked.connect(lambda: self.cancel_clicked.emit(self.transaction))
        more.clicked.connect(lambda: self.details_clicked.emit(self.transaction))
        self.show_time(now)

    def _verbs(self, more: Button) -> QWidget:
        for button in (self.speed_up, self.cancel):
            button.disable_with(self.blocked)
            if not self.transaction.can_replace:
                button.hide()
        return boxed(row(more, self.speed_up, self.cancel, spacing=6))

    def show_time(self, now: int) -> None:
        waited = max(0, now - self.transaction.created_at)
        self._age.setText(f"Pending {formats.duration(waited)}")
        words = self.transaction.held_up
        if not words and waited >= SLOW_S:
            words = "The network is slow. Nothing is lost: it goes on waiting by itself."
        self._slow.setText(words)
        self._slow.setVisible(bool(words))
