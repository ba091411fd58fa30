"""Who offers what on the demo network: providers, models and prices as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from node.core.errors import UserInputError
from node.core.ids import BidId, ModelId
from node.core.keccak import keccak256
from node.core.units import MAX_UINT256, Mor, PricePerSecond
from node.devnet.accounts import CONSUMER, DemoAccount
from node.devnet.artifacts import artifact
from node.devnet.chain import AccountCall, Devnet

_WEI = 10**18
MODEL_STAKE = Mor(_WEI // 10)


class Behaviour(StrEnum):
    """How a demo provider acts; the caller that runs the provider makes it true."""

    STEADY = "steady"
    SLOW = "slow"
    FLAKY = "flaky"
    """Fails after three answers, to show what the app does then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoModel:
    """A registered model; `owner` is the key of the provider that registers it."""

    key: str
    name: str
    tags: tuple[str, ...]
    owner: str

    @property
    def base_id(self) -> bytes:
        return keccak256(f"morpheus-desktop/demo/{self.key}".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffer:
    model: str
    price: PricePerSecond


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProvider:
    """One simulated provider. `account_index` tells which well-known account signs for it."""

    key: str
    name: str
    account_index: int
    stake: Mor
    behaviour: Behaviour
    offers: tuple[DemoOffer, ...]


DEMO_MODELS: tuple[DemoModel, ...] = (
    DemoModel(key="guide", name="Guide", tags=("LLM", "demo", "guide"), owner="harbor"),
    DemoModel(
        key="guide-patient", name="Guide Patient", tags=("LLM", "demo", "slow"), owner="meadow"
    ),
    DemoModel(
        key="guide-grand", name="Guide Grand", tags=("LLM", "demo", "expensive"), owner="summit"
    ),
    DemoModel(key="guide-moody", name="Guide Moody", tags=("LLM", "demo"), owner="driftwood"),
)

DEMO_PROVIDERS: tuple[DemoProvider, ...] = (
    DemoProvider(
        key="harbor",
        name="Harbor",
        account_index=2,
        stake=Mor(1_000 * _WEI),
        behaviour=Behaviour.STEADY,
        offers=(
            DemoOffer(model="guide", price=PricePerSecond(2 * 10**13)),
            DemoOffer(model="guide-moody", price=PricePerSecond(4 * 10**13)),
        ),
    ),
    DemoProvider(
        key="meadow",
        name="Meadow",
        account_index=5,
        stake=Mor(250 * _WEI),
        behaviour=Behaviour.SLOW,
        offers=(
            DemoOffer(model="guide-patient", price=PricePerSecond(10**13)),
            DemoOffer(model="guide", price=PricePerSecond(3 * 10**13)),
        ),
    ),
    DemoProvider(
        key="summit",
        name="Summit",
        account_index=7,
        stake=Mor(5_000 * _WEI),
        behaviour=Behaviour.STEADY,
        offers=(
            DemoOffer(model="guide-grand", price=PricePerSecond(10**15)),
            DemoOffer(model="guide", price=PricePerSecond(10**14)),
        ),
    ),
    DemoProvider(
        key="driftwood",
        name="Driftwood",
        account_index=8,
        stake=Mor(100 * _WEI),
        behaviour=Behaviour.FLAKY,
        offers=(DemoOffer(model="guide-moody", price=PricePerSecond(15 * 10**12)),),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMarket:
    """Ids of what was registered: models by key, bids by (provider key, model key)."""

    models: Mapping[str, ModelId]
    bids: Mapping[tuple[str, str], BidId]


def demo_consumer(devnet: Devnet) -> DemoAccount:
    """The account of the demo's user: 1,000 MOR and 1 ETH."""
    return devnet.accounts[CONSUMER]


def model_id(devnet: Devnet, model: DemoModel) -> ModelId:
    """Id of a demo model: keccak256 of owner and base id, known before it is registered."""
    return ModelId(keccak256(_account(devnet, model.owner).address.raw + model.base_id))


def bid_id(devnet: Devnet, provider: DemoProvider, model: ModelId) -> BidId:
    """Id of a provider's first bid on a model."""
    address = devnet.accounts[provider.account_index].address
    return BidId(keccak256(address.raw + model.raw + bytes(32)))


async def open_market(
    devnet: Devnet,
    endpoints: Mapping[str, str],
    *,
    providers: Sequence[DemoProvider] = DEMO_PROVIDERS,
) -> DemoMarket:
    """Register the demo's providers, models and bids.

    `endpoints` holds `host:port` by provider key.
    Providers without an endpoint stay away, with the models that they own.

    Raises:
        UserInputError: an endpoint of an unknown provider.
    """
    unknown = set(endpoints) - {provider.key for provider in providers}
    if unknown:
        raise UserInputError(f"The demo has no provider {sorted(unknown)[0]}.")
    present = [provider for provider in providers if provider.key in endpoints]
    keys = {provider.key for provider in present}
    models = {model.key: model_id(devnet, model) for model in DEMO_MODELS if model.owner in keys}
    registrations = [
        call
        for provider in present
        for call in _registration(devnet, provider, endpoints[provider.key])
    ]
    await devnet.transact(registrations)
    offers = [
        (provider, offer)
        for provider in present
        for offer in provider.offers
        if offer.model in models
    ]
    await devnet.transact(
        [_posting(devnet, provider, models[offer.model], offer.price) for provider, offer in offers]
    )
    return DemoMarket(
        models=models,
        bids={
            (provider.key, offer.model): bid_id(devnet, provider, models[offer.model])
            for provider, offer in offers
        },
    )


def _registration(devnet: Devnet, provider: DemoProvider, endpoint: str) -> list[AccountCall]:
    account = devnet.accounts[provider.account_index]
    token = artifact("Token")
    registry = artifact("RegistryFacet")
    approve = token.call("approve(address,uint256)", devnet.marketplace_address.raw, MAX_UINT256)
    calls = [(devnet.token_address, approve)]
    register = registry.call(
        "providerRegister(address,uint256,string)",
        account.address.raw,
        provider.stake.base,
        endpoint,
    )
    calls.append((devnet.marketplace_address, register))
    for model in DEMO_MODELS:
        if model.owner == provider.key:
            calls.append((devnet.marketplace_address, _model_calldata(account, model)))
    return [AccountCall(account=account, to=to, data=data) for to, data in calls]


def _model_calldata(account: DemoAccount, model: DemoModel) -> bytes:
    return artifact("RegistryFacet").call(
        "modelRegister(address,bytes32,bytes32,uint256,uint256,string,string[])",
        account.address.raw,
        model.base_id,
        bytes(32),
        0,
        MODEL_STAKE.base,
        model.name,
        list(model.tags),
    )


def _posting(
    devnet: Devnet, provider: DemoProvider, model: ModelId, price: PricePerSecond
) -> AccountCall:
    account = devnet.accounts[provider.account_index]
    calldata = artifact("BidFacet").call(
        "postModelBid(address,bytes32,uint256)", account.address.raw, model.raw, price.base
    )
    return AccountCall(account=account, to=devnet.marketplace_address, data=calldata)


def _account(devnet: Devnet, provider_key: str) -> DemoAccount:
    for provider in DEMO_PROVIDERS:
        if provider.key == provider_key:
            return devnet.accounts[provider.account_index]
    raise UserInputError(f"The demo has no provider {provider_key}.")
