"""Reservations of clients through failures and crashes, with the real journal."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from node.core.clock import FakeClock
from node.core.errors import ClientAllowanceError, RpcUnavailableError
from node.core.ids import Address, SessionId
from node.core.ports import Intent
from node.service.allowance_desk import AllowanceDesk, Spending
from node.service.stack import StackHolder
from node.store.client_spending import ClientSpending
from node.store.clients import ClientRepository, clients_database
from node.store.journal import SessionJournal, SessionState, TxStatus, journal_database
from tests.unit.store.records import CHAIN, a_tx, an_entry

MOR = Address(b"\x66" * 20)
ALL = Spending(client="bot", asset="MOR", amount=10)


@dataclass
class Desk:
    """A desk on real files. `restart` forgets what the process knew."""

    spending: ClientSpending
    journal: SessionJournal
    stacks: StackHolder
    desk: AllowanceDesk

    def restart(self) -> None:
        self.desk = AllowanceDesk(stacks=self.stacks, spending=self.spending)

    async def left(self) -> int:
        await self.desk.settle()
        return await self.spending.left("bot", MOR.hex)

    async def crash(self) -> str:
        """Reserve all, then die: nothing is settled."""
        context = self.desk.spending(ALL)
        intent_id = await context.__aenter__()
        self.restart()
        # Held so that it is not closed, as a dead process closes nothing.
        self.contexts.append(context)
        return intent_id

    def __post_init__(self) -> None:
        self.contexts: list[Any] = []


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FakeClock()
    async with (
        clients_database(tmp_path / "clients.db") as clients,
        journal_database(tmp_path / "journal.db") as journal_file,
    ):
        repository = ClientRepository(clients, clock)
        await repository.add("bot", ("send_mor",))
        await repository.grant("bot", MOR.hex, 10)
        journal, stacks = SessionJournal(journal_file), StackHolder()
        market = SimpleNamespace(chain_id=CHAIN, token_address=MOR)
        stack = SimpleNamespace(
            demo=None,
            chain=SimpleNamespace(market=market),
            wallet=SimpleNamespace(journal=journal),
        )
        stacks.replace(cast(Any, stack))
        spending = ClientSpending(clients, clock)
        yield Desk(spending, journal, stacks, AllowanceDesk(stacks=stacks, spending=spending))


async def test_what_was_mined_is_spent(desk: Desk) -> None:
    async with desk.desk.spending(ALL) as intent_id:
        with pytest.raises(ClientAllowanceError):
            async with desk.desk.spending(ALL):
                pytest.fail("it was reserved already")
        sent = a_tx(intent_id=intent_id, intent=Intent.SEND_MOR, status=TxStatus.MINED)
        await desk.journal.add_tx(sent)
    assert await desk.left() == 0
    assert await desk.spending.transactions("bot", 0, 5) == ((sent.tx_hash,), 0)


async def test_a_failure_before_signing_costs_nothing(desk: Desk) -> None:
    with pytest.raises(RpcUnavailableError):
        async with desk.desk.spending(ALL):
            raise RpcUnavailableError("away")
    assert await desk.left() == 10


async def test_a_crash_before_signing_costs_nothing(desk: Desk) -> None:
    await desk.crash()
    assert await desk.left() == 10


@pytest.mark.parametrize(
    ("status", "left"),
    [
        (TxStatus.SIGNED, 0),
        (TxStatus.SENT, 0),
        (TxStatus.MINED, 0),
        (TxStatus.DROPPED, 0),
        (TxStatus.FAILED, 10),
        (TxStatus.REPLACED, 10),
    ],
)
async def test_a_crash_after_signing_counts_until_the_chain_says_otherwise(
    desk: Desk, status: TxStatus, left: int
) -> None:
    intent_id = await desk.crash()
    await desk.journal.add_tx(a_tx(intent_id=intent_id, intent=Intent.SEND_MOR, status=status))
    assert await desk.left() == left
    with pytest.raises(ClientAllowanceError):
        await desk.desk.check(Spending(client="bot", asset="MOR", amount=left + 1))


async def test_a_transaction_on_its_way_is_settled_later(desk: Desk) -> None:
    intent_id = await desk.crash()
    record = a_tx(intent_id=intent_id, intent=Intent.SEND_MOR, status=TxStatus.SENT)
    await desk.journal.add_tx(record)
    assert await desk.left() == 0
    await desk.journal.update_tx(
        a_tx(intent_id=intent_id, intent=Intent.SEND_MOR, status=TxStatus.FAILED)
    )
    assert await desk.left() == 10


async def test_a_session_counts_while_it_is_opened_and_when_it_is_open(desk: Desk) -> None:
    intent_id = await desk.crash()
    await desk.journal.create(an_entry(intent_id))
    assert await desk.left() == 0
    await desk.journal.add_tx(
        a_tx(intent_id=intent_id, intent=Intent.APPROVE, status=TxStatus.MINED)
    )
    assert await desk.left() == 0
    await desk.journal.save(an_entry(intent_id, state=SessionState.ABANDONED))
    assert await desk.left() == 10


async def test_an_open_session_stays_spent(desk: Desk) -> None:
    intent_id = await desk.crash()
    await desk.journal.create(
        an_entry(intent_id, state=SessionState.ACTIVE, session_id=SessionId(b"\x01" * 32))
    )
    assert await desk.left() == 0
    await desk.journal.save(
        an_entry(intent_id, state=SessionState.CLOSED, session_id=SessionId(b"\x01" * 32))
    )
    assert await desk.left() == 0


async def test_the_owner_is_not_counted(desk: Desk) -> None:
    async with desk.desk.spending(Spending(client="", asset="MOR", amount=10**30)) as intent_id:
        assert intent_id
    await desk.desk.check(Spending(client="", asset="ETH", amount=10**30))
    assert await desk.left() == 10
