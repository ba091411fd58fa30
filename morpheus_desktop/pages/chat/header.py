"""The line above the conversation: its title, and what can be done with its session."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.pages.chat.targets import Target
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import row

HEIGHT = 48
NEW_TITLE = "New chat"


class ChatHeader(QWidget):
    """Signals: `pane_clicked()`, `rename_clicked()`, `extend_clicked()`, `close_clicked()`."""

    pane_clicked = Signal()
    rename_clicked = Signal()
    extend_clicked = Signal()
    close_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.pane = IconButton("list", "Chats (Ctrl+\\)", name="chat.header.pane")
        self._title = ElidedLabel(NEW_TITLE, "h3")
        self._title.setObjectName("chat.header.title")
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.rename = IconButton("pencil-simple", "Rename", compact=True, name="chat.header.rename")
        self.end = Button(
            "Close session", "ghost", icon="power", size="compact", name="chat.header.close"
        )
        self.extend = Button(
            "Extend", "ghost", icon="timer", size="compact", name="chat.header.extend"
        )
        self.setLayout(
            row(
                self.pane,
                self._title,
                self.rename,
                None,
                self.extend,
                self.end,
                spacing=6,
                margins=(24, 0, 16, 0),
            )
        )
        self.pane.clicked.connect(self.pane_clicked)
        self.rename.clicked.connect(self.rename_clicked)
        self.extend.clicked.connect(self.extend_clicked)
        self.end.clicked.connect(self.close_clicked)
        self.set_narrow(False)
        self.show_title("")

    def show_title(self, title: str) -> None:
        """The chat's title; empty for a new chat, which cannot be renamed yet."""
        self._title.set_text(title or NEW_TITLE)
        self.rename.setVisible(bool(title))

    def show_target(self, target: Target | None) -> None:
        is_session = target is not None and target.kind == "session"
        self.extend.setVisible(is_session)
        self.end.setVisible(is_session)

    def set_narrow(self, narrow: bool) -> None:
        """In narrow windows the list of chats is behind a button."""
        self.pane.setVisible(narrow)
