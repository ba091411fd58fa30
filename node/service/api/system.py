"""State, settings and networks of the node."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from node.core.events import NodeEvent
from node.service.dto import (
    ApiAccess,
    ChainEndpoint,
    DemoStatus,
    DoctorFinding,
    LogLine,
    NetworkCheck,
    NetworkDraft,
    NetworkView,
    NodeStatus,
    RpcServers,
    ServerAnswer,
    SettingField,
    SupportReport,
)


class SystemApi(Protocol):
    async def status(self) -> NodeStatus: ...

    async def networks(self) -> tuple[NetworkView, ...]: ...

    async def select_network(self, name: str) -> NodeStatus:
        """Switch the network stack (`demo`, `base`, `base-sepolia`, …).

        Starts the demo chain when needed.
        """
        ...

    async def check_network(self, draft: NetworkDraft) -> NetworkCheck:
        """Try a network of the user's own, a few seconds. Nothing is saved.

        Raises:
            UserInputError: what was entered (`details["field"]` names the field), or what a server
                or contract there answers (`input.rpc_url`, `input.network`).
            ConfigError: settings that forbid it.
        """
        ...

    async def add_network(self, draft: NetworkDraft) -> NetworkView:
        """Check it, as `check_network`, and keep it. Another network stays in use."""
        ...

    async def remove_network(self, name: str) -> None:
        """Forget a network that was added. Journal, wallet and chats stay.

        Raises:
            UserInputError: it was not added, is in use, or something of it is still open
                (`input.network`, `network.in_use`, `network.open`).
        """
        ...

    async def settings(self) -> tuple[SettingField, ...]: ...

    async def set_settings(self, values: Mapping[str, Any]) -> tuple[SettingField, ...]: ...

    async def set_rpc_urls(self, urls: Sequence[str]) -> NodeStatus:
        """Reach the network in use through these addresses from now on; none: the public ones.

        Raises:
            ConfigError: fixed by environment or flag, or no address.
            UserInputError: one does not answer, or belongs to another network.
        """
        ...

    async def rpc_servers(self) -> RpcServers:
        """The addresses that reach the network in use; nothing without one and for the demo."""
        ...

    async def check_rpc_url(self, url: str) -> ServerAnswer:
        """Try a server for the network in use, two seconds at most. Nothing is saved.

        Raises:
            ConfigError: no address.
            UserInputError: it does not answer, or belongs to another network.
        """
        ...

    async def api_access(self) -> ApiAccess: ...

    async def doctor(self) -> tuple[DoctorFinding, ...]: ...

    async def check_clock(self) -> DoctorFinding:
        """The part of `doctor` about this computer's clock, which takes one read of the chain.

        Raises:
            NoTargetError: no network is chosen. ChainError: the chain cannot be read.
        """
        ...

    async def endpoints(self, *, probe: bool = False) -> tuple[ChainEndpoint, ...]:
        """The chain servers in the order of the settings, empty without a network.

        With `probe` each is asked first, which takes up to five seconds.
        """
        ...

    async def logs(self, level: str = "info", limit: int = 200) -> tuple[LogLine, ...]:
        """The newest lines of this run of `level` and above, oldest first; 2,000 at most."""
        ...

    async def support_report(self, *, addresses: bool = False) -> SupportReport:
        """What helps to find a fault, cleaned, for a look before it is saved: nothing is written.

        With `addresses` those of wallets and contracts stay in it.
        """
        ...

    async def skip_to_midnight(self) -> DemoStatus:
        """Demo only: move the chain's time to the next midnight UTC."""
        ...

    async def set_demo_speed(self, speed: int) -> DemoStatus: ...

    def events(self) -> AsyncGenerator[NodeEvent, None]: ...
