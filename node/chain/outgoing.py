"""What a signed transaction takes out of the wallet, read from its bytes."""

from dataclasses import dataclass
from typing import Any

from node.chain.abi.abi_types import AbiError
from node.chain.abi.codec import Function
from node.chain.abi.functions import MARKET, TOKEN
from node.chain.raw_transaction import read_signed
from node.core.errors import UserInputError
from node.core.ids import Address
from node.core.units import NO_MOR, Eth, Mor

_TRANSFER, _APPROVE = TOKEN["transfer"], TOKEN["approve"]
_STAKES = {
    MARKET["openSession"].selector: (MARKET["openSession"], 1),
    MARKET["providerRegister"].selector: (MARKET["providerRegister"], 1),
    MARKET["modelRegister"].selector: (MARKET["modelRegister"], 4),
}
"""Functions that move MOR from the sender into the marketplace, and the argument that says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """`to` is who gets it: of a token transfer the recipient, else whom the transaction goes to.

    `spender` may take `allowance` MOR afterwards; None when the transaction changes no allowance.
    """

    to: Address
    mor: Mor
    eth: Eth
    spender: Address | None = None
    allowance: Mor = NO_MOR


def outgoing_of(raw: bytes) -> Outgoing:
    """Read signed bytes; what they do beyond transfers, stakes and allowances takes nothing.

    Raises:
        UserInputError: no signed transaction.
    """
    fields = read_signed(raw)
    to, mor, spender, allowance = fields.to, NO_MOR, None, NO_MOR
    selector = fields.data[:4]
    if selector == _TRANSFER.selector:
        recipient, amount = _arguments(_TRANSFER, fields.data)
        to, mor = Address(recipient), Mor(amount)
    elif selector == _APPROVE.selector:
        who, amount = _arguments(_APPROVE, fields.data)
        spender, allowance = Address(who), Mor(amount)
    elif selector in _STAKES:
        function, place = _STAKES[selector]
        mor = Mor(_arguments(function, fields.data)[place])
    return Outgoing(to=to, mor=mor, eth=fields.value, spender=spender, allowance=allowance)


def _arguments(function: Function, data: bytes) -> tuple[Any, ...]:
    try:
        return function.decode_arguments(data)
    except AbiError as error:
        raise UserInputError("These bytes are no call of this contract.") from error
