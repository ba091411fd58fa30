"""Payment requests as links: `ethereum:0x…@8453?value=1000`, as EIP-681 writes them.

https://eips.ethereum.org/EIPS/eip-681 - of it the two forms that ask for money: the chain's coin,
and `transfer(address,uint256)` of a token contract. Everything else a link can ask for is refused,
because nobody could see in a form what it does.
"""

import re
from dataclasses import dataclass

from node.core.errors import UserInputError
from node.core.ids import Address
from node.core.units import MAX_UINT256

SCHEME = "ethereum:"
MAX_LENGTH = 512
CODE = "input.payment_uri"
_PLAIN = re.compile(r"[!-~]+")
_TARGET = re.compile(r"(?:pay-)?(?P<address>[^@/?]*)(?:@(?P<chain>[^/?]*))?(?:/(?P<call>[^?]*))?")
_CHAIN = re.compile(r"[0-9]{1,18}", re.ASCII)
_NUMBER = re.compile(
    r"\+?(?P<whole>[0-9]{0,78})(?:\.(?P<part>[0-9]{1,78}))?(?:[eE](?P<power>[0-9]{1,2}))?",
    re.ASCII,
)
_OUR_FEES = frozenset({"gas", "gasLimit", "gasPrice"})
"""Proposals for the fee: the wallet makes its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """Who wants what. `amount` in base units of the chain's coin, or of the contract `token`; None
    when the payer decides. `chain_id` None: whatever network the payer uses.
    """

    recipient: Address
    chain_id: int | None = None
    token: Address | None = None
    amount: int | None = None


def is_payment_uri(text: str) -> bool:
    return text.strip()[: len(SCHEME)].lower() == SCHEME


def parse_payment_uri(text: str) -> PaymentRequest:
    """Read a link from anywhere. Of a parameter that is there twice nothing is guessed.

    Raises:
        UserInputError: no link of the two forms (code `input.payment_uri`).
        InvalidAddressError: a name in place of an address, or a wrong checksum.
    """
    link = text.strip()
    if len(link) > MAX_LENGTH or not _PLAIN.fullmatch(link) or not is_payment_uri(link):
        raise _refused("This payment link cannot be read.")
    body, _, query = link[len(SCHEME) :].partition("?")
    match = _TARGET.fullmatch(body)
    if match is None:
        raise _refused("This payment link cannot be read.")
    target = _address(match["address"])
    chain_id = _chain(match["chain"])
    values = _parameters(query)
    if match["call"] is None:
        amount = _amount(values.pop("value", None))
        _refuse_rest(values)
        return PaymentRequest(recipient=target, chain_id=chain_id, amount=amount)
    if match["call"] != "transfer" or "address" not in values:
        raise _refused("This link asks for more than a payment.")
    recipient = _address(values.pop("address"))
    amount = _amount(values.pop("uint256", None))
    _refuse_rest(values)
    return PaymentRequest(recipient=recipient, chain_id=chain_id, token=target, amount=amount)


def payment_uri(request: PaymentRequest) -> str:
    """The link of a request; amounts are written out, for not every wallet reads powers of ten."""
    chain = "" if request.chain_id is None else f"@{request.chain_id}"
    if request.token is None:
        tail = "" if request.amount is None else f"?value={request.amount}"
        return f"{SCHEME}{request.recipient.checksum}{chain}{tail}"
    amount = "" if request.amount is None else f"&uint256={request.amount}"
    to = f"address={request.recipient.checksum}"
    return f"{SCHEME}{request.token.checksum}{chain}/transfer?{to}{amount}"


def _address(text: str) -> Address:
    if "%" in text:
        raise _refused("This payment link cannot be read.")
    return Address.parse(text, strict=True)


def _chain(text: str | None) -> int | None:
    if text is None:
        return None
    if not _CHAIN.fullmatch(text) or not int(text):
        raise _refused("This payment link names no chain that exists.")
    return int(text)


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        key, mark, value = pair.partition("=")
        if not mark or key in found:
            raise _refused("This payment link cannot be read.")
        found[key] = value
    return found


def _refuse_rest(values: dict[str, str]) -> None:
    if set(values) - _OUR_FEES:
        raise _refused("This link asks for more than a payment.")


def _amount(text: str | None) -> int | None:
    if text is None:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        raise _refused("The amount of this payment link cannot be read.")
    part, power = match["part"] or "", int(match["power"] or 0)
    if part[power:].strip("0"):
        raise _refused("The amount of this payment link is not in whole base units.")
    amount = int((match["whole"] or "0") + part[:power].ljust(power, "0"))
    if amount > MAX_UINT256:
        raise _refused("The amount of this payment link is larger than anything that exists.")
    return amount


def _refused(message: str) -> UserInputError:
    return UserInputError(message, hint="Ask for the address and the amount instead.", code=CODE)
