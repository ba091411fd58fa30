"""Watching an address without its key."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.accounts.name_field import NameField
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.guarded_field import GuardedField, is_address_secret
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import InvalidAddressError, NodeError, WalletExistsError
from node.core.ids import Address

_LEAD = "You see what it holds and its sessions. Nothing can be signed without its key."
_WAS_SECRET = "That was a private key or a recovery phrase."  # noqa: S105 - a sentence
_TAKEN = (
    "It is removed from the field and was kept nowhere. Clear the clipboard too. To use that"
    " account here, import it as another wallet."
)


class WatchSheet(Sheet):
    def __init__(self, host: QWidget, presenter: AccountsPresenter) -> None:
        self._presenter = presenter
        name = "wallet.accounts.watch"
        self.address = GuardedField("0x…", name=f"{name}.address", is_secret=is_address_secret)
        self.address.edit.setAccessibleName("Address")
        self.label = NameField("Optional, for example Cold wallet", name=f"{name}.name")
        secret = Notice(_WAS_SECRET, _TAKEN, tone="danger")
        self._secret = boxed(column(12, secret), f"{name}.secret")
        self._secret.hide()
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.hide()
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self.watch_button = Button("Watch", "primary", size="primary", name=f"{name}.go")
        super().__init__(
            host,
            column(
                Label("Watch an address", "h2"),
                4,
                Label(_LEAD, "body", "text2", wrap=True),
                16,
                Label("Address", "small", "text2"),
                4,
                self.address,
                12,
                Label("Name", "small", "text2"),
                4,
                self.label,
                self._secret,
                self._problem,
                8,
            ),
            name=name,
            footer=row(None, self.cancel_button, self.watch_button),
        )
        self._connect()

    def _connect(self) -> None:
        self.address.changed.connect(lambda _text: self._secret.hide())
        self.address.secret_taken.connect(self._show_secret)
        for field in (self.address, self.label):
            field.submitted.connect(self._watch)
        self.watch_button.clicked.connect(self._watch)
        self.cancel_button.clicked.connect(self.close_sheet)
        self._presenter.done.connect(self._done)
        self._presenter.refused.connect(self._refused)

    # --- what the user does ---

    def _show_secret(self) -> None:
        """A secret must not stay readable until somebody clicks."""
        self._secret.show()
        self.bring_into_view(self._secret)

    def _watch(self) -> None:
        if not self.watch_button.isEnabled():
            return
        self._problem.hide()
        text = self.address.text().strip()
        problem = self._problem_of(text)
        if problem:
            self.address.show_error(problem)
            self.address.setFocus()
            return
        if self.label.check():
            self._busy(True)
            address = Address.parse(text, strict=True).checksum
            self._presenter.watch(address, self.label.value())

    def _problem_of(self, text: str) -> str:
        """Why this cannot be watched, in words."""
        if not text:
            return "Enter the address."
        try:
            Address.parse(text, strict=True)
        except InvalidAddressError as error:
            return f"{error.message} {error.hint}".strip()
        known = self._presenter.by_address(text)
        if known is None:
            return ""
        hidden = " It is hidden." if known.hidden else ""
        return f"“{known.label}” has this address already.{hidden}"

    # --- what comes of it ---

    def _done(self, act: str, _account: object) -> None:
        if act == "watch":
            self._busy(False)
            self.close_sheet()

    def _refused(self, act: str, error: NodeError) -> None:
        if act != "watch":
            return
        self._busy(False)
        words = f"{error.message} {error.hint}".strip()
        if error.code == "input.secret":
            self.address.set_text("")
            self._show_secret()
        elif isinstance(error, InvalidAddressError | WalletExistsError):
            self.address.show_error(words)
            self.address.setFocus()
        else:
            self._problem.setText(words)
            self._problem.show()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.watch_button.set_busy(on)
        self.cancel_button.setEnabled(not on)
