import asyncio
from dataclasses import replace

import pytest

from node.chain.errors import reverted
from node.chain.outbox import UNSENT_AGE_S
from node.chain.raw_transaction import read_signed
from node.chain.rpc.answers import Fault, RpcFaultError
from node.chain.transactions import MAX_REPLACEMENTS, WalletTransactions
from node.core.clock import FakeClock
from node.core.errors import (
    NotEnoughGasError,
    RevertedError,
    RpcUnavailableError,
    SpendLimitError,
    TxReplacedError,
    TxStuckError,
    UserInputError,
    WrongNetworkError,
)
from node.core.ids import Address
from node.core.units import Eth, Mor
from tests.unit.chain.sessions import approval_of, open_session

pytestmark = pytest.mark.chain
MOR = 10**18
FRIEND = Address(bytes([0x5A]) * 20)
OTHER = 4


async def prepared_transfer(chain, amount=1):
    lane = chain.lane()
    async with lane.lane():
        return await lane.prepare(chain.calls.send_mor(FRIEND, Mor(amount)), chain.signer())


async def test_a_transfer_arrives_and_its_receipt_tells_all(chain):
    user = chain.signer().address
    before = await chain.marketplace.balances(user)
    receipt = await chain.send(chain.calls.send_mor(FRIEND, Mor(5 * MOR)))
    after = await chain.marketplace.balances(user)
    assert receipt.ok
    assert receipt.transfers == ((user, FRIEND, Mor(5 * MOR)),)
    assert before.mor - after.mor == Mor(5 * MOR)
    assert before.eth - after.eth == receipt.fee
    assert receipt.fee > Eth(0)


async def test_coins_can_be_sent_and_cost_exactly_a_transfer(chain):
    receipt = await chain.send(chain.calls.send_eth(FRIEND, Eth(7)))
    assert receipt.gas_used == 21_000
    assert (await chain.marketplace.balances(FRIEND)).eth == Eth(7)


async def test_an_estimate_is_near_the_fee_and_below_the_reserved_maximum(chain):
    call = chain.calls.send_mor(FRIEND, Mor(1))
    expected = await chain.lane().estimate_fee(call, chain.signer().address)
    offered = await chain.lane().gas_price()
    prepared = await prepared_transfer(chain)
    await chain.lane().broadcast(prepared.signed.raw)
    receipt = await chain.lane().wait(prepared.signed.tx_hash, timeout_s=5)
    assert receipt.fee <= expected < prepared.max_fee
    assert offered >= receipt.fee.base // receipt.gas_used


async def test_a_call_that_would_fail_is_refused_with_its_reason_and_costs_nothing(chain):
    signer = chain.signer()
    approval, signature = approval_of(chain, chain.market.bids["harbor", "guide"])
    call = chain.calls.open_session(signer.address, Mor(10**15), False, approval, signature)
    with pytest.raises(RevertedError) as caught:
        await chain.lane().prepare(call, signer)
    assert caught.value.reason == "ERC20: insufficient allowance"
    await chain.send(chain.calls.approve(Mor(10**15)))
    with pytest.raises(RevertedError) as caught:
        await chain.lane().estimate_fee(call, signer.address)
    assert caught.value.reason == "SessionTooShort"


async def test_concurrent_sends_get_distinct_nonces_and_all_arrive(chain):
    count = 12
    receipts = await asyncio.gather(
        *(chain.send(chain.calls.send_mor(FRIEND, Mor(1 + n))) for n in range(count))
    )
    assert len({receipt.tx_hash for receipt in receipts}) == count
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(sum(range(1, count + 1)))
    assert await chain.lane().next_nonce(chain.signer().address) == count


async def test_prepared_but_unsent_transactions_get_nonces_of_their_own(chain):
    first, second = await prepared_transfer(chain), await prepared_transfer(chain)
    assert (first.nonce, second.nonce) == (0, 1)
    await chain.lane().broadcast(first.signed.raw)
    await chain.lane().broadcast(second.signed.raw)
    assert (await chain.lane().wait(second.signed.tx_hash, timeout_s=5)).ok


