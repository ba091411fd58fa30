"""Where the chain is read from, for people: endpoints with their state, open differences."""

from node.chain.rpc.health import EndpointHealth, EndpointState
from node.chain.rpc.pool import RpcPool
from node.chain.rpc.quorum import Quorum, open_quorum
from node.core.clock import Clock
from node.core.errors import SourcesDisagreeError
from node.core.ports import JsonRpc

_IN_PROCESS = EndpointHealth(
    name="this program",
    state=EndpointState.READY,
    in_use=True,
    faults=0,
    chain_id=None,
    latency_ms=None,
    error_permille=0,
    height=None,
    lag=None,
    reason="",
    rest_s=0.0,
)


class ChainSources:
    """The endpoints of one network. `quorum` is None where money reads come from one alone."""

    def __init__(self, rpc: JsonRpc, clock: Clock) -> None:
        self._pool = rpc if isinstance(rpc, RpcPool) else None
        self.quorum: Quorum | None = open_quorum(rpc, clock)

    async def endpoints(self, *, probe: bool = False) -> tuple[EndpointHealth, ...]:
        """All endpoints, with `probe` after asking each that may be asked for its newest block."""
        if self._pool is None:
            return (_IN_PROCESS,)
        return await self._pool.probe() if probe else self._pool.health()

    @property
    def disagreements(self) -> tuple[SourcesDisagreeError, ...]:
        """Questions about money without one answer; while there are any nothing is signed."""
        return self.quorum.open_disagreements if self.quorum is not None else ()

    async def require_agreement(self) -> None:
        """Raises SourcesDisagreeError while sources differ about something that was asked."""
        if self.quorum is not None:
            await self.quorum.require_agreement()
