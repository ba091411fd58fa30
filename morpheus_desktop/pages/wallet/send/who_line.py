"""Who an address belongs to, in one line."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.send.context import SendContext
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import row

_HINT = "An address, a contact, one of your accounts, or a payment link."
_HEIGHT = 22


class WhoLine(QWidget):
    """A known name, an earlier recipient, or a stranger. Keeps its height: nothing jumps."""

    def __init__(self) -> None:
        super().__init__()
        self._avatar = Avatar("?", side=20, circle=True)
        self._icon = IconLabel("info", "text3", 14)
        self._words = ElidedLabel("", "small", "text2")
        self._words.setObjectName("wallet.send.who")
        line = row(self._avatar, self._icon, spacing=8)
        line.addWidget(self._words, 1)
        self.setLayout(line)
        self.setFixedHeight(_HEIGHT)
        self.show_for("", "", None)

    def show_for(self, typed: str, address: str, context: SendContext | None) -> None:
        """`address` is what was `typed`, or what a typed name stands for; empty for neither."""
        found = context.recipient(address) if context is not None and address else None
        self._avatar.setVisible(found is not None)
        self._icon.setVisible(found is None)
        if found is not None:
            self._avatar.set_name(found.name, found.address)
            named = typed.lower() != found.address.lower()
            tail = f" · {formats.short_address(found.address)}" if named else ""
            note = f" · {found.note}" if found.note else ""
            self._say(f"{found.name} · {found.words}{tail}{note}")
        elif not address or context is None:
            self._say(_HINT, role="text3")
        elif (last := context.sent_to.get(address)) is not None:
            date = formats.local(last)
            self._say(f"You sent to this address before, last on {date.day} {date:%b %Y}.")
        else:
            never = "First time: you never sent to this address."
            self._say(never if context.knows_all else "Not among your contacts.", icon="warning")

    def _say(self, text: str, *, role: str = "text2", icon: str = "info") -> None:
        self._words.set_text(text)
        self._words.set_role(role)
        self._icon.set_icon(icon, "warning" if icon == "warning" else "text3")
