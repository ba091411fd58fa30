"""The next account of a phrase whose password has to be given."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.accounts.groups import AccountGroup
from morpheus_desktop.pages.wallet.accounts.name_field import NameField
from morpheus_desktop.pages.wallet.accounts.password_part import PasswordPart
from morpheus_desktop.pages.wallet.accounts.presenter import AccountsPresenter
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import column, row
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError

_LEAD = "It comes from the same words, so your written phrase brings it back, too."
_WHY = "Its key is made from the phrase, which the password opens."


class NextSheet(Sheet):
    def __init__(
        self, host: QWidget, presenter: AccountsPresenter, group: AccountGroup, *, wait_s: int = 0
    ) -> None:
        self._presenter, self._group = presenter, group
        name = "wallet.accounts.next"
        self.label = NameField("Optional, for example Savings", name=f"{name}.name")
        self.password = PasswordPart(_WHY, name=f"{name}.password")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName(f"{name}.problem")
        self._problem.hide()
        self.cancel_button = Button("Cancel", "ghost", size="primary", name=f"{name}.cancel")
        self.add_button = Button("Add account", "primary", size="primary", name=f"{name}.go")
        super().__init__(
            host,
            column(
                Label("Next account", "h2"),
                4,
                Label(_LEAD, "body", "text2", wrap=True),
                16,
                Label("Name", "small", "text2"),
                4,
                self.label,
                12,
                self.password,
                self._problem,
                8,
            ),
            width=440,
            name=name,
            footer=row(None, self.cancel_button, self.add_button),
        )
        self._connect()
        self.password.wait_for(wait_s)

    def open(self) -> None:
        super().open()
        self.password.field.edit.setFocus()

    def _connect(self) -> None:
        self.label.submitted.connect(self.password.field.edit.setFocus)
        self.password.changed.connect(self._check)
        self.password.submitted.connect(self._add)
        self.add_button.clicked.connect(self._add)
        self.cancel_button.clicked.connect(self.close_sheet)
        self.closed.connect(self.password.clear)
        self._presenter.done.connect(self._done)
        self._presenter.refused.connect(self._refused)

    def _check(self) -> None:
        wait_s = self.password.wait_s
        self.add_button.set_text(f"Next try in {wait_s} s" if wait_s else "Add account")
        self.add_button.disable_with(self.password.problem)

    def _add(self) -> None:
        if self.add_button.isEnabled() and self.label.check():
            self._problem.hide()
            self._busy(True)
            label = self.label.value()
            self._presenter.add_next(self._group.key, label, self.password.value())

    def _done(self, act: str, _account: object) -> None:
        if act == "next":
            self._busy(False)
            self.close_sheet()

    def _refused(self, act: str, error: NodeError) -> None:
        if act != "next":
            return
        self._busy(False)
        if not self.password.show_refusal(error):
            self._problem.setText(f"{error.message} {error.hint}".strip())
            self._problem.show()

    def _busy(self, on: bool) -> None:
        self.locked = on
        self.add_button.set_busy(on)
        self.cancel_button.setEnabled(not on)
