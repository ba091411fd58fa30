"""The overview tells what a provider can claim, and forgets it with the claim."""

from pathlib import Path

import pytest

from node.service.mor_overview import mor_overview
from tests.support.own_provider import PRICE, PROVIDER, open_own_market

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
USER = 3


async def test_pay_is_claimable_beside_the_total_until_it_is_claimed(tmp_path: Path) -> None:
    async with (
        open_own_market(tmp_path) as market,
        market.stack(USER) as user,
        market.stack(PROVIDER) as host,
    ):
        async with market.hosting():
            entry = await market.open(user, 600)
        before = await mor_overview(host)
        assert (before.claimable, before.in_flight, before.disagreement) == (0, 0, "")
        assert before.sources == "one"
        assert before.provider_stake > 0 and before.model_stake > 0
        # The user provides nothing.
        assert (await mor_overview(user)).claimable == 0
        await market.chain.advance_to(entry.ends_at + 5)
        await market.chain.mine()
        earned = PRICE.base * (entry.ends_at - entry.opened_at)
        host.earnings._claimable = None
        after = await mor_overview(host)
        assert after.claimable == earned
        assert after.total == before.total
        await host.pay.claim_all()
        paid = await mor_overview(host)
        assert paid.claimable == 0
        assert paid.total - before.total == earned
