"""MOR that others sent stands in the journal, once, as long as the chain has it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from eth_abi import encode
from eth_account import Account as EthAccount

from node.chain.head import ChainHead
from node.chain.transfers import TransferWatcher
from node.core.events import BalanceChanged, EventBus, NodeEvent, TransactionChanged
from node.core.ids import Address, TxHash
from node.core.tasks import TaskScope
from node.core.units import Mor
from node.devnet.accounts import CONSUMER, FUNDING, OWNER
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall, Devnet
from node.router.access import WalletAccess
from node.router.incoming import IncomingWatch
from node.store.incoming import AccountPlace, Incoming, IncomingTransfers, Origin
from node.store.journal_records import TxRecord
from node.store.log_cursors import LogCursors
from tests.support.faulty_rpc import FaultyServer, open_faulty_stack
from tests.support.signers import KeySigner
from tests.support.stacks import DemoStack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[DemoStack, FaultyServer], None]:
    async with open_faulty_stack(tmp_path_factory.mktemp("incoming")) as (demo, server):
        server.knows_finality = False
        yield demo, server


@pytest.fixture
def demo(opened: tuple[DemoStack, FaultyServer]) -> DemoStack:
    return opened[0]


class Account:
    """A watched account without history and what is told about it."""

    def __init__(self, demo: DemoStack, address: Address | None = None) -> None:
        self._demo = demo
        self.devnet: Devnet = demo.world.devnet
        signer = KeySigner.number(next(_numbers)) if address is None else demo.stack.wallet.signer
        self.address = signer.address
        self.wallet: WalletAccess = replace(demo.stack.wallet, signer=signer, bus=EventBus())
        self.rows = IncomingTransfers(demo.journal)
        self.place = AccountPlace(
            wallet=self.address,
            chain_id=demo.stack.network.chain_id,
            token=demo.stack.network.token,
        )

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator["Heard", None]:
        """As the node does, until the end of the block."""
        stack = self._demo.stack
        head = ChainHead(stack.rpc, stack.chain.clock)
        watch = IncomingWatch(
            make_watcher=lambda account: TransferWatcher(
                stack.rpc, stack.network, head, stack.chain.clock, account, poll_s=0.02
            ),
            cursors=LogCursors(self._demo.journal),
            transfers=self.rows,
            chain=stack.chain,
            wallet=self.wallet,
        )
        async with TaskScope("incoming test") as scope:
            heard = Heard(self.wallet.bus, scope)
            scope.spawn(watch.run(), name="watch")
            yield heard

    async def history(self) -> list[TxRecord | Incoming]:
        return list(await self.rows.history(self.place, 0, 100))

    async def received(self) -> list[Incoming]:
        return [item for item in await self.history() if isinstance(item, Incoming)]

    async def get(self, amount: int, *, sender: int = OWNER) -> TxHash:
        """Somebody sends MOR to it."""
        data = artifact("Token").call("transfer(address,uint256)", self.address.raw, amount)
        return await self.act(sender, self.devnet.token_address, data)

    async def signed(self, amount: int) -> str:
        """Bytes of a transfer to it, which may be sent more than once."""
        owner = self.devnet.accounts[OWNER]
        params = [owner.address.hex, "latest"]
        nonce = (await self.devnet.request("eth_getTransactionCount", params))["result"]
        price = (await self.devnet.request("eth_gasPrice"))["result"]
        data = artifact("Token").call("transfer(address,uint256)", self.address.raw, amount)
        transaction = {
            "to": self.devnet.token_address.checksum,
            "data": data,
            "gas": 100_000,
            "gasPrice": 10 * int(price, 16),
            "nonce": int(nonce, 16),
            "chainId": self.devnet.chain_id,
        }
        signed = EthAccount.sign_transaction(transaction, owner.private_key)
        return "0x" + bytes(signed.raw_transaction).hex()

    async def act(self, sender: int, to: Address, data: bytes) -> TxHash:
        call = AccountCall(account=self.devnet.accounts[sender], to=to, data=data)
        (receipt,) = await self.devnet.transact([call], gas=1_500_000)
        return TxHash.parse(receipt["transactionHash"])


_numbers = iter(range(7000, 8000))


class Heard:
    def __init__(self, bus: EventBus, scope: TaskScope) -> None:
        self.items: list[NodeEvent] = []
        self._more = asyncio.Condition()
        scope.spawn(self._listen(bus), name="listen")

    async def _listen(self, bus: EventBus) -> None:
        with bus.subscribe() as events:
            async for item in events:
                async with self._more:
                    self.items.append(item)
                    self._more.notify_all()

    def _told(self, tx_hash: TxHash, status: str) -> TransactionChanged | None:
        return next(
            (
                item
                for item in self.items
                if isinstance(item, TransactionChanged)
                and (item.tx_hash, item.status) == (tx_hash.hex, status)
            ),
            None,
        )

    async def told(
        self, tx_hash: TxHash, status: str = "mined", *, balance: bool = True
    ) -> TransactionChanged:
        """Wait until this was told, and that the balance changed, and forget both."""
        async with asyncio.timeout(20), self._more:
            await self._more.wait_for(lambda: self._told(tx_hash, status) is not None)
            if balance:
                await self._more.wait_for(
                    lambda: any(isinstance(item, BalanceChanged) for item in self.items)
                )
            found = self._told(tx_hash, status)
            assert found is not None
            self.items.clear()
            return found


async def test_mor_from_somebody_else_is_journalled_and_told(demo: DemoStack) -> None:
    account = Account(demo)
    before = await account.get(5 * ONE)
    async with account.watched() as heard:
        assert (await heard.told(before)).summary == "Received 5 MOR"
        later = await account.get(2 * ONE, sender=5)
        await heard.told(later)
    new, old = await account.received()
    assert (new.tx_hash, new.amount, new.sender) == (
        later,
        Mor(2 * ONE),
        account.devnet.accounts[5].address,
    )
    assert (old.tx_hash, old.amount, old.origin) == (before, Mor(5 * ONE), Origin.TRANSFER)
    block = await demo.stack.rpc.request("eth_getBlockByNumber", [hex(new.block), False])
    assert new.time == int(block["timestamp"], 16)


async def test_the_next_start_finds_what_came_meanwhile_and_nothing_twice(demo: DemoStack) -> None:
    account = Account(demo)
    first = await account.get(ONE)
    async with account.watched() as heard:
        await heard.told(first)
    second = await account.get(3 * ONE)
    async with account.watched() as heard:
        await heard.told(second)
        assert heard.items == []
    assert [item.amount.base for item in await account.received()] == [3 * ONE, ONE]


async def test_nothing_and_dust_are_no_gifts(demo: DemoStack) -> None:
    account = Account(demo)
    await account.get(0)
    dust = await account.get(10**12)
    async with account.watched() as heard:
        assert (await heard.told(dust)).summary == "Dust: 0.000001 MOR"
    (found,) = await account.received()
    assert found.is_dust


async def test_a_block_that_vanished_takes_its_rows_along(demo: DemoStack) -> None:
    """While the program runs, and while it did not."""
    account = Account(demo)
    devnet = account.devnet
    kept = await account.get(ONE)
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    lost = await account.get(2 * ONE)
    async with account.watched() as heard:
        await heard.told(kept)
        await heard.told(lost)
        await _reorganise(devnet, snapshot)
        await heard.told(lost, "dropped")
    assert [item.tx_hash for item in await account.received()] == [kept]
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    lost = await account.get(4 * ONE)
    async with account.watched() as heard:
        await heard.told(lost)
    await _reorganise(devnet, snapshot)
    async with account.watched() as heard:
        await heard.told(lost, "dropped")
    assert [item.tx_hash for item in await account.received()] == [kept]


async def _reorganise(devnet: Devnet, snapshot: str) -> None:
    before = int((await devnet.request("eth_blockNumber"))["result"], 16)
    await devnet.request("evm_revert", [snapshot])
    now = int((await devnet.request("eth_blockNumber"))["result"], 16)
    for _ in range(before - now + 1):
        await devnet.mine()


async def test_a_transfer_that_came_into_another_block_stays_one_row(demo: DemoStack) -> None:
    account = Account(demo)
    devnet = account.devnet
    raw = await account.signed(2 * ONE)
    snapshot = (await devnet.request("evm_snapshot"))["result"]
    sent = TxHash.parse((await devnet.request("eth_sendRawTransaction", [raw]))["result"])
    async with account.watched() as heard:
        await heard.told(sent)
        (before,) = await account.received()
        await devnet.request("evm_revert", [snapshot])
        await devnet.mine()
        await devnet.request("eth_sendRawTransaction", [raw])
        await devnet.mine()
        await heard.told(sent)
    (found,) = await account.received()
    assert (found.tx_hash, found.amount) == (sent, Mor(2 * ONE))
    assert found.block_hash != before.block_hash


async def test_a_row_becomes_final_by_depth(demo: DemoStack) -> None:
    account = Account(demo)
    tx_hash = await account.get(ONE)
    async with account.watched() as heard:
        await heard.told(tx_hash)
    assert [item.final for item in await account.received()] == [False]
    for _ in range(70):
        await account.devnet.mine()
    async with account.watched() as heard:
        await heard.told(tx_hash, balance=False)
    assert [item.final for item in await account.received()] == [True]


async def test_own_sessions_and_claims_are_not_listed_a_second_time(demo: DemoStack) -> None:
    """A close that this program signed brings MOR back: its own row says so."""
    account = Account(demo, demo.stack.wallet.address)
    entry = await demo.open(seconds=600)
    await demo.stack.closer.close(entry)
    gift = await account.get(ONE)
    async with account.watched() as heard:
        await heard.told(gift)
    history = await account.history()
    own = {item.tx_hash for item in history if isinstance(item, TxRecord)}
    assert own.isdisjoint(item.tx_hash for item in await account.received())
    closing = await demo.stack.wallet.journal.transactions_of(entry.intent_id)
    assert {item.tx_hash for item in closing} <= own
    assert await _moved(account) == await _change_of_balance(account)


async def _moved(account: Account) -> int:
    """What the rows say that came and went."""
    return sum(
        item.amount.base
        if isinstance(item, Incoming)
        else (item.moved.base if item.moved is not None else 0)
        for item in await account.history()
    )


async def _change_of_balance(account: Account) -> int:
    return (await account._demo.stack.chain.market.balances(account.address)).mor.base


async def test_stake_that_another_program_freed_is_stake_and_no_gift(demo: DemoStack) -> None:
    account = Account(demo, demo.stack.wallet.address)
    stack = demo.stack
    entry = await demo.open(seconds=600)
    assert entry.session_id is not None
    await account.devnet.advance_to(entry.ends_at + 1)
    millis = account.devnet.clock.unix_millis()
    report = encode(
        ["bytes32", "uint256", "uint128", "uint32", "uint32"],
        [entry.session_id.raw, stack.network.chain_id, millis, 1, 1],
    )
    call = stack.chain.calls.close_session(report, stack.wallet.signer.sign_blob(report))
    async with account.watched() as heard:
        closing = await account.act(CONSUMER, call.to, call.data)
        told = await heard.told(closing)
    assert told.summary == f"Stake returned: {entry.stake}"
    found = await account.rows.of(account.place, closing)
    assert found is not None
    assert (found.origin, found.amount) == (Origin.STAKE, entry.stake)


async def test_what_the_network_pays_is_pay_however_little(demo: DemoStack) -> None:
    account = Account(demo)
    tiny = await account.get(10**12, sender=FUNDING)
    async with account.watched() as heard:
        assert (await heard.told(tiny)).summary.startswith("Pay for a session")
    (found,) = await account.received()
    assert (found.origin, found.is_dust) == (Origin.PAY, False)


async def test_a_log_that_its_receipt_does_not_know_is_not_listed(
    opened: tuple[DemoStack, FaultyServer],
) -> None:
    demo, server = opened
    account = Account(demo)

    def more(method: str, result: Any) -> Any:
        if method != "eth_getLogs":
            return result
        return [{**log, "data": "0x" + (1000 * ONE).to_bytes(32, "big").hex()} for log in result]

    await account.get(ONE)
    server.bend = more
    try:
        async with account.watched() as heard:
            true = await account.get(1000 * ONE)
            await heard.told(true)
    finally:
        server.bend = None
    assert [item.tx_hash for item in await account.received()] == [true]
