"""Bodies of sessions, under the public node's member names."""

from typing import Annotated

from pydantic import Field, SecretStr, computed_field

from node.http_api.shapes import AddressText, BigInput, BigText, HashText, Input, Shape

HexText = Annotated[str, Field(max_length=1024, pattern="^0[xX][0-9a-fA-F]*$")]


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


class Sessions(Shape):
    sessions: tuple[SessionShape, ...]


class OneSession(Shape):
    session: SessionShape


class SessionId(Shape):
    sessionID: str


class ClaimableBalance(Shape):
    balance: BigText


class OpenByModelInput(Input):
    """`password` of the wallet file: for a stake above the guards of the settings."""

    sessionDuration: BigInput
    directPayment: bool = False
    failover: bool = False
    password: SecretStr | None = None


class OpenByBidInput(Input):
    """`password` as in `OpenByModelInput`."""

    sessionDuration: BigInput
    password: SecretStr | None = None


class OpenApprovedInput(Input):
    """`approval` and `approvalSig` as `/proxy/sessions/initiate` answers them."""

    approval: HexText
    approvalSig: HexText
    stake: BigInput
    directPayment: bool = False
    password: SecretStr | None = None


class InitiateInput(Input):
    """`providerUrl` is ignored: the endpoint is the one the provider has on chain."""

    user: AddressText
    provider: AddressText
    spend: BigInput
    bidId: HashText
    providerUrl: str = ""


class Initiated(Shape):
    """`message` is the provider's public key; `timestamp` counts milliseconds."""

    message: str
    approval: str
    approvalSig: str
    user: str
    timestamp: int


class StakesOnHold(Shape):
    """`hold` is released after midnight UTC, `available` can be withdrawn now."""

    available: BigText
    hold: BigText


class WithdrawInput(Input):
    """How many entries one transaction takes back."""

    iterations: Annotated[int, Field(ge=1, le=255)] = 255
