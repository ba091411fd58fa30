"""Reads of bids, alone and with everything the rating needs."""

import asyncio
from collections.abc import Sequence

from node.chain.abi.structs import bid_record, model_record, model_stats, provider_model_stats
from node.chain.multicall import ContractReader
from node.chain.paging import all_keys, page_of_keys
from node.chain.providers import ProviderRegistry
from node.core.errors import BidNotFoundError, ModelNotFoundError
from node.core.ids import Address, BidId, ModelId
from node.core.records import Bid, BidView, ModelBids, Page, ProviderModelStats
from node.core.units import Mor


class BidBook:
    def __init__(self, reader: ContractReader, providers: ProviderRegistry) -> None:
        self._reader = reader
        self._providers = providers

    async def get(self, bid_id: BidId, block: int) -> Bid:
        """Raises BidNotFoundError for an id that never existed; deleted bids are records."""
        query = self._reader.market_query("getBid", bid_id.raw)
        (values,) = await self._reader.read(query, block)
        record = bid_record(bid_id, values)
        if record is None:
            raise BidNotFoundError(
                "The network knows no offer with this id.", hint="Copy the id again."
            )
        return record

    async def many(self, ids: Sequence[BidId], block: int) -> tuple[Bid, ...]:
        """Records in the order of `ids`; unknown and undecodable ones are left out."""
        return tuple((await self._reader.records("getBid", ids, bid_record, block)).values())

    async def page(
        self,
        *,
        model_id: ModelId | None,
        provider: Address | None,
        active_only: bool,
        offset: int,
        limit: int,
        block: int,
    ) -> Page[Bid]:
        """A page of the model's or the provider's bids. Exactly one of the two is given."""
        if (model_id is None) == (provider is None):
            raise ValueError("give either a model or a provider")
        owner = "Model" if model_id is not None else "Provider"
        name = f"get{owner}{'Active' if active_only else ''}Bids"
        whose = model_id if model_id is not None else provider
        key = whose.raw if whose is not None else b""
        keys, total = await page_of_keys(
            self._reader, name, (key,), block, offset=offset, limit=limit
        )
        return Page(items=await self.many([BidId(item) for item in keys], block), total=total)

    async def of_model(self, model_id: ModelId, block: int) -> ModelBids:
        """All active bids of a model with providers and statistics: three rounds of batched reads.

        Raises:
            ModelNotFoundError: the model was never registered.
        """
        query = self._reader.market_query
        keys, (model, stats, minimum) = await asyncio.gather(
            all_keys(self._reader, "getModelActiveBids", (model_id.raw,), block),
            self._reader.read_all(
                [
                    query("getModel", model_id.raw),
                    query("getModelStats", model_id.raw),
                    query("getProviderMinimumStake"),
                ],
                block,
            ),
        )
        record = model_record(model_id, model[0])
        if record is None:
            raise ModelNotFoundError("The network knows no model with this id.")
        found = await self.many([BidId(key) for key in keys], block)
        # The list says whose bids these are; a record that says otherwise is not believed.
        bids = [bid for bid in found if bid.is_active and bid.model_id == model_id]
        views = await self._views(bids, block)
        return ModelBids(
            model=record,
            stats=model_stats(stats[0]),
            provider_min_stake=Mor(minimum[0]),
            bids=tuple(views),
            block=block,
        )

    async def _views(self, bids: Sequence[Bid], block: int) -> list[BidView]:
        addresses = list(dict.fromkeys(bid.provider for bid in bids))
        providers, stats = await asyncio.gather(
            self._providers.many(addresses, block),
            self._reader.read_each(
                [
                    self._reader.market_query(
                        "getProviderModelStats", bid.model_id.raw, bid.provider.raw
                    )
                    for bid in bids
                ],
                block,
            ),
        )
        views = []
        for bid, values in zip(bids, stats, strict=True):
            provider = providers.get(bid.provider)
            if provider is not None and values is not None:
                views.append(
                    BidView(bid=bid, provider=provider, stats=provider_model_stats(values[0]))
                )
        return views

    async def stats(self, model_id: ModelId, provider: Address, block: int) -> ProviderModelStats:
        query = self._reader.market_query("getProviderModelStats", model_id.raw, provider.raw)
        (values,) = await self._reader.read(query, block)
        return provider_model_stats(values)