async def test_a_failure_before_sending_gives_the_nonce_back(chain):
    lane = chain.lane()
    with pytest.raises(OSError, match="disk full"):
        async with lane.lane():
            lost = await lane.prepare(chain.calls.send_mor(FRIEND, Mor(1)), chain.signer())
            raise OSError("disk full")
    again = await prepared_transfer(chain)
    assert again.nonce == lost.nonce


async def test_bytes_whose_broadcast_failed_are_sent_before_the_next_ones(chain):
    lane = chain.lane()
    first = await prepared_transfer(chain, 10)
    chain.rpc.fail["eth_sendRawTransaction"] = [RpcUnavailableError("gone")]
    with pytest.raises(RpcUnavailableError):
        async with lane.lane():
            await lane.broadcast(first.signed.raw)
    receipt = await chain.send(chain.calls.send_mor(FRIEND, Mor(1)))
    assert receipt.ok
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(11)


async def test_sending_the_same_bytes_again_is_harmless(chain):
    prepared = await prepared_transfer(chain)
    lane = chain.lane()
    await chain.devnet.hold_transactions(True)
    assert await lane.broadcast(prepared.signed.raw) == prepared.signed.tx_hash
    assert await lane.broadcast(prepared.signed.raw) == prepared.signed.tx_hash
    await chain.devnet.hold_transactions(False)
    assert (await lane.wait(prepared.signed.tx_hash, timeout_s=5)).ok
    assert await lane.broadcast(prepared.signed.raw) == prepared.signed.tx_hash
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(1)


async def test_a_stuck_transaction_is_replaced_under_its_own_nonce(chain):
    lane, signer = chain.lane(), chain.signer()
    await chain.devnet.hold_transactions(True)
    first = await prepared_transfer(chain)
    await lane.broadcast(first.signed.raw)
    with pytest.raises(TxStuckError):
        await lane.wait(first.signed.tx_hash, timeout_s=0.1)

    second = await lane.replace(first, signer)
    await lane.broadcast(second.signed.raw)
    old, new = read_signed(first.signed.raw), read_signed(second.signed.raw)
    assert (new.nonce, new.to, new.data, new.gas) == (old.nonce, old.to, old.data, old.gas)
    assert new.max_fee_per_gas * 8 >= old.max_fee_per_gas * 9
    assert new.max_priority_fee_per_gas * 8 >= old.max_priority_fee_per_gas * 9

    await chain.devnet.hold_transactions(False)
    receipt = await lane.wait(first.signed.tx_hash, timeout_s=5)
    assert receipt.tx_hash == second.signed.tx_hash
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(1)


async def test_a_stuck_transaction_is_cancelled(chain):
    lane, signer = chain.lane(), chain.signer()
    await chain.devnet.hold_transactions(True)
    first = await prepared_transfer(chain)
    await lane.broadcast(first.signed.raw)
    cancelled = await lane.cancel(first, signer)
    await lane.broadcast(cancelled.signed.raw)
    await chain.devnet.hold_transactions(False)
    receipt = await lane.wait(first.signed.tx_hash, timeout_s=5)
    assert receipt.tx_hash == cancelled.signed.tx_hash
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(0)


async def test_fees_are_raised_at_most_four_times(chain):
    lane, signer = chain.lane(), chain.signer()
    prepared = await prepared_transfer(chain)
    for _ in range(MAX_REPLACEMENTS):
        prepared = await lane.replace(prepared, signer)
    with pytest.raises(SpendLimitError) as caught:
        await lane.replace(prepared, signer)
    assert caught.value.code == "funds.too_many_replacements"


