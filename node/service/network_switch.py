"""Chooses the network: opens its stack, closes the one before."""

import asyncio
import importlib
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from node.chain.networks import DEMO_CHAIN_ID, Network
from node.chain.rpc.pool import open_pool
from node.core.errors import ConfigError
from node.core.events import MarketChanged, WalletChanged
from node.core.http_client import open_http_client
from node.core.settings import NodeSettings
from node.core.tasks import TaskScope
from node.core.units import Eth, Mor
from node.router.claiming import ClaimRule
from node.router.extension import SessionExtender
from node.router.gap_filling import FillRule
from node.router.user_rules import UserRules, user_rules
from node.service.assembly import StackParts, open_stack
from node.service.dto import NetworkView
from node.service.network_choice import DEMO, all_views, configured_network, start_network
from node.service.profile import Profile
from node.service.session_grants import SessionGrants
from node.service.spending_rules import SpendingRules
from node.service.stack import NetworkStack, StackHolder
from node.store.journal import fresh_journal_database
from node.wire.limits import MIB, WireLimits

GUIDE_WORD_DELAY_S = 0.03


def wire_limits(settings: NodeSettings) -> WireLimits:
    """The protocol's limits with the user's numbers."""
    return WireLimits(
        first_response_s=settings.first_answer_timeout_s,
        first_response_waits=1 + settings.first_answer_retries,
        audio_response_waits=1 + settings.audio_answer_retries,
        idle_s=settings.idle_timeout_s,
        message_in=settings.message_limit_mib * MIB,
        message_out=settings.message_limit_mib * MIB,
        connections=settings.provider_connections,
        whole_request_s=settings.provider_request_time_s,
        requests_per_address_minute=settings.session_requests_per_address,
        requests_per_user_minute=settings.session_requests_per_user,
    )


