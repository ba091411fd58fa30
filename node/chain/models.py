"""Reads of the model registry."""

from collections.abc import Sequence

from node.chain.abi.structs import model_record, model_stats
from node.chain.multicall import ContractReader
from node.chain.paging import all_keys
from node.core.errors import ModelNotFoundError
from node.core.ids import ModelId
from node.core.records import Model, ModelStats


class ModelRegistry:
    def __init__(self, reader: ContractReader) -> None:
        self._reader = reader

    async def get(self, model_id: ModelId, block: int) -> Model:
        """Raises ModelNotFoundError for an id that was never registered."""
        query = self._reader.market_query("getModel", model_id.raw)
        (values,) = await self._reader.read(query, block)
        record = model_record(model_id, values)
        if record is None:
            raise ModelNotFoundError(
                "The network knows no model with this id.", hint="Copy the id again."
            )
        return record

    async def active(self, block: int) -> tuple[Model, ...]:
        keys = await all_keys(self._reader, "getActiveModelIds", (), block)
        return await self.many([ModelId(key) for key in keys], block)

    async def many(self, ids: Sequence[ModelId], block: int) -> tuple[Model, ...]:
        """Records in the order of `ids`; unknown and undecodable ones are left out."""
        return tuple((await self._reader.records("getModel", ids, model_record, block)).values())

    async def stats(self, model_id: ModelId, block: int) -> ModelStats:
        query = self._reader.market_query("getModelStats", model_id.raw)
        (values,) = await self._reader.read(query, block)
        return model_stats(values)
