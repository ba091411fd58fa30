"""The bar above the content: the session that ends next, the network, the account."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.models.networks import short_title
from morpheus_desktop.shell_presenter import ShellState
from morpheus_desktop.widgets.chips import Chip
from morpheus_desktop.widgets.tooltips import plain_tooltip

HEIGHT = 52
WARNING_S = 600
DANGER_S = 60


class BarChip(Chip):
    """A chip whose whole look follows the state."""

    def show_state(
        self,
        text: str,
        *,
        tone: str = "",
        filled: bool = False,
        icon: str = "",
        dot: str = "",
        caret: bool = True,
    ) -> None:
        self._filled, self._caret = filled, caret
        self.set_text(text)
        self.set_tone(tone, icon=icon, dot=dot)

    @property
    def tone(self) -> str:
        return self._tone


class TopBar(QWidget):
    """Signals: `session_clicked()`, `network_clicked()`, `account_clicked()`."""

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
        self._opening = ""
        self.session = BarChip("", name="status.session")
        self.network = BarChip("", name="status.net")
        self.account = BarChip("", name="status.account")
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
        for chip in (self.network, self.account):
            chip.setVisible(state.is_known)
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
        icon = "timer" if left >= WARNING_S else "hourglass"
        text = f"{session.model_name}  {word}{formats.duration(left)}"
        self.session.show_state(text, icon=icon, tone=tone, filled=True, caret=False)
        self.session.setAccessibleName(
            f"Session with {session.model_name}, ends in {formats.duration(left)}"
        )

    def show_opening(self, title: str) -> None:
        """Another network is being opened, which takes a moment; empty when that is over."""
        self._opening = title
        self._show_network()

    def _show_network(self) -> None:
        network = None if self._opening else self._state.network
        if self._opening:
            self.network.show_state("Changing…", dot="off")
        elif network is None:
            self.network.show_state("No network", dot="off")
        elif network.is_demo:
            self.network.show_state("Demo", dot="demo", tone="demo", filled=True)
        elif network.is_test:
            self.network.show_state(short_title(network), dot="ok", tone="warning", filled=True)
        else:
            self.network.show_state(short_title(network), dot="ok")
        text = f"{self._opening}, is being opened" if self._opening else self.network.text()
        whole = network.title if network is not None else text
        self.network.setAccessibleName(f"Network: {whole}")
        self.network.setToolTip(plain_tooltip(whole if whole != self.network.text() else ""))

    def _show_account(self) -> None:
        wallet = self._state.wallet
        if wallet is None or wallet.kind == "none":
            self.account.show_state("Set up wallet", icon="wallet", caret=False)
        else:
            address = formats.short_address(wallet.address)
            self.account.show_state(address, icon="lock" if wallet.locked else "user")
        locked = wallet is not None and wallet.locked
        self.account.setAccessibleName(f"Account: {self.account.text()}{' (locked)' * locked}")
