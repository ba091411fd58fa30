"""The recipient: an address, a name that is known, or a payment link; and who that is."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.send.context import Recipient, SendContext
from morpheus_desktop.pages.wallet.send.suggestions import Suggestions
from morpheus_desktop.pages.wallet.send.who_line import WhoLine
from morpheus_desktop.theme import font
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.fields import TextField
from morpheus_desktop.widgets.layouts import column
from node.core.errors import NodeError
from node.core.ids import Address
from node.core.payment_uri import is_payment_uri, parse_payment_uri
from node.core.redaction import holds_secret

_JUDGE_MS = 400
_PLACEHOLDER = "0x… or a name"


class RecipientField(QWidget):
    """Signals: `changed()`; `submitted()`; `picked()` from the list; `linked(PaymentRequest)`;
    `secret_typed()`, when the field is empty again.
    """

    changed = Signal()
    submitted = Signal()
    picked = Signal()
    linked = Signal(object)
    secret_typed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.field = TextField(_PLACEHOLDER, name="wallet.send.to")
        self.edit = self.field.edit
        self.edit.setAccessibleName("To")
        self.edit.setMaxLength(600)
        self.paste_button = Button("Paste", "link", name="wallet.send.paste")
        self.list_button = IconButton(
            "caret-down", "Contacts and accounts", compact=True, name="wallet.send.known"
        )
        self.field.add_widget(self.paste_button)
        self.field.add_widget(self.list_button)
        self._who = WhoLine()
        self.setLayout(column(self.field, self._who, spacing=4))
        self.setFocusProxy(self.edit)
        self._context: SendContext | None = None
        self._suggestions: Suggestions | None = None
        self._misfit = ""
        self.address = ""
        self._judging = QTimer(self, interval=_JUDGE_MS, singleShot=True)
        self._judging.timeout.connect(lambda: self.judge(final=False))
        self.field.changed.connect(self._typed)
        self.field.submitted.connect(self.submitted)
        self.paste_button.clicked.connect(self.paste)
        self.list_button.clicked.connect(self._toggle_list)
        self.edit.installEventFilter(self)
        self._show_who()

    # --- what it holds ---

    @property
    def recipient(self) -> Recipient | None:
        """Who the address belongs to, if that is known."""
        context = self._context
        return context.recipient(self.address) if context and self.address else None

    def set_context(self, context: SendContext) -> None:
        self._context = context
        self._resolve()
        self._show_who()

    def set_address(self, address: str) -> None:
        self.edit.setText(address)
        self.edit.setCursorPosition(0)
        self._hide_list()

    def show_error(self, text: str) -> None:
        self.field.show_error(text)
        self._who.setVisible(not text)

    def refuse_link(self, words: str) -> None:
        """The payment link that was typed is not for here."""
        self._misfit = words
        self.show_error(words)

    def judge(self, *, final: bool) -> bool:
        """Whether there is a recipient; says what is wrong, before `final` only what will not
        become right by typing on.
        """
        text = self.edit.text().strip()
        if self.address or not text:
            if final and not text:
                self.show_error("Enter the address to send to.")
            return bool(self.address)
        known = self._context.matching(text) if self._context is not None else ()
        begins = len(text) < 42 and (known or "0x".startswith(text[:2].lower()))
        if final or not (begins or is_payment_uri(text)):
            self.show_error(self._misfit or _refusal(text))
        return False

    # --- typing and picking ---

    def paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text:
            self.edit.setText(text.strip()[:600])
            self.edit.setFocus()
            self._hide_list()
            self.judge(final=True)

    def _typed(self, text: str) -> None:
        self._misfit = ""
        known = self._context.matching(text) if self._context is not None else ()
        if holds_secret(text) and not known:
            # Emptying it also empties the field's list of undo steps.
            self.edit.setText("")
            self.secret_typed.emit()
            return
        if is_payment_uri(text) and self._take_link(text):
            return
        self.show_error("")
        style = "mono" if text[:2].lower() in ("0x", "et") and len(text) > 3 else "body"
        self.edit.setFont(font(style))
        self._resolve()
        self._show_who()
        if self.edit.hasFocus() and text.strip() and not self.address:
            self._show_list(known)
        else:
            self._hide_list()
        self._judging.start()
        self.changed.emit()

    def _take_link(self, text: str) -> bool:
        try:
            request = parse_payment_uri(text)
        except NodeError:
            # Somebody may still be typing it: the words come when the field is judged.
            return False
        self.linked.emit(request)
        return True

    def _resolve(self) -> None:
        text = self.edit.text().strip()
        known = self._context.known if self._context is not None else ()
        if any(item.address == text for item in known):
            self.address = text
            return
        try:
            self.address = Address.parse(text, strict=True).checksum
        except NodeError:
            named = self._context.named(text) if self._context is not None else None
            self.address = named.address if named is not None else ""

    def _show_who(self) -> None:
        self._who.show_for(self.edit.text().strip(), self.address, self._context)

    # --- the list ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if kind == QEvent.Type.FocusOut:
            self._hide_list()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        is_open = self._suggestions is not None and self._suggestions.isVisible()
        key, listed = event.key(), self._suggestions
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not is_open:
                self._show_list(self._fitting())
            listed = self._suggestions
            if listed is not None:
                listed.move_choice(1 if key == Qt.Key.Key_Down else -1)
                self.edit.setAccessibleDescription(listed.chosen_words)
            return True
        if not is_open or listed is None:
            return False
        if key == Qt.Key.Key_Escape:
            self._hide_list()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and listed.index >= 0:
            listed.pick(listed.index)
            return True
        return False

    def _fitting(self) -> tuple[Recipient, ...]:
        if self._context is None:
            return ()
        return self._context.matching("" if self.address else self.edit.text())

    def _toggle_list(self) -> None:
        shown = self._suggestions is not None and self._suggestions.isVisible()
        self.edit.setFocus()
        if shown:
            self._hide_list()
        elif self._context is not None:
            self._show_list(self._context.matching(""))

    def _show_list(self, found: tuple[Recipient, ...]) -> None:
        if self._suggestions is None:
            self._suggestions = Suggestions(_sheet_of(self))
            self._suggestions.picked.connect(self._pick)
        self._suggestions.show_for(found, self.field)

    def _hide_list(self) -> None:
        if self._suggestions is not None:
            self._suggestions.hide()

    def _pick(self, recipient: Recipient) -> None:
        self.set_address(recipient.address)
        self.picked.emit()


def _refusal(text: str) -> str:
    try:
        parse_payment_uri(text) if is_payment_uri(text) else Address.parse(text, strict=True)
    except NodeError as error:
        return f"{error.message} {error.hint}".strip()
    return ""


def _sheet_of(widget: QWidget) -> QWidget:
    """The whole sheet: what lies over the form must not be cut by its scroll area."""
    from morpheus_desktop.widgets.sheet import Sheet

    found = widget.parentWidget()
    while found is not None and not isinstance(found, Sheet):
        found = found.parentWidget()
    return found or widget.window()
