"""A demo world with the user's stack, for tests of the router and the service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.core.clock import SystemClock
from node.core.events import EventBus
from node.core.ports import LlmBackend
from node.core.settings import load_settings
from node.router.backends import Backends
from node.router.models_config import ModelEntry
from node.router.opening import OpeningStep
from node.router.quotes import QuoteOrder
from node.service.allowance_desk import AllowanceDesk
from node.service.assembly import open_stack
from node.service.demo_world import DemoWorld, open_demo_world, user_parts
from node.service.spending_rules import SpendingRules
from node.service.stack import NetworkStack, StackHolder
from node.store.client_spending import ClientSpending
from node.store.clients import clients_database
from node.store.db import Database
from node.store.journal import fresh_journal_database
from node.store.journal_records import SessionEntry
from node.wire.limits import WireLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStack:
    world: DemoWorld
    stack: NetworkStack
    journal: Database

    async def guide(self, name: str = "Guide") -> Any:
        view = await self.stack.market.view()
        return next(item.model for item in view.models if item.model.name == name)

    async def open(self, name: str = "Guide", seconds: int = 3600) -> SessionEntry:
        model = await self.guide(name)
        quote = await self.stack.quotes.quote(QuoteOrder(model_id=model.id, duration_s=seconds))
        steps = await all_steps(self.stack.opener.open(self.stack.quotes.take(quote.id)))
        return steps[-1].entry


async def all_steps(steps: AsyncGenerator[OpeningStep, None]) -> list[OpeningStep]:
    return [step async for step in steps]


async def no_backend(entry: ModelEntry) -> LlmBackend:
    raise AssertionError(f"nothing runs {entry.name} here")


@asynccontextmanager
async def open_demo_stack(folder: Path) -> AsyncGenerator[DemoStack, None]:
    """Chain, four simulated providers and the user's stack; the Guide answers without pauses."""
    async with open_demo_world(folder=folder, clock=SystemClock(), word_delay_s=0) as world:
        journal = fresh_journal_database(folder / "journal.db")
        await journal.open()
        backends = Backends(entries=(), factory=no_backend)
        parts = user_parts(
            world,
            bus=EventBus(),
            journal=journal,
            backends=backends,
            limits=WireLimits(requests_per_user_minute=10_000, requests_per_address_minute=10_000),
        )
        try:
            async with open_stack(parts) as stack:
                yield DemoStack(world=world, stack=stack, journal=journal)
        finally:
            await journal.close()


def owners_desk(stacks: StackHolder, folder: Path) -> AllowanceDesk:
    """Allowances for tests of the owner, who is not limited: nothing is read or kept."""
    spending = ClientSpending(clients_database(folder / "clients.db"), SystemClock())
    return AllowanceDesk(stacks=stacks, spending=spending)


def default_rules() -> SpendingRules:
    """Nothing is locked unasked."""
    settings = load_settings(file=None, environment={})
    return SpendingRules(lambda: settings)
