"""The address to be paid to: a code, groups to compare, text; with or without an amount."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from morpheus_desktop.pages.wallet.receive.presenter import ReceivePresenter, ReceiveState
from morpheus_desktop.pages.wallet.receive.request_part import RequestPart
from morpheus_desktop.pages.wallet.send.amounts import written
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import line
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.qr import QrView, qr_image
from morpheus_desktop.widgets.sheet import Sheet
from node.core.errors import NodeError

WIDTH = 640
_PLATE = 232
_PLAIN = "The code is your address."


class ReceiveSheet(Sheet):
    """Reads the address itself. Signals: `told(text, tone)` for a toast."""

    told = Signal(str, str)

    def __init__(self, host: QWidget, presenter: ReceivePresenter) -> None:
        self._presenter = presenter
        self._notices = column(spacing=6)
        self.code = QrView(side=_PLATE)
        self.code.setObjectName("wallet.receive.code")
        self._says = Label(_PLAIN, "small", "text2", wrap=True)
        self._says.setObjectName("wallet.receive.says")
        self._groups = column()
        self._whose = Label("", "small", "text2")
        self.request = RequestPart()
        self.copy_button = Button("Copy address", icon="copy", name="wallet.receive.copy")
        self.link_button = Button("Copy payment link", "link", name="wallet.receive.link.copy")
        self.image_button = Button("Copy image", size="compact", name="wallet.receive.image.copy")
        self.save_button = Button("Save image", size="compact", name="wallet.receive.image.save")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("wallet.receive.problem")
        self._problem.hide()
        self.done_button = Button("Done", "primary", size="primary", name="wallet.receive.done")
        super().__init__(
            host,
            self._body(),
            width=WIDTH,
            name="wallet.receive",
            footer=row(None, self.done_button),
        )
        self._connect()
        self._show_code()
        presenter.load()

    def _body(self) -> QVBoxLayout:
        pictures = row(self.image_button, self.save_button, None, spacing=8)
        left = column(self.code, 10, pictures, None)
        both = QHBoxLayout()
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(28)
        both.addLayout(left)
        both.addWidget(boxed(self._words()), 1)
        return column(Label("Receive", "h2"), 12, self._notices, both, 8, self._problem)

    def _words(self) -> QVBoxLayout:
        return column(
            self._whose,
            6,
            self._groups,
            10,
            row(self.copy_button, None),
            16,
            line(),
            14,
            self.request,
            10,
            self._says,
            6,
            row(self.link_button, None),
            None,
        )

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.read.connect(self._show)
        presenter.failed.connect(self._fail)
        presenter.saved.connect(lambda path: self.told.emit(f"Saved as {path}", "success"))
        presenter.not_saved.connect(self._fail)
        self.request.changed.connect(self._show_code)
        self.copy_button.clicked.connect(self._copy_address)
        self.link_button.clicked.connect(self._copy_link)
        self.image_button.clicked.connect(self._copy_image)
        self.save_button.clicked.connect(self._choose_place)
        self.done_button.clicked.connect(self.close_sheet)
        self.closed.connect(presenter.deleteLater)

    # --- what is shown ---

    def _show(self) -> None:
        state = self._presenter.state
        if state is None:
            return
        clear(self._groups)
        self._groups.addWidget(AddressGroups(state.status.address))
        self._whose.setText(f"Address of {state.status.label or 'this account'}")
        clear(self._notices)
        for notice in _notices(state):
            self._notices.addWidget(notice)
        self._notices.addSpacing(14)
        self._show_code()
        self.copy_button.setFocus()

    def _show_code(self) -> None:
        state, request = self._presenter.state, self.request
        there = state is not None
        for button in (self.copy_button, self.image_button, self.save_button):
            button.setEnabled(there)
        link = self._link()
        self.link_button.setVisible(bool(link))
        if state is not None:
            self.code.set_text(link or state.status.address)
        if link and request.amount is not None:
            asked = written(request.asset, request.amount)
            words = "Not every wallet reads such a code; the address always works."
            self._says.setText(f"The code asks for {asked}. {words}")
        else:
            self._says.setText(_PLAIN)

    def _link(self) -> str:
        """What the code says instead of the address, empty when nothing is asked for."""
        state, request = self._presenter.state, self.request
        if state is None or request.amount is None:
            return ""
        if state.network is None or (request.asset == "MOR" and not state.token):
            request.refuse("Without a network an amount cannot be asked for.")
            return ""
        return state.link(request.asset, request.amount)

    def _fail(self, error: NodeError) -> None:
        self._problem.setText(f"{error.message} {error.hint}".strip())
        self._problem.show()

    # --- taking it away ---

    def _copy_address(self) -> None:
        state = self._presenter.state
        if state is not None:
            self._copy(state.status.address, "The address is on the clipboard")

    def _copy_link(self) -> None:
        self._copy(self._link(), "The payment link is on the clipboard")

    def _copy(self, text: str, words: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)
            self.told.emit(words, "success")

    def _copy_image(self) -> None:
        QGuiApplication.clipboard().setImage(qr_image(self.code.text))
        self.told.emit("The image is on the clipboard", "success")

    def _choose_place(self) -> None:
        dialog = QFileDialog(self, "Save the image", "morpheus-address.png", "Images (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Write the code that is shown as PNG."""
        self._problem.hide()
        self._presenter.save(path, _png(qr_image(self.code.text)))


def _notices(state: ReceiveState) -> list[Notice]:
    """What must be known before somebody pays, the gravest first."""
    found, network = [], state.network
    if state.status.watch_only:
        text = "You hold no key for this address here."
        hint = "What is sent to it can be moved only with the wallet that has the key."
        found.append(Notice(text, hint, name="wallet.receive.notice.watch"))
    if network is None:
        text, hint = "No network is chosen.", "Choose one before you tell somebody this address."
        found.append(Notice(text, hint, name="wallet.receive.notice.network"))
    elif network.is_demo:
        text, hint = "Demo network: play money.", "Nothing that is worth something can arrive here."
        found.append(Notice(text, hint, tone="demo", name="wallet.receive.notice.network"))
    else:
        worth = " It is a test network: its coins are worth nothing." if network.is_test else ""
        hint = f"MOR and ETH sent on other chains do not arrive here.{worth}"
        found.append(Notice(f"{network.title} only.", hint, name="wallet.receive.notice.network"))
    return found


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(content.data())
