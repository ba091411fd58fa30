"""The facade's system group: status, networks, settings, the demo's time, events."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from node import __version__
from node.core.clock import Clock
from node.core.errors import ConfigError, NotSupportedError
from node.core.events import BalanceChanged, EventBus, MarketChanged, NodeEvent, WalletChanged
from node.service.api_binding import ApiBinding
from node.service.chain_checks import clock_finding
from node.service.chain_health import endpoint_view
from node.service.doctor import Doctor
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
from node.service.health import NodeHealth
from node.service.log_view import newest_lines
from node.service.network_book import NetworkBook
from node.service.network_choice import network_view
from node.service.network_switch import NetworkSwitch
from node.service.profile import Profile
from node.service.rpc_choice import RpcChoice
from node.service.setting_fields import setting_fields
from node.service.settings_book import SettingsBook
from node.service.stack import DemoControl, StackHolder
from node.service.support_report import ReportSources, make_report, wallet_shape


class SystemService:
    """The group that is about the node itself."""

    def __init__(
        self,
        *,
        profile: Profile,
        stacks: StackHolder,
        switch: NetworkSwitch,
        doctor: Doctor,
        settings: SettingsBook,
        api: ApiBinding,
        health: NodeHealth,
    ) -> None:
        self._profile = profile
        self._stacks = stacks
        self._switch = switch
        self._doctor = doctor
        self._settings = settings
        self._api = api
        self._health = health
        self._networks = NetworkBook(
            stacks=stacks, switch=switch, book=settings, journal=profile.journal
        )
        self._rpc = RpcChoice(stacks=stacks, switch=switch, book=settings, networks=self._networks)
        self._clock: Clock = profile.clock
        self._bus: EventBus = profile.bus
        self._started = self._clock.monotonic()

    async def status(self) -> NodeStatus:
        stack = self._stacks.current
        now = stack.chain.clock.unix_seconds() if stack else self._clock.unix_seconds()
        return NodeStatus(
            version=__version__,
            state="running",
            network=network_view(stack.network) if stack else None,
            components=await self._health.components(),
            api_url=self._api.url,
            uptime_s=self._clock.monotonic() - self._started,
            now=now,
            demo=_demo_status(stack.demo) if stack and stack.demo else None,
        )

    async def networks(self) -> tuple[NetworkView, ...]:
        return self._switch.views()

    async def select_network(self, name: str) -> NodeStatus:
        await self._switch.select(name)
        return await self.status()

    async def check_network(self, draft: NetworkDraft) -> NetworkCheck:
        return await self._networks.check(draft)

    async def add_network(self, draft: NetworkDraft) -> NetworkView:
        added = await self._networks.add(draft)
        self._bus.publish(WalletChanged())
        return added

    async def remove_network(self, name: str) -> None:
        await self._networks.remove(name)
        self._bus.publish(WalletChanged())

    async def settings(self) -> tuple[SettingField, ...]:
        return setting_fields(self._settings.current)

    async def set_settings(self, values: Mapping[str, Any]) -> tuple[SettingField, ...]:
        stack = self._stacks.current
        if "own_networks" in values:
            raise ConfigError(
                "A network is tried before it is kept.",
                hint="Add it in the wallet's networks, or with `mor-cli network add`.",
            )
        if "rpc_urls" in values and stack is not None and self._networks.has(stack.network.key):
            raise ConfigError(
                f"{stack.network.title} has servers of its own.",
                hint="Change them in the wallet's networks.",
            )
        if "rpc_urls" in values and stack is not None:
            values = {**values, "rpc_network": stack.network.key}
        return setting_fields(self._settings.save(values))

    async def set_rpc_urls(self, urls: Sequence[str]) -> NodeStatus:
        await self._rpc.use(urls)
        return await self.status()

    async def rpc_servers(self) -> RpcServers:
        return self._rpc.servers()

    async def check_rpc_url(self, url: str) -> ServerAnswer:
        return await self._rpc.check(url)

    async def api_access(self) -> ApiAccess:
        return ApiAccess(
            url=self._api.url,
            cookie_file=str(self._api.cookie_file or ""),
            token=SecretStr(self._api.token),
        )

    async def doctor(self) -> tuple[DoctorFinding, ...]:
        return await self._doctor.examine()

    async def check_clock(self) -> DoctorFinding:
        return await clock_finding(self._stacks.require())

    async def endpoints(self, *, probe: bool = False) -> tuple[ChainEndpoint, ...]:
        stack = self._stacks.current
        if stack is None:
            return ()
        found = await stack.chain.sources.endpoints(probe=probe)
        return tuple(endpoint_view(item) for item in found)

    async def logs(self, level: str = "info", limit: int = 200) -> tuple[LogLine, ...]:
        return newest_lines(level, limit)

    async def support_report(self, *, addresses: bool = False) -> SupportReport:
        sources = ReportSources(
            dirs=self._profile.dirs,
            settings=self._settings.current,
            findings=await self.doctor(),
            status=await self.status(),
            endpoints=await self.endpoints(),
            wallet=wallet_shape(self._profile.vault),
        )
        now = self._profile.clock.unix_seconds()
        return await make_report(sources, addresses=addresses, now=now)

    async def skip_to_midnight(self) -> DemoStatus:
        demo = self._demo()
        await demo.skip_to_midnight()
        self._moved()
        return _demo_status(demo)

    async def set_demo_speed(self, speed: int) -> DemoStatus:
        demo = self._demo()
        await demo.set_speed(speed)
        self._moved()
        return _demo_status(demo)

    def _moved(self) -> None:
        stack = self._stacks.current
        if stack is not None:
            stack.keeper.wake()
            stack.payday.wake()
        self._bus.publish(BalanceChanged())
        self._bus.publish(MarketChanged())

    def _demo(self) -> DemoControl:
        stack = self._stacks.require()
        if stack.demo is None:
            raise NotSupportedError("Time can be moved on the demo network only.")
        return stack.demo

    async def events(self) -> AsyncGenerator[NodeEvent, None]:
        with self._bus.subscribe() as subscription:
            while True:
                yield await subscription.get()


def _demo_status(demo: DemoControl) -> DemoStatus:
    return DemoStatus(now=demo.now(), speed=demo.speed)
