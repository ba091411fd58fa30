"""Requests and allowances of API users on a real file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import ClientExistsError, ClientNotFoundError, TooManyRequestsError
from node.store.clients import (
    MAX_PENDING,
    ClientRecord,
    ClientRepository,
    GrantRequest,
    clients_database,
)

HUGE = 2**200


def wish(name: str, clock: FakeClock, **allowances: int) -> ClientRecord:
    return ClientRecord(
        name=name,
        permissions=("chat",),
        password="hash",
        allowances=allowances,
        created_at=clock.unix_seconds(),
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def clients(tmp_path: Path, clock: FakeClock) -> AsyncIterator[ClientRepository]:
    async with clients_database(tmp_path / "clients.db") as database:
        yield ClientRepository(database, clock)


async def test_a_request_is_kept_confirmed_and_removed(
    clients: ClientRepository, clock: FakeClock
) -> None:
    await clients.request(wish("bot", clock, eth=HUGE))
    (found,) = await clients.all()
    assert (found.confirmed, found.password, dict(found.allowances)) == (
        False,
        "hash",
        {"eth": HUGE},
    )
    await clients.confirm("bot")
    found = await clients.find("bot")
    assert (found.confirmed, found.password) == (True, "")
    await clients.remove("bot")
    assert await clients.all() == ()
    with pytest.raises(ClientNotFoundError):
        await clients.find("bot")


async def test_a_name_is_given_once(clients: ClientRepository, clock: FakeClock) -> None:
    await clients.request(wish("bot", clock))
    with pytest.raises(ClientExistsError):
        await clients.request(wish("bot", clock, eth=1))


async def test_strangers_cannot_fill_the_list(clients: ClientRepository, clock: FakeClock) -> None:
    for number in range(MAX_PENDING):
        await clients.request(wish(f"bot{number}", clock))
    with pytest.raises(TooManyRequestsError):
        await clients.request(wish("one-more", clock))
    await clients.confirm("bot0")
    await clients.request(wish("one-more", clock))


async def test_a_stranger_gets_nothing_through_a_user_of_its_name(
    clients: ClientRepository, clock: FakeClock
) -> None:
    await clients.request(wish("bot", clock, eth=5))
    await clients.add("bot", ("chat",))
    assert dict((await clients.find("bot")).allowances) == {}
    await clients.grant("bot", "eth", 7)
    await clients.add("bot", ("embeddings",))
    found = await clients.find("bot")
    assert (found.permissions, dict(found.allowances)) == (("embeddings",), {"eth": 7})


async def test_a_wish_for_money_is_granted_or_refused(
    clients: ClientRepository, clock: FakeClock
) -> None:
    await clients.add("bot", ("chat",))
    await clients.ask(GrantRequest(name="bot", token="eth", amount=5))
    await clients.ask(GrantRequest(name="bot", token="eth", amount=6))
    assert await clients.asked() == (GrantRequest(name="bot", token="eth", amount=6),)
    await clients.answer("bot", "eth", accept=False)
    assert dict((await clients.find("bot")).allowances) == {}
    with pytest.raises(ClientNotFoundError):
        await clients.answer("bot", "eth", accept=True)
    await clients.ask(GrantRequest(name="bot", token="eth", amount=6))
    await clients.answer("bot", "eth", accept=True)
    assert dict((await clients.find("bot")).allowances) == {"eth": 6}
    await clients.revoke("bot", "eth")
    assert dict((await clients.find("bot")).allowances) == {}
    with pytest.raises(ClientNotFoundError):
        await clients.ask(GrantRequest(name="nobody", token="eth", amount=6))
