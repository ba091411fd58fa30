"""What the networks tab knows and does: networks, their servers, choosing and testing them."""

import time as system_time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.wallet.networks.own_networks import OwnNetworks
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import (
    ChainEndpoint,
    DoctorFinding,
    NetworkView,
    NodeStatus,
    RpcServers,
    ServerAnswer,
)

PROBE_AGAIN_S = 60.0
"""Whoever comes back sooner sees the figures of the last test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworksState:
    """`current` is None while no network is in use. `endpoints` and `servers` are of that one."""

    networks: tuple[NetworkView, ...]
    current: NetworkView | None
    servers: RpcServers
    endpoints: tuple[ChainEndpoint, ...]


class NetworksPresenter(QObject):
    """`loaded()` or `failed(NodeError)`; `stale()` when another look may show something else;
    `busy_changed()` when a test begins or ends; `probe_failed(NodeError)`.

    Servers: `checked(url, ServerAnswer)` or `check_failed(url, NodeError)`;
    `servers_saved(NodeStatus)` or `save_failed(NodeError)`.
    Networks of the user's own: `own`.
    """

    loaded = Signal()
    failed = Signal(object)
    stale = Signal()
    busy_changed = Signal()
    probe_failed = Signal(object)
    checked = Signal(str, object)
    check_failed = Signal(str, object)
    servers_saved = Signal(object)
    save_failed = Signal(object)

    def __init__(
        self,
        node: NodeService,
        tasks: GuiTasks,
        signals: NodeSignals,
        time: ChainTime,
        *,
        monotonic: Callable[[], float] = system_time.monotonic,
    ) -> None:
        super().__init__()
        self._node, self._tasks, self._monotonic = node, tasks, monotonic
        self.time = time
        self.own = OwnNetworks(node, tasks)
        self.own.setParent(self)
        self.state: NetworksState | None = None
        self.clock: DoctorFinding | None = None
        self.test_failure: NodeError | None = None
        self.is_probing = False
        self._read_at = self._probed_at = float("-inf")
        self._probed = ""
        self.load = Refresh(
            tasks, self._read, "networks", done=self._arrived, failed=self.failed.emit
        )
        self.own.added.connect(lambda _network: self.load())
        self.own.removed.connect(lambda _name: self.load())
        signals.wallet_changed.connect(self.stale)
        signals.health_changed.connect(lambda _event: self.stale.emit())

    def age_s(self) -> int:
        """How old the figures are."""
        return max(0, int(self._monotonic() - self._read_at))

    # --- acts ---

    def probe(self) -> None:
        """Ask every server now, up to five seconds; once at a time."""
        if not self.is_probing:
            self.is_probing = True
            self.busy_changed.emit()
            self._tasks.spawn(self._probe(), "probe")

    def probe_if_old(self) -> None:
        """Test once for a network, and again when that was a while ago."""
        state = self.state
        if state is None or state.current is None or state.current.is_demo:
            return
        old = self._monotonic() - self._probed_at > PROBE_AGAIN_S
        if old or self._probed != state.current.name:
            self.probe()

    def check(self, url: str) -> None:
        """Try a server without saving it."""
        self._tasks.attempt(
            self._node.system.check_rpc_url(url),
            "check-server",
            failed=lambda error: self.check_failed.emit(url, error),
            done=lambda answer: self._checked(url, answer),
        )

    def save_servers(self, urls: tuple[str, ...]) -> None:
        """Reach the network in use through these from now on; none: the public ones."""
        self._tasks.attempt(
            self._node.system.set_rpc_urls(urls),
            "save-servers",
            failed=self.save_failed.emit,
            done=self._saved,
        )

    # --- inside ---

    async def _read(self) -> NetworksState:
        system = self._node.system
        status = await system.status()
        networks = await system.networks()
        return NetworksState(
            networks=_listed(networks, status.network),
            current=status.network,
            servers=await system.rpc_servers(),
            endpoints=await system.endpoints(),
        )

    def _arrived(self, state: NetworksState) -> None:
        if self.state is not None and self.state.current != state.current:
            self.clock = self.test_failure = None
        self.state, self._read_at = state, self._monotonic()
        self.loaded.emit()

    async def _probe(self) -> None:
        state = self.state
        current = state.current if state is not None else None
        # Also one that fails counts: it is not repeated by itself at once.
        self._probed, self._probed_at = current.name if current else "", self._monotonic()
        try:
            found = await self._node.system.endpoints(probe=True)
            self.test_failure = None
            if self.state is not None and self.state.current == current:
                self._arrived(replace(self.state, endpoints=found))
        except NodeError as error:
            self._test_failed(error)
        finally:
            self.is_probing = False
            self.busy_changed.emit()
        self._tasks.attempt(
            self._node.system.check_clock(),
            "clock",
            failed=self._test_failed,
            done=self._clock_found,
        )

    def _test_failed(self, error: NodeError) -> None:
        self.test_failure = error
        self.probe_failed.emit(error)

    def _clock_found(self, finding: DoctorFinding) -> None:
        self.clock = None if finding.ok else finding
        self.loaded.emit()

    def _checked(self, url: str, answer: ServerAnswer) -> None:
        self.checked.emit(url, answer)

    def _saved(self, status: NodeStatus) -> None:
        self._probed = ""
        self.servers_saved.emit(status)
        self.load()


def _listed(
    networks: tuple[NetworkView, ...], current: NetworkView | None
) -> tuple[NetworkView, ...]:
    """Real money first, the demo last; the one in use as it is in use, with its contracts."""
    known = {item.name: item for item in networks}
    if current is not None:
        known[current.name] = current
    return tuple(sorted(known.values(), key=lambda item: (item.is_demo, item.is_test)))
