"""Bodies of the public node's routes, under its own member names.

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
    computed_field,
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


class ProviderShape(Shape):
    Address: str
    Endpoint: str
    Stake: BigText
    CreatedAt: BigText
    IsDeleted: bool


class ModelShape(Shape):
    Id: str
    IpfsCID: str
    Fee: int
    Stake: int
    Owner: str
    Name: str
    Tags: tuple[str, ...]
    CreatedAt: int
    IsDeleted: bool
    ModelType: str

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form
    @property
    def StakeStr(self) -> str:
        return str(self.Stake)

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form
    @property
    def FeeStr(self) -> str:
        return str(self.Fee)


class BidShape(Shape):
    Id: str
    Provider: str
    ModelAgentId: str
    PricePerSecond: BigText
    Nonce: BigText
    CreatedAt: BigText
    DeletedAt: BigText


class ScoredBidShape(Shape):
    ID: str
    Bid: BidShape
    Score: float


class SessionShape(Shape):
    Id: str
    User: str
    Provider: str
    ModelAgentId: str
    BidID: str
    Stake: int
    PricePerSecond: int
    CloseoutReceipt: str
    CloseoutType: int
    ProviderWithdrawnAmount: int
    OpenedAt: int
    EndsAt: int
    ClosedAt: int

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form
    @property
    def StakeStr(self) -> str:
        return str(self.Stake)

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form
    @property
    def PricePerSecondStr(self) -> str:
        return str(self.PricePerSecond)

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented form
    @property
    def ProviderWithdrawnAmountStr(self) -> str:
        return str(self.ProviderWithdrawnAmount)


class Providers(Shape):
    providers: tuple[ProviderShape, ...]


class OneProvider(Shape):
    provider: ProviderShape


class Models(Shape):
    models: tuple[ModelShape, ...]


class OneModel(Shape):
    model: ModelShape


class Bids(Shape):
    bids: tuple[BidShape, ...]


class OneBid(Shape):
    bid: BidShape


class ScoredBids(Shape):
    bids: tuple[ScoredBidShape, ...]


class Sessions(Shape):
    sessions: tuple[SessionShape, ...]


class OneSession(Shape):
    session: SessionShape


class SessionId(Shape):
    sessionID: str


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


class ClaimableBalance(Shape):
    balance: BigText


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


class Ping(Shape):
    ping: int
    version: str


class SendInput(Input):
    to: AddressText
    amount: BigInput


class OpenByModelInput(Input):
    sessionDuration: BigInput
    directPayment: bool = False
    failover: bool = False


class OpenByBidInput(Input):
    sessionDuration: BigInput


class RegisterProviderInput(Input):
    stake: BigInput
    endpoint: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^.+:[0-9]{1,5}$"})]


class CreateModelInput(Input):
    """`id` is a base id; the real one is derived from owner and base id."""

    id: str = ""
    ipfsID: str = ""
    fee: BigInput = 0
    stake: BigInput
    name: str
    tags: tuple[str, ...]


class CreateBidInput(Input):
    modelID: HashText
    pricePerSecond: BigInput


class PingInput(Input):
    """`providerUrl` is ignored: the endpoint is the one the provider has on chain."""

    providerAddr: AddressText
    providerUrl: str = ""


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
