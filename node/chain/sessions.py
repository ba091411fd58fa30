"""Reads of sessions, stakes on hold and used approvals."""

from collections.abc import Sequence

from node.chain.abi.structs import session_record
from node.chain.multicall import ContractReader
from node.chain.paging import page_of_keys
from node.core.errors import SessionNotFoundError
from node.core.ids import Address, SessionId
from node.core.records import OnHold, Page, Session
from node.core.units import Mor


class SessionBook:
    def __init__(self, reader: ContractReader) -> None:
        self._reader = reader

    async def get(self, session_id: SessionId, block: int) -> Session:
        """Raises SessionNotFoundError for an id that never existed."""
        query = self._reader.market_query("getSession", session_id.raw)
        (values,) = await self._reader.read(query, block)
        record = session_record(session_id, values)
        if record is None:
            raise SessionNotFoundError(
                "The network knows no session with this id.",
                hint="Look whether the right network is selected.",
            )
        return record

    async def many(self, ids: Sequence[SessionId], block: int) -> tuple[Session, ...]:
        """Records in the order of `ids`; unknown and undecodable ones are left out."""
        found = await self._reader.records("getSession", ids, session_record, block)
        return tuple(found.values())

    async def page(
        self,
        *,
        user: Address | None,
        provider: Address | None,
        offset: int,
        limit: int,
        block: int,
    ) -> Page[Session]:
        """A page of the user's or the provider's sessions, oldest first.

        Exactly one of both is given.
        """
        if (user is None) == (provider is None):
            raise ValueError("give either a user or a provider")
        name = "getUserSessions" if user is not None else "getProviderSessions"
        whose = user if user is not None else provider
        key = whose.raw if whose is not None else b""
        keys, total = await page_of_keys(
            self._reader, name, (key,), block, offset=offset, limit=limit
        )
        records = await self.many([SessionId(item) for item in keys], block)
        return Page(items=records, total=total)

    async def on_hold(self, user: Address, block: int) -> OnHold:
        query = self._reader.market_query("getUserStakesOnHold", user.raw, 255)
        available, locked = await self._reader.read(query, block)
        return OnHold(available=Mor(available), locked=Mor(locked))

    async def is_approval_used(self, approval: bytes, block: int) -> bool:
        query = self._reader.market_query("getIsProviderApprovalUsed", approval)
        (used,) = await self._reader.read(query, block)
        return bool(used)
