"""An unmodified web3 client over HTTP: register, bid, approve, open, close, read, decode."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from eth_account import Account
from web3 import AsyncHTTPProvider, AsyncWeb3
from web3.exceptions import ContractCustomError, ContractLogicError, ContractPanicError
from web3.logs import DISCARD

from node.devnet import demo
from node.devnet.accounts import DemoAccount
from node.devnet.artifacts import artifact
from node.devnet.chain import Devnet
from node.devnet.demo import DemoMarket
from node.devnet.server import DevnetServer
from tests.chain.replay import MOR, receipt_of
from tests.chain.replay import approval_of as approval_for
from tests.support.signers import KeySigner

pytestmark = pytest.mark.chain


def marketplace_abi() -> list[Any]:
    names = ("RegistryFacet", "BidFacet", "SessionFacet")
    entries = [entry for name in names for entry in artifact(name).abi]
    seen: set[str] = set()
    unique = []
    for entry in entries:
        key = repr((entry["type"], entry["name"], entry.get("inputs")))
        if key not in seen:
            seen.add(key)
            unique.append(entry)
    return unique


class World:
    """A chain on the wall clock, its HTTP address, and a web3 client there."""

    def __init__(self, devnet: Devnet, market: DemoMarket, web3: AsyncWeb3[Any]) -> None:
        self.devnet = devnet
        self.market = market
        self.web3 = web3
        self.diamond = web3.eth.contract(
            address=AsyncWeb3.to_checksum_address(devnet.marketplace_address.hex),
            abi=marketplace_abi(),
        )
        self.token = web3.eth.contract(
            address=AsyncWeb3.to_checksum_address(devnet.token_address.hex),
            abi=list(artifact("Token").abi),
        )

    async def send(self, account: DemoAccount, function: Any) -> Any:
        """Build, estimate, sign, send and wait as a wallet does."""
        sender = AsyncWeb3.to_checksum_address(account.address.hex)
        nonce = await self.web3.eth.get_transaction_count(sender)
        transaction = await function.build_transaction({"from": sender, "nonce": nonce})
        signed = Account.sign_transaction(transaction, account.private_key)
        tx_hash = await self.web3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = await self.web3.eth.wait_for_transaction_receipt(tx_hash, timeout=10)
        assert receipt["status"] == 1
        return receipt


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with await Devnet.start() as devnet, DevnetServer(devnet) as server:
        market = await demo.open_market(devnet, {"harbor": "127.0.0.1:4000"})
        web3 = AsyncWeb3(AsyncHTTPProvider(server.url))
        yield World(devnet, market, web3)
        await web3.provider.disconnect()


async def test_a_session_from_approve_to_withdrawal(world: World) -> None:
    consumer = demo.demo_consumer(world.devnet)
    provider = world.devnet.accounts[2]
    bid = world.market.bids["harbor", "guide"].raw
    assert await world.web3.eth.chain_id == 31337
    before = await world.token.functions.balanceOf(consumer.address.checksum).call()
    assert before == 1_000 * MOR

    stake = 100 * MOR
    market_address = world.diamond.address
    await world.send(consumer, world.token.functions.approve(market_address, stake))
    approval = approval_for(bid, consumer, world.devnet.clock.unix_millis(), 31337)
    signature = KeySigner(provider.private_key).sign_blob(approval)
    opening = world.diamond.functions.openSession(
        consumer.address.checksum, stake, False, approval, signature
    )
    opened = await world.send(consumer, opening)
    events = world.diamond.events.SessionOpened().process_receipt(opened, errors=DISCARD)
    session = events[0]["args"]["sessionId"]
    assert events[0]["args"]["providerId"] == provider.address.checksum
    logs = await world.diamond.events.SessionOpened().get_logs(
        from_block=0, argument_filters={"user": consumer.address.checksum}
    )
    assert [log["args"]["sessionId"] for log in logs] == [session]

    await world.devnet.advance_to(world.devnet.timestamp + 600)
    report = receipt_of(session, world.devnet.clock.unix_millis(), 1000, 100)
    report = report[:32] + (31337).to_bytes(32, "big") + report[64:]
    closing = world.diamond.functions.closeSession(
        report, KeySigner(provider.private_key).sign_blob(report)
    )
    await world.send(consumer, closing)
    available, hold = await world.diamond.functions.getUserStakesOnHold(
        consumer.address.checksum, 255
    ).call()
    after = await world.token.functions.balanceOf(consumer.address.checksum).call()
    assert available + hold > 0
    assert after + available + hold == before

    await world.devnet.skip_to_midnight()
    withdrawal = world.diamond.functions.withdrawUserStakes(consumer.address.checksum, 255)
    await world.send(consumer, withdrawal)
    assert await world.token.functions.balanceOf(consumer.address.checksum).call() == before


async def test_errors_reach_the_client_with_their_data(world: World) -> None:
    consumer = demo.demo_consumer(world.devnet).address.checksum
    with pytest.raises(ContractCustomError) as custom:
        await world.diamond.functions.setMarketplaceBidFee(1).call({"from": consumer})
    assert str(custom.value.data).startswith("0x118cdaa7")
    with pytest.raises(ContractLogicError, match="ERC20: transfer amount exceeds balance"):
        await world.token.functions.transfer(consumer, 10**40).estimate_gas({"from": consumer})
    with pytest.raises(ContractPanicError):
        await world.diamond.functions.getModelIds(1, 2**256 - 1).call()


async def test_a_block_follows_within_two_seconds(world: World) -> None:
    """The public node waits for the block after its transaction, polling."""
    first = await world.web3.eth.block_number
    async with asyncio.timeout(5):
        while await world.web3.eth.block_number == first:
            pass


async def test_block_time_is_the_wall_clock(world: World) -> None:
    block = await world.web3.eth.get_block("latest")
    assert abs(block["timestamp"] - world.devnet.timestamp) <= 2
    history = await world.web3.eth.fee_history(2, "latest", [50])
    assert len(history["baseFeePerGas"]) == 3
    assert await world.web3.eth.max_priority_fee > 0
