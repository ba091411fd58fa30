"""Reads of the provider registry."""

from collections.abc import Sequence

from node.chain.abi.structs import provider_record
from node.chain.multicall import ContractReader
from node.chain.paging import all_keys
from node.core.ids import Address
from node.core.records import Provider


class ProviderRegistry:
    def __init__(self, reader: ContractReader) -> None:
        self._reader = reader

    async def get(self, address: Address, block: int) -> Provider | None:
        """None for an address that never registered; deregistered providers are records."""
        query = self._reader.market_query("getProvider", address.raw)
        (values,) = await self._reader.read(query, block)
        return provider_record(address, values)

    async def active(self, block: int) -> tuple[Provider, ...]:
        keys = await all_keys(self._reader, "getActiveProviders", (), block)
        found = await self.many([Address(key) for key in keys], block)
        return tuple(item for item in found.values() if not item.is_deleted)

    async def many(self, addresses: Sequence[Address], block: int) -> dict[Address, Provider]:
        """Records by address; unknown and undecodable ones are left out."""
        return await self._reader.records("getProvider", addresses, provider_record, block)
