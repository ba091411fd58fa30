"""The bar above the content: the session that ends next, the network, the account."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.shell_presenter import ShellState
from morpheus_desktop.theme import current, font

HEIGHT = 52
WARNING_S = 600
DANGER_S = 60
_PAD = 11
_MARK = 16


class BarChip(QAbstractButton):
    """A rounded button of the bar: mark, text, caret.

    `mark` is `dot`, `ring` or the name of an icon; `tone` is the role of text and mark, filled with
    the role's soft colour when `soft`.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._mark, self._tone, self._soft, self._style = "dot", "text", False, "small"
        self._caret = False
        current().changed.connect(self.update)

    def show_state(
        self,
        text: str,
        *,
        mark: str = "dot",
        tone: str = "text",
        soft: bool = False,
        mono: bool = False,
        caret: bool = False,
    ) -> None:
        self._mark, self._tone, self._soft, self._caret = mark, tone, soft, caret
        self._style = "mono" if mono else "small"
        self.setText(text)
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def tone(self) -> str:
        return self._tone

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(self._style, tabular=True))
        width = 2 * _PAD + _MARK + metrics.horizontalAdvance(self.text()) + 4
        return QSize(width + (14 if self._caret else 0), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = theme.color(f"{self._tone}_soft") if self._soft else theme.color("surface")
        if self.underMouse() and not self._soft:
            fill = theme.color("hover")
        edge = QColor(fill) if self._soft else theme.color("border_strong")
        painter.setBrush(fill)
        painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else QPen(edge, 1))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        self._paint_mark(painter)
        painter.setPen(theme.color(self._tone))
        painter.setFont(font(self._style, tabular=True))
        text = self.rect().adjusted(_PAD + _MARK, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._caret:
            caret = theme.icon("caret-down", "text3", 12).pixmap(12, 12)
            painter.drawPixmap(self.width() - 22, (self.height() - 12) // 2, caret)
        painter.end()

    def _paint_mark(self, painter: QPainter) -> None:
        theme, middle = current(), self.height() / 2
        if self._mark in ("dot", "ring"):
            role = "success" if self._tone == "text" else self._tone
            color = theme.color("text3" if self._mark == "ring" else role)
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(color if self._mark == "dot" else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(_PAD, middle - 3.5, 7, 7))
            return
        pixmap = theme.icon(self._mark, self._tone, 14).pixmap(14, 14)
        painter.drawPixmap(_PAD - 2, round(middle - 7), pixmap)


class TopBar(QWidget):
    """Signals: `session_clicked()`, `network_clicked()`, `account_clicked()`, `pane_clicked()`."""

    session_clicked = Signal()
    network_clicked = Signal()
    account_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Status")
        self.setFixedHeight(HEIGHT)
        self._state = ShellState()
        self.session = BarChip("status.session")
        self.network = BarChip("status.net")
        self.account = BarChip("status.account")
        self.session.clicked.connect(self.session_clicked)
        self.network.clicked.connect(self.network_clicked)
        self.account.clicked.connect(self.account_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        row.addStretch(1)
        for chip in (self.session, self.network, self.account):
            row.addWidget(chip)
        self.show_state(ShellState(), 0)

    def show_state(self, state: ShellState, now: int) -> None:
        """Show the whole state; `now` is the chain's time."""
        self._state = state
        self._show_network()
        self._show_account()
        self.tick(now)

    def tick(self, now: int) -> None:
        """Once a second: the countdown only."""
        session = self._state.session
        self.session.setVisible(session is not None)
        if session is None:
            return
        left = session.ends_at - now
        tone = "danger" if left < DANGER_S else "warning" if left < WARNING_S else "accent"
        word = "ends in " if left < WARNING_S else ""
        mark = "timer" if left >= WARNING_S else "hourglass"
        text = f"{session.model_name}  {word}{formats.duration(left)}"
        self.session.show_state(text, mark=mark, tone=tone, soft=True)
        self.session.setAccessibleName(
            f"Session with {session.model_name}, ends in {formats.duration(left)}"
        )

    def _show_network(self) -> None:
        network = self._state.network
        if network is None:
            self.network.show_state("No network", mark="ring", tone="text2", caret=True)
        elif network.is_demo:
            self.network.show_state("Demo", mark="dot", tone="demo", soft=True, caret=True)
        elif network.is_test:
            self.network.show_state(
                network.title, mark="dot", tone="warning", soft=True, caret=True
            )
        else:
            self.network.show_state(network.title, caret=True)
        self.network.setAccessibleName(f"Network: {self.network.text()}")

    def _show_account(self) -> None:
        wallet = self._state.wallet
        if wallet is None or wallet.kind == "none":
            self.account.show_state("Set up wallet", mark="wallet", tone="text2")
        else:
            address = formats.short_address(wallet.address)
            mark = "lock" if wallet.locked else "user"
            self.account.show_state(address, mark=mark, tone="text2", mono=True, caret=True)
        locked = wallet is not None and wallet.locked
        self.account.setAccessibleName(f"Account: {self.account.text()}{' (locked)' * locked}")
