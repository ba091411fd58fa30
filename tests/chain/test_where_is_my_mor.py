"""Where each MOR is adds up to what the recorded contracts paid and kept, at every step.

The truth is the recording's: what a close paid, what it put on hold, what a claim paid. Looks in
between fall on random moments and on each midnight.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from node.chain.head import ChainHead
from node.chain.marketplace import ContractMarketplace
from node.chain.networks import BASE
from node.core.clock import FakeClock
from node.core.ids import Address
from node.core.units import next_midnight
from node.devnet.genesis import MARKETPLACE_ADDRESS, MULTICALL_ADDRESS, TOKEN_ADDRESS
from node.router.holdings import Holdings, holdings_of
from tests.chain.replay import CHAIN_ID, VECTORS, ReplayChain, calldata, hexbytes
from tests.chain.test_recorded_market import _steps

pytestmark = pytest.mark.chain
NETWORK = replace(
    BASE,
    chain_id=CHAIN_ID,
    marketplace=MARKETPLACE_ADDRESS,
    token=TOKEN_ADDRESS,
    multicall=MULTICALL_ADDRESS,
)


class Rpc:
    def __init__(self, chain: ReplayChain) -> None:
        self._chain = chain

    async def request(self, method: str, params: Sequence[Any]) -> Any:
        return self._chain.rpc.call(method, list(params))


class Books:
    """What each account must own by the recording, and what providers are still owed."""

    def __init__(self, chain: ReplayChain) -> None:
        self.chain = chain
        self.accounts = (chain.user1, chain.provider1, chain.provider2)
        self.must: dict[Address, int] = {}
        self.owed = 0
        self.on_hold: dict[str, int] = {}

    async def holdings(self, owner: Address) -> Holdings:
        """Read without what another look may have kept."""
        clock = FakeClock(self.chain.evm.head.header.timestamp)
        rpc = Rpc(self.chain)
        market = ContractMarketplace(rpc, NETWORK, ChainHead(rpc, clock), clock)
        return await holdings_of(market, owner)

    async def begin(self) -> None:
        for account in self.accounts:
            self.must[account.address] = (await self.holdings(account.address)).total.base

    async def glance(self) -> None:
        """At the user, for whom time alone moves MOR from one part to another."""
        user = self.chain.user1.address
        assert abs((await self.holdings(user)).total.base - self.must[user]) <= 1

    async def look(self) -> None:
        in_market = 0
        for account in self.accounts:
            found = await self.holdings(account.address)
            wallet = self.chain.mor(account.address.raw)
            assert found.balances.mor.base == wallet
            assert abs(found.total.base - self.must[account.address]) <= 1
            in_market += found.total.base - wallet
        fees = int(self.chain.read("getFeeBalance"))
        market = self.chain.mor(MARKETPLACE_ADDRESS.raw)
        assert abs(market - fees - self.owed - in_market) <= 1

    def move(self, kind: str, session: dict[str, Any], step: dict[str, Any]) -> None:
        user = self.chain.accounts[session["user"]]
        provider = self.chain.accounts[session["provider"]]
        if kind == "open":
            self.chain.expect_ok(user, hexbytes(step["openCallData"]), at=step["openedAt"])
            return
        self.must[provider.address] += int(step["paidToProvider"])
        if kind == "claim":
            data = calldata("claimForProvider", hexbytes(session["sessionId"]))
            self.chain.send(provider, data, at=step["at"])
            self.owed += int(step["diamondDelta"])
            return
        self.chain.expect_ok(user, hexbytes(step["callData"]), at=step["closedAt"])
        held = sum(int(amount) for amount in step["onHold"].values())
        put_on_hold = held - self.on_hold.get(session["user"], 0)
        self.on_hold[session["user"]] = held
        cost = int(session["stake"]) - int(step["paidToUser"]) - put_on_hold
        if not session["direct"]:
            assert abs(cost) <= 1
            return
        self.must[user.address] -= cost
        # Of a direct payment the contract keeps what the provider may claim later.
        self.owed += cost - int(step["paidToProvider"])


async def test_the_parts_are_the_whole_through_every_recorded_session() -> None:
    chain, random = ReplayChain(), Random(5)
    chain.set_up_market()
    books = Books(chain)
    await books.begin()
    for session in VECTORS["sessions"]:
        for moment, kind, step in _steps(session):
            await _look_around(books, random, moment)
            books.move(kind, session, step)
            await books.look()
    user = chain.user1.address
    await _look_around(books, random, chain.evm.head.header.timestamp + 2 * 86_400)
    before = await books.holdings(user)
    assert before.ready.base == sum(map(int, VECTORS["withdraw"]["onHoldBefore"].values()))
    for iterations in (1, 255):
        chain.expect_ok(chain.user1, calldata("withdrawUserStakes", user.raw, iterations))
        await books.look()
    after = await books.holdings(user)
    assert (after.ready.base, after.locked.base) == (0, 0)
    assert after.balances.mor == before.balances.mor + before.ready
    await _leave(books)


async def _look_around(books: Books, random: Random, until: int) -> None:
    """At a random moment and at the next midnight, if before `until`."""
    now = books.chain.evm.head.header.timestamp
    moments = {random.randrange(now, until), next_midnight(now)}
    for moment in sorted(item for item in moments if now < item < until):
        books.chain.go_to(moment)
        await books.glance()


async def _leave(books: Books) -> None:
    """A provider that leaves gets its stakes into the wallet; what stays behind stays its own."""
    chain, provider = books.chain, books.chain.provider1.address
    model = hexbytes(VECTORS["ids"]["modelId"]["modelId"])
    for bid in VECTORS["ids"]["bidId"]:
        if chain.read("isBidActive", hexbytes(bid["bidId"])):
            owner = chain.accounts[bid["provider"]]
            chain.expect_ok(owner, calldata("deleteModelBid", hexbytes(bid["bidId"])))
    second = chain.read("getProviderActiveBids", chain.provider2.address.raw, 0, 10)[0]
    for bid_id in second:
        chain.expect_ok(chain.provider2, calldata("deleteModelBid", hexbytes(bid_id)))
    chain.expect_ok(chain.provider1, calldata("modelDeregister", model))
    await books.look()
    chain.expect_ok(chain.provider1, calldata("providerDeregister", provider.raw))
    await books.look()
    left = await books.holdings(provider)
    assert left.model_stake.base == 0
