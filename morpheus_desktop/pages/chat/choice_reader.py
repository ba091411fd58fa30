"""Reads who can answer; what the chain does not tell now is as it was known before."""

from collections.abc import Callable
from dataclasses import dataclass

from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.chat.targets import Choices, choices
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import ModelSummary, NetworkView, SessionView


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Choices on a network, or on none: then models on this computer only."""

    network: NetworkView | None
    choices: Choices


class ChoiceReader:
    """`failed` hears of the parts that could not be read; the others are returned all the same."""

    def __init__(
        self, node: NodeService, time: ChainTime, failed: Callable[[NodeError], None]
    ) -> None:
        self._node = node
        self._time = time
        self._failed = failed
        self._network: NetworkView | None = None
        self._sessions: tuple[SessionView, ...] = ()
        self._models: tuple[ModelSummary, ...] = ()

    async def read(self) -> Offered:
        """Read anew. Raises NodeError when not even this computer's part can be read."""
        status = await self._node.system.status()
        self._time.follow(status)
        if status.network != self._network:
            self._network = status.network
            self._sessions, self._models = (), ()
        local = await self._node.local.models()
        if status.network is not None:
            wallet = await self._node.wallet.status()
            if wallet.kind == "none":
                self._sessions = ()
            else:
                await self._read_sessions()
            await self._read_market()
        found = choices(
            sessions=self._sessions,
            local=local,
            market=self._models,
            now=status.now,
            is_demo=status.network is not None and status.network.is_demo,
        )
        return Offered(network=status.network, choices=found)

    async def _read_sessions(self) -> None:
        try:
            self._sessions = await self._node.sessions.list()
        except NodeError as error:
            self._failed(error)

    async def _read_market(self) -> None:
        try:
            self._models = (await self._node.market.models()).models
        except NodeError as error:
            self._failed(error)
