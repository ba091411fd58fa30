"""Builds the use cases of one network from its parts: the composition of a `NetworkStack`."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from node.chain.calls import ContractCalls
from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import Network
from node.chain.rpc.overview import ChainSources
from node.chain.transactions import WalletTransactions
from node.chain.transfers import TransferWatcher
from node.chain.watcher import SessionWatcher
from node.core.clock import Clock
from node.core.errors import ConfigError
from node.core.events import EventBus
from node.core.ports import JsonRpc, Signer
from node.core.spool import Spool
from node.core.tasks import TaskScope
from node.core.units import Mor
from node.router.access import ChainAccess, WalletAccess
from node.router.activity import ActivityLog
from node.router.agents import Agents
from node.router.approvals import ApprovalDesk
from node.router.auto_session import AutoSessions
from node.router.backends import Backends
from node.router.capacity import Capacity
from node.router.claiming import ClaimRule, StakeClaimer
from node.router.closing import SessionCloser
from node.router.consents import ConsentDesk
from node.router.consumer import Consumer
from node.router.earnings import EarningsBook
from node.router.failover import FailoverPrompts
from node.router.finality import FinalityWatch
from node.router.gap_filling import FillRule, GapFiller
from node.router.incoming import IncomingWatch
from node.router.keeper import SessionKeeper
from node.router.market import MarketBook
from node.router.model_tags import TeeModels
from node.router.occupancy import Occupancy
from node.router.opening import SessionOpener
from node.router.pay_desk import PayDesk
from node.router.payday import Payday, never
from node.router.prompt_privacy import PromptPrivacy
from node.router.provider_admin import ProviderAdmin
from node.router.quotes import QuoteDesk
from node.router.rating import RatingSource
from node.router.recovery import SessionRecovery
from node.router.replacing import TransactionReplacer
from node.router.reports import ReportMaker
from node.router.retrying import RetryQueue
from node.router.self_check import SelfCheck
from node.router.sending import TransactionSender
from node.router.served import ServedSessions
from node.router.serving import ProviderSide
from node.router.serving_agents import AgentSide
from node.router.session_agents import SessionAgents
from node.router.session_watch import SessionWatch
from node.router.setbacks import Setbacks
from node.router.spending import LimitedOpening
from node.router.user_keys import UserKeys
from node.router.user_rules import UserRules
from node.service.profile import VERSION
from node.service.stack import DemoControl, NetworkStack
from node.store.abilities import AbilityBook
from node.store.db import Database
from node.store.incoming import IncomingTransfers
from node.store.journal import SessionJournal
from node.store.log_cursors import LogCursors
from node.store.peers import PeerKeys
from node.store.provider_memory import ProviderMemory
from node.store.retries import RetryBook
from node.store.session_stats import SessionStats
from node.wire.client import WireClient
from node.wire.limits import WireLimits
from node.wire.server import ProviderServer
from node.wire.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class StackParts:
    """What a stack is made of. `listen` is host:port of the provider's listener, empty for none.
    `poll_s` is the time between two
    looks at the chain's logs, 0 for none."""

    network: Network
    rpc: JsonRpc
    clock: Clock
    signer: Signer
    bus: EventBus
    journal: Database
    backends: Backends
    rating: RatingSource
    limits: WireLimits
    allow_private: bool
    legacy_fees: bool = False
    listen: str = ""
    memory_wallet: bool = False
    poll_s: float = 0.0
    claim_rule: Callable[[], ClaimRule] = ClaimRule
    fill_rule: Callable[[], FillRule] = FillRule
    users: Callable[[], UserRules] = UserRules
    claim_pay_from: Callable[[], Mor] = never
    demo: DemoControl | None = None
    agents: Agents | None = None
    spool: Spool | None = None
    """Room for the audio that consumers upload; without one this node only chats."""


@asynccontextmanager
async def open_stack(parts: StackParts) -> AsyncGenerator[NetworkStack, None]:
    """Build the stack, start its keeper and, if asked, its provider listener; stop them on exit.

    Raises:
        AddressInUseError, ConfigError: the listener's address.
    """
    async with TaskScope(f"network-{parts.network.key}") as tasks:
        provider = provider_side(parts, tasks) if parts.listen else None
        stack = _stack(parts, provider)
        server = await _listen(parts, provider) if provider is not None else None
        tasks.spawn(stack.keeper.run(), name="keeper")
        tasks.spawn(stack.payday.run(), name="payday")
        if parts.listen:
            tasks.spawn(stack.self_check.watch(), name="self-check")
        if parts.poll_s:
            tasks.spawn(_watch(parts, stack).run(), name="watch")
            tasks.spawn(_incoming(parts, stack).run(), name="incoming")
        try:
            yield stack
        finally:
            if server is not None and provider is not None:
                await server.aclose()
                await provider.flush()
                provider.close()


