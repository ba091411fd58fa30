"""Adding a network of the user's own: filled in, tried, and only then kept."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QWidget

from morpheus_desktop.pages.wallet.networks.add_fields import NetworkFields
from morpheus_desktop.pages.wallet.networks.form import field_of, words_of
from morpheus_desktop.pages.wallet.networks.found_view import FoundView
from morpheus_desktop.pages.wallet.networks.own_networks import OwnNetworks
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import NetworkCheck, NetworkView

_LEAD = (
    "It is tried first: each server must answer and know both contracts. Adding it changes nothing"
    " else; the network in use stays in use."
)
_ASKING = "The servers are asked, a few seconds…"
_WAS_SECRET = "That was a private key or a recovery phrase."  # noqa: S105 - a sentence
_TAKEN = "It is removed from the field and was kept nowhere. Never share it; clear the clipboard."


class AddSheet(Sheet):
    """Closing it while servers are asked gives that up. What was typed is lost only then."""

    def __init__(self, host: QWidget, own: OwnNetworks) -> None:
        self._own = own
        self._found: NetworkCheck | None = None
        self._busy_with = ""
        name = "wallet.networks.add"
        self.fields = NetworkFields(name)
        self.found = FoundView(f"{name}.found")
        self._error = column()
        secret = Notice(_WAS_SECRET, _TAKEN, tone="danger")
        self._secret = boxed(column(14, secret), f"{name}.secret")
        self._secret.hide()
        self._state = Label("", "small", "text2")
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self.check_button = Button("Check", "primary", size="primary", name=f"{name}.check")
        self.add_button = Button("Add network", "primary", size="primary", name=f"{name}.go")
        self.add_button.hide()
        super().__init__(
            host,
            self._content(),
            width=620,
            name=name,
            footer=row(self._state, None, self.cancel_button, self.check_button, self.add_button),
        )
        self._connect()

    def _content(self) -> QLayout:
        return column(
            Label("Add a network", "h2"),
            4,
            Label(_LEAD, "small", "text2", wrap=True),
            16,
            self.fields,
            self._secret,
            self._error,
            self.found,
            8,
        )

    def _connect(self) -> None:
        own = self._own
        own.checked.connect(self._checked)
        own.check_failed.connect(self._refused)
        own.added.connect(self._added)
        own.add_failed.connect(self._refused)
        self.fields.changed.connect(self._changed)
        self.fields.submitted.connect(self._go_on)
        self.fields.secret_taken.connect(self._secret_taken)
        self.check_button.clicked.connect(self._check)
        self.add_button.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.close_sheet)
        self.closed.connect(own.stop_check)

    # --- what the user does ---

    def _go_on(self) -> None:
        """Enter: what the filled button does."""
        if not self._busy_with:
            (self._add if self._found is not None else self._check)()

    def _check(self) -> None:
        self._say_nothing()
        form = self.fields.form()
        place = self.fields.show_problems(form.problems())
        if place is not None:
            self.bring_into_view(place)
            return
        self._busy("check")
        self._own.check(form.draft())

    def _add(self) -> None:
        self._say_nothing()
        self._busy("add")
        self._own.add(self.fields.form().draft())

    def _changed(self) -> None:
        """What was found belongs to what was entered then."""
        self._say_nothing()
        self._show_found(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.focusWidget() in (self.check_button, self.add_button):
            self._go_on()
        else:
            super().keyPressEvent(event)

    # --- what comes of it ---

    def _checked(self, found: NetworkCheck) -> None:
        self._busy("")
        self._show_found(found)
        self.add_button.setFocus()
        self.bring_into_view(self.found)

    def _added(self, network: NetworkView) -> None:
        del network
        self._busy("")
        self.close_sheet()

    def _refused(self, error: NodeError) -> None:
        self._busy("")
        self._show_found(None)
        name = field_of(error)
        if name:
            place = self.fields.show_problems({name: words_of(error)})
        else:
            place = self._show_error(error)
            self.check_button.setFocus()
        if place is not None:
            self.bring_into_view(place)

    def _secret_taken(self) -> None:
        self._secret.show()
        self.bring_into_view(self._secret)

    # --- how it looks ---

    def _show_found(self, found: NetworkCheck | None) -> None:
        self._found = found
        if found is not None:
            self.found.show_found(found, is_test=self.fields.form().is_test)
            self.add_button.setAccessibleDescription(self.found.summary)
        self.found.setVisible(found is not None)
        self.add_button.setVisible(found is not None)
        self.check_button.setVisible(found is None)

    def _show_error(self, error: NodeError) -> QWidget:
        clear(self._error)
        notice = Notice(error.message, error.hint, tone="danger", name=f"{self.objectName()}.error")
        self._error.addSpacing(14)
        self._error.addWidget(notice)
        return notice

    def _say_nothing(self) -> None:
        self._secret.hide()
        clear(self._error)

    def _busy(self, what: str) -> None:
        """`what` is "check", which can be given up, "add", which cannot, or empty."""
        self._busy_with = what
        self.locked = what == "add"
        if what:
            # A button that is off would lose the focus to somewhere else.
            (self.cancel_button if what == "check" else self).setFocus()
        self.cancel_button.setEnabled(what != "add")
        self.fields.set_read_only(bool(what))
        self.check_button.set_busy(what == "check")
        self.add_button.set_busy(what == "add")
        self._state.setText(_ASKING if what else "")
