"""Speed up and cancel as the window sees them."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import NodeError, QuoteExpiredError, UserInputError
from node.core.ids import Address
from node.core.ports import Intent
from node.core.units import Eth
from node.router import sending
from node.router.replacing import ReplacePlan
from node.service.dto import TransactionView
from node.service.wallet_pending import DRAFT_LIFETIME_S, explanation_of
from node.service.wallet_service import WalletService
from tests.support.money import demo_money
from tests.support.stacks import DemoStack, open_demo_stack
from tests.support.truth import recovered

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
FRIEND = Address(b"\x5a" * 20).checksum


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("pending")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def wallet(
    demo: DemoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[WalletService, None]:
    """Nobody waits for what is sent, and no block takes it."""
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    await demo.world.devnet.hold_transactions(True)
    yield demo_money(demo, tmp_path).wallet
    await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)


async def waiting(wallet: WalletService) -> TransactionView:
    draft = await wallet.draft_send("MOR", FRIEND, 5)
    with pytest.raises(NodeError):
        await wallet.send(draft.id)
    (view, *_) = await wallet.transactions(0, 1)
    assert view.status == "sent"
    return view


async def settled(demo: DemoStack, wallet: WalletService) -> tuple[TransactionView, ...]:
    """The first rows when nothing waits any more; the keeper may be at it already."""
    stack = demo.stack
    with stack.wallet.bus.subscribe() as events:
        await demo.world.devnet.hold_transactions(False)
        await recovered(stack)
        async with asyncio.timeout(20):
            while await stack.wallet.journal.pending_transactions(
                stack.wallet.address, stack.chain.market.chain_id
            ):
                await events.get()
    return await wallet.transactions(0, 2)


async def test_a_waiting_transaction_offers_both_verbs_and_ends_final(
    demo: DemoStack, wallet: WalletService
) -> None:
    old = await waiting(wallet)
    assert (old.can_replace, old.final, old.confirmations) == (True, False, 0)
    draft = await wallet.draft_replace(old.hash, "speed_up")
    assert (draft.nonce, draft.verb, draft.hash) == (old.nonce, "speed_up", old.hash)
    assert draft.fee_wei > draft.old_fee_wei
    new = await wallet.replace(draft.id)
    assert (new.nonce, new.can_replace) == (old.nonce, True)
    above, below = await wallet.transactions(0, 2)
    assert (above.hash, below.replaced_by, below.can_replace) == (new.hash, new.hash, False)
    above, below = await settled(demo, wallet)
    assert (above.status, below.status) == ("mined", "replaced")
    assert above.confirmations >= 1
    assert not above.can_replace
    await demo.stack.finality.look()
    (above, _) = await wallet.transactions(0, 2)
    assert above.final


async def test_a_cancellation_is_a_row_of_its_own(demo: DemoStack, wallet: WalletService) -> None:
    old = await waiting(wallet)
    draft = await wallet.draft_replace(old.hash, "cancel")
    await wallet.replace(draft.id)
    above, below = await settled(demo, wallet)
    assert (above.intent, above.status, below.status) == ("cancel", "mined", "replaced")
    assert below.replaced_by == above.hash
    assert above.value_wei == 0
    assert above.to == above.sender


async def test_a_draft_is_used_once_and_not_for_ever(
    demo: DemoStack, wallet: WalletService
) -> None:
    old = await waiting(wallet)
    draft = await wallet.draft_replace(old.hash, "speed_up")
    await demo.world.devnet.advance_to(demo.world.devnet.timestamp + DRAFT_LIFETIME_S + 1)
    with pytest.raises(QuoteExpiredError):
        await wallet.replace(draft.id)
    draft = await wallet.draft_replace(old.hash, "speed_up")
    await wallet.replace(draft.id)
    with pytest.raises(QuoteExpiredError):
        await wallet.replace(draft.id)
    with pytest.raises(UserInputError):
        await wallet.draft_replace(old.hash, "speed_up")


@pytest.mark.parametrize("tx_hash", ["0x" + "ab" * 32, "nonsense"])
async def test_unknown_transactions_are_refused(wallet: WalletService, tx_hash: str) -> None:
    with pytest.raises(UserInputError):
        await wallet.draft_replace(tx_hash, "cancel")


async def test_tiers_are_ordered(wallet: WalletService) -> None:
    slow, normal, fast = await wallet.fee_tiers()
    assert slow.fee_per_gas <= normal.fee_per_gas <= fast.fee_per_gas
    assert slow.seconds > normal.seconds > fast.seconds > 0


async def test_both_outcomes_are_told_for_what_it_is(
    demo: DemoStack, wallet: WalletService
) -> None:
    await waiting(wallet)
    (record,) = await demo.stack.wallet.journal.pending_transactions(
        demo.stack.wallet.address, demo.stack.chain.market.chain_id
    )

    def told(intent: Intent) -> str:
        changed = replace(record, intent=intent)
        plan = ReplacePlan(record=changed, verb="cancel", fee=Eth(2), old_fee=Eth(1))
        return " ".join(explanation_of(plan))

    assert "no session is opened and no MOR is locked" in told(Intent.OPEN_SESSION)
    assert "its stake is locked until it is closed" in told(Intent.OPEN_SESSION)
    assert "the session stays open" in told(Intent.CLOSE_SESSION)
    assert "the allowance stays as it is" in told(Intent.APPROVE)
    assert "as if you had not cancelled" in told(Intent.SEND_MOR)