class NetworkSwitch:
    """Owner of the stack in use. One switch at a time; a failed one leaves no network chosen."""

    def __init__(self, *, profile: Profile, stacks: StackHolder, listen: str) -> None:
        self._profile = profile
        self._stacks = stacks
        self._listen = listen
        self._cleanup = AsyncExitStack()
        self._switching = asyncio.Lock()

    def views(self) -> tuple[NetworkView, ...]:
        """All networks that can be chosen."""
        return all_views(self._settings(), start=start_network(self._profile.settings))

    @property
    def switching(self) -> asyncio.Lock:
        """Held while a network closes and another opens."""
        return self._switching

    async def select(self, name: str) -> NetworkStack:
        """Open the network `name` and close the one before.

        Raises:
            ConfigError: the name or the settings of the network (the present one stays open).
        """
        async with self._switching:
            current = self._stacks.current
            if current is not None and current.network.key == name:
                return current
            network = None if name == DEMO else configured_network(name, self._settings())
            return await self._exchange(network)

    def check(self, rpc_urls: Sequence[str]) -> None:
        """Whether the network in use can be opened through `rpc_urls`. Raises ConfigError."""
        current = self._stacks.current
        if current is None:
            return
        changed = {"rpc_urls": tuple(rpc_urls), "rpc_network": ""}
        settings = self._settings().model_copy(update=changed)
        if not configured_network(current.network.key, settings).rpc_urls:
            raise ConfigError(
                "This network has no public RPC address.", hint="Enter one of your own."
            )

    async def reopen(self) -> None:
        """Close the network in use and open it with the RPC addresses in force now.

        Raises:
            ConfigError: as `select`.
        """
        async with self._switching:
            current = self._stacks.current
            if current is None:
                return
            network = configured_network(current.network.key, self._settings())
            await self._exchange(network)

    async def _exchange(self, network: Network | None) -> NetworkStack:
        await self._close()
        try:
            stack = await self._open(network)
            self._stacks.replace(stack)
        finally:
            # Also without success: the one before is not in use any more.
            self._profile.bus.publish(WalletChanged())
            self._profile.bus.publish(MarketChanged())
        return stack

    def _settings(self) -> NodeSettings:
        """Those of the start, with the RPC addresses in force: they need no restart."""
        now = self._profile.book.current
        # Those of a flag or the environment are meant for whatever is started with them.
        fixed = self._profile.book.is_fixed("rpc_urls")
        changed = {
            "rpc_urls": now.rpc_urls,
            "rpc_network": "" if fixed else now.rpc_network,
            "own_networks": now.own_networks,
        }
        return self._profile.settings.model_copy(update=changed)

    async def _open(self, network: Network | None) -> NetworkStack:
        try:
            parts = await (self._demo_parts() if network is None else self._chain_parts(network))
            stack = await self._cleanup.enter_async_context(open_stack(parts))
            if not stack.memory_wallet:
                tasks = await self._cleanup.enter_async_context(TaskScope("session-grants"))
                grants = SessionGrants(
                    stack=stack, keys=self._profile.vault.auto_lock, bus=self._profile.bus
                )
                tasks.spawn(grants.run(), name="grants")
            await self._extend_sessions(stack)
            return stack
        except BaseException:
            await self._close()
            raise

    async def _extend_sessions(self, stack: NetworkStack) -> None:
        tasks = await self._cleanup.enter_async_context(TaskScope("session-extender"))
        rules = SpendingRules(lambda: self._profile.book.current)
        extender = SessionExtender(
            chain=stack.chain,
            wallet=stack.wallet,
            opening=stack.limited_opening,
            plan=rules.planner(stack),
        )
        tasks.spawn(extender.run(), name="extender")

    async def _demo_parts(self) -> StackParts:
        profile = self._profile
        # The EVM takes seconds to import: only for the demo, and beside the loop.
        await asyncio.to_thread(importlib.import_module, "node.service.demo_world")
        from node.service.demo_world import open_demo_world, user_parts

        world = await self._cleanup.enter_async_context(
            open_demo_world(
                folder=profile.dirs.state, clock=profile.clock, word_delay_s=GUIDE_WORD_DELAY_S
            )
        )
        journal = fresh_journal_database(profile.dirs.state / "demo-journal.db")
        await journal.open()
        self._cleanup.push_async_callback(journal.close)
        parts = user_parts(
            world,
            bus=profile.bus,
            journal=journal,
            backends=profile.backends,
            limits=wire_limits(profile.settings),
        )
        return replace(
            parts,
            claim_rule=lambda: claim_rule(parts.network, profile.book.current),
            fill_rule=lambda: fill_rule(parts.network, profile.book.current),
        )

    async def _chain_parts(self, network: Network) -> StackParts:
        profile, settings = self._profile, self._profile.settings
        client = open_http_client(read_timeout_s=5.0)
        self._cleanup.push_async_callback(client.aclose)
        return StackParts(
            network=with_fee_cap(network, settings),
            spool=profile.spool,
            agents=profile.agents,
            rpc=open_pool(network, client, profile.clock),
            clock=profile.clock,
            signer=profile.vault.signer,
            bus=profile.bus,
            journal=profile.journal,
            backends=profile.backends,
            rating=profile.rating,
            limits=wire_limits(settings),
            allow_private=settings.allow_private_providers or network.chain_id == DEMO_CHAIN_ID,
            legacy_fees=settings.legacy_transactions,
            listen=self._listen,
            poll_s=settings.polling_interval_s,
            claim_rule=lambda: claim_rule(network, profile.book.current),
            fill_rule=lambda: fill_rule(network, profile.book.current),
            users=lambda: user_rules_of(profile.book.current),
            claim_pay_from=lambda: Mor.parse(profile.book.current.provider_claim_from),
            memory_wallet=bool(settings.wallet_private_key.get_secret_value()),
        )

    async def _close(self) -> None:
        self._stacks.replace(None)
        cleanup, self._cleanup = self._cleanup, AsyncExitStack()
        await cleanup.aclose()

    async def aclose(self) -> None:
        async with self._switching:
            await self._close()


def claim_rule(network: Network, settings: NodeSettings) -> ClaimRule:
    """The user's rule for released stake; where fees are play money they do not matter."""
    return ClaimRule(
        automatic=settings.auto_claim,
        fee_percent=0 if network.is_test else settings.auto_claim_fee_percent,
        mor_worth=Eth.parse(settings.mor_worth_eth),
    )


def fill_rule(network: Network, settings: NodeSettings) -> FillRule:
    """The user's rule for numbers that hold up transactions; test money has no limit."""
    most = None if network.is_test else Eth.parse(settings.free_nonce_max_fee)
    return FillRule(automatic=settings.auto_free_nonce, most=most)


def user_rules_of(settings: NodeSettings) -> UserRules:
    """The lists of users that the provider side obeys now."""
    return user_rules(settings.provider_allow_users, settings.provider_deny_users)


def with_fee_cap(network: Network, settings: NodeSettings) -> Network:
    """With the user's limit for fees; where they are play money it is never below the usual one."""
    cap = settings.fee_cap
    if network.is_test:
        cap = Eth(max(network.fee_cap.base, cap.base))
    return replace(network, fee_cap=cap)
