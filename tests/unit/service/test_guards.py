"""Limits of a day and of a session hold for what the user orders, whatever the order of things."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from node.core.errors import NodeError, UserInputError, WrongPasswordError
from node.core.ids import Address
from node.core.units import Mor
from node.service.dto import Quote, QuoteRequest, WalletStatus
from node.service.guards import Wish, is_typed, typed_form
from node.service.vaults import VaultDesk
from tests.support.money import PASSWORD, Money, demo_money, guarded_money
from tests.support.stacks import DemoStack, open_demo_stack

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18
FRIEND = Address(b"\x5a" * 20).checksum


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("guards")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def demo(world: DemoStack) -> DemoStack:
    """A fresh UTC day."""
    await world.world.devnet.skip_to_midnight()
    return world


async def used(money: Money) -> Mor:
    return await money.guards.used_today(money.holder.require())


async def quoted(demo: DemoStack, money: Money, stake: int) -> Quote:
    model = await demo.guide()
    return await money.sessions.quote(QuoteRequest(model_id=model.id.hex, stake=stake))


async def opened(money: Money, quote: Quote, password: SecretStr | None = None) -> str:
    steps = [step async for step in money.sessions.open(quote.id, password)]
    assert steps[-1].session is not None
    return steps[-1].session.id


async def send(money: Money, amount: int, password: SecretStr | None = None) -> None:
    await money.wallet.send((await money.wallet.draft_send("MOR", FRIEND, amount)).id, password)


async def test_sends_and_stakes_of_a_day_count_together(demo: DemoStack, tmp_path: Path) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_DAILY_CAP="10")
    assert await used(money) == Mor(0)
    await send(money, 4 * ONE)
    session = await opened(money, await quoted(demo, money, 5 * ONE))
    assert await used(money) == Mor(9 * ONE)
    await money.sessions.close(session)
    assert await used(money) == Mor(9 * ONE)
    fits = await money.wallet.draft_send("MOR", FRIEND, ONE)
    assert not fits.needs_password
    draft = await money.wallet.draft_send("MOR", FRIEND, ONE + 1)
    assert draft.needs_password
    (warning,) = [item for item in draft.warnings if item.code == "over_limit"]
    assert "today's limit of 10 MOR" in warning.text and "9 MOR" in warning.hint
    with pytest.raises(WrongPasswordError) as caught:
        await money.wallet.send(draft.id)
    assert caught.value.code == "wallet.password_needed"
    assert "today's limit" in caught.value.hint
    quote = await quoted(demo, money, 5 * ONE)
    assert quote.needs_password
    with pytest.raises(WrongPasswordError):
        await opened(money, quote)
    await opened(money, quote, SecretStr(PASSWORD))
    assert await used(money) == Mor(14 * ONE)


async def test_a_new_day_begins_at_midnight_utc(demo: DemoStack, tmp_path: Path) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_DAILY_CAP="10")
    await send(money, 10 * ONE)
    draft = await money.wallet.draft_send("MOR", FRIEND, ONE)
    assert draft.needs_password
    await demo.world.devnet.skip_to_midnight()
    assert await used(money) == Mor(0)
    assert not (await money.wallet.draft_send("MOR", FRIEND, ONE)).needs_password


async def test_what_was_reached_after_the_draft_counts_at_the_send(
    demo: DemoStack, tmp_path: Path
) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_DAILY_CAP="10")
    late = await money.wallet.draft_send("MOR", FRIEND, 6 * ONE)
    assert not late.needs_password
    await send(money, 5 * ONE)
    with pytest.raises(WrongPasswordError):
        await money.wallet.send(late.id)


async def test_two_sends_at_a_time_do_not_pass_the_limit_together(
    demo: DemoStack, tmp_path: Path
) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_DAILY_CAP="10")
    drafts = [await money.wallet.draft_send("MOR", FRIEND, 6 * ONE + i) for i in range(2)]
    results = await asyncio.gather(
        *(money.wallet.send(draft.id) for draft in drafts), return_exceptions=True
    )
    assert sum(isinstance(item, WrongPasswordError) for item in results) == 1
    assert await used(money) <= Mor(10 * ONE)


async def test_one_session_above_its_limit_needs_the_password(
    demo: DemoStack, tmp_path: Path
) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_SESSION_CAP="3")
    assert not (await quoted(demo, money, 3 * ONE)).needs_password
    quote = await quoted(demo, money, 3 * ONE + 1)
    assert quote.needs_password
    assert [item.code for item in quote.warnings] == ["over_limit"]
    assert "3 MOR" in quote.warnings[0].text
    with pytest.raises(WrongPasswordError):
        await opened(money, quote)
    # The quote was not used up by the refusal.
    await opened(money, quote, SecretStr(PASSWORD))


async def test_a_stake_of_nearly_everything_must_be_typed(demo: DemoStack, tmp_path: Path) -> None:
    money = demo_money(demo, tmp_path)
    held = (await money.wallet.overview()).wallet
    quote = await quoted(demo, money, held * 92 // 100)
    assert [item.code for item in quote.warnings] == ["large_stake"]
    assert "92 % of your balance" in quote.warnings[0].text
    assert quote.needs_typed and not quote.needs_password
    with pytest.raises(UserInputError) as caught:
        await opened(money, quote)
    assert caught.value.code == "input.typed_text"
    assert (await money.wallet.overview()).wallet == held


async def test_play_money_has_no_limits(demo: DemoStack, tmp_path: Path) -> None:
    money = demo_money(demo, tmp_path, GUARD_DAILY_CAP="1", GUARD_SESSION_CAP="1")
    draft = await money.wallet.draft_send("MOR", FRIEND, 2 * ONE)
    assert not draft.needs_password and not draft.needs_typed
    await money.wallet.send(draft.id)


class _Kept(VaultDesk):
    """A wallet whose password the system's secret store keeps, with a phrase nobody wrote down."""

    async def status(self) -> WalletStatus:
        found = await super().status()
        return found.model_copy(update={"by_keyring": True, "backed_up": False})


