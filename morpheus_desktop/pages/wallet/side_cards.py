"""Small cards of the wallet page: unlocking, receiving, the backup, the demo's time."""

from PySide6.QtCore import Qt, Signal

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.choices import Segment
from morpheus_desktop.widgets.fields import PasswordField
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import clear, column, row
from morpheus_desktop.widgets.qr import QrView
from node.core.errors import NodeError

SPEEDS = (1, 60, 600)


class UnlockCard(Card):
    """`unlock_clicked(password)`."""

    unlock_clicked = Signal(str)

    def __init__(self) -> None:
        self.field = PasswordField(name="wallet.unlock.password")
        self.button = Button("Unlock", "primary", icon="lock-open", name="wallet.unlock")
        text = "Balances stay visible. Sending, opening and closing need the wallet unlocked."
        self._by_keyring = False
        line = row(spacing=8)
        line.addWidget(self.field, 1)
        line.addWidget(self.button)
        super().__init__(
            column(
                Label("The wallet is locked", "strong"),
                2,
                Label(text, "small", "text2", wrap=True),
                10,
                line,
            ),
            margins=(18, 14, 18, 16),
        )
        self.button.clicked.connect(self._unlock)
        self.field.submitted.connect(self._unlock)

    def set_by_keyring(self, by_keyring: bool) -> None:
        """The system keeps the password: a click is enough."""
        self._by_keyring = by_keyring
        self.field.edit.setReadOnly(by_keyring)
        kept = "Kept by the keychain of this computer"
        self.field.edit.setPlaceholderText(kept if by_keyring else "Password")

    def show_refusal(self, error: NodeError) -> None:
        self.button.set_busy(False)
        self.field.show_error(f"{error.message} {error.hint}".strip())
        self.field.edit.selectAll()
        self.field.setFocus()

    def clear(self) -> None:
        """Forget the password."""
        self.button.set_busy(False)
        self.field.set_text("")

    def _unlock(self) -> None:
        given = self._by_keyring or bool(self.field.text())
        if given and self.button.isEnabled():
            self.button.set_busy(True)
            self.unlock_clicked.emit(self.field.text())
        elif not given:
            self.field.show_error("Enter the password of this wallet.")


class ReceiveCard(Card):
    """The address as a code to scan. `more_clicked()` for the sheet with an amount."""

    more_clicked = Signal()

    def __init__(self) -> None:
        self._address = ""
        self._network = Label("", "caption", "text3")
        self._code = column()
        self._groups = Label("", "mono", "text2", align=Qt.AlignmentFlag.AlignHCenter)
        more = Button("With an amount…", icon="qr-code", name="wallet.receive.more")
        super().__init__(
            column(
                row(Label("Receive", "strong"), None, self._network),
                12,
                row(None, self._code, None),
                10,
                self._groups,
                12,
                row(None, more, None),
            ),
            margins=(18, 16, 18, 16),
        )
        self.setObjectName("wallet.receive.card")
        more.clicked.connect(self.more_clicked)

    def show_address(self, address: str, network: str) -> None:
        """`network` is the title of the only one on which the address may be used."""
        self._network.setText(f"{network} only")
        if address == self._address:
            return
        self._address = address
        clear(self._code)
        self._code.addWidget(QrView(address, module=4))
        self._groups.setText(formats.grouped_address(address))
        self._groups.setAccessibleName(address)


class BackupCard(Card):
    """`back_up_clicked()`; shown until the words were asked back."""

    back_up_clicked = Signal()

    def __init__(self) -> None:
        button = Button("Back up now", name="wallet.backup")
        super().__init__(
            column(
                row(IconLabel("warning", "warning", 18), Label("Back up your phrase", "strong")),
                4,
                Label(
                    "Without it, nobody can restore this wallet. It takes two minutes.",
                    "small",
                    "text2",
                    wrap=True,
                ),
                12,
                row(button, None),
            ),
            margins=(18, 16, 18, 16),
        )
        self.set_kind("banner-warning")
        button.clicked.connect(self.back_up_clicked)


class DemoCard(Card):
    """The demo's clock: `skip_clicked()`, `speed_chosen(speed)`."""

    skip_clicked = Signal()
    speed_chosen = Signal(int)

    def __init__(self) -> None:
        self._time = Label("", "figure")
        self.skip_button = Button("Skip to midnight", icon="clock-counter-clockwise")
        self.skip_button.setObjectName("wallet.demo.skip")
        self.speed = Segment(tuple(f"{speed}×" for speed in SPEEDS), name="wallet.demo.speed")
        self.speed.setAccessibleName("Speed of the demo's time")
        text = "Held stake comes free at midnight UTC. Here you need not wait for it."
        super().__init__(
            column(
                Label("Demo time", "strong", "demo"),
                2,
                Label(text, "small", "text2", wrap=True),
                10,
                self._time,
                10,
                row(self.speed, None),
                10,
                row(self.skip_button, None),
            ),
            margins=(18, 16, 18, 16),
        )
        self.setObjectName("wallet.demo")
        self.skip_button.clicked.connect(self.skip_clicked)
        self.speed.chosen.connect(lambda index: self.speed_chosen.emit(SPEEDS[index]))

    def show_time(self, now: int) -> None:
        date = formats.local(now)
        self._time.setText(f"{date.day} {date:%b, %H:%M}")

    def show_speed(self, speed: int) -> None:
        """Mark the speed in force without asking for it."""
        if speed in SPEEDS:
            self.speed.blockSignals(True)
            self.speed.choose(SPEEDS.index(speed))
            self.speed.blockSignals(False)
