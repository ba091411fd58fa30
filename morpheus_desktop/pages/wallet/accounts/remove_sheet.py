"""Asks before an account is removed: which one, what is lost with it, how it would come back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.accounts.groups import brief
from morpheus_desktop.pages.wallet.accounts.presenter import (
    REMOVE,
    AccountsPresenter,
    AccountsState,
)
from morpheus_desktop.pages.wallet.accounts.removal import Warned, consequences, warnings_of
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.frames import Sunken
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import AccountView


class RemoveSheet(Sheet):
    """Signals: `back_up_requested()` to save the phrase first. A watched address, of which nothing
    is lost, needs no typed word.
    """

    back_up_requested = Signal()

    def __init__(
        self,
        host: QWidget,
        presenter: AccountsPresenter,
        account: AccountView,
        state: AccountsState,
    ) -> None:
        self._presenter, self._account = presenter, account
        self._watched = account.kind == "watch"
        name = "wallet.accounts.remove"
        self.typed = TextField(name=f"{name}.typed")
        self.typed.edit.setAccessibleName(f"Type {REMOVE} to remove {account.label}")
        self._refusal = column()
        self.cancel_button = Button("Cancel", "secondary", size="primary", name=f"{name}.cancel")
        self.remove_button = Button(
            "Remove", "danger", icon="trash", size="primary", name=f"{name}.confirm"
        )
        super().__init__(
            host,
            self._lines(account, state),
            width=500,
            name=name,
            footer=row(None, self.cancel_button, self.remove_button),
        )
        self._connect()
        self._check()

    def _lines(self, account: AccountView, state: AccountsState) -> QVBoxLayout:
        lead = Label(f"Type {REMOVE} to go on.", "small", "text2")
        typed = boxed(column(lead, self.typed, spacing=4))
        if self._watched:
            typed.hide()
        lines = column(Label(f"Remove {brief(account.label)}?", "h2"), 14, _who(account), 12)
        for warned in warnings_of(account, state):
            lines.addWidget(self._notice(warned))
            lines.addSpacing(8)
        for text in consequences(account, state):
            lines.addWidget(Label(text, "small", "text2", wrap=True))
            lines.addSpacing(4)
        lines.addSpacing(8)
        lines.addWidget(typed)
        lines.addLayout(self._refusal)
        lines.addSpacing(8)
        return lines

    def open(self) -> None:
        super().open()
        self.cancel_button.setFocus()

    def _connect(self) -> None:
        self.typed.changed.connect(lambda _text: self._check())
        self.cancel_button.clicked.connect(self.close_sheet)
        self.remove_button.clicked.connect(self._remove)
        self._presenter.done.connect(self._done)
        self._presenter.refused.connect(self._refused)

    def _notice(self, warned: Warned) -> Notice:
        notice = Notice(
            warned.text,
            warned.detail,
            tone=warned.tone,
            action="Back up first" if warned.can_back_up else "",
            name="wallet.accounts.remove.warning",
        )
        notice.action.connect(self._back_up)
        return notice

    def _check(self) -> None:
        missing = not self._watched and self.typed.text().strip() != REMOVE
        self.remove_button.disable_with(f"Type {REMOVE} first." if missing else "")

    def _back_up(self) -> None:
        self.close_sheet()
        self.back_up_requested.emit()

    def _remove(self) -> None:
        clear(self._refusal)
        self._busy(True)
        self._presenter.remove(self._account.address, REMOVE)

    def _done(self, act: str, _status: object) -> None:
        if act == "remove":
            self._busy(False)
            self.close_sheet()

    def _refused(self, act: str, error: NodeError) -> None:
        if act != "remove":
            return
        self._busy(False)
        notice = Notice(
            error.message, error.hint, tone="danger", name=f"{self.objectName()}.refused"
        )
        self._refusal.addSpacing(10)
        self._refusal.addWidget(notice)
        self.bring_into_view(notice)
        self.cancel_button.setFocus()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.remove_button.set_busy(on)
        self.cancel_button.setEnabled(not on)


def _who(account: AccountView) -> Sunken:
    whole = Label(formats.grouped_address(account.address), "mono", "text2")
    whole.setAccessibleName(account.address)
    names = column(ElidedLabel(account.label, "strong"), whole, spacing=2)
    line = row(Avatar(account.label, account.address, side=36, circle=True), spacing=12)
    line.addLayout(names, 1)
    return Sunken(line, margins=(14, 10, 14, 10))