async def test_another_program_that_uses_the_wallet_is_noticed(chain):
    elsewhere = WalletTransactions(chain.rpc, chain.network, chain.head, chain.devnet.clock)
    mine = await prepared_transfer(chain)
    async with elsewhere.lane():
        foreign = await elsewhere.prepare(chain.calls.send_mor(FRIEND, Mor(2)), chain.signer())
        await elsewhere.broadcast(foreign.signed.raw)
    assert foreign.nonce == mine.nonce
    with pytest.raises(TxReplacedError):
        await chain.lane().wait(mine.signed.tx_hash, timeout_s=20)
    with pytest.raises(TxReplacedError):
        await chain.lane().broadcast(mine.signed.raw)
    assert (await prepared_transfer(chain)).nonce == mine.nonce + 1


async def test_a_mined_failure_says_why_and_what_it_cost(chain):
    """Two opens with one approval, both simulated before either is mined."""
    signer, lane = chain.signer(), chain.lane()
    await chain.send(chain.calls.approve(Mor(400 * MOR)))
    approval, signature = approval_of(chain, chain.market.bids["harbor", "guide"])
    call = chain.calls.open_session(signer.address, Mor(200 * MOR), False, approval, signature)
    first, second = await lane.prepare(call, signer), await lane.prepare(call, signer)
    await lane.broadcast(first.signed.raw)
    await lane.broadcast(second.signed.raw)
    assert (await lane.wait(first.signed.tx_hash, timeout_s=5)).opened is not None
    with pytest.raises(RevertedError) as caught:
        await lane.wait(second.signed.tx_hash, timeout_s=5)
    assert caught.value.reason == "SessionDuplicateApproval"
    assert int(caught.value.details["fee_wei"]) > 0
    receipt = await lane.receipt(second.signed.tx_hash)
    assert receipt is not None
    assert not receipt.ok


async def test_a_wallet_without_coins_cannot_send(chain):
    poor = chain.signer(OTHER)
    balance = (await chain.marketplace.balances(poor.address)).eth
    with pytest.raises(NotEnoughGasError):
        await chain.lane(OTHER).prepare(chain.calls.send_eth(FRIEND, balance), poor)
    with pytest.raises(NotEnoughGasError):
        await chain.lane(OTHER).prepare(chain.calls.send_eth(FRIEND, Eth(2**200)), poor)


async def test_a_fee_above_the_cap_is_refused(chain):
    strict = replace(chain.network, fee_cap=Eth(1))
    lane = WalletTransactions(chain.rpc, strict, chain.head, chain.devnet.clock)
    with pytest.raises(SpendLimitError) as caught:
        await lane.prepare(chain.calls.send_mor(FRIEND, Mor(1)), chain.signer())
    assert caught.value.code == "funds.fee_too_high"


async def test_nothing_is_signed_or_sent_for_another_chain(chain):
    prepared = await prepared_transfer(chain)
    other = replace(chain.network, chain_id=8453)
    lane = WalletTransactions(chain.rpc, other, chain.head, chain.devnet.clock)
    with pytest.raises(WrongNetworkError):
        await lane.prepare(chain.calls.send_mor(FRIEND, Mor(1)), chain.signer())
    with pytest.raises(WrongNetworkError):
        await lane.broadcast(prepared.signed.raw)
    with pytest.raises(UserInputError):
        await chain.lane().broadcast(b"\x02garbage")


async def test_legacy_fees(chain):
    lane = WalletTransactions(
        chain.rpc, chain.network, chain.head, chain.devnet.clock, legacy_fees=True
    )
    async with lane.lane():
        prepared = await lane.prepare(chain.calls.send_mor(FRIEND, Mor(1)), chain.signer())
        await lane.broadcast(prepared.signed.raw)
    fields = read_signed(prepared.signed.raw)
    assert fields.gas_price == prepared.max_fee.base // fields.gas
    assert (await lane.wait(prepared.signed.tx_hash, timeout_s=5)).ok


async def test_waiting_rides_out_endpoint_failures(chain):
    prepared = await prepared_transfer(chain)
    await chain.lane().broadcast(prepared.signed.raw)
    chain.rpc.fail["eth_getTransactionReceipt"] = [
        RpcUnavailableError("gone"),
        RpcFaultError(Fault.RATE_LIMIT, rpc_code=429, text=""),
    ]
    assert (await chain.lane().wait(prepared.signed.tx_hash, timeout_s=5)).ok


