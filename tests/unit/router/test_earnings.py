"""The provider's pay on a real chain: what is claimable when, the cap, claiming one and all."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import SessionError
from node.core.events import BalanceChanged, TransactionChanged
from node.core.ids import Address, SessionId
from node.core.records import Provider
from node.core.tasks import TaskScope
from node.core.units import NO_MOR, Mor, UnixSeconds
from node.router.earnings import Earned, cap_of
from node.router.pay_desk import PayDesk
from node.router.payday import Payday, never
from node.service.stack import NetworkStack
from node.store.journal_records import SessionEntry
from tests.support.own_provider import PRICE, PROVIDER, OwnMarket, open_own_market

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
USER = 3
SECONDS = 600


@pytest_asyncio.fixture(loop_scope="module")
async def market(tmp_path: Path) -> AsyncGenerator[OwnMarket, None]:
    async with open_own_market(tmp_path) as opened:
        yield opened


async def opened(
    market: OwnMarket, user: NetworkStack, count: int, seconds: int = SECONDS
) -> list[SessionEntry]:
    async with market.hosting():
        return [await market.open(user, seconds) for _ in range(count)]


async def end(market: OwnMarket, entries: list[SessionEntry]) -> int:
    """Let the sessions end, nobody closes them; returns what they earned together."""
    await market.chain.advance_to(max(entry.ends_at for entry in entries) + 5)
    await market.chain.mine()
    return sum(PRICE.base * (entry.ends_at - entry.opened_at) for entry in entries)


def unpaid(item: Earned) -> bool:
    return bool(item.claimable.beyond_cap)


def id_of(entry: SessionEntry) -> SessionId:
    assert entry.session_id is not None
    return entry.session_id


async def test_a_period_that_is_over_counts_as_begun_anew() -> None:
    record = Provider(
        address=Address(b"\x02" * 20),
        endpoint="a:1",
        stake=Mor(100),
        created_at=UnixSeconds(1),
        limit_period_end=UnixSeconds(1000),
        limit_period_earned=Mor(70),
        is_deleted=False,
    )
    assert cap_of(record, 1000).headroom == Mor(30)
    assert cap_of(record, 1001).headroom == Mor(100)
    assert cap_of(None, 0).headroom == NO_MOR


async def test_nothing_before_the_end_then_all_in_one_go(market: OwnMarket) -> None:
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        entries = await opened(market, user, 2)
        assert (await host.earnings.earnings()).now == NO_MOR
        with pytest.raises(SessionError) as caught:
            await host.pay.claim(id_of(entries[0]))
        assert caught.value.code == "session.nothing_to_claim"
        assert caught.value.hint == "A session pays after its end."
        earned = await end(market, entries)
        found = await host.earnings.earnings()
        assert found.now == Mor(earned)
        assert [item.session.id for item in found.sessions] == [
            id_of(entry) for entry in reversed(entries)
        ]
        planned = await host.pay.plan()
        assert sum(item.amount.base for item in planned) == earned
        assert all(item.fee.base > 0 and not item.problem for item in planned)
        before = (await host.chain.market.balances(host.wallet.address)).mor
        run = await host.pay.claim_all()
        assert sum(item.amount.base for item in run.paid) == earned
        after = (await host.chain.market.balances(host.wallet.address)).mor
        assert after - before == Mor(earned)
        assert (await host.earnings.earnings()).now == NO_MOR
        assert await host.pay.plan() == ()
        again = await host.pay.plan(id_of(entries[0]))
        assert again[0].problem == "It was paid already."


async def test_a_session_of_others_and_one_that_is_none_pay_nothing(market: OwnMarket) -> None:
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        (entry,) = await opened(market, user, 1)
        with pytest.raises(SessionError, match="not served by your wallet"):
            await user.pay.claim(id_of(entry))
        with pytest.raises(SessionError, match="not served by your wallet"):
            await host.pay.claim(SessionId(b"\x01" * 32))


async def test_a_close_in_dispute_pays_after_midnight(market: OwnMarket) -> None:
    """Nobody answers for the provider, so the user closes with a report of his own."""
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        (entry,) = await opened(market, user, 1)
        await market.chain.advance_to(entry.opened_at + 300)
        await user.closer.close(entry)
        found = await host.earnings.earned(id_of(entry))
        assert found.session.closeout_type == 1
        assert not found.claimable.now
        assert found.claimable.later
        with pytest.raises(SessionError) as caught:
            await host.pay.claim(id_of(entry))
        assert "midnight" in caught.value.hint
        await market.chain.skip_to_midnight()
        await market.chain.mine()
        paid = await host.pay.claim(id_of(entry))
        assert paid.amount == found.claimable.later


async def test_the_cap_is_shared_and_told(tmp_path: Path) -> None:
    """A stake that pays one and a half sessions: the rest waits for more stake."""
    one = PRICE.base * 3000
    async with (
        open_own_market(tmp_path, stake=Mor(10**17)) as market,
        market.stack(USER) as user,
        market.stack(PROVIDER) as host,
    ):
        entries = await opened(market, user, 3, 3000)
        earned = await end(market, entries)
        assert earned > 10**17
        found = await host.earnings.earnings()
        assert (found.now, found.beyond_cap) == (Mor(10**17), Mor(earned - 10**17))
        planned = await host.pay.plan()
        assert sum(item.amount.base for item in planned) == 10**17
        run = await host.pay.claim_all(Mor(one // 2))
        assert sum(item.amount.base for item in run.paid) <= 10**17
        await host.pay.claim_all()
        assert (await host.earnings.earnings()).cap.headroom == NO_MOR
        left = next(item for item in (await host.earnings.earnings()).sessions if unpaid(item))
        with pytest.raises(SessionError) as caught:
            await host.pay.claim(left.session.id)
        assert "add stake" in caught.value.hint
        await host.provider_admin.register(Mor(10**18), market.endpoint)
        rest = await host.pay.claim_all()
        assert sum(item.amount.base for item in rest.paid) == earned - 10**17


async def test_an_empty_treasury_is_told_beforehand_and_stops_nothing(market: OwnMarket) -> None:
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        entries = await opened(market, user, 1)
        earned = await end(market, entries)
        await market.chain.empty_treasury()
        (planned,) = await host.pay.plan()
        assert planned.amount == NO_MOR
        assert "treasury" in planned.problem
        run = await host.pay.claim_all()
        assert run.paid == ()
        assert "treasury" in run.failed[0][1]
        await market.chain.refill_treasury()
        assert (await host.pay.claim(id_of(entries[0]))).amount == Mor(earned)


async def test_a_claim_on_its_way_is_not_sent_twice(market: OwnMarket) -> None:
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        entries = await opened(market, user, 1)
        earned = await end(market, entries)
        await market.chain.hold_transactions(True)
        other = PayDesk(
            chain=host.chain, wallet=host.wallet, sender=host.sender, book=host.earnings
        )
        async with TaskScope("claim") as scope, asyncio.timeout(20):
            with host.wallet.bus.subscribe() as events:
                first = scope.spawn(host.pay.claim(id_of(entries[0])), name="first")
                assert isinstance(await events.get(), TransactionChanged)
            with pytest.raises(SessionError) as caught:
                await other.claim(id_of(entries[0]))
            assert caught.value.code == "session.claim_waiting"
            await market.chain.hold_transactions(False)
            await market.chain.mine()
            assert (await first).amount == Mor(earned)


async def test_pay_is_claimed_by_itself_only_from_the_set_amount_on(market: OwnMarket) -> None:
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        earned = await end(market, await opened(market, user, 1))
        assert await Payday(desk=host.pay, least=never).look() == 0
        assert await Payday(desk=host.pay, least=lambda: Mor(earned + 1)).look() == 0
        assert await Payday(desk=host.pay, least=lambda: Mor(earned)).look() == 1
        assert await Payday(desk=host.pay, least=lambda: Mor(1)).look() == 0


async def test_a_rule_that_is_set_later_holds_at_the_next_look(market: OwnMarket) -> None:
    rule = NO_MOR
    async with market.stack(USER) as user, market.stack(PROVIDER) as host:
        earned = await end(market, await opened(market, user, 1))
        payday = Payday(desk=host.pay, least=lambda: rule)
        with host.wallet.bus.subscribe() as events:
            async with TaskScope("payday") as scope, asyncio.timeout(20):
                scope.spawn(payday.run(), name="payday")
                await asyncio.sleep(0)
                rule = Mor(earned)
                payday.wake()
                while not isinstance(await events.get(), BalanceChanged):
                    continue
        assert (await host.earnings.earnings()).now == NO_MOR