def chain_access(parts: StackParts) -> ChainAccess:
    """Reads, calldata and transactions of one network over one RPC."""
    head = ChainHead(parts.rpc, parts.clock)
    sources = ChainSources(parts.rpc, parts.clock)
    return ChainAccess(
        market=ContractMarketplace(
            parts.rpc, parts.network, head, parts.clock, quorum=sources.quorum
        ),
        calls=ContractCalls(parts.network),
        transactions=WalletTransactions(
            parts.rpc,
            parts.network,
            head,
            parts.clock,
            legacy_fees=parts.legacy_fees,
            may_sign=sources.require_agreement,
            quorum=sources.quorum,
        ),
        clock=parts.clock,
        sources=sources,
    )


def _watch(parts: StackParts, stack: NetworkStack) -> SessionWatch:
    head = ChainHead(parts.rpc, parts.clock)
    return SessionWatch(
        make_watcher=lambda account: SessionWatcher(
            parts.rpc, parts.network, head, parts.clock, account, poll_s=parts.poll_s
        ),
        cursors=LogCursors(parts.journal),
        market=stack.chain.market,
        clock=parts.clock,
        wallet=stack.wallet,
        keeper=stack.keeper,
        provider=stack.provider_side,
    )


def _incoming(parts: StackParts, stack: NetworkStack) -> IncomingWatch:
    head = ChainHead(parts.rpc, parts.clock)
    return IncomingWatch(
        make_watcher=lambda account: TransferWatcher(
            parts.rpc, parts.network, head, parts.clock, account, poll_s=parts.poll_s
        ),
        cursors=LogCursors(parts.journal),
        transfers=stack.incoming,
        chain=stack.chain,
        wallet=stack.wallet,
    )


def _stack(parts: StackParts, provider: ProviderSide | None) -> NetworkStack:
    chain = chain_access(parts)
    wallet = WalletAccess(signer=parts.signer, journal=SessionJournal(parts.journal), bus=parts.bus)
    peers = PeerKeys(parts.journal, parts.clock)
    stats = SessionStats(parts.journal)
    link = WireClient(
        signer=parts.signer,
        clock=parts.clock,
        limits=parts.limits,
        allow_private=parts.allow_private,
    )
    sender = TransactionSender(chain=chain, wallet=wallet)
    earnings = EarningsBook(chain=chain, signer=parts.signer)
    pay = PayDesk(chain=chain, wallet=wallet, sender=sender, book=earnings)
    quotes = QuoteDesk(chain=chain, signer=parts.signer, rating=parts.rating)
    privacy = PromptPrivacy(
        link=link, peers=peers, abilities=AbilityBook(parts.journal), clock=parts.clock
    )
    opener = SessionOpener(
        chain=chain, wallet=wallet, sender=sender, link=link, peers=peers, privacy=privacy
    )
    reports = ReportMaker(
        signer=parts.signer,
        stats=stats,
        clock=parts.clock,
        chain_id=parts.network.chain_id,
        role="consumer",
    )
    closer = SessionCloser(chain=chain, wallet=wallet, sender=sender, link=link, reports=reports)
    recovery = SessionRecovery(
        chain=chain, wallet=wallet, sender=sender, opener=opener, closer=closer
    )
    setbacks = Setbacks(parts.clock)
    opening = LimitedOpening(chain=chain, wallet=wallet, quotes=quotes, opener=opener)
    sessions = AutoSessions(chain=chain, wallet=wallet, opening=opening, setbacks=setbacks)
    consumer = Consumer(
        chain=chain, wallet=wallet, link=link, peers=peers, stats=stats, privacy=privacy
    )
    gaps = GapFiller(chain=chain, wallet=wallet, sender=sender, rule=parts.fill_rule)
    finality = FinalityWatch(chain=chain, wallet=wallet, sender=sender, gaps=gaps)
    retries = RetryQueue(RetryBook(parts.journal), parts.clock)
    claimer = StakeClaimer(
        chain=chain, wallet=wallet, sender=sender, retries=retries, rule=parts.claim_rule
    )
    return NetworkStack(
        network=parts.network,
        rpc=parts.rpc,
        chain=chain,
        wallet=wallet,
        incoming=IncomingTransfers(parts.journal),
        stats=stats,
        market=MarketBook(market=chain.market, rating=parts.rating, clock=parts.clock),
        quotes=quotes,
        sender=sender,
        opener=opener,
        limited_opening=opening,
        consents=ConsentDesk(chain=chain, wallet=wallet, link=link, peers=peers, quotes=quotes),
        auto_sessions=sessions,
        failover=FailoverPrompts(
            chain=chain,
            consumer=consumer,
            sessions=sessions,
            opening=opening,
            setbacks=setbacks,
            privacy=privacy,
        ),
        closer=closer,
        claimer=claimer,
        retries=retries,
        recovery=recovery,
        keeper=SessionKeeper(
            chain=chain,
            wallet=wallet,
            closer=closer,
            recovery=recovery,
            claimer=claimer,
            retries=retries,
            finality=finality,
        ),
        replacer=TransactionReplacer(chain=chain, wallet=wallet, sender=sender),
        finality=finality,
        gaps=gaps,
        consumer=consumer,
        privacy=privacy,
        agents=SessionAgents(consumer=consumer, link=link, privacy=privacy),
        provider_admin=ProviderAdmin(chain=chain, wallet=wallet, sender=sender),
        earnings=earnings,
        pay=pay,
        payday=Payday(desk=pay, least=parts.claim_pay_from),
        self_check=SelfCheck(
            chain=chain,
            signer=parts.signer,
            bus=parts.bus,
            backends=parts.backends,
            link=link,
            listening=parts.listen,
        ),
        provider_side=provider,
        listening=parts.listen,
        demo=parts.demo,
        memory_wallet=parts.memory_wallet,
    )


