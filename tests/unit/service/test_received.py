"""What others sent stands in the list with its sender, and makes nobody a known recipient."""

import asyncio
import csv
import io
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import UserInputError
from node.core.events import TransactionChanged
from node.core.ids import Address, TxHash
from node.core.tasks import TaskScope
from node.core.units import Mor, UnixSeconds
from node.devnet.accounts import OWNER
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall, Devnet
from node.devnet.server import DevnetServer
from node.service.dto import TransactionView
from node.service.local import LocalNode, open_node
from node.service.transaction_list import place_of
from node.store.incoming import IncomingLog, Origin
from tests.support.money import Money, demo_money
from tests.support.mortal_consumer import options
from tests.support.small_market import CONSUMER, chain_environment
from tests.support.stacks import open_demo_stack

pytestmark = pytest.mark.chain
ONE = 10**18
ADA = Address(b"\x5a" * 20)
TWIN = Address(b"\x5a" * 3 + b"\x77" * 14 + b"\x5a" * 3)
GUEST = Address(b"\x6b" * 20)
START = 1_793_520_000
ROWS = (
    (1, ADA, 5 * ONE, Origin.TRANSFER),
    (2, GUEST, 2 * ONE, Origin.TRANSFER),
    (3, TWIN, 10**12, Origin.TRANSFER),
    (4, Address(b"\x01" * 20), 7 * ONE, Origin.STAKE),
    (5, Address(b"\x02" * 20), 10**12, Origin.PAY),
)
in_module = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def money(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Money, None]:
    folder = tmp_path_factory.mktemp("received")
    async with open_demo_stack(folder) as demo:
        money = demo_money(demo, folder)
        await money.wallet.save_contact(ADA.checksum, "Ada")
        place = place_of(demo.stack)
        for number, sender, amount, origin in ROWS:
            await demo.stack.incoming.add(place, a_log(number, sender, amount, origin))
        yield money


def a_log(number: int, sender: Address, amount: int, origin: Origin) -> IncomingLog:
    return IncomingLog(
        tx_hash=TxHash(bytes([number]) * 32),
        log_index=number,
        block=number,
        block_hash=bytes([number]) * 32,
        sender=sender,
        amount=Mor(amount),
        origin=origin,
        time=UnixSeconds(START + number),
    )


async def listed(money: Money, kind: str = "", text: str = "") -> list[TransactionView]:
    return list(await money.wallet.transactions(0, 50, kind, text))


@in_module
async def test_purposes_name_who_sent_it(money: Money) -> None:
    assert [item.purpose for item in await listed(money)] == [
        "Pay for a session",
        "Stake returned",
        "Dust: 0.000001 MOR from a stranger",
        f"Received 2 MOR from {GUEST.short}",
        "Received 5 MOR from Ada",
    ]


@in_module
async def test_a_received_row_has_all_but_nonce_and_fee(money: Money) -> None:
    stack = money.holder.require()
    gift = (await listed(money, text="ada"))[0]
    assert (gift.intent, gift.status, gift.amount_mor) == ("received", "mined", 5 * ONE)
    assert (gift.sender, gift.recipient) == (ADA.checksum, stack.wallet.address.checksum)
    assert (gift.block, gift.created_at) == (1, START + 1)
    assert (gift.fee_wei, gift.value_wei, gift.can_replace) == (0, 0, False)
    assert gift.confirmations > 0


@in_module
async def test_each_kind_has_its_own(money: Money) -> None:
    kinds = ("received", "session", "claim", "dust", "send")
    found = {kind: [item.intent for item in await listed(money, kind)] for kind in kinds}
    assert found == {
        "received": ["received", "received"],
        "session": ["stake_returned"],
        "claim": ["session_pay"],
        "dust": ["dust"],
        "send": [],
    }


@in_module
async def test_dust_shows_no_address_to_copy(money: Money) -> None:
    (dust,) = await listed(money, "dust")
    shown = dust.model_dump_json().lower()
    assert TWIN.hex[2:] not in shown
    assert TWIN.hex[2:] not in (await money.wallet.export_transactions()).lower()
    assert await listed(money, text=TWIN.checksum) == []


@in_module
async def test_who_sent_something_is_still_a_first_recipient(money: Money) -> None:
    """Only what the user sent, named or owns is known: gifts are the cheapest way to seem so."""
    draft = await money.wallet.draft_send("MOR", GUEST.checksum, ONE)
    assert [item.code for item in draft.warnings] == ["first_recipient"]
    draft = await money.wallet.draft_send("MOR", TWIN.checksum, ONE)
    assert [item.code for item in draft.warnings] == ["look_alike", "first_recipient"]
    assert draft.warnings[0].known == ADA.checksum
    assert draft.needs_typed == "1"
    assert draft.contact == ""
    assert GUEST.checksum not in {item.address for item in await money.wallet.contacts()}


@in_module
async def test_received_rows_take_notes_and_no_verbs(money: Money) -> None:
    (gift,) = await listed(money, text="ada")
    noted = await money.wallet.label_transaction(gift.hash, "the loan")
    assert noted.label == "the loan"
    assert [item.hash for item in await listed(money, text="LOAN")] == [gift.hash]
    await money.wallet.label_transaction(gift.hash, "")
    with pytest.raises(UserInputError):
        await money.wallet.draft_replace(gift.hash, "cancel")


@in_module
async def test_the_export_has_them_with_sender_and_amount(money: Money) -> None:
    table = csv.DictReader(io.StringIO(await money.wallet.export_transactions(), newline=""))
    rows = {row["Purpose"]: row for row in table}
    gift = rows["Received 5 MOR from Ada"]
    assert (gift["MOR in"], gift["MOR out"], gift["Fee ETH"]) == ("5", "", "")
    assert (gift["From"], gift["Block"]) == (ADA.checksum, "1")
    assert gift["Time (UTC)"] == "2026-11-01 08:00:01"


async def test_a_watched_account_lists_its_gifts_also_without_a_connection(
    tmp_path: Path,
) -> None:
    async with await Devnet.start() as chain:
        async with DevnetServer(chain) as server:
            environment = chain_environment(
                chain, server.url, CONSUMER, ETH_NODE_POLLING_INTERVAL="50ms"
            )
            del environment["WALLET_PRIVATE_KEY"]
            chosen = options(str(tmp_path / "node"), environment)
            async with open_node(chosen) as node, TaskScope("test") as scope:
                await node.wallet.watch(GUEST.checksum, "Cold")
                told = scope.spawn(_told(node), name="events")
                sent = await _give(chain, GUEST, 3 * ONE)
                async with asyncio.timeout(20):
                    assert (await told).tx_hash == sent
                online = await node.wallet.transactions(0, 10)
        async with open_node(chosen) as node:
            offline = await node.wallet.transactions(0, 10)
    owner = chain.accounts[OWNER].address
    assert [(item.hash, item.amount_mor, item.sender) for item in offline] == [
        (sent, 3 * ONE, Address(owner.raw).checksum)
    ]
    assert [item.hash for item in online] == [sent]


async def _told(node: LocalNode) -> TransactionChanged:
    async for event in node.system.events():
        if isinstance(event, TransactionChanged):
            return event
    raise AssertionError("the node stopped")


async def _give(chain: Devnet, to: Address, amount: int) -> str:
    data = artifact("Token").call("transfer(address,uint256)", to.raw, amount)
    call = AccountCall(account=chain.accounts[OWNER], to=chain.token_address, data=data)
    (receipt,) = await chain.transact([call])
    return str(receipt["transactionHash"])
