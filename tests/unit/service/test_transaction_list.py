"""The list says what each transaction was for, finds it again, and keeps the user's notes."""

import csv
import io
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import UserInputError
from node.core.ids import Address
from node.service.dto import QuoteRequest, TransactionView
from tests.support.money import Money, demo_money
from tests.support.stacks import DemoStack, open_demo_stack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18
OLGA = Address(b"\x5a" * 20).checksum


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def money(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Money, None]:
    """One of each: a transfer, a session closed early, its stake taken back."""
    folder = tmp_path_factory.mktemp("list")
    async with open_demo_stack(folder) as demo:
        yield await _busy(demo, folder)


async def _busy(demo: DemoStack, folder: Path) -> Money:
    money = demo_money(demo, folder)
    await money.wallet.save_contact(OLGA, "Olga")
    await money.wallet.send((await money.wallet.draft_send("MOR", OLGA, 3 * ONE)).id)
    await money.wallet.send((await money.wallet.draft_send("ETH", OLGA, ONE // 1000)).id)
    model = await demo.guide()
    quote = await money.sessions.quote(QuoteRequest(model_id=model.id.hex, duration_s=3600))
    steps = [step async for step in money.sessions.open(quote.id)]
    assert steps[-1].session is not None
    await money.sessions.close(steps[-1].session.id)
    await demo.world.devnet.skip_to_midnight()
    await money.wallet.withdraw_released()
    return money


async def listed(money: Money, kind: str = "", text: str = "") -> list[TransactionView]:
    return list(await money.wallet.transactions(0, 50, kind, text))


async def test_purposes_are_in_words_with_names(money: Money) -> None:
    purposes = [item.purpose for item in await listed(money)]
    assert purposes[0] == "Take back released stake"
    assert purposes[1] == "Close the session: Guide"
    assert purposes[2] == "Open a session: Guide"
    assert purposes[3].startswith("Allow the marketplace to take ")
    assert purposes[4:] == ["Send 0.001 ETH to Olga", "Send 3 MOR to Olga"]


async def test_what_each_moved_adds_up_to_the_balance(money: Money, tmp_path: Path) -> None:
    items = await listed(money)
    overview = await money.wallet.overview()
    stack = money.holder.require()
    assert stack.demo is not None
    by_purpose = {item.purpose.split(" ")[0]: item.amount_mor for item in items}
    assert by_purpose["Send"] == -3 * ONE
    assert by_purpose["Allow"] == 0
    assert by_purpose["Open"] < 0 < by_purpose["Take"]
    # The session gave back everything it had locked.
    assert sum(item.amount_mor for item in items) == -3 * ONE
    assert overview.in_sessions == overview.ready == 0


async def test_a_kind_leaves_out_the_others(money: Money) -> None:
    kinds = {
        "send": {"send_mor", "send_eth"},
        "session": {"open_session", "close_session"},
        "approval": {"approve"},
        "claim": {"withdraw_on_hold"},
        "hosting": set(),
    }
    for kind, intents in kinds.items():
        assert {item.intent for item in await listed(money, kind)} == intents
    with pytest.raises(UserInputError) as caught:
        await listed(money, "gifts")
    assert "send, received" in caught.value.hint


async def test_text_is_found_in_names_purposes_hashes_and_labels(money: Money) -> None:
    assert {item.intent for item in await listed(money, text="olga")} == {"send_mor", "send_eth"}
    assert {item.intent for item in await listed(money, text="guide OPEN")} == {"open_session"}
    (sent,) = await listed(money, "send", "3 mor")
    assert [item.hash for item in await listed(money, text=sent.hash[:20])] == [sent.hash]
    assert [item.recipient for item in await listed(money, text=OLGA)] == [OLGA, OLGA]
    await money.wallet.label_transaction(sent.hash, "  the\nrent  ")
    assert [item.label for item in await listed(money, text="RENT")] == ["the rent"]
    await money.wallet.label_transaction(sent.hash, "")
    assert await listed(money, text="rent") == []


async def test_pages_join_without_gap_also_when_filtered(money: Money) -> None:
    for kind in ("", "send", "session"):
        whole = await listed(money, kind)
        pages = [
            item
            for offset in range(len(whole))
            for item in await money.wallet.transactions(offset, 1, kind)
        ]
        assert pages == whole


async def test_the_export_has_a_row_for_each(money: Money) -> None:
    text = await money.wallet.export_transactions()
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    items = await listed(money)
    assert [row["Hash"] for row in table] == [item.hash for item in items]
    assert table[-1]["MOR out"] == "3"
    assert table[-1]["To"] == OLGA
    assert table[-2]["ETH out"] == "0.001"


async def test_an_unknown_transaction_gets_no_label(money: Money) -> None:
    with pytest.raises(UserInputError):
        await money.wallet.label_transaction("0x" + "12" * 32, "x")


@pytest.mark.parametrize("secret", ["1f" * 32, "0x" + "1f" * 32, " ".join(["legal"] * 12)])
async def test_a_key_or_phrase_is_kept_neither_as_label_nor_with_a_contact(
    money: Money, secret: str
) -> None:
    (sent,) = await listed(money, "send", "3 mor")
    for keeping in (
        money.wallet.label_transaction(sent.hash, secret),
        money.wallet.save_contact(OLGA, "Olga", secret),
        money.wallet.save_contact(OLGA, secret),
    ):
        with pytest.raises(UserInputError) as caught:
            await keeping
        assert caught.value.code == "input.secret"
        assert secret not in f"{caught.value} {caught.value.hint} {caught.value.details}"
    named = await money.wallet.label_transaction(sent.hash, f"refund of {sent.hash}")
    assert named.label == f"refund of {sent.hash}"
    await money.wallet.label_transaction(sent.hash, "")
