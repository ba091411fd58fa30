"""A scriptable node for the window: everything at hand, nothing behind it.

`FakeNode()` has a wallet on Base, `FakeNode.fresh()` is a first start. Tests steer it through
`fail`, `hold` and the fields of `world`, and read `calls`:

    node.fail("wallet.unlock", WrongPasswordError("This password is wrong."))
    gate = node.hold("sessions.open")   # the call waits until gate.set()
    node.publish(BalanceChanged())
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import SecretStr

from node.core.errors import NodeError, NoTargetError, UserInputError, WrongPasswordError
from node.core.events import EventBus, NodeEvent
from node.service.api import AgentsApi, ChainApi, ClientsApi, NodeService
from node.service.dto import (
    AccountView,
    ApprovalView,
    ChainContracts,
    ChainEndpoint,
    ChatEvent,
    ChatHistory,
    Contact,
    DoctorFinding,
    LocalModel,
    ModelSummary,
    MorOverview,
    NetworkView,
    PeerWallet,
    PromptPrivacy,
    ProviderSession,
    ProviderStatus,
    QuoteProblem,
    RpcServers,
    SendDraft,
    SessionView,
    SettingField,
    TransactionView,
    WalletStatus,
)
from tests.fakes import sample_data, sample_market, sample_servers
from tests.fakes.fake_accounts import sample_accounts
from tests.fakes.fake_chat import FakeChat
from tests.fakes.fake_money import FakeSessions, FakeWallet
from tests.fakes.fake_places import FakeLocal, FakeMarket, FakeProvider, FakeSystem
from tests.fakes.fake_sending import MARKETPLACE, TOKEN, sample_approvals, sample_contacts
from tests.fakes.script import Script


@dataclass
class World:
    """What the node says. Tests change it before or between calls."""

    wallet: WalletStatus = field(default_factory=sample_data.wallet_status)
    password: str = "correct horse"
    accounts: list[AccountView] = field(default_factory=sample_accounts)
    peer_wallet: PeerWallet = field(default_factory=lambda: PeerWallet(found=False))
    overview: MorOverview = field(default_factory=sample_data.overview)
    contacts: list[Contact] = field(default_factory=sample_contacts)
    approvals: list[ApprovalView] = field(default_factory=sample_approvals)
    drafts: dict[str, SendDraft] = field(default_factory=dict)
    draft_count: int = 0
    guard_password_above: int = 50 * 10**18
    guard_session_cap: int = 10**6 * 10**18
    transactions: list[TransactionView] = field(default_factory=sample_data.transactions)
    models: list[ModelSummary] = field(default_factory=sample_market.models)
    sessions: list[SessionView] = field(default_factory=sample_data.sessions)
    chats: list[ChatHistory] = field(default_factory=sample_data.chats)
    local_models: list[LocalModel] = field(default_factory=sample_data.local_models)
    network: NetworkView | None = field(default_factory=lambda: sample_data.networks()[0])
    added: list[NetworkView] = field(default_factory=list)
    network_notes: tuple[str, ...] = ()
    clock: DoctorFinding = field(default_factory=sample_servers.good_clock)
    servers: RpcServers = field(default_factory=sample_servers.servers)
    endpoints: tuple[ChainEndpoint, ...] = field(default_factory=sample_data.endpoints)
    settings: list[SettingField] = field(default_factory=sample_data.settings)
    quote_problems: tuple[QuoteProblem, ...] = ()
    prompt_privacy: PromptPrivacy = "encrypted"
    answer: list[ChatEvent | NodeError] | None = None
    """Events of the next answers instead of the sample answer; an error is raised in its place."""
    provider: ProviderStatus = field(
        default_factory=lambda: ProviderStatus(
            listening="",
            registered=False,
            endpoint="",
            stake=0,
            earned_in_period=0,
            headroom=0,
            period_end=0,
            models=(),
        )
    )
    provider_sessions: tuple[ProviderSession, ...] = ()
    now: int = sample_market.NOW
    demo_speed: int = 1

    def check_yes(
        self, needs_password: bool, needs_typed: str, password: SecretStr | None, typed: str
    ) -> None:
        """As the node's guards: the password and the text that a draft or quote asks for."""
        if needs_password and password is None:
            raise WrongPasswordError(
                "Enter the password of this wallet.", code="wallet.password_needed"
            )
        if password is not None and password.get_secret_value() != self.password:
            raise WrongPasswordError("Wrong password. Next try in 1 s.", details={"wait_s": 1})
        if needs_typed and typed.strip() != needs_typed:
            raise UserInputError(f"Type {needs_typed} to go on.", code="input.typed_text")


class FakeNode(NodeService):
    """See the module. Each method of the facade notes itself in `calls` as `(name, arguments)`."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.bus = EventBus()
        self.script = Script()
        self._wallet = FakeWallet(self.script, self.world, self.bus)
        self._market = FakeMarket(self.script, self.world)
        self._sessions = FakeSessions(self.script, self.world, self.bus)
        self._chat = FakeChat(self.script, self.world)
        self._provider = FakeProvider(self.script, self.world)
        self._local = FakeLocal(self.script, self.world, self.bus)
        self._system = FakeSystem(self.script, self.world, self.bus)

    @classmethod
    def fresh(cls) -> "FakeNode":
        """A first start: no wallet, no network, no chats, no models."""
        return cls(
            World(
                wallet=sample_data.wallet_status("none"),
                transactions=[],
                models=[],
                sessions=[],
                chats=[],
                local_models=[],
                network=None,
            )
        )

    @property
    def calls(self) -> list[tuple[str, tuple[Any, ...]]]:
        return self.script.calls

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of `name` so far."""
        return [arguments for called, arguments in self.script.calls if called == name]

    def fail(self, name: str, error: NodeError, *, times: int = 1) -> None:
        """Let the next `times` calls of `name` raise `error`."""
        self.script.failures[name] = [error] * times

    def hold(self, name: str) -> asyncio.Event:
        """Let calls of `name` wait until the returned event is set."""
        return self.script.gates.setdefault(name, asyncio.Event())

    def publish(self, event: NodeEvent) -> None:
        self.bus.publish(event)

    @property
    def wallet(self) -> FakeWallet:
        return self._wallet

    @property
    def market(self) -> FakeMarket:
        return self._market

    @property
    def sessions(self) -> FakeSessions:
        return self._sessions

    @property
    def chat(self) -> FakeChat:
        return self._chat

    @property
    def provider(self) -> FakeProvider:
        return self._provider

    @property
    def local(self) -> FakeLocal:
        return self._local

    @property
    def chain(self) -> ChainApi:
        return cast(ChainApi, _FewChain(self.script, self.world))

    @property
    def agents(self) -> AgentsApi:
        return cast(AgentsApi, _NoAgents())

    @property
    def clients(self) -> ClientsApi:
        return cast(ClientsApi, _NoClients())

    @property
    def system(self) -> FakeSystem:
        return self._system


class _NoAgents:
    """The window has no page for agents."""


class _FewChain:
    """The window asks where the contracts are, never for their raw records."""

    def __init__(self, script: Script, world: World) -> None:
        self._script, self._world = script, world

    async def contracts(self) -> ChainContracts:
        await self._script.enter("chain.contracts")
        network = self._world.network
        if network is None:
            raise NoTargetError("No network is chosen.")
        return ChainContracts(chain_id=network.chain_id, marketplace=MARKETPLACE, token=TOKEN)


class _NoClients:
    """Users of the HTTP API have no page in the window."""
