"""One account: who it is, what it holds, the way to use it and to everything else."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.accounts.groups import UNKNOWN, UNREAD, holding, key_of
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.chips import Badge
from morpheus_desktop.widgets.labels import CopyLabel, ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column, row
from node.service.dto import AccountView

_HEIGHT, _AMOUNTS = 60, 124
_RIGHT = Qt.AlignmentFlag.AlignRight
_KEYS = {
    Qt.Key.Key_F2: "rename",
    Qt.Key.Key_Delete: "remove",
}


class AccountRow(QWidget):
    """One stop of Tab; the arrows go on to the next row. Its buttons are for the mouse, the menu
    (Enter, Space) has everything they do.

    Signals: `acted(act)` with use, rename, remove or copy; `menu_requested(QPoint)` on the screen;
    `moved(step)`.
    """

    acted = Signal(str)
    menu_requested = Signal(object)
    moved = Signal(int)

    def __init__(
        self, account: AccountView, *, locked: bool, reading: bool = False, fixed: bool = False
    ) -> None:
        """`locked`: the account in use is. `fixed`: nothing can be done but copying."""
        super().__init__()
        self.account = account
        key = key_of(account)
        self.use_button = Button("Use", "soft", size="compact", name=f"wallet.accounts.use.{key}")
        self.use_button.setAccessibleName(f"Use {account.label}")
        self.menu_button = IconButton(
            "dots-three", f"More for {account.label}", name=f"wallet.accounts.menu.{key}"
        )
        for button in (self.use_button, self.menu_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if account.active or fixed:
            # The amounts of all rows stay below each other.
            policy = self.use_button.sizePolicy()
            policy.setRetainSizeWhenHidden(not fixed)
            self.use_button.setSizePolicy(policy)
            self.use_button.hide()
        avatar = Avatar(account.label, account.address, side=34, circle=True)
        line = row(avatar, spacing=12, margins=(16, 0, 12, 0))
        line.addWidget(self._who(locked=locked), 1)
        line.addWidget(self._amounts(reading=reading))
        line.addSpacing(4)
        line.addWidget(self.use_button)
        line.addWidget(self.menu_button)
        self.setLayout(line)
        self.setObjectName(f"wallet.accounts.row.{key}")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._describe(locked=locked)
        self.use_button.clicked.connect(lambda: self.acted.emit("use"))
        self.menu_button.clicked.connect(self._open_menu)

    # --- how it looks ---

    def _who(self, *, locked: bool) -> QWidget:
        account = self.account
        title = ElidedLabel(account.label, "strong")
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head = row(title, spacing=8)
        for text, tone in marks(account, locked=locked):
            head.addWidget(Badge(text, tone))
        head.addStretch(1)
        address = CopyLabel(
            formats.short_address(account.address),
            account.address,
            name=f"wallet.accounts.copy.{key_of(account)}",
        )
        address.setToolTip(account.address)
        address.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for button in address.findChildren(IconButton):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        path = ElidedLabel(account.path, "mono", "text3")
        return boxed(column(None, head, row(address, path, spacing=8), None))

    def _amounts(self, *, reading: bool) -> QWidget:
        account = self.account
        known = account.mor is not None and account.eth_wei is not None
        if known:
            first = Label(formats.mor(account.mor or 0), "strong", align=_RIGHT)
            second = Label(formats.eth(account.eth_wei or 0), "caption", "text3", align=_RIGHT)
            first.setToolTip(f"{formats.exact(account.mor or 0)} MOR")
            second.setToolTip(f"{formats.exact(account.eth_wei or 0)} ETH")
        else:
            first = Label("…" if reading else UNKNOWN, "strong", "text3", align=_RIGHT)
            second = Label("", "caption", "text3", align=_RIGHT)
            second.hide()
            first.setToolTip("Balances are being read." if reading else UNREAD)
        box = boxed(column(None, first, second, None, spacing=2))
        box.setFixedWidth(_AMOUNTS)
        return box

    def _describe(self, *, locked: bool) -> None:
        account = self.account
        said = [account.label, *(text for text, _ in marks(account, locked=locked))]
        said += [formats.short_address(account.address), holding(account)]
        self.setAccessibleName(", ".join(said))
        self.setAccessibleDescription(f"{account.path} Enter opens the menu.".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 8, 8)
        painter.end()

    # --- what the user does ---

    def _open_menu(self) -> None:
        button = self.menu_button
        self.menu_requested.emit(button.mapToGlobal(button.rect().bottomLeft()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.menu_requested.emit(QPoint(event.globalPos()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self.use_button.isHidden():
            self.acted.emit("use")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Menu):
            self._open_menu()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.acted.emit("copy")
        elif key in _KEYS:
            self.acted.emit(_KEYS[key])
        else:
            super().keyPressEvent(event)


def marks(account: AccountView, *, locked: bool) -> tuple[tuple[str, str], ...]:
    """Badges of an account: words and colour role."""
    found: list[tuple[str, str]] = []
    if account.active:
        found.append(("In use", "accent"))
    if account.active and locked:
        found.append(("Locked", ""))
    if account.kind == "watch":
        found.append(("Watched", "info"))
    if account.hidden:
        found.append(("Hidden", ""))
    return tuple(found)
