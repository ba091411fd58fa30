"""Numbers and texts of the public node's bodies, and the bodies that many routes share.

`BigText` is written as a decimal string, plain integers as bare numbers of any size; those come
with a `…Str` twin for clients whose numbers end at 2**53.
"""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SecretStr,
    WithJsonSchema,
)

from node.core.units import MAX_UINT256

_DECIMAL = {"type": "string", "pattern": "^-?[0-9]+$"}


def _big(value: Any) -> int:
    """A decimal string or an integer, as the public node reads amounts."""
    if isinstance(value, str) and value.strip().isascii():
        digits = value.strip()
        if digits.removeprefix("-").isdigit() and len(digits) <= 80:
            value = int(digits)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_UINT256:
        raise ValueError(f"invalid big.Int string: {str(value)[:80]}")
    return value


BigText = Annotated[
    int, PlainSerializer(str, return_type=str), WithJsonSchema(_DECIMAL, mode="serialization")
]
"""An integer that leaves as a decimal string."""
BigInput = Annotated[
    int,
    BeforeValidator(_big),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^[0-9]{1,70}$"},
                {"type": "integer", "minimum": 0},
            ]
        }
    ),
]
"""An integer that comes as a decimal string or as a bare number."""
AddressText = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^0[xX][0-9a-fA-F]{40}$"})
]
HashText = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^(0[xX])?[0-9a-fA-F]{64}$"})
]
"""Patterns for the document only: the routes answer with the public node's texts."""


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Input(BaseModel):
    """A request body. Unknown members are ignored, as clients of all ages send some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Tx(Shape):
    tx: str


class Balance(Shape):
    mor: BigText
    eth: BigText


class Allowance(Shape):
    allowance: BigText


class Block(Shape):
    block: int


class Budget(Shape):
    budget: BigText


class Supply(Shape):
    supply: BigText


class Contract(Shape):
    contractAddress: str
    contractName: str
    methodName: str
    decodedInput: tuple[dict[str, str], ...] = ()


class WalletAddress(Shape):
    address: str


class Status(Shape):
    status: str


class Done(Shape):
    result: bool = True


class CookiePath(Shape):
    path: str


class SendInput(Input):
    """`password` of the wallet file: for what is above the guards of the settings."""

    to: AddressText
    amount: BigInput
    password: SecretStr | None = None


class ApproveInput(Input):
    """Only for the password, as for a transfer; amount and spender are in the query."""

    password: SecretStr | None = None


class PrivateKeyInput(Input):
    """`password` protects the wallet file, else the OS keyring does. `replace` an existing one."""

    privateKey: SecretStr
    password: SecretStr | None = None
    replace: bool = False


class MnemonicInput(Input):
    """Protection as for a private key."""

    mnemonic: SecretStr
    derivationPath: str = ""
    password: SecretStr | None = None
    replace: bool = False


class TitleInput(Input):
    title: str
