"""Top of the wallet page: which account this is, and the way to another one."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from morpheus_desktop import formats
from morpheus_desktop.theme import current, font
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.labels import CopyLabel
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import AccountView, WalletStatus

_CARET, _GAP, _WIDEST = 14, 6, 420


class AccountTitle(QAbstractButton):
    """The account's name as a headline; a caret when there is something to choose."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self._has_menu = False
        self.setObjectName(name)
        self.setFont(font("h2"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_title("", has_menu=False)
        current().changed.connect(self.update)

    def set_title(self, title: str, *, has_menu: bool) -> None:
        metrics = QFontMetrics(self.font())
        self._has_menu = has_menu
        self.setText(metrics.elidedText(title, Qt.TextElideMode.ElideRight, _WIDEST))
        self.setAccessibleName(f"Account {title}" if has_menu else title)
        self.setAccessibleDescription("Choose another account" if has_menu else "")
        tab = Qt.FocusPolicy.StrongFocus if has_menu else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(tab)
        shape = Qt.CursorShape.PointingHandCursor if has_menu else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        caret = _CARET + _GAP if self._has_menu else 0
        return QSize(metrics.horizontalAdvance(self.text()) + caret + 4, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        painter.setPen(theme.color("text"))
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), start, self.text())
        if self._has_menu:
            left = QFontMetrics(self.font()).horizontalAdvance(self.text()) + _GAP
            icon = theme.icon("caret-down", "text2", _CARET).pixmap(_CARET, _CARET)
            painter.drawPixmap(left, (self.height() - _CARET) // 2 + 1, icon)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()


class AccountHead(QWidget):
    """`chosen(AccountView)` for another account, `manage_requested()`, `add_requested()`."""

    chosen = Signal(object)
    manage_requested = Signal()
    add_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._avatar = Avatar("W", side=36, circle=True)
        self.title = AccountTitle(name="wallet.account")
        self.address = CopyLabel("", "", name="wallet.address.copy")
        self._accounts: tuple[AccountView, ...] = ()
        line = row(self._avatar, spacing=10)
        line.addLayout(column(row(self.title, None), self.address), 1)
        self.setLayout(line)
        self.title.clicked.connect(self._open_menu)

    def show_state(
        self, status: WalletStatus, accounts: tuple[AccountView, ...], *, demo: bool
    ) -> None:
        name = "Demo wallet" if demo else status.label or "Wallet"
        self._accounts = () if status.kind == "memory" else accounts
        self.title.set_title(name, has_menu=status.kind == "vault")
        self._avatar.set_name(name, status.address)
        self.address.set_value(formats.short_address(status.address), status.address)

    def menu(self) -> QMenu:
        """All accounts that are not hidden, the one in use marked, and the ways to more."""
        menu = QMenu(self)
        menu.setObjectName("wallet.account.menu")
        for account in self._accounts:
            if account.hidden and not account.active:
                continue
            entry = menu.addAction(_line(account))
            entry.setCheckable(True)
            entry.setChecked(account.active)
            if not account.active:
                entry.triggered.connect(lambda _=False, item=account: self.chosen.emit(item))
        menu.addSeparator()
        menu.addAction("Manage accounts").triggered.connect(self.manage_requested)
        menu.addAction("Add a wallet").triggered.connect(self.add_requested)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.title.mapToGlobal(self.title.rect().bottomLeft()))


def _line(account: AccountView) -> str:
    """One entry: name, address, what is known of it. An ampersand would underline a letter."""
    parts = [account.label or "Account", formats.short_address(account.address)]
    if account.mor is not None:
        parts.append(formats.mor(account.mor))
    if account.kind == "watch":
        parts.append("watched only")
    return "   ".join(parts).replace("&", "&&")
