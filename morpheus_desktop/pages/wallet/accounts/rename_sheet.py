"""Another name for an account."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.accounts.name_field import NameField
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError
from node.service.dto import AccountView


class RenameSheet(Sheet):
    def __init__(self, host: QWidget, presenter: AccountsPresenter, account: AccountView) -> None:
        self._presenter, self._account = presenter, account
        name = "wallet.accounts.rename"
        self.field = NameField("For example Savings", name=f"{name}.name")
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self.save_button = Button("Save", "primary", size="primary", name=f"{name}.save")
        super().__init__(
            host,
            column(
                Label("Rename the account", "h2"),
                4,
                Label(formats.short_address(account.address), "mono", "text2"),
                14,
                self.field,
                8,
            ),
            width=420,
            name=name,
            footer=row(None, self.cancel_button, self.save_button),
        )
        self.field.set_text(account.label)
        self.field.edit.selectAll()
        self.field.submitted.connect(self._save)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.close_sheet)
        presenter.done.connect(self._done)
        presenter.refused.connect(self._refused)

    def _save(self) -> None:
        label = self.field.value()
        if not self.field.check(needed=True):
            return
        if label == self._account.label:
            self.close_sheet()
        elif self.save_button.isEnabled():
            self._busy(True)
            self._presenter.rename(self._account.address, label)

    def _done(self, act: str, _account: object) -> None:
        if act == "rename":
            self._busy(False)
            self.close_sheet()

    def _refused(self, act: str, error: NodeError) -> None:
        if act == "rename":
            self._busy(False)
            self.field.show_error(f"{error.message} {error.hint}".strip())
            self.field.setFocus()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.save_button.set_busy(on)
