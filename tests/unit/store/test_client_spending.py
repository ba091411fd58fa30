"""What clients spend: never more than granted, whatever is granted, revoked or under way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import ClientAllowanceError
from node.core.ids import TxHash
from node.store.client_spending import ClientSpending, Reservation
from node.store.clients import ClientRecord, ClientRepository, clients_database
from node.store.db import Database


def reservation(number: int) -> Reservation:
    return Reservation(intent_id=f"intent{number}", name="bot", chain_id=1)


def tx(number: int) -> TxHash:
    return TxHash(number.to_bytes(32))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with clients_database(tmp_path / "clients.db") as opened:
        yield opened


@pytest.fixture
async def clients(database: Database) -> ClientRepository:
    found = ClientRepository(database, FakeClock())
    await found.add("bot", ("send_eth",))
    await found.grant("bot", "eth", 10)
    return found


@pytest.fixture
def spending(database: Database) -> ClientSpending:
    return ClientSpending(database, FakeClock())


async def test_nothing_more_than_granted_is_reserved(
    clients: ClientRepository, spending: ClientSpending
) -> None:
    await spending.reserve(reservation(1), "eth", 7)
    with pytest.raises(ClientAllowanceError):
        await spending.reserve(reservation(2), "eth", 4)
    with pytest.raises(ClientAllowanceError):
        await spending.reserve(reservation(2), "mor", 1)
    await spending.reserve(reservation(2), "eth", 3)
    assert dict((await clients.find("bot")).allowances) == {"eth": 0}
    await spending.settle(reservation(1), "released", ())
    await spending.settle(reservation(2), "spent", (tx(1),))
    assert await spending.left("bot", "eth") == 7
    assert await spending.reserved(1) == ()


async def test_nobody_spends_before_it_was_let_in(
    clients: ClientRepository, spending: ClientSpending
) -> None:
    await clients.request(
        ClientRecord(
            name="new",
            permissions=(),
            password="x",
            allowances={"eth": 10},
            created_at=FakeClock().unix_seconds(),
        )
    )
    with pytest.raises(ClientAllowanceError):
        await spending.reserve(Reservation(intent_id="i", name="new", chain_id=1), "eth", 1)
    assert await spending.left("new", "eth") == 0


async def test_what_comes_back_does_not_revive_a_revoked_grant(
    clients: ClientRepository, spending: ClientSpending
) -> None:
    await spending.reserve(reservation(1), "eth", 7)
    await clients.revoke("bot", "eth")
    await spending.settle(reservation(1), "released", ())
    assert await spending.left("bot", "eth") == 0
    await clients.grant("bot", "eth", 5)
    assert await spending.left("bot", "eth") == 5


async def test_a_new_grant_counts_from_now(
    clients: ClientRepository, spending: ClientSpending
) -> None:
    await spending.reserve(reservation(1), "eth", 7)
    await clients.grant("bot", "eth", 5)
    await spending.settle(reservation(1), "spent", ())
    assert await spending.left("bot", "eth") == 5


async def test_pages_of_transactions(clients: ClientRepository, spending: ClientSpending) -> None:
    for number in range(1, 6):
        await spending.note("bot", tx(number))
    await spending.note("bot", tx(5))
    first, cursor = await spending.transactions("bot", 0, 2)
    second, further = await spending.transactions("bot", cursor, 2)
    third, end = await spending.transactions("bot", further, 2)
    assert (*first, *second, *third) == (tx(5), tx(4), tx(3), tx(2), tx(1))
    assert end == 0
    assert await spending.transactions("bot", 0, 5) == ((*first, *second, *third), 0)
    assert await spending.transactions("other", 0, 5) == ((), 0)
    assert await spending.transactions("bot", 0, 0) == ((), 0)
