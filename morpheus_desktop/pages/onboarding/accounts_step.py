"""The accounts of a phrase with what they hold: one or several are taken."""

from PySide6.QtCore import Signal

from morpheus_desktop import formats
from morpheus_desktop.pages.onboarding.wallet_steps import Step
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.check_row import CheckRow
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.service.dto import FoundAccount, ImportWallet, ScanRequest
from node.service.dto.accounts import PathStyle

ROWS = 10
_STYLES: tuple[PathStyle, ...] = ("standard", "ledger", "custom")


class AccountsStep(Step):
    """Signals: `confirmed(ImportWallet)`; `scan_wanted(ScanRequest)` for more or other accounts."""

    confirmed = Signal(object)
    scan_wanted = Signal(object)

    def __init__(self, request: ImportWallet, found: tuple[FoundAccount, ...]) -> None:
        self._request = request
        self._found: tuple[FoundAccount, ...] = ()
        self._boxes: dict[str, CheckRow] = {}
        self._style = Segment(("Standard", "Ledger", "Other path"), name="wallet.accounts.style")
        self._path = TextField("m/44'/60'/0'/0/i", name="wallet.accounts.path")
        self._path.edit.setAccessibleName("Derivation path, i for the number")
        self._note = Label("", "small", "text2", wrap=True)
        self._note.setObjectName("wallet.accounts.note")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("wallet.accounts.problem")
        self._rows = column(spacing=0)
        self.more = Button("Show more", "ghost", name="wallet.accounts.more")
        self.go = Button("Import", "primary", size="primary", name="wallet.accounts.go")
        body = column(
            row(Label("Derivation", "body", "text2"), None, self._style),
            self._path,
            self._note,
            boxed(self._rows),
            row(self.more, None),
            self._problem,
            spacing=10,
        )
        super().__init__(
            "Choose your accounts",
            "One phrase has many accounts. Take those you use; others can be added later.",
            boxed(body),
            self.go,
        )
        self._style.chosen.connect(self._other_style)
        self._path.submitted.connect(self._other_style)
        self.more.clicked.connect(self._more)
        self.go.clicked.connect(self._confirm)
        self._path.hide()
        self.show_found(found)

    @property
    def style_chosen(self) -> PathStyle:
        return _STYLES[self._style.index]

    @property
    def chosen(self) -> tuple[str, ...]:
        """Paths of the accounts that are taken, in their order."""
        return tuple(item.path for item in self._found if self._is_checked(item.path))

    def show_found(self, found: tuple[FoundAccount, ...]) -> None:
        """Show accounts: the first ones anew, or further ones below those that are there."""
        self._problem.hide()
        if found and found[0].index > 0 and self._found:
            kept, before = self.chosen, self._found
            self._found = before + tuple(item for item in found if item not in before)
        else:
            kept, self._found = (), found
        clear(self._rows)
        self._boxes = {}
        preferred = kept or _preferred(self._found)
        for item in self._found:
            self._rows.addWidget(self._row(item, checked=item.path in preferred))
        self._note.setText(_note(self._found))
        self._note.setVisible(bool(self._note.text()))
        self._check()

    def show_error(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _row(self, item: FoundAccount, *, checked: bool) -> CheckRow:
        row = CheckRow(
            formats.short_address(item.address),
            "in your wallet" if item.known else item.path,
            _holding(item),
            name=f"wallet.account.{item.index}",
        )
        row.setToolTip(item.address)
        row.setChecked(checked or item.known)
        row.setEnabled(not item.known)
        row.toggled.connect(self._check)
        self._boxes[item.path] = row
        return row

    def _is_checked(self, path: str) -> bool:
        box = self._boxes.get(path)
        return box is not None and box.isEnabled() and box.isChecked()

    def _check(self) -> None:
        count = len(self.chosen)
        self.go.set_text(f"Import {count} accounts" if count > 1 else "Import")
        self.go.disable_with("" if count else "Choose an account.")

    def _scan(self, first: int) -> ScanRequest:
        return ScanRequest(
            phrase=self._request.phrase,
            passphrase=self._request.passphrase,
            style=self.style_chosen,
            path=self._path.text().strip() if self.style_chosen == "custom" else "",
            first=first,
            count=ROWS,
        )

    def _other_style(self) -> None:
        custom = self.style_chosen == "custom"
        self._path.setVisible(custom)
        if custom and not self._path.text().strip():
            self._path.setFocus()
            return
        self.scan_wanted.emit(self._scan(0))

    def _more(self) -> None:
        last = self._found[-1].index if self._found else -1
        self.scan_wanted.emit(self._scan(last + 1))

    def _confirm(self) -> None:
        if self.chosen:
            first, *others = self.chosen
            self.confirmed.emit(
                self._request.model_copy(update={"path": first, "paths": tuple(others)})
            )


def _holding(item: FoundAccount) -> str:
    if item.mor is None or item.eth_wei is None:
        return "balance not read"
    if not item.mor and not item.eth_wei:
        return "empty"
    parts = [formats.mor(item.mor)] if item.mor else []
    if item.eth_wei:
        parts.append(formats.eth(item.eth_wei))
    return " · ".join(parts)


def _preferred(found: tuple[FoundAccount, ...]) -> tuple[str, ...]:
    """All that hold MOR, else the first with anything, else the first."""
    fresh = [item for item in found if not item.known]
    funded = [item.path for item in fresh if item.mor]
    other = [item.path for item in fresh if item.eth_wei]
    return tuple(funded or other[:1] or [item.path for item in fresh[:1]])


def _note(found: tuple[FoundAccount, ...]) -> str:
    """What is worth saying about them: the first is empty, all are, balances are unknown."""
    if not found:
        return ""
    if found[0].mor is None:
        return "Balances cannot be read at the moment. The first account is used by most wallets."
    funded = [item for item in found if item.mor]
    if not funded and not any(item.eth_wei for item in found):
        return (
            f"This phrase gives {found[0].address} with no funds. Look at another path, or go back"
            " and import the private key."
        )
    if funded and not found[0].mor:
        first = funded[0]
        number = first.index + 1
        return f"Account 1 holds no MOR. Account {number} holds {formats.mor(first.mor or 0)}."
    return ""