def provider_side(parts: StackParts, tasks: TaskScope) -> ProviderSide:
    """The provider half alone; `tasks` owns its background work. `restore` it before use."""
    chain = chain_access(parts)
    stats, memory = SessionStats(parts.journal), ProviderMemory(parts.journal)
    capacity, keys, tee = (
        Capacity(parts.clock),
        UserKeys(PeerKeys(parts.journal, parts.clock)),
        TeeModels(chain),
    )
    reports = ReportMaker(
        signer=parts.signer,
        stats=stats,
        clock=parts.clock,
        chain_id=parts.network.chain_id,
        role="provider",
    )
    approvals = ApprovalDesk(
        chain=chain,
        signer=parts.signer,
        backends=parts.backends,
        capacity=capacity,
        occupancy=Occupancy(chain=chain, signer=parts.signer, capacity=capacity),
        keys=keys,
        memory=memory,
        users=parts.users,
        tee=tee,
    )
    sessions = ServedSessions(
        chain=chain,
        signer=parts.signer,
        stats=stats,
        capacity=capacity,
        tee=tee,
        tasks=tasks,
    )
    return ProviderSide(
        bus=parts.bus,
        backends=parts.backends,
        capacity=capacity,
        approvals=approvals,
        sessions=sessions,
        keys=keys,
        activity=ActivityLog(memory=memory, clock=parts.clock, tasks=tasks),
        stats=stats,
        reports=reports.own_report,
        version=VERSION,
        uploads=Uploads(parts.spool, parts.clock) if parts.spool is not None else None,
    )


async def open_listener(
    parts: StackParts, provider: ProviderSide, host: str, port: int
) -> ProviderServer:
    """Take up what the provider remembers and start its TCP listener; the caller closes it."""
    await provider.restore()
    server = ProviderServer(
        handler=provider,
        audio=provider,
        agents=AgentSide(parts.agents, provider.model_of) if parts.agents is not None else None,
        signer=parts.signer,
        clock=parts.clock,
        limits=parts.limits,
    )
    await server.start(host, port)
    return server


async def _listen(parts: StackParts, provider: ProviderSide) -> ProviderServer:
    host, port = split_address(parts.listen)
    return await open_listener(parts, provider, host, port)


def split_address(address: str) -> tuple[str, int]:
    """`host:port` as a pair; an empty host is this computer.

    Raises:
        ConfigError: no port, or none between 0 and 65535.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ConfigError(
            f"“{address[:80]}” is no address to listen on.", hint="For example 127.0.0.1:3333."
        )
    return host.strip("[]") or "127.0.0.1", int(port)
