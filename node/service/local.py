"""The node in this process: composition root of the facade."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from node.core.clock import Clock, SystemClock
from node.core.errors import AlreadyRunningError, StorageError
from node.core.events import EventBus, LocalModelsChanged, WalletChanged
from node.core.log import get_logger
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.core.spool import Spool
from node.core.tasks import TaskScope
from node.llm.limits import Waits
from node.llm.llama.socket_folder import remove_leftovers
from node.llm.local_models import LocalModels
from node.llm.mcp.child import ToolLimits
from node.router.agents import Agents
from node.router.agents_config import load_agents_config
from node.router.backend_factory import BackendMaker, file_entries
from node.router.backends import Backends
from node.router.models_config import ModelEntry, load_models_config
from node.router.rating import RatingBook
from node.router.rating_config import load_rating_config
from node.service.agents_service import AgentsService
from node.service.allowance_desk import AllowanceDesk
from node.service.api_binding import ApiBinding
from node.service.audio import AudioCompletions
from node.service.chain_service import ChainService
from node.service.chat_service import ChatService
from node.service.clients_service import ClientsService
from node.service.completions import Completions
from node.service.doctor import Doctor
from node.service.guards import SpendingGuards
from node.service.health import NodeHealth
from node.service.live_config import LiveConfig
from node.service.local_models_service import LocalModelsService
from node.service.market_service import MarketService
from node.service.network_choice import start_network
from node.service.network_switch import NetworkSwitch
from node.service.node_options import NodeOptions
from node.service.profile import Profile
from node.service.provider_service import ProviderService
from node.service.sessions_service import SessionsService
from node.service.settings_book import SettingsBook
from node.service.spending_rules import SpendingRules
from node.service.stack import StackHolder
from node.service.stored_chats import StoredChats
from node.service.system_service import SystemService
from node.service.targets import TargetFinder
from node.service.vaults import VaultDesk
from node.service.wallet_money import money_parts
from node.service.wallet_service import WalletService
from node.store.chats import ChatRepository, chats_database
from node.store.client_spending import ClientSpending
from node.store.clients import ClientRepository, clients_database
from node.store.db import Database
from node.store.journal import journal_database
from node.store.proxy_conf import ProxyConf
from node.wallet.keyring_store import OsKeyring
from node.wallet.vault import Vault

__all__ = ["LocalNode", "NodeOptions", "open_node"]

PROVIDER_PORT = 3333
_log = get_logger("node.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalNode:
    """`NodeService` in this process, with what the HTTP server beside it needs to know."""

    wallet: WalletService
    market: MarketService
    sessions: SessionsService
    chat: ChatService
    provider: ProviderService
    local: LocalModelsService
    chain: ChainService
    agents: AgentsService
    clients: ClientsService
    system: SystemService
    backends: Backends
    settings: SettingsBook
    dirs: AppDirs
    api: ApiBinding
    spool: Spool


@asynccontextmanager
async def open_node(options: NodeOptions) -> AsyncGenerator[LocalNode, None]:
    """Open the node of one data folder; close everything in reverse on exit.

    The network named by the settings is opened before this returns; without one the node runs for
    local models only.

    Raises:
        AlreadyRunningError: another program uses the folder.
        StorageError, ConfigError: the folder, a file in it, or the settings.
    """
    dirs, settings = options.dirs, options.settings
    dirs.ensure()
    async with AsyncExitStack() as cleanup:
        _lock(dirs, cleanup)
        clock, bus, stacks = SystemClock(), EventBus(), StackHolder()
        local = _local_models(options, clock, bus)
        cleanup.push_async_callback(local.aclose)
        local.watch_idle()
        configured = load_models_config(
            _models_config(options), options.settings.models_config_content.get_secret_value()
        )
        entries = configured.entries
        for notice in configured.notices:
            _log.warning("model left out", detail=notice)
        for notice in configured.notices:
            _log.warning(notice)
        backends = Backends(
            entries=entries,
            factory=BackendMaker(
                local=local, clock=clock, waits=Waits.both(settings.llm_timeout_s)
            ).make,
            files=lambda: file_entries(local),
            left_out=configured.left_out,
        )
        cleanup.push_async_callback(backends.aclose)
        journal = await _opened(journal_database(dirs.journal_db), cleanup)
        chats = await _opened(chats_database(dirs.chats_db), cleanup)
        clients = await _opened(clients_database(dirs.clients_db), cleanup)
        rating = RatingBook(
            load_rating_config(_optional_path(settings.rating_config), settings.provider_allow_list)
        )
        listen = _listen_address(options, entries)
        agents = _agents(options)
        config = LiveConfig(
            models_file=_models_config(options),
            rating_file=_optional_path(settings.rating_config),
            agents_file=_agents_config(options),
            allowed=settings.provider_allow_list,
            backends=backends,
            agents=agents,
            rating=rating,
            bus=bus,
            port_is_closed=options.hosting and not listen,
        ).watch(clock)
        users = ProxyConf(_optional_path(settings.auth_config_file) or dirs.users_file)
        users.load()
        profile = Profile(
            dirs=dirs,
            spool=Spool(dirs.uploads),
            settings=settings,
            book=SettingsBook(file=dirs.settings_file, started_with=settings),
            clock=clock,
            bus=bus,
            vault=await _vault(options, clock, bus, cleanup),
            backends=backends,
            agents=agents,
            config=config,
            rating=rating,
            journal=journal,
        )
        if not settings.wallet_private_key.get_secret_value():
            keys = profile.vault.auto_lock
            profile.book.follow(lambda changed: keys.set_idle(_idle_s(options, changed)))
        switch = NetworkSwitch(profile=profile, stacks=stacks, listen=listen)
        cleanup.push_async_callback(switch.aclose)
        node = _compose(profile, stacks, switch, local, _Storage(users, journal, chats, clients))
        network = start_network(settings)
        if network:
            await switch.select(network)
        tasks = await cleanup.enter_async_context(TaskScope("config"))
        tasks.spawn(config.run(), name="watch")
        yield node


def _compose(
    profile: Profile,
    stacks: StackHolder,
    switch: NetworkSwitch,
    local: LocalModels,
    storage: "_Storage",
) -> LocalNode:
    book = profile.book
    api = ApiBinding()
    touch = profile.vault.auto_lock.touch
    spending = ClientSpending(storage.clients, profile.clock)
    desk = AllowanceDesk(stacks=stacks, spending=spending)
    rules = SpendingRules(lambda: book.current)
    vaults = VaultDesk(profile.vault)
    guards = SpendingGuards(settings=lambda: book.current, vaults=vaults)
    completions = Completions(local=profile.backends, clock=profile.clock, failover=rules.failover)
    money = money_parts(
        stacks=stacks,
        vaults=vaults,
        touch=touch,
        allowances=desk,
        guards=guards,
        journal=storage.journal,
    )
    return LocalNode(
        wallet=WalletService(
            stacks=stacks, vaults=vaults, touch=touch, money=money, settings=lambda: book.current
        ),
        market=MarketService(stacks),
        sessions=SessionsService(stacks, touch=touch, allowances=desk, rules=rules, guards=guards),
        chat=ChatService(
            touch=touch,
            targets=TargetFinder(
                stacks=stacks, local=profile.backends, rules=rules, allowances=desk
            ),
            completions=completions,
            audio=AudioCompletions(local=profile.backends, failover=rules.failover),
            backends=profile.backends,
            chats=StoredChats(
                chats=ChatRepository(storage.chats),
                clock=profile.clock,
                keep=lambda: book.current.store_chats,
            ),
            clock=profile.clock,
        ),
        provider=ProviderService(
            stacks=stacks, backends=profile.backends, allowances=desk, guards=guards
        ),
        local=LocalModelsService(local=local, dirs=profile.dirs, bus=profile.bus),
        chain=ChainService(stacks, allowances=desk, sending=money.sending),
        agents=AgentsService(stacks=stacks, agents=profile.agents, touch=touch),
        clients=ClientsService(
            users=storage.users,
            clients=ClientRepository(storage.clients, profile.clock),
            spending=spending,
            desk=desk,
            bus=profile.bus,
            clock=profile.clock,
        ),
        system=SystemService(
            profile=profile,
            stacks=stacks,
            switch=switch,
            doctor=Doctor(profile=profile, stacks=stacks, api=api),
            settings=book,
            api=api,
            health=NodeHealth(
                profile=profile,
                stacks=stacks,
                databases=(storage.journal, storage.chats, storage.clients),
                api=api,
            ),
        ),
        backends=profile.backends,
        settings=book,
        dirs=profile.dirs,
        api=api,
        spool=profile.spool,
    )


@dataclass(frozen=True, slots=True)
class _Storage:
    """Files and databases of the node; logins of API users are in `users`."""

    users: ProxyConf
    journal: Database
    chats: Database
    clients: Database


def _lock(dirs: AppDirs, cleanup: AsyncExitStack) -> None:
    lock = FileLock(dirs.lock_file)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyRunningError("The program is running with this data folder.") from error
    except OSError as error:
        raise StorageError(
            f"The file {dirs.lock_file} cannot be written.",
            hint="Does it belong to another user? Choose another data folder with --home.",
            code="storage.not_writable",
        ) from error
    cleanup.callback(lock.release)


async def _opened(database: Database, cleanup: AsyncExitStack) -> Database:
    report = await database.open()
    if report.message:
        _log.warning("storage was repaired", file=database.path.name, detail=report.message)
    cleanup.push_async_callback(database.close)
    return database


def _local_models(options: NodeOptions, clock: Clock, bus: EventBus) -> LocalModels:
    remove_leftovers(options.dirs.state)
    return LocalModels(
        registry_file=options.dirs.data / "local-models.json",
        work_dir=options.dirs.state,
        clock=clock,
        on_state=lambda _model, _state, _detail: bus.publish(LocalModelsChanged()),
        worker_command=options.worker_command,
        checker_command=options.checker_command,
    )


async def _vault(
    options: NodeOptions, clock: Clock, bus: EventBus, cleanup: AsyncExitStack
) -> Vault:
    key = options.settings.wallet_private_key.get_secret_value()
    if key:
        return Vault.from_private_key(key, clock)
    # Looking for the system's secret store may wait for another program.
    vault = Vault(
        options.dirs.keystore,
        clock,
        await asyncio.to_thread(OsKeyring.find),
        idle_s=_idle_s(options, options.settings),
        on_change=lambda: bus.publish(WalletChanged()),
    )
    await vault.open()
    tasks = await cleanup.enter_async_context(TaskScope("wallet"))
    tasks.spawn(vault.auto_lock.run(), name="auto-lock")
    return vault


def _idle_s(options: NodeOptions, settings: NodeSettings) -> int:
    """A node that serves others needs its key as long as it runs."""
    return 0 if options.hosting else settings.auto_lock_s


def _optional_path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _models_config(options: NodeOptions) -> Path:
    return _optional_path(options.settings.models_config) or options.dirs.models_config


def _agents_config(options: NodeOptions) -> Path:
    return _optional_path(options.settings.agents_config) or options.dirs.agents_config


def _agents(options: NodeOptions) -> Agents:
    settings = options.settings
    entries = load_agents_config(
        _agents_config(options), settings.agents_config_content.get_secret_value()
    )
    return Agents(entries, ToolLimits(call_s=settings.agent_timeout_s))


def _listen_address(options: NodeOptions, entries: Sequence[ModelEntry]) -> str:
    """The provider's port is open only for hosting, and only when there is something to host."""
    if not options.hosting or not any(entry.model_id for entry in entries):
        return ""
    return options.settings.proxy_address or f"127.0.0.1:{PROVIDER_PORT}"
