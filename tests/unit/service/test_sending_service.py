"""A transfer says everything before the yes, and is sent once, as it was shown."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from node.chain.abi.functions import TOKEN
from node.core.clock import FakeClock
from node.core.errors import QuoteExpiredError, UserInputError, WrongPasswordError
from node.core.ids import Address
from node.core.ports import Call, Intent
from node.core.units import Mor
from node.service.contacts import look_alike
from node.store.journal_records import TxStatus
from tests.support.money import PASSWORD, Money, demo_money, guarded_money
from tests.support.stacks import DemoStack, open_demo_stack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18
FRIEND = Address(b"\x5a" * 20).checksum
ALIKE = Address(b"\x5a" * 3 + b"\x00" * 14 + b"\x5a" * 3).checksum


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("sending")) as opened:
        yield opened


@pytest.fixture
def money(demo: DemoStack, tmp_path: Path) -> Money:
    return demo_money(demo, tmp_path)


def codes(warnings: object) -> list[str]:
    return [item.code for item in warnings]  # type: ignore[attr-defined]


async def test_a_draft_names_effects_fee_nonce_and_what_is_left(money: Money) -> None:
    wallet = money.wallet
    before = await wallet.overview()
    draft = await wallet.draft_send("MOR", FRIEND, 3 * ONE)
    assert [(e.what, e.amount, e.asset, e.direction) for e in draft.effects] == [
        ("transfer", 3 * ONE, "MOR", "out"),
        ("fee", draft.fee_max_wei, "ETH", "out"),
    ]
    assert 0 < draft.fee_wei <= draft.fee_max_wei
    assert draft.balance_after == before.wallet - 3 * ONE
    sent = await wallet.send(draft.id)
    (record, *_) = await money.holder.require().wallet.journal.transactions(
        Address.parse(before.address), money.holder.require().chain.market.chain_id, 0, 1
    )
    assert (record.tx_hash.hex, record.nonce) == (sent.hash, draft.nonce)
    assert record.fee.base <= draft.fee_max_wei
    after = await wallet.overview()
    assert after.wallet == draft.balance_after
    assert before.eth_wei - after.eth_wei == record.fee.base


async def test_a_faster_transfer_offers_more(money: Money) -> None:
    fees = [
        (await money.wallet.draft_send("MOR", FRIEND, 1, speed)).fee_max_wei
        for speed in ("slow", "normal", "fast")
    ]
    assert fees == sorted(fees)
    assert fees[0] < fees[2]


async def test_the_first_transfer_to_somebody_says_so_and_the_second_does_not(
    money: Money,
) -> None:
    other = Address(b"\x77" * 20).checksum
    first = await money.wallet.draft_send("MOR", other, ONE)
    assert codes(first.warnings) == ["first_recipient"]
    await money.wallet.send(first.id)
    assert codes((await money.wallet.draft_send("MOR", other, ONE)).warnings) == []


async def test_a_contact_is_named_and_no_stranger(money: Money) -> None:
    contact = Address(b"\x88" * 20).checksum
    await money.wallet.save_contact(contact, "Ada")
    draft = await money.wallet.draft_send("MOR", contact, ONE)
    assert (draft.contact, codes(draft.warnings)) == ("Ada", [])


async def test_a_look_alike_of_a_contact_must_be_typed(money: Money) -> None:
    await money.wallet.save_contact(FRIEND, "Friend")
    draft = await money.wallet.draft_send("MOR", ALIKE, 2 * ONE)
    (warning, *_) = draft.warnings
    assert (warning.code, warning.known) == ("look_alike", FRIEND)
    assert FRIEND in warning.hint and ALIKE in warning.hint and "Friend" in warning.hint
    assert draft.needs_typed == "2"
    for typed in ("", "3", "two"):
        with pytest.raises(UserInputError) as caught:
            await money.wallet.send(draft.id, typed=typed)
        assert caught.value.code == "input.typed_text"
    assert (await money.wallet.send(draft.id, typed=" 2.0 ")).status == TxStatus.MINED
    # Now it is somebody the user sent to.
    assert "look_alike" not in codes((await money.wallet.draft_send("MOR", ALIKE, 1)).warnings)


async def test_a_contract_and_most_of_the_balance_are_said(demo: DemoStack, money: Money) -> None:
    held = (await money.wallet.overview()).wallet
    contract = demo.world.network.multicall.checksum
    draft = await money.wallet.draft_send("MOR", contract, held * 91 // 100)
    assert {"contract", "most_of_balance"} <= set(codes(draft.warnings))
    assert Mor.parse(draft.needs_typed).base <= draft.amount
    assert draft.amount - Mor.parse(draft.needs_typed).base < 10**14
    exactly_nine_tenths = await money.wallet.draft_send("MOR", FRIEND, held * 9 // 10)
    assert "most_of_balance" not in codes(exactly_nine_tenths.warnings)


async def test_all_that_can_be_sent_leaves_the_fee(money: Money) -> None:
    overview = await money.wallet.overview()
    assert await money.wallet.max_send("MOR", FRIEND) == overview.wallet
    most = await money.wallet.max_send("ETH", FRIEND)
    assert overview.eth_wei * 9 // 10 < most < overview.eth_wei
    draft = await money.wallet.draft_send("ETH", FRIEND, most)
    assert draft.amount + draft.fee_max_wei <= overview.eth_wei
    assert draft.balance_after >= 0


async def test_a_draft_is_sent_once_also_by_two_clicks_at_a_time(money: Money) -> None:
    draft = await money.wallet.draft_send("MOR", FRIEND, 4)
    before = (await money.wallet.overview()).wallet
    results = await asyncio.gather(
        money.wallet.send(draft.id), money.wallet.send(draft.id), return_exceptions=True
    )
    assert sorted(type(item).__name__ for item in results) == [
        "QuoteExpiredError",
        "TransactionView",
    ]
    assert before - (await money.wallet.overview()).wallet == 4


async def test_an_old_draft_is_not_sent(demo: DemoStack, money: Money) -> None:
    draft = await money.wallet.draft_send("MOR", FRIEND, 5)
    await demo.world.devnet.advance_to(draft.expires_at + 1)
    with pytest.raises(QuoteExpiredError):
        await money.wallet.send(draft.id)


async def test_a_draft_is_not_sent_on_another_network_or_by_another_account(
    money: Money,
) -> None:
    draft = await money.wallet.draft_send("MOR", FRIEND, 6)
    stack = money.holder.require()
    other_chain = replace(stack.chain, market=_Renumbered(stack.chain.market))
    money.holder.replace(replace(stack, chain=other_chain))
    with pytest.raises(QuoteExpiredError):
        await money.wallet.send(draft.id)
    money.holder.replace(stack)


class _Renumbered:
    """A market of another chain id; everything else is that of the first."""

    def __init__(self, market: object) -> None:
        self._market = market

    @property
    def chain_id(self) -> int:
        return 1

    def __getattr__(self, name: str) -> object:
        return getattr(self._market, name)


async def test_the_password_is_asked_above_the_guard_and_a_wrong_one_sends_nothing(
    demo: DemoStack, tmp_path: Path
) -> None:
    clock = FakeClock()
    money = await guarded_money(
        demo, tmp_path, clock, GUARD_PASSWORD_ABOVE="2", GUARD_DAILY_CAP="9999"
    )
    small = await money.wallet.draft_send("MOR", FRIEND, 2 * ONE)
    assert not small.needs_password
    draft = await money.wallet.draft_send("MOR", FRIEND, 2 * ONE + 1)
    assert draft.needs_password and not draft.needs_typed
    before = (await money.wallet.overview()).wallet
    with pytest.raises(WrongPasswordError) as caught:
        await money.wallet.send(draft.id)
    assert caught.value.code == "wallet.password_needed"
    with pytest.raises(WrongPasswordError):
        await money.wallet.send(draft.id, SecretStr("not the password"))
    assert (await money.wallet.overview()).wallet == before
    clock.advance(2)
    sent = await money.wallet.send(draft.id, SecretStr(PASSWORD))
    assert sent.status == TxStatus.MINED
    assert before - (await money.wallet.overview()).wallet == 2 * ONE + 1


async def test_eth_counts_by_what_a_mor_is_worth(demo: DemoStack, tmp_path: Path) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_PASSWORD_ABOVE="10", MOR_WORTH="0.001")
    assert not (await money.wallet.draft_send("ETH", FRIEND, ONE // 100)).needs_password
    assert (await money.wallet.draft_send("ETH", FRIEND, ONE // 100 + 1)).needs_password


async def test_an_allowance_is_exact_listed_and_taken_back(demo: DemoStack, money: Money) -> None:
    draft = await money.wallet.draft_approval(7 * ONE)
    assert (draft.kind, draft.contact) == ("approval", "Morpheus marketplace")
    assert draft.effects[0].what == "allowance"
    assert (await money.wallet.send(draft.id)).purpose == "Allow the marketplace to take 7 MOR"
    (found,) = await money.wallet.approvals()
    assert (found.amount, found.needed_by_open) == (7 * ONE, 0)
    assert found.spender == demo.world.network.marketplace.checksum
    revoke = await money.wallet.draft_approval(0)
    sent = await money.wallet.send(revoke.id)
    assert sent.purpose == "Take back the allowance of the marketplace"
    (found,) = await money.wallet.approvals()
    assert found.amount == 0


async def test_nobody_but_the_marketplace_gets_an_allowance(money: Money) -> None:
    with pytest.raises(UserInputError) as caught:
        await money.wallet.draft_approval(1, FRIEND)
    assert caught.value.code == "input.spender"
    assert (await money.wallet.draft_approval(0, FRIEND)).amount == 0


async def test_what_another_contract_may_take_is_listed_and_taken_back(money: Money) -> None:
    """As an earlier marketplace on the same chain would have it."""
    stack = money.holder.require()
    other = Address(b"\x66" * 20)
    data = TOKEN["approve"].encode(other.raw, 5 * ONE)
    to = stack.chain.market.token_address
    await stack.sender.send_alone(Call(intent=Intent.APPROVE, to=to, data=data))
    _, found = await money.wallet.approvals()
    assert (found.spender, found.spender_name, found.amount) == (other.checksum, "", 5 * ONE)
    draft = await money.wallet.draft_approval(0, other.checksum)
    assert draft.to == other.checksum
    await money.wallet.send(draft.id)
    assert [item.spender_name for item in await money.wallet.approvals()] == [
        "Morpheus marketplace"
    ]


async def test_the_journal_has_the_intents_of_what_was_sent(money: Money) -> None:
    stack = money.holder.require()
    records = await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 100
    )
    assert {Intent.SEND_MOR, Intent.APPROVE} <= {record.intent for record in records}


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("aaaa" + "0" * 32 + "bbbb", "aaaa" + "1" * 32 + "bbbb", True),
        ("aaa" + "0" * 34 + "bbb", "aaa" + "1" * 34 + "bbb", True),
        ("0" * 34 + "abcdef", "1" * 34 + "abcdef", True),
        ("abcdef12" + "0" * 32, "abcdef12" + "1" * 32, True),
        ("aaaa" + "0" * 34 + "bb", "aaaa" + "1" * 34 + "bb", False),
        ("0" * 36 + "bbbb", "1" * 36 + "bbbb", False),
        ("ab" * 20, "ab" * 20, False),
    ],
)
async def test_what_looks_alike(first: str, second: str, alike: bool) -> None:
    known, target = Address(bytes.fromhex(first)), Address(bytes.fromhex(second))
    assert look_alike(target, [known]) == (known if alike else None)
