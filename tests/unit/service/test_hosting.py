"""Hosting through the facade: two nodes over sockets, lists that hold at once, checks, pay."""

from pathlib import Path

import pytest

from node.core.errors import ProviderRefusedError, SessionError
from node.service.local import open_node
from tests.support.mortal_consumer import ask, open_session, options
from tests.support.small_market import CONSUMER, PRICE, open_small_market

pytestmark = pytest.mark.chain


async def test_a_provider_lives_with_a_user_he_denies_later(tmp_path: Path) -> None:
    async with open_small_market(tmp_path) as market:
        host, user = market.provider, market.account(CONSUMER).address.checksum
        sound = await host.provider.check()
        assert {item.severity for item in sound.findings} == {"ok"}
        assert sound.checked_at > 0
        doctor = [item for item in await host.system.doctor() if item.name == "provider"]
        assert doctor
        assert all(item.ok for item in doctor)
        (health,) = [
            item for item in (await host.system.status()).components if item.name == "provider"
        ]
        assert health.ok
        async with open_node(options(str(tmp_path / "c"), market.environment(CONSUMER))) as node:
            session = await open_session(node, market.model_id)
            assert await ask(node, session, "hello")
            await host.system.set_settings({"provider_deny_users": user})
            with pytest.raises(ProviderRefusedError, match="user not accepted"):
                await ask(node, session, "hello again")
            await host.system.set_settings({"provider_deny_users": ""})
            assert await ask(node, session, "hello once more")
            (hosted,) = (await host.provider.status()).models
            assert (hosted.sessions_active, hosted.prompts_waiting) == (1, 0)

        with pytest.raises(SessionError) as caught:
            await host.provider.claim(session.id)
        assert caught.value.code == "session.nothing_to_claim"
        await market.chain.advance_to(session.ends_at + 60)
        await market.chain.mine()
        earned = (session.ends_at - session.opened_at) * PRICE
        plan = await host.provider.claim_plan()
        assert (plan.amount, len(plan.claims)) == (earned, 1)
        assert plan.fee_wei > 0
        assert (await host.provider.session(session.id)).claimable_now == earned
        run = await host.provider.claim_all()
        assert (run.amount, run.failed) == (earned, ())
        found = await host.provider.earnings()
        assert (found.claimable_now, found.paid) == (0, earned)
        with pytest.raises(SessionError, match="not served by your wallet"):
            await host.provider.session("0x" + "01" * 32)

        await host.provider.delete_bid(market.bid_id)
        left = {item.code for item in (await host.provider.check()).findings}
        assert "hosting.no_bid" in left