async def test_an_endpoint_without_tip_suggestions_is_good_enough(chain):
    chain.rpc.fail["eth_maxPriorityFeePerGas"] = [
        RpcFaultError(Fault.NO_METHOD, rpc_code=-32601, text="")
    ]
    assert (await chain.send(chain.calls.send_mor(FRIEND, Mor(1)))).ok


async def test_opening_a_session_takes_few_requests(chain):
    await open_session(chain)
    assert chain.rpc.methods.count("eth_sendRawTransaction") == 2
    assert len(chain.rpc.methods) <= 30


async def test_a_signed_transaction_that_nobody_sends_blocks_the_wallet_for_a_moment(chain):
    clock = FakeClock()
    lane = WalletTransactions(chain.rpc, chain.network, chain.head, clock)
    call, signer = chain.calls.send_mor(FRIEND, Mor(1)), chain.signer()
    unsent = await lane.prepare(call, signer)
    assert (await lane.prepare(call, signer)).nonce == unsent.nonce + 1
    clock.advance(UNSENT_AGE_S + 1)
    assert (await lane.prepare(call, signer)).nonce == unsent.nonce


async def test_an_estimate_without_a_reason_is_asked_again_as_a_call(chain):
    signer = chain.signer()
    call = chain.calls.send_mor(FRIEND, Mor(5_000 * MOR))
    for silent in (
        RpcFaultError(Fault.OUT_OF_GAS, rpc_code=-32000, text="gas required exceeds allowance"),
        reverted(b""),
    ):
        chain.rpc.fail["eth_estimateGas"] = [silent]
        with pytest.raises(RevertedError) as caught:
            await chain.lane().prepare(call, signer)
        assert caught.value.reason == "ERC20: transfer amount exceeds balance"


async def test_a_gap_in_the_nonces_is_filled_first(chain):
    """A block with our transaction vanished and took it along; one behind it still waits."""
    lane = chain.lane()
    await chain.devnet.hold_transactions(True)
    first, second = await prepared_transfer(chain), await prepared_transfer(chain, 2)
    await lane.broadcast(first.signed.raw)
    await lane.broadcast(second.signed.raw)
    lane.give_up(first.signed.tx_hash)
    await chain.devnet.request("evm_setAutomine", [False])
    await forget_waiting(chain)
    third = await prepared_transfer(chain, 4)
    assert third.nonce == first.nonce
    await lane.broadcast(third.signed.raw)
    await chain.devnet.hold_transactions(False)
    assert (await lane.wait(second.signed.tx_hash, timeout_s=5)).ok
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(6)


async def forget_waiting(chain):
    """The node restarts and loses what waits."""
    snapshot = (await chain.devnet.request("evm_snapshot"))["result"]
    await chain.devnet.request("evm_revert", [snapshot])


async def test_bytes_of_an_earlier_run_keep_their_nonce(chain):
    await chain.devnet.hold_transactions(True)
    first = await prepared_transfer(chain)
    later = WalletTransactions(chain.rpc, chain.network, chain.head, chain.devnet.clock)
    later.remember(chain.signer().address, first.nonce, [first.signed])
    async with later.lane():
        second = await later.prepare(chain.calls.send_mor(FRIEND, Mor(2)), chain.signer())
        await later.broadcast(second.signed.raw)
    assert second.nonce == first.nonce + 1
    await chain.devnet.hold_transactions(False)
    assert (await later.wait(second.signed.tx_hash, timeout_s=5)).ok
    assert (await chain.marketplace.balances(FRIEND)).mor == Mor(3)


async def test_faster_costs_more(chain):
    call, signer = chain.calls.send_mor(FRIEND, Mor(1)), chain.signer()
    slow = await chain.lane().prepare(call, signer, speed="slow")
    fast = await chain.lane().prepare(call, signer, speed="fast")
    assert fast.max_fee > slow.max_fee
    tiers = await chain.lane().fee_tiers()
    assert [item.speed for item in tiers] == ["slow", "normal", "fast"]
