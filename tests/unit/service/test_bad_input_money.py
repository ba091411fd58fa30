"""Each row of bad input about addresses, amounts and balances: its words, and what to do."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from node.core.errors import (
    FundsError,
    InvalidAddressError,
    InvalidAmountError,
    NodeError,
    NotEnoughGasError,
    NotEnoughMorError,
    UserInputError,
)
from node.core.ids import Address
from node.core.units import Mor
from node.devnet.accounts import CONSUMER
from node.service.wallet_service import WalletService
from tests.support.money import Money, demo_money
from tests.support.stacks import DemoStack, open_demo_stack
from tests.support.truth import recovered

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
ONE = 10**18
FRIEND = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[DemoStack, None]:
    async with open_demo_stack(tmp_path_factory.mktemp("bad")) as opened:
        yield opened


@pytest.fixture
def money(demo: DemoStack, tmp_path: Path) -> Money:
    return demo_money(demo, tmp_path)


@pytest.fixture
def wallet(money: Money) -> WalletService:
    return money.wallet


async def refused(wallet: WalletService, to: str = FRIEND, amount: int = ONE) -> NodeError:
    before = await wallet.overview()
    with pytest.raises(NodeError) as caught:
        await wallet.draft_send("MOR", to, amount)
    assert (await wallet.overview()).wallet == before.wallet
    return caught.value


async def test_a_private_key_in_the_address_field(wallet: WalletService) -> None:
    for secret in ("0x" + "4f" * 32, "legal winner thank year wave sausage " * 2):
        error = await refused(wallet, secret)
        assert isinstance(error, InvalidAddressError)
        assert error.code == "input.secret"
        assert error.message == "This looks like a private key or recovery phrase. It was not sent."
        assert error.hint == "Never share it. Clear the clipboard."
        assert secret.strip() not in str(error.details)


async def test_an_address_with_a_wrong_checksum(wallet: WalletService) -> None:
    error = await refused(wallet, FRIEND[:-1] + FRIEND[-1].swapcase())
    assert error.message == "One or more letters are in the wrong case: possibly a typo."
    assert error.hint == "Copy the address again."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (FRIEND[:-1], "Copy the address again."),
        ("vitalik.eth", "Names are not supported yet."),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "Copy the address again."),
        ("", "Copy the address again."),
    ],
)
async def test_an_address_that_is_short_a_name_or_of_another_chain(
    wallet: WalletService, text: str, hint: str
) -> None:
    error = await refused(wallet, text)
    assert error.message == "This is not an address of this network (0x and 40 characters)."
    assert error.hint == hint


async def test_zero_the_token_and_the_marketplace_would_lose_the_money(
    demo: DemoStack, wallet: WalletService
) -> None:
    network = demo.world.network
    for lost in ("0x" + "0" * 40, network.token.checksum, network.marketplace.checksum):
        error = await refused(wallet, lost)
        assert isinstance(error, InvalidAddressError)
        assert error.message == "Sending here would lose the MOR."
        assert error.hint == "Choose another address."
        with pytest.raises(InvalidAddressError):
            await wallet.save_contact(lost, "Lost")


async def test_the_own_address(demo: DemoStack, wallet: WalletService) -> None:
    own = demo.world.devnet.accounts[CONSUMER].address.checksum
    error = await refused(wallet, own)
    assert (error.message, error.hint) == ("This is your own address.", "Choose another address.")


async def test_a_look_alike_is_shown_in_full_and_must_be_typed(wallet: WalletService) -> None:
    await wallet.save_contact(FRIEND, "Ada")
    known = Address.parse(FRIEND).raw
    twin = Address(known[:3] + bytes(14) + known[-3:]).checksum
    draft = await wallet.draft_send("MOR", twin, ONE)
    (warning, *_) = draft.warnings
    assert warning.text == "Ends like a known address but is different."
    assert FRIEND in warning.hint and twin in warning.hint
    assert draft.needs_typed == "1"


@pytest.mark.parametrize("amount", [0, -1, -(10**18), 2**256])
async def test_an_amount_of_nothing_or_less(wallet: WalletService, amount: int) -> None:
    error = await refused(wallet, amount=amount)
    assert isinstance(error, InvalidAmountError)
    assert error.message == "Enter an amount above 0."
    assert error.hint == "For example 1.5 MOR."


@pytest.mark.parametrize("text", ["", "ten", "-5", "1e3"])
async def test_an_amount_that_is_no_number(text: str) -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse(text)
    assert caught.value.message == "Enter an amount above 0."
    assert caught.value.hint == "For example 1.5 MOR."


@pytest.mark.parametrize(
    ("text", "question", "choices"),
    [
        ("1,5", "Did you mean 1.5?", ["1.5"]),
        ("1,500", "Did you mean 1.5 or 1500?", ["1.5", "1500"]),
        ("1.000", "Did you mean 1 or 1000?", ["1", "1000"]),
    ],
)
async def test_an_amount_that_can_be_read_in_two_ways(
    text: str, question: str, choices: list[str]
) -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse(text)
    assert caught.value.message == question
    assert caught.value.details["choices"] == choices
    assert "point" in caught.value.hint


async def test_more_than_eighteen_decimals_offer_to_round_down() -> None:
    with pytest.raises(InvalidAmountError) as caught:
        Mor.parse("1.0000000000000000019")
    assert caught.value.message == "MOR has at most 18 decimals."
    assert caught.value.hint == "Rounded down it is 1.000000000000000001."


async def test_more_than_the_balance(wallet: WalletService) -> None:
    held = Mor((await wallet.overview()).wallet)
    wanted = Mor(held.base + 1)
    error = await refused(wallet, amount=wanted.base)
    assert isinstance(error, NotEnoughMorError)
    assert error.message == f"You have {held}; {wanted} are needed."
    assert await wallet.max_send("MOR", FRIEND) == held.base


async def test_another_asset(wallet: WalletService) -> None:
    with pytest.raises(UserInputError) as caught:
        await wallet.draft_send("DOGE", FRIEND, 1)
    assert caught.value.message == "Only MOR and ETH can be sent."
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Give the contact a name."),
        (" \u202e\n ", "Give the contact a name."),
        ("x" * 61, "The name is longer than 60 characters."),
        ("Grace", "Another contact is named Grace."),
    ],
)
async def test_a_contact_without_a_name_of_its_own(
    wallet: WalletService, name: str, message: str
) -> None:
    await wallet.save_contact("0x" + "99" * 20, "grace")
    with pytest.raises(UserInputError) as caught:
        await wallet.save_contact(FRIEND, name)
    assert caught.value.message == message
    assert caught.value.hint
    assert caught.value.code == "input.contact"


async def test_the_same_transfer_while_it_waits(
    demo: DemoStack, money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.router.sending.WAIT_TIMEOUT_S", 0.1)
    draft = await money.wallet.draft_send("MOR", FRIEND, 5)
    await demo.world.devnet.hold_transactions(True)
    try:
        with pytest.raises(NodeError) as caught:
            await money.wallet.send(draft.id)
        assert caught.value.code == "chain.tx_stuck"
        assert caught.value.hint.startswith("Nothing is lost")
        assert (await money.wallet.overview()).in_flight == 5
        with pytest.raises(FundsError) as again:
            await money.wallet.draft_send("MOR", FRIEND, 5)
        assert again.value.message == "The same transfer is on its way already."
        assert again.value.hint
    finally:
        await demo.world.devnet.hold_transactions(False)
    await recovered(demo.stack)
    assert (await money.wallet.overview()).in_flight == 0


# The last one: it leaves no coins for fees.
async def test_no_coins_for_the_fee(wallet: WalletService) -> None:
    overview = await wallet.overview()
    with pytest.raises(NotEnoughGasError) as caught:
        await wallet.draft_send("ETH", FRIEND, overview.eth_wei + 1)
    assert caught.value.message.startswith("You have ")
    with pytest.raises(NotEnoughGasError) as caught:
        await wallet.draft_send("ETH", FRIEND, overview.eth_wei)
    assert caught.value.hint.startswith("At most ")
    most = await wallet.max_send("ETH", FRIEND)
    draft = await wallet.draft_send("ETH", FRIEND, most)
    await wallet.send(draft.id, typed=draft.needs_typed)
    rest = (await wallet.overview()).eth_wei
    last = await wallet.max_send("ETH", FRIEND)
    while last > 0:
        draft = await wallet.draft_send("ETH", FRIEND, last)
        await wallet.send(draft.id, typed=draft.needs_typed)
        assert (await wallet.overview()).eth_wei < rest
        rest = (await wallet.overview()).eth_wei
        last = await wallet.max_send("ETH", FRIEND)
    error = await refused(wallet, amount=1)
    assert isinstance(error, NotEnoughGasError)
    assert "are needed for network fees; you have" in error.message
    assert error.hint == "Send a little ETH to this wallet; it pays the network fees."
