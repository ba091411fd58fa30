"""A phrase with its accounts, the imported keys, or the watched addresses."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QLayout

from morpheus_desktop.pages.wallet.accounts.account_row import AccountRow
from morpheus_desktop.pages.wallet.accounts.groups import AccountGroup
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.frames import Card, line
from morpheus_desktop.widgets.icon_label import Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import AccountView

_ICONS = {"phrase": ("list", "accent"), "key": ("lock", "text2"), "watch": ("eye", "info")}
_KEPT = "The phrase is kept here, encrypted: further accounts of it can be added."
_NOT_KEPT = "The phrase is not kept here. Import it again to add further accounts of it."
_OTHER = "Use one of its accounts first; then its phrase can be shown and written down."


class GroupCard(Card):
    """Head and rows of the accounts that are `shown`.

    Signals: `acted(act, AccountView)`, `menu_requested(AccountView, QPoint)`; `next_requested()`
    for another account of the phrase; `back_up_requested()`.
    """

    acted = Signal(str, object)
    menu_requested = Signal(object, object)
    next_requested = Signal()
    back_up_requested = Signal()

    def __init__(
        self,
        group: AccountGroup,
        shown: tuple[AccountView, ...],
        *,
        locked: bool,
        reading: bool = False,
        fixed: bool = False,
    ) -> None:
        """`fixed`: the one account of this run, about which nothing can be changed."""
        self.group = group
        name = f"wallet.accounts.group.{group.key}"
        self.next_button = Button(
            "Next account", "ghost", icon="plus", size="compact", name=f"{name}.next"
        )
        self.next_button.setToolTip(_KEPT)
        self.back_up_button = Button("Back up", size="compact", name=f"{name}.backup")
        self.back_up_button.disable_with("" if group.is_used else _OTHER)
        if group.kind != "phrase" or not group.has_phrase or fixed:
            self.next_button.hide()
        if group.kind != "phrase" or not group.has_phrase or group.backed_up or fixed:
            self.back_up_button.hide()
        self.rows = [
            AccountRow(item, locked=locked, reading=reading, fixed=fixed) for item in shown
        ]
        lines = column(self._head(fixed=fixed), 10)
        for item in self.rows:
            lines.addWidget(line())
            lines.addWidget(item)
            item.acted.connect(lambda act, item=item: self.acted.emit(act, item.account))
            item.menu_requested.connect(
                lambda place, item=item: self.menu_requested.emit(item.account, QPoint(place))
            )
        super().__init__(lines, margins=(1, 12, 1, 1))
        self.setObjectName(name)
        self.setAccessibleName(group.title)
        self.next_button.clicked.connect(self.next_requested)
        self.back_up_button.clicked.connect(self.back_up_requested)

    def _head(self, *, fixed: bool) -> QLayout:
        group = self.group
        icon, role = _ICONS[group.kind]
        titles = row(Label(group.title, "h3"), spacing=8)
        if group.kind == "phrase":
            for text, tone, why in _states(group):
                badge = Badge(text, tone)
                badge.setToolTip(why)
                titles.addWidget(badge)
        titles.addStretch(1)
        words = column(titles, spacing=0)
        if group.note and not fixed:
            words.addWidget(ElidedLabel(group.note, "small", "text2"))
        head = row(Tile(icon, role, 34), spacing=12, margins=(16, 0, 12, 0))
        head.addLayout(words, 1)
        head.addWidget(self.back_up_button)
        head.addWidget(self.next_button)
        return head


def _states(group: AccountGroup) -> tuple[tuple[str, str, str], ...]:
    """What is said about a phrase: words, colour role, explanation."""
    kept = ("Phrase kept", "", _KEPT) if group.has_phrase else ("Phrase not kept", "", _NOT_KEPT)
    if group.backed_up:
        return (kept, ("Backed up", "success", "It was imported, or its words were asked back."))
    why = "Without the written words everything here is lost together with this computer."
    return (kept, ("Not backed up", "warning", why))
