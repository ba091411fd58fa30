"""Bodies of providers, models and bids, under the public node's member names."""

from typing import Annotated

from pydantic import SecretStr, WithJsonSchema, computed_field

from node.http_api.shapes import AddressText, BigInput, BigText, HashText, Input, Shape


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


class RegisterProviderInput(Input):
    """`password` of the wallet file, here and below: for what is above the settings' guards."""

    stake: BigInput
    endpoint: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^.+:[0-9]{1,5}$"})]
    password: SecretStr | None = None


class CreateModelInput(Input):
    """`id` is a base id; the real one is derived from owner and base id."""

    id: str = ""
    ipfsID: str = ""
    fee: BigInput = 0
    stake: BigInput
    name: str
    tags: tuple[str, ...]
    password: SecretStr | None = None


class CreateBidInput(Input):
    modelID: HashText
    pricePerSecond: BigInput
    password: SecretStr | None = None


class Ping(Shape):
    ping: int
    version: str


class PingInput(Input):
    """Without `providerUrl` the endpoint is the one that the provider has on chain."""

    providerAddr: AddressText
    providerUrl: str = ""
