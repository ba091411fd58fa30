"""Banners for states that last, and toasts for things that happened."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.frames import Frame
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import Label
from morpheus_desktop.widgets.layouts import row

_ICONS = {
    "warning": "warning",
    "danger": "warning-circle",
    "info": "info",
    "demo": "info",
    "success": "check-circle",
}
TOAST_MS = 5000
TOAST_WITH_ACTION_MS = 10_000
MAX_TOASTS = 3


class Banner(Frame):
    """Icon, strong sentence, second sentence, at most one button and a close button."""

    action = Signal()
    dismissed = Signal()

    def __init__(
        self,
        text: str,
        detail: str = "",
        *,
        tone: str = "warning",
        action: str = "",
        close: bool = False,
    ) -> None:
        line = row(spacing=10, margins=(14, 10, 10, 10))
        super().__init__(f"banner-{tone}", line)
        line.addWidget(IconLabel(_ICONS[tone], tone, 18))
        line.addWidget(Label(text, "strong"))
        if detail:
            second = Label(detail, "body", "text2", wrap=True)
            second.setAlignment(Qt.AlignmentFlag.AlignVCenter)
            line.addWidget(second, 1)
        else:
            line.addStretch(1)
        if action:
            button = Button(action, "secondary", size="compact")
            button.clicked.connect(self.action)
            line.addWidget(button)
        if close:
            x = IconButton("x", "Hide", compact=True)
            x.clicked.connect(self.dismissed)
            x.clicked.connect(self.hide)
            line.addWidget(x)
        self.setAccessibleName(f"{text} {detail}".strip())


class Toast(Frame):
    """A short message at the top right."""

    action = Signal()
    gone = Signal()

    def __init__(self, text: str, *, tone: str = "success", action: str = "") -> None:
        line = row(spacing=10, margins=(14, 0, 8, 0))
        super().__init__("toast", line)
        self.setFixedHeight(44)
        line.addWidget(IconLabel(_ICONS.get(tone, "info"), tone, 18))
        line.addWidget(Label(text))
        if action:
            button = Button(action, "link")
            button.clicked.connect(self.action)
            line.addWidget(button)
        x = IconButton("x", "Hide", compact=True)
        x.clicked.connect(self.gone)
        line.addWidget(x)
        self.setAccessibleName(text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.gone)
        self._timer.start(TOAST_WITH_ACTION_MS if action else TOAST_MS)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() == QEvent.Type.Leave:
            self._timer.start(TOAST_MS)
        return super().event(event)


class ToastHost(QWidget):
    """Stacks toasts at the top right of `host`, below `top` pixels; at most three."""

    def __init__(self, host: QWidget, *, top: int = 68) -> None:
        super().__init__(host)
        self._host, self._top = host, top
        self._toasts: list[Toast] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        host.installEventFilter(self)
        self.hide()

    def show_toast(self, text: str, *, tone: str = "success", action: str = "") -> Toast:
        """Add a toast; the oldest goes when there are more than three."""
        toast = Toast(text, tone=tone, action=action)
        toast.gone.connect(lambda: self._remove(toast))
        self._toasts.append(toast)
        self._column.addWidget(toast)
        while len(self._toasts) > MAX_TOASTS:
            self._remove(self._toasts[0])
        self._place()
        return toast

    def texts(self) -> list[str]:
        return [toast.accessibleName() for toast in self._toasts]

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self._column.removeWidget(toast)
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        self.setVisible(bool(self._toasts))
        size = self._column.sizeHint()
        self.setGeometry(
            self._host.width() - size.width() - 24, self._top, size.width(), size.height()
        )
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
