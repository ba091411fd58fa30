"""Market, hosting, local models and the system of the fake node."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from node.core.errors import ModelNotFoundError, SessionError
from node.core.events import BalanceChanged, EventBus, LocalModelsChanged, NodeEvent, WalletChanged
from node.core.units import next_midnight
from node.service.api import LocalModelsApi, MarketApi, ProviderApi, SystemApi
from node.service.dto import (
    ApiAccess,
    ChainEndpoint,
    ClaimPlan,
    ClaimResult,
    ClaimRun,
    DemoStatus,
    DoctorFinding,
    Hardware,
    LocalModel,
    LogLine,
    MarketSnapshot,
    ModelDetail,
    NodeStatus,
    PingResult,
    PlannedPay,
    ProviderEarnings,
    ProviderSession,
    ProviderStatus,
    ProviderView,
    RpcServers,
    ServerAnswer,
    SettingField,
    SupportReport,
)
from tests.fakes import sample_data, sample_market, sample_servers
from tests.fakes.fake_networks import FakeNetworks
from tests.fakes.sample_report import support_report
from tests.fakes.script import Script

if TYPE_CHECKING:
    from tests.fakes.fake_node import World


class FakeMarket(MarketApi):
    def __init__(self, script: Script, world: "World") -> None:
        self._script = script
        self._world = world

    async def models(self, *, refresh: bool = False) -> MarketSnapshot:
        await self._script.enter("market.models", refresh)
        network = self._world.network
        return MarketSnapshot(
            models=tuple(self._world.models),
            network=network.name if network is not None else "",
            block=38_211_904,
            block_time=self._world.now - 2,
            age_s=2.0,
        )

    async def model(self, model_id: str) -> ModelDetail:
        await self._script.enter("market.model", model_id)
        for model in self._world.models:
            if model.id == model_id:
                return sample_market.detail(model)
        raise ModelNotFoundError("This model is not registered.")

    async def providers(self) -> tuple[ProviderView, ...]:
        await self._script.enter("market.providers")
        return sample_market.providers()

    async def ping(self, provider: str, endpoint: str = "") -> PingResult:
        await self._script.enter("market.ping", provider)
        return PingResult(provider=provider, version="v7.0.0", rtt_ms=48)


class FakeProvider(ProviderApi):
    def __init__(self, script: Script, world: "World") -> None:
        self._script = script
        self._world = world

    async def status(self) -> ProviderStatus:
        await self._script.enter("provider.status")
        return self._world.provider

    async def check(self) -> ProviderStatus:
        await self._script.enter("provider.check")
        return self._world.provider

    async def sessions(self) -> tuple[ProviderSession, ...]:
        await self._script.enter("provider.sessions")
        return self._world.provider_sessions

    async def session(self, session_id: str) -> ProviderSession:
        await self._script.enter("provider.session", session_id)
        for item in self._world.provider_sessions:
            if item.session.id == session_id:
                return item
        raise SessionError("This session was not served by your wallet.")

    async def earnings(self) -> ProviderEarnings:
        await self._script.enter("provider.earnings")
        found = self._world.provider_sessions
        return ProviderEarnings(
            sessions=found,
            claimable_now=sum(item.claimable_now for item in found),
            claimable_later=sum(item.claimable_later for item in found),
            claimable_at=max((item.claimable_at for item in found), default=0),
            beyond_cap=sum(item.beyond_cap for item in found),
            paid=sum(item.paid for item in found),
            headroom=self._world.provider.headroom,
            period_end=self._world.provider.period_end,
        )

    async def claim_plan(self, session_id: str = "") -> ClaimPlan:
        await self._script.enter("provider.claim_plan", session_id)
        claims = tuple(
            PlannedPay(session_id=item.session.id, amount=item.claimable_now, fee_wei=10**13)
            for item in self._world.provider_sessions
            if item.claimable_now and session_id in ("", item.session.id)
        )
        return ClaimPlan(
            claims=claims,
            amount=sum(item.amount for item in claims),
            fee_wei=sum(item.fee_wei for item in claims),
        )

    async def claim_all(self) -> ClaimRun:
        await self._script.enter("provider.claim_all")
        paid = tuple(
            ClaimResult(tx_hash=sample_market.hex_id(0xC1B), amount=item.claimable_now)
            for item in self._world.provider_sessions
            if item.claimable_now
        )
        return ClaimRun(paid=paid, failed=(), amount=sum(item.amount for item in paid))

    async def claim(self, session_id: str) -> ClaimResult:
        await self._script.enter("provider.claim", session_id)
        return ClaimResult(tx_hash=sample_market.hex_id(0xC1A), amount=10**18)

    async def register(
        self, stake: int, endpoint: str, client: str = "", password: SecretStr | None = None
    ) -> str:
        await self._script.enter("provider.register", stake, endpoint)
        return sample_market.hex_id(1)

    async def create_model(
        self,
        name: str,
        tags: Sequence[str],
        stake: int,
        base_id: str = "",
        ipfs_cid: str = "",
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        await self._script.enter("provider.create_model", name, tuple(tags), stake, base_id)
        return sample_market.model_id(50)

    async def post_bid(
        self,
        model_id: str,
        price_per_second: int,
        client: str = "",
        password: SecretStr | None = None,
    ) -> str:
        await self._script.enter("provider.post_bid", model_id, price_per_second)
        return sample_market.hex_id(2)

    async def delete_bid(self, bid_id: str) -> str:
        await self._script.enter("provider.delete_bid", bid_id)
        return sample_market.hex_id(3)

    async def deregister(self) -> str:
        await self._script.enter("provider.deregister")
        return sample_market.hex_id(4)

    async def delete_model(self, model_id: str) -> str:
        await self._script.enter("provider.delete_model", model_id)
        return sample_market.hex_id(5)


class FakeLocal(LocalModelsApi):
    def __init__(self, script: Script, world: "World", bus: EventBus) -> None:
        self._script = script
        self._world = world
        self._bus = bus

    async def hardware(self) -> Hardware:
        await self._script.enter("local.hardware")
        return sample_data.hardware()

    async def models(self) -> tuple[LocalModel, ...]:
        await self._script.enter("local.models")
        return tuple(self._world.local_models)

    async def add_file(self, path: str) -> LocalModel:
        await self._script.enter("local.add_file", path)
        model = LocalModel(
            id=f"local-{len(self._world.local_models) + 1}",
            name=PurePath(path).stem,
            path=path,
            size_bytes=2_500_000_000,
            architecture="llama",
            context=8192,
            quantisation="Q4_K_M",
            state="stopped",
            fit="good",
            need_bytes=3_000_000_000,
        )
        self._world.local_models.append(model)
        self._bus.publish(LocalModelsChanged())
        return model

    async def remove(self, model_id: str) -> None:
        await self._script.enter("local.remove", model_id)
        self._find(model_id)
        self._world.local_models = [
            item for item in self._world.local_models if item.id != model_id
        ]
        self._bus.publish(LocalModelsChanged())

    async def start(self, model_id: str) -> LocalModel:
        await self._script.enter("local.start", model_id)
        return self._become(model_id, "loaded")

    async def stop(self, model_id: str) -> LocalModel:
        await self._script.enter("local.stop", model_id)
        return self._become(model_id, "stopped")

    def _become(self, model_id: str, state: str) -> LocalModel:
        changed = self._find(model_id).model_copy(update={"state": state})
        self._world.local_models = [
            changed if item.id == model_id else item for item in self._world.local_models
        ]
        self._bus.publish(LocalModelsChanged())
        return changed

    def _find(self, model_id: str) -> LocalModel:
        for model in self._world.local_models:
            if model.id == model_id:
                return model
        raise ModelNotFoundError("This model is not on this computer.")


class FakeSystem(FakeNetworks, SystemApi):
    def __init__(self, script: Script, world: "World", bus: EventBus) -> None:
        super().__init__(script, world)
        self._bus = bus

    async def status(self) -> NodeStatus:
        await self._script.enter("system.status")
        return self._status()

    async def select_network(self, name: str) -> NodeStatus:
        await self._script.enter("system.select_network", name)
        network = next(item for item in self._known() if item.name == name)
        self._world.network = network
        self._world.models = (
            sample_market.demo_models() if network.is_demo else sample_market.models()
        )
        if network.is_demo:
            self._world.sessions = []
            self._world.wallet = sample_data.wallet_status("memory")
        self._bus.publish(WalletChanged())
        return self._status()

    async def settings(self) -> tuple[SettingField, ...]:
        await self._script.enter("system.settings")
        return tuple(self._world.settings)

    async def set_settings(self, values: Mapping[str, Any]) -> tuple[SettingField, ...]:
        await self._script.enter("system.set_settings", dict(values))
        self._world.settings = [
            item.model_copy(update={"value": values[item.name]}) if item.name in values else item
            for item in self._world.settings
        ]
        return tuple(self._world.settings)

    async def set_rpc_urls(self, urls: Sequence[str]) -> NodeStatus:
        await self._script.enter("system.set_rpc_urls", tuple(urls))
        self._world.servers = sample_servers.servers(urls)
        self._world.endpoints = sample_servers.endpoints_of(self._world.servers)
        self._bus.publish(WalletChanged())
        return self._status()

    async def rpc_servers(self) -> RpcServers:
        await self._script.enter("system.rpc_servers")
        network = self._world.network
        return RpcServers() if network is None or network.is_demo else self._world.servers

    async def check_rpc_url(self, url: str) -> ServerAnswer:
        await self._script.enter("system.check_rpc_url", url)
        server = sample_servers.server(url)
        return ServerAnswer(
            host=server.host,
            operator=server.operator,
            chain_id=8453,
            latency_ms=61,
            height=38_211_905,
        )

    async def api_access(self) -> ApiAccess:
        await self._script.enter("system.api_access")
        return ApiAccess(
            url="http://127.0.0.1:8082",
            cookie_file="/home/ada/.local/share/morpheus-desktop/.cookie",
            token=SecretStr("example-token-that-opens-nothing"),
        )

    async def doctor(self) -> tuple[DoctorFinding, ...]:
        await self._script.enter("system.doctor")
        return sample_data.findings()

    async def check_clock(self) -> DoctorFinding:
        await self._script.enter("system.check_clock")
        return self._world.clock

    async def endpoints(self, *, probe: bool = False) -> tuple[ChainEndpoint, ...]:
        await self._script.enter("system.endpoints", probe)
        network = self._world.network
        if network is None:
            return ()
        return sample_servers.in_process() if network.is_demo else tuple(self._world.endpoints)

    async def logs(self, level: str = "info", limit: int = 200) -> tuple[LogLine, ...]:
        await self._script.enter("system.logs", level, limit)
        return sample_data.log_lines()[-limit:]

    async def support_report(self, *, addresses: bool = False) -> SupportReport:
        await self._script.enter("system.support_report", addresses)
        return support_report(addresses=addresses)

    async def skip_to_midnight(self) -> DemoStatus:
        await self._script.enter("system.skip_to_midnight")
        self._world.now = next_midnight(self._world.now)
        overview = self._world.overview
        released = sum(part.amount for part in overview.locked)
        self._world.overview = overview.model_copy(
            update={"locked": (), "ready": overview.ready + released}
        )
        self._bus.publish(BalanceChanged())
        return DemoStatus(now=self._world.now, speed=self._world.demo_speed)

    async def set_demo_speed(self, speed: int) -> DemoStatus:
        await self._script.enter("system.set_demo_speed", speed)
        self._world.demo_speed = speed
        return DemoStatus(now=self._world.now, speed=speed)

    async def events(self) -> AsyncGenerator[NodeEvent, None]:
        await self._script.enter("system.events")
        with self._bus.subscribe() as subscription:
            async for event in subscription:
                yield event

    def _status(self) -> NodeStatus:
        status = sample_data.status(self._world.network)
        demo = status.demo
        if demo is not None:
            demo = DemoStatus(now=self._world.now, speed=self._world.demo_speed)
        return status.model_copy(update={"now": self._world.now, "demo": demo})
