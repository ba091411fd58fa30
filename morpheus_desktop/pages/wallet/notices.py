"""What stands above the wallet page: failures with the age of what is shown, and what blocks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from morpheus_desktop import formats
from morpheus_desktop.errors import present
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.layouts import clear, column
from node.core.errors import NodeError
from node.service.dto import MorOverview, WalletStatus

_WATCHED = "You see what this address holds. Sending and opening sessions need its key."


class WalletNotices(QWidget):
    """`retry()` when the user does not want to wait."""

    retry = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._failure, self._state = column(), column()
        self._shown: tuple[object, ...] = ()
        self.setLayout(column(self._failure, self._state))

    def show_failure(self, error: NodeError, *, read_at: int, again_in: int = 0) -> None:
        """`read_at`: when the figures below were read, 0 if there are none; `again_in` seconds."""
        words = present(error)
        parts = [words.text]
        if read_at:
            parts.append(f"Figures as of {formats.clock(read_at)}.")
        if again_in:
            parts.append("It is tried again by itself.")
        clear(self._failure)
        banner = Banner(words.title, " ".join(parts), tone=words.severity, action="Try now")
        _add(self._failure, "wallet.banner", banner).action.connect(self.retry)

    def show_state(self, status: WalletStatus, overview: MorOverview | None) -> None:
        """What the last read said; a failure shown before is over."""
        clear(self._failure)
        disagreement = overview.disagreement if overview is not None else ""
        shown = (disagreement, status.watch_only)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._state)
        if disagreement:
            title = "The network's servers do not agree, so nothing is signed."
            banner = Banner(title, disagreement, tone="danger", action="Try now")
            _add(self._state, "wallet.disagreement", banner).action.connect(self.retry)
        if status.watch_only:
            banner = Banner("This account is watched only.", _WATCHED, tone="info")
            _add(self._state, "wallet.watched", banner)


def _add(layout: QVBoxLayout, name: str, banner: Banner) -> Banner:
    banner.setObjectName(name)
    layout.addWidget(banner)
    layout.addSpacing(12)
    return banner
