"""Using another network: the one way from wherever networks are chosen in the window."""

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop.dialogs.network_sheet import NetworkSheet
from morpheus_desktop.models.networks import is_real_money
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import NetworkView, NodeStatus

COUNT_S = 2.0
"""Whoever leaves a network because nobody answers there does not wait for its answers."""
_DONE = frozenset({"closed", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """The network in use and its sessions that are not done, None when nobody knows."""

    network: NetworkView | None
    open_sessions: int | None = 0


class NetworkChange(QObject):
    """Opens a sheet over `window` where something has to be said before; one change at a time.

    Signals: `changed()`; `opening(title)`, empty when that is over; `told(text, tone)`;
    `failed(NodeError)` for what no open sheet says itself.
    """

    changed = Signal()
    opening = Signal(str)
    told = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self, window: QWidget, node: NodeService, tasks: GuiTasks, *, count_s: float = COUNT_S
    ) -> None:
        super().__init__(window)
        self._window, self._node, self._tasks, self._count_s = window, node, tasks, count_s
        self._sheet: NetworkSheet | None = None
        self._running = False

    def choose(self, network: NetworkView) -> None:
        """The user wants this one. Nothing happens for the one in use."""
        if self._running:
            return
        self._running = True
        self._tasks.attempt(
            self._look(),
            "leave-network",
            failed=self._refused,
            done=lambda before: self._go_on(network, before),
        )

    def resume(self, name: str) -> None:
        """Use the network that was in use before, or belongs to the wallet: nobody is asked."""
        if not self._running:
            self._running = True
            self._select(name)

    # --- inside ---

    def _go_on(self, network: NetworkView, before: _Before) -> None:
        if before.network is not None and before.network.name == network.name:
            self._running = False
        elif is_real_money(network) or before.open_sessions != 0:
            self._ask(network, before)
        else:
            self._select(network.name, network.title)

    def _ask(self, network: NetworkView, before: _Before) -> None:
        sheet = NetworkSheet(
            self._window, network, current=before.network, leaving=before.open_sessions
        )
        sheet.confirmed.connect(lambda: self._select(network.name, network.title))
        sheet.closed.connect(self._closed)
        self._sheet = sheet
        sheet.open()

    def _select(self, name: str, title: str = "") -> None:
        """Without a title nothing is said about it."""
        self.opening.emit(title)
        self._tasks.attempt(
            self._node.system.select_network(name),
            "network",
            failed=self._refused,
            done=lambda status: self._selected(status, told=bool(title)),
        )

    def _selected(self, status: NodeStatus, *, told: bool) -> None:
        self._running = False
        self.opening.emit("")
        if self._sheet is not None:
            self._sheet.finished()
        network = status.network
        if network is not None and told:
            self.told.emit(f"{network.title} is in use", "success")
        if network is not None and not network.is_demo:
            self._remember(network)
        self.changed.emit()

    def _remember(self, network: NetworkView) -> None:
        """It is opened again at the next start; the demo is not."""
        self._tasks.attempt(
            self._node.system.set_settings({"network": network.name}),
            "remember-network",
            failed=self.failed.emit,
        )

    def _refused(self, error: NodeError) -> None:
        self.opening.emit("")
        if self._sheet is not None:
            self._sheet.refused(error)
            return
        self._running = False
        self.failed.emit(error)

    def _closed(self) -> None:
        self._sheet = None
        self._running = False

    async def _look(self) -> _Before:
        network = (await self._node.system.status()).network
        if network is None:
            return _Before(network=None)
        return _Before(network=network, open_sessions=await self._count())

    async def _count(self) -> int | None:
        try:
            async with asyncio.timeout(self._count_s):
                if (await self._node.wallet.status()).kind == "none":
                    return 0
                sessions = await self._node.sessions.list()
        except (NodeError, TimeoutError):
            # What cannot be counted now is there all the same.
            return None
        return sum(item.state not in _DONE for item in sessions)
