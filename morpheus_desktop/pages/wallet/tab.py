"""What the tabs below the balance have in common."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from morpheus_desktop.widgets.layouts import column
from morpheus_desktop.widgets.load_view import LoadView
from node.core.errors import NodeError, NoTargetError


class TabPresenter(Protocol):
    """`loaded()` or `failed(NodeError)` follow `load()`; `stale()` when another look may show
    something else.
    """

    loaded: SignalInstance
    failed: SignalInstance
    stale: SignalInstance

    @property
    def load(self) -> Callable[[], None]: ...


class WalletTab(QWidget):
    """A widget below the tabs. `told(text, tone)` is a toast, `problem(NodeError)` what the frame
    has to solve, `count_changed(text)` what stands behind the tab's title.
    """

    told = Signal(str, str)
    problem = Signal(object)
    count_changed = Signal(str)

    def _follow(self, presenter: TabPresenter, view: LoadView, show: Callable[[], None]) -> None:
        """Fill the tab with `view`. `show` puts into it what `presenter` has loaded."""
        self._load, self._view = presenter.load, view
        self.setLayout(column(12, view))
        presenter.loaded.connect(show)
        presenter.failed.connect(self._failed)
        presenter.stale.connect(self._look_again)
        view.retry.connect(presenter.load)

    def shown(self) -> None:
        """Called whenever the tab becomes visible."""
        self._load()

    def _look_again(self) -> None:
        if self.isVisible():
            self._load()

    def _failed(self, error: NodeError) -> None:
        self._view.show_failure(error)
        if isinstance(error, NoTargetError):
            self.count_changed.emit("")
