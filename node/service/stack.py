"""Everything that belongs to one network:

Built once when the network is chosen, closed as a whole.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from node.chain.networks import Network
from node.core.errors import ChainError, MarketError, NoTargetError
from node.core.ids import ModelId, SessionId
from node.core.ports import JsonRpc
from node.router.access import ChainAccess, WalletAccess
from node.router.auto_session import AutoSessions
from node.router.claiming import StakeClaimer
from node.router.closing import SessionCloser
from node.router.consents import ConsentDesk
from node.router.consumer import Consumer
from node.router.earnings import EarningsBook
from node.router.failover import FailoverPrompts
from node.router.finality import FinalityWatch
from node.router.gap_filling import GapFiller
from node.router.keeper import SessionKeeper
from node.router.market import MarketBook
from node.router.opening import SessionOpener
from node.router.pay_desk import PayDesk
from node.router.payday import Payday
from node.router.prompt_privacy import PromptPrivacy
from node.router.provider_admin import ProviderAdmin
from node.router.quotes import QuoteDesk
from node.router.recovery import SessionRecovery
from node.router.replacing import TransactionReplacer
from node.router.retrying import RetryQueue
from node.router.self_check import SelfCheck
from node.router.sending import TransactionSender
from node.router.serving import ProviderSide
from node.router.session_agents import SessionAgents
from node.router.spending import LimitedOpening
from node.store.incoming import IncomingTransfers
from node.store.journal_records import SessionEntry
from node.store.session_stats import SessionStats


class DemoControl(Protocol):
    """Moves the demo chain's time."""

    def now(self) -> int: ...

    @property
    def speed(self) -> int: ...

    async def skip_to_midnight(self) -> None: ...

    async def set_speed(self, speed: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkStack:
    """The use cases of one network with one wallet."""

    network: Network
    rpc: JsonRpc
    chain: ChainAccess
    wallet: WalletAccess
    incoming: IncomingTransfers
    stats: SessionStats
    market: MarketBook
    quotes: QuoteDesk
    sender: TransactionSender
    opener: SessionOpener
    limited_opening: LimitedOpening
    consents: ConsentDesk
    auto_sessions: AutoSessions
    failover: FailoverPrompts
    closer: SessionCloser
    claimer: StakeClaimer
    retries: RetryQueue
    replacer: TransactionReplacer
    finality: FinalityWatch
    gaps: GapFiller
    recovery: SessionRecovery
    keeper: SessionKeeper
    consumer: Consumer
    privacy: PromptPrivacy
    agents: SessionAgents
    provider_admin: ProviderAdmin
    earnings: EarningsBook
    pay: PayDesk
    payday: Payday
    self_check: SelfCheck
    provider_side: ProviderSide | None
    listening: str
    demo: DemoControl | None
    memory_wallet: bool
    names: dict[ModelId, str] = field(default_factory=dict)

    async def model_name(self, model_id: ModelId) -> str:
        """Name of a model as the chain has it, from the market's view where it is there.

        Its short id where it cannot be read: sessions are listed and used without the chain too.
        """
        view = self.market.known(model_id)
        if view is not None:
            return view.model.name
        if model_id in self.names:
            return self.names[model_id]
        try:
            name = (await self.chain.market.model(model_id)).name
            return self.names.setdefault(model_id, name)
        except (ChainError, MarketError):
            return model_id.short

    async def model_names(self, model_ids: Iterable[ModelId]) -> dict[ModelId, str]:
        """As `model_name`, all at once: without a connection each attempt takes its time."""
        models = tuple(set(model_ids))
        names = await asyncio.gather(*map(self.model_name, models))
        return dict(zip(models, names, strict=True))

    async def session_entry(self, session_id: SessionId) -> SessionEntry | None:
        """What the journal has of a session of this network."""
        market = self.chain.market
        return await self.wallet.journal.entry_by_session(
            session_id, market.chain_id, market.marketplace_address
        )


class StackHolder:
    """The network in use; the only place where it changes."""

    def __init__(self) -> None:
        self._stack: NetworkStack | None = None

    @property
    def current(self) -> NetworkStack | None:
        return self._stack

    def replace(self, stack: NetworkStack | None) -> None:
        self._stack = stack

    def require(self) -> NetworkStack:
        """The stack in use.

        Raises:
            NoTargetError: no network was chosen yet.
        """
        if self._stack is None:
            raise NoTargetError(
                "No network is chosen yet.",
                hint="Start the demo or choose a network first.",
                code="node.no_network",
            )
        return self._stack
