"""What happens at a session's end: it goes on in the next one, by itself, or not."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.choices import Toggle
from morpheus_desktop.widgets.labels import ElidedLabel
from morpheus_desktop.widgets.layouts import row
from node.service.dto import SessionView

TITLE = "Extend before it ends"


class ExtensionRow(QWidget):
    """Signals: `switched(on)`."""

    switched = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = ElidedLabel("", "small", "text2")
        self._text.setObjectName(f"{name}.extension")
        self.toggle = Toggle(TITLE, object_name=f"{name}.auto")
        line = row(spacing=8)
        line.addWidget(self._text, 1)
        line.addWidget(self.toggle)
        self.setLayout(line)
        self.setFixedHeight(self.toggle.sizeHint().height())
        self.toggle.clicked.connect(self.switched)

    def show_session(self, session: SessionView, following: SessionView | None, now: int) -> None:
        """`following` takes the place of `session`; then there is nothing left to switch."""
        self._text.set_text(extension_words(session, following, now))
        self.toggle.setChecked(session.auto_extend)
        self.toggle.setVisible(following is None)


def extension_words(session: SessionView, following: SessionView | None, now: int) -> str:
    """One line: what comes after this session."""
    if following is not None:
        if following.state == "opening":
            return "The next session is being opened"
        return f"Goes on in the next session until {formats.when(following.ends_at, now)}"
    if session.auto_extend and session.error:
        return session.error
    return TITLE
