"""The facade's market group."""

from node.core.errors import MarketError, NoWalletError, WalletLockedError
from node.core.ids import Address, ModelId
from node.router.display import clean_text
from node.router.market import MarketView
from node.service.dto import MarketSnapshot, ModelDetail, PingResult, ProviderView
from node.service.stack import NetworkStack, StackHolder
from node.service.views import model_detail, model_summary


class MarketService:
    """Models, offers and providers of the network in use."""

    def __init__(self, stacks: StackHolder) -> None:
        self._stacks = stacks

    async def models(self, *, refresh: bool = False) -> MarketSnapshot:
        stack = self._stacks.require()
        view: MarketView = await stack.market.view(refresh=refresh)
        summaries = [model_summary(item, view.economy) for item in view.models]
        summaries.sort(key=lambda item: (item.offers == 0, item.best_price or 0, item.name))
        return MarketSnapshot(
            models=tuple(summaries),
            network=stack.network.key,
            block=view.economy.block,
            block_time=view.economy.block_time,
            age_s=max(0.0, stack.chain.clock.monotonic() - view.read_at),
        )

    async def model(self, model_id: str) -> ModelDetail:
        stack = self._stacks.require()
        item = await stack.market.model(ModelId.parse(model_id))
        economy = await stack.chain.market.economy()
        return model_detail(item, economy, _own_address(stack))

    async def providers(self) -> tuple[ProviderView, ...]:
        stack = self._stacks.require()
        return tuple(
            ProviderView(
                address=item.address.checksum,
                endpoint=clean_text(item.endpoint, 253),
                stake=item.stake.base,
                created_at=item.created_at,
                is_deleted=item.is_deleted,
            )
            for item in await stack.chain.market.active_providers()
        )

    async def ping(self, provider: str, endpoint: str = "") -> PingResult:
        stack = self._stacks.require()
        address = Address.parse(provider)
        pong = await stack.consumer.ping(endpoint or await _endpoint_of(stack, address), address)
        return PingResult(
            provider=address.checksum, version=clean_text(pong.version, 100), rtt_ms=pong.rtt_ms
        )


async def _endpoint_of(stack: NetworkStack, provider: Address) -> str:
    record = await stack.chain.market.provider(provider)
    if record is None:
        raise MarketError("There is no provider with this address.", code="market.no_such_provider")
    return record.endpoint


def _own_address(stack: NetworkStack) -> Address | None:
    try:
        return stack.wallet.address
    except (NoWalletError, WalletLockedError):
        return None
