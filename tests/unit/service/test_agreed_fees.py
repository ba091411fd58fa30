"""What a draft says it costs at most is what is signed at most, whatever fees are told later."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.chain.raw_transaction import read_signed
from node.core.errors import QuoteExpiredError, SpendLimitError
from node.core.ids import Address, TxHash
from node.router import sending
from node.service.stack import NetworkStack
from node.store.journal_records import TxRecord
from tests.support.faulty_rpc import FaultyServer, open_faulty_stack
from tests.support.money import Money, demo_money
from tests.support.stacks import DemoStack
from tests.support.truth import recovered

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18
FRIEND = Address(b"\x5a" * 20).checksum


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("fees")) as pair:
        yield pair


@pytest.fixture
def money(opened: tuple[DemoStack, FaultyServer], tmp_path: Path) -> Money:
    opened[1].bend = None
    return demo_money(opened[0], tmp_path)


def dearer(server: FaultyServer, factor: int) -> None:
    """From now on fees are told to be so many times what they are."""

    def bend(method: str, result: Any) -> Any:
        if method != "eth_feeHistory":
            return result
        raised = [hex(int(fee, 16) * factor) for fee in result["baseFeePerGas"]]
        return {**result, "baseFeePerGas": raised}

    server.bend = bend


async def sent(stack: NetworkStack) -> list[TxRecord]:
    return list(
        await stack.wallet.journal.transactions(
            stack.wallet.address, stack.chain.market.chain_id, 0, 100
        )
    )


def most_of(record: TxRecord) -> int:
    fields = read_signed(record.raw)
    return fields.gas * (fields.max_fee_per_gas or fields.gas_price or 0)


@pytest.mark.parametrize("kind", ["transfer", "approval"])
async def test_a_fee_that_rose_above_the_draft_is_not_paid(
    opened: tuple[DemoStack, FaultyServer], money: Money, kind: str
) -> None:
    demo, server = opened
    before = await sent(demo.stack)
    if kind == "transfer":
        draft = await money.wallet.draft_send("MOR", FRIEND, ONE)
    else:
        draft = await money.wallet.draft_approval(ONE)
    dearer(server, 1000)
    with pytest.raises(SpendLimitError) as caught:
        await money.wallet.send(draft.id)
    assert caught.value.code == "funds.fee_rose"
    assert "Nothing was sent" in caught.value.hint
    assert await sent(demo.stack) == before
    with pytest.raises(QuoteExpiredError):
        # The figures of this draft do not hold any more: a new one shows the new fee.
        await money.wallet.send(draft.id)


async def test_a_fee_that_rose_a_little_is_paid_up_to_the_draft(
    opened: tuple[DemoStack, FaultyServer], money: Money
) -> None:
    demo, server = opened
    draft = await money.wallet.draft_send("MOR", FRIEND, ONE)
    dearer(server, 2)
    view = await money.wallet.send(draft.id)
    record = await demo.stack.wallet.journal.transaction(TxHash.parse(view.hash))
    assert record is not None
    assert draft.fee_max_wei * 9 // 10 < most_of(record) <= draft.fee_max_wei
    assert record.fee.base <= draft.fee_max_wei


async def test_a_replacement_costs_no_more_than_was_shown(
    opened: tuple[DemoStack, FaultyServer], money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, server = opened
    monkeypatch.setattr(sending, "WAIT_TIMEOUT_S", 0.0)
    await demo.world.devnet.hold_transactions(True)
    draft = await money.wallet.draft_send("MOR", FRIEND, ONE)
    with pytest.raises(Exception, match="did not take"):
        await money.wallet.send(draft.id)
    (waiting,) = [item for item in await sent(demo.stack) if item.is_pending]
    plan = await money.wallet.draft_replace(waiting.tx_hash.hex, "speed_up")
    dearer(server, 1000)
    new = await money.wallet.replace(plan.id)
    record = await demo.stack.wallet.journal.transaction(TxHash.parse(new.hash))
    assert record is not None
    assert most_of(waiting) < most_of(record) <= plan.fee_wei
    server.bend = None
    await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
