"""Payment links: what is understood exactly, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.errors import InvalidAddressError, NodeError, UserInputError
from node.core.ids import Address
from node.core.payment_uri import (
    PaymentRequest,
    is_payment_uri,
    parse_payment_uri,
    payment_uri,
)
from node.core.units import MAX_UINT256

ADA = Address.parse("0x5B38Da6a701c568545dCfcB03FcB875f56beddC4")
TOKEN = Address.parse("0x7431aDa8a591C955a994a21710752EF9b882b8e3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"ethereum:{ADA}", PaymentRequest(recipient=ADA)),
        (f" Ethereum:{ADA}@8453 ", PaymentRequest(recipient=ADA, chain_id=8453)),
        (f"ethereum:pay-{ADA}?value=10", PaymentRequest(recipient=ADA, amount=10)),
        (
            f"ethereum:{ADA.hex}@1?value=2.014e18&gas=21000&gasPrice=9",
            PaymentRequest(recipient=ADA, chain_id=1, amount=2_014_000_000_000_000_000),
        ),
        (f"ethereum:{ADA}?value=.5e1", PaymentRequest(recipient=ADA, amount=5)),
        (f"ethereum:{ADA}?value=7.00", PaymentRequest(recipient=ADA, amount=7)),
        (
            f"ethereum:{TOKEN}@8453/transfer?address={ADA}&uint256=1.5E18",
            PaymentRequest(recipient=ADA, chain_id=8453, token=TOKEN, amount=15 * 10**17),
        ),
        (
            f"ethereum:{TOKEN}/transfer?address={ADA}",
            PaymentRequest(recipient=ADA, token=TOKEN),
        ),
    ],
)
def test_the_two_forms_are_read_exactly(text: str, expected: PaymentRequest) -> None:
    assert parse_payment_uri(text) == expected


@pytest.mark.parametrize(
    "tail",
    [
        "?value=1&value=2",
        "?value=-1",
        "?value=1.5",
        "?value=1e99",
        "?value=1e-3",
        "?value=1e100",
        "?value=0x10",
        "?value=",
        "?value",
        "?value=\u0661",
        f"?value={MAX_UINT256 + 1}",
        "?label=Ada",
        "?uint256=1",
        "@",
        "@0",
        "@-1",
        "@8453@1",
        "@1e3",
        "/approve?address=0x5B38Da6a701c568545dCfcB03FcB875f56beddC4&uint256=1",
        "/transfer?uint256=1",
        "/transfer?address=0x5B38Da6a701c568545dCfcB03FcB875f56beddC4&value=1",
        "/transfer/?address=0x5B38Da6a701c568545dCfcB03FcB875f56beddC4",
        "/transferFrom?address=0x5B38Da6a701c568545dCfcB03FcB875f56beddC4",
        "?value=" + "0" * 600,
        "\n?value=1",
    ],
)
def test_what_is_not_exactly_a_payment_is_refused(tail: str) -> None:
    with pytest.raises(NodeError) as caught:
        parse_payment_uri(f"ethereum:{ADA}{tail}")
    assert caught.value.code in ("input.payment_uri", "input.address")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["ada.eth", "pay-ada.eth", "0x12", "", "%30x"])
def test_names_and_halves_of_addresses_are_refused(name: str) -> None:
    with pytest.raises(UserInputError):
        parse_payment_uri(f"ethereum:{name}?value=1")


def test_a_mistyped_letter_is_found_by_its_checksum() -> None:
    with pytest.raises(InvalidAddressError):
        parse_payment_uri("ethereum:0x5B38da6a701c568545dCfcB03FcB875f56beddC4")


def test_other_schemes_are_no_payment_links() -> None:
    assert is_payment_uri("  ETHEREUM:x")
    assert not is_payment_uri("bitcoin:x")
    with pytest.raises(UserInputError):
        parse_payment_uri("bitcoin:x")


addresses = st.binary(min_size=20, max_size=20).map(Address)


@given(
    recipient=addresses,
    token=st.none() | addresses,
    chain_id=st.none() | st.integers(1, 2**53),
    amount=st.none() | st.integers(0, MAX_UINT256),
)
def test_what_is_written_is_read_back(
    recipient: Address, token: Address | None, chain_id: int | None, amount: int | None
) -> None:
    request = PaymentRequest(recipient=recipient, chain_id=chain_id, token=token, amount=amount)
    assert parse_payment_uri(payment_uri(request)) == request


@given(st.text(max_size=80) | st.text(alphabet="0123456789.eE+-=&?/@xvalue%", max_size=80))
def test_whatever_stands_in_a_link_gives_a_request_or_a_refusal(tail: str) -> None:
    for text in (tail, f"ethereum:{tail}", f"ethereum:{ADA}{tail}"):
        try:
            request = parse_payment_uri(text)
        except NodeError as error:
            assert error.message
        else:
            assert request.amount is None or 0 <= request.amount <= MAX_UINT256