async def test_without_a_password_of_ones_own_the_amount_is_typed(
    demo: DemoStack, tmp_path: Path
) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_PASSWORD_ABOVE="2")
    money.guards._vaults = _Kept(money.vault)
    draft = await money.wallet.draft_send("MOR", FRIEND, 3 * ONE)
    assert not draft.needs_password
    assert draft.needs_typed == "3"
    with pytest.raises(UserInputError):
        await money.wallet.send(draft.id)
    await money.wallet.send(draft.id, typed="3")


async def test_a_phrase_nobody_wrote_down_is_said_again_above_the_guard(
    demo: DemoStack, tmp_path: Path
) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_PASSWORD_ABOVE="2", GUARD_SESSION_CAP="99")
    money.guards._vaults = _Kept(money.vault)
    small = await money.wallet.draft_send("MOR", FRIEND, 2 * ONE)
    large = await money.wallet.draft_send("MOR", FRIEND, 2 * ONE + 1)
    assert "not_backed_up" not in [item.code for item in small.warnings]
    assert "not_backed_up" in [item.code for item in large.warnings]
    quote = await quoted(demo, money, 3 * ONE)
    assert [item.code for item in quote.warnings] == ["not_backed_up"]


async def test_nothing_stays_counted_after_a_refusal(demo: DemoStack, tmp_path: Path) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_PASSWORD_ABOVE="2")
    draft = await money.wallet.draft_send("MOR", FRIEND, 3 * ONE)
    for password in (None, SecretStr("wrong")):
        with pytest.raises(NodeError):
            await money.wallet.send(draft.id, password)
    assert await used(money) == Mor(0)


async def test_an_allowance_moves_nothing(demo: DemoStack, tmp_path: Path) -> None:
    money = await guarded_money(demo, tmp_path, GUARD_DAILY_CAP="1")
    stack = money.holder.require()
    asked = await money.guards.demand(stack, Wish(worth=Mor(40 * ONE), amount=1, moves=False))
    assert (asked.password, asked.warnings) == (False, ())


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (5 * ONE, "5"),
        (12_345_600_000_000_000_000, "12.3456"),
        (412_604_212_345_678_901_234, "412.6042"),
        (7, "0.000000000000000007"),
    ],
)
async def test_amounts_are_typed_with_few_decimals(amount: int, text: str) -> None:
    assert typed_form(amount) == text
    assert is_typed(text, f" {text} ")
    assert not is_typed(text, "")
    assert not is_typed(text, text + "1")
