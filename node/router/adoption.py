"""Rows for sessions that are on chain but not in the journal."""

import asyncio
from dataclasses import dataclass, replace

from node.core.errors import NodeError, RpcUnavailableError
from node.core.ids import Address, BidId
from node.core.log import get_logger
from node.core.ports import Intent
from node.core.records import Session
from node.core.units import NO_MOR, UnixSeconds
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.holdings import all_sessions
from node.router.model_tags import is_tee
from node.store.journal_records import OPENING_STATES, SessionEntry, SessionState

_log = get_logger("node.router.adoption")
CLOCKS_APART_S = 600
"""How far the chain's time of an opening may lie before the own clock's time of its intent."""
LAG_S = 120
"""So long a network node may not know what the journal knows from another one."""
_ADOPTED = "chain-"
_CLOSED = frozenset({SessionState.CLOSED, SessionState.SETTLED})
_GIVEN_UP = frozenset({SessionState.FAILED, SessionState.ABANDONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Rows that were made, and what could not be read this time: left for the next look."""

    adopted: tuple[SessionEntry, ...]
    unread: tuple[str, ...]


class SessionAdopter:
    """Finds the wallet's sessions on chain and gives each exactly one row of the journal."""

    def __init__(self, *, chain: ChainAccess, wallet: WalletAccess) -> None:
        self._chain = chain
        self._wallet = wallet
        self._lock = asyncio.Lock()

    async def adopt(self) -> Adoption:
        """Make rows for open sessions that the journal does not know (lost data, another program).

        All pages are read: an old open session may lie behind any number of closed ones. A session
        whose intent is known gets that intent's row; one that is still being opened is left to who
        opens it. One that cannot be read does not keep the others from their rows.

        Raises:
            RpcUnavailableError: no connection; what was not reached is found by the next call.
        """
        async with self._lock:
            adopted, unread = [], []
            for session in await self._on_chain():
                if session.is_closed:
                    continue
                try:
                    entry = await self._adopted(session)
                except RpcUnavailableError:
                    raise
                except NodeError as error:
                    _log.warning("session not read", session=session.id.short, code=error.code)
                    unread.append(f"{session.id.hex}: {error.message}")
                    continue
                if entry is not None:
                    adopted.append(entry)
            return Adoption(adopted=tuple(adopted), unread=tuple(unread))

    async def _adopted(self, session: Session) -> SessionEntry | None:
        market = self._chain.market
        known = await self._wallet.journal.entry_by_session(
            session.id, market.chain_id, market.marketplace_address
        )
        if known is not None:
            return await self._reopened(known, session) if known.state in _CLOSED else None
        rows = await self._rows()
        intents = [item for item in rows if self._may_be(item, session)]
        if any(item.state in OPENING_STATES for item in intents):
            return None
        for item in rows:
            if item.intent_id.startswith(_own_name(session)):
                # Adopted before, then gone from the chain for a time.
                return await self.give(item, session)
        for item in intents:
            if item.state in _GIVEN_UP and await self._was_signed(item):
                return await self.give(item, session)
        return await self._new_row(session)

    async def _reopened(self, entry: SessionEntry, session: Session) -> SessionEntry | None:
        """The chain says open, the journal closed: the block of the close vanished, or the network
        node lags; a lagging one gets time to catch up.
        """
        age_s = self._chain.clock.unix_seconds() - entry.updated_at
        if age_s < LAG_S or entry.intent_id in self._wallet.at_work:
            return None
        nothing = UnixSeconds(0)
        entry = replace(entry, closed_at=nothing, returned=NO_MOR, held=NO_MOR, held_until=nothing)
        return await self.give(entry, session)

    async def matching(self, entry: SessionEntry) -> Session | None:
        """The session on chain that `entry` must have opened, None when there is none."""
        known = {item.session_id for item in await self._rows()}
        for session in await self._on_chain():
            if session.id not in known and self._may_be(entry, session):
                return session
        return None

    async def give(self, entry: SessionEntry, session: Session) -> SessionEntry:
        """Write the session into the row of its intent."""
        entry = replace(
            entry,
            state=SessionState.ACTIVE,
            session_id=session.id,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            duration_s=session.ends_at - session.opened_at,
            error="",
            updated_at=self._chain.clock.unix_seconds(),
        )
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry

    @staticmethod
    def _may_be(entry: SessionEntry, session: Session) -> bool:
        return (
            entry.session_id is None
            and session.bid_id == entry.bid_id
            and session.stake == entry.stake
            and session.opened_at >= entry.created_at - CLOCKS_APART_S
        )

    async def _was_signed(self, entry: SessionEntry) -> bool:
        records = await self._wallet.journal.transactions_of(entry.intent_id)
        return any(item.intent is Intent.OPEN_SESSION for item in records)

    async def _new_row(self, session: Session) -> SessionEntry:
        """All from the chain alone; the provider's key comes later, from its signed ping."""
        market = self._chain.market
        bid = await market.bid(session.bid_id)
        provider, model = await asyncio.gather(
            market.provider(bid.provider), market.model(bid.model_id)
        )
        entry = SessionEntry(
            # Another marketplace may have given a session the same id.
            intent_id=f"{_own_name(session)}@{market.chain_id}:{market.marketplace_address.hex}",
            wallet=session.user,
            chain_id=market.chain_id,
            marketplace=market.marketplace_address,
            state=SessionState.ACTIVE,
            model_id=bid.model_id,
            bid_id=BidId(session.bid_id.raw),
            provider=Address(bid.provider.raw),
            endpoint=provider.endpoint if provider is not None else "",
            price=bid.price_per_second,
            stake=session.stake,
            duration_s=session.ends_at - session.opened_at,
            direct_payment=session.is_direct_payment,
            session_id=session.id,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            tee=is_tee(model),
            created_at=UnixSeconds(session.opened_at),
            updated_at=self._chain.clock.unix_seconds(),
        )
        await self._wallet.journal.create(entry)
        announce(self._wallet.bus, entry)
        return entry

    async def moved(self, entry: SessionEntry) -> SessionEntry:
        """Follow the provider of an open session to the endpoint that the chain has now."""
        provider = await self._chain.market.provider(entry.provider)
        if provider is None or not provider.endpoint or provider.endpoint == entry.endpoint:
            return entry
        entry = replace(
            entry, endpoint=provider.endpoint, updated_at=self._chain.clock.unix_seconds()
        )
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry

    async def _on_chain(self) -> tuple[Session, ...]:
        return await all_sessions(self._chain.market, self._wallet.address)

    async def _rows(self) -> tuple[SessionEntry, ...]:
        market = self._chain.market
        return await self._wallet.journal.all(
            self._wallet.address, market.chain_id, market.marketplace_address
        )


def _own_name(session: Session) -> str:
    """The intent of a session that another program, or this one before a loss, has opened."""
    return f"{_ADOPTED}{session.id.raw.hex()}"


def was_adopted(entry: SessionEntry) -> bool:
    """Whether nobody opened this session here: what its user agreed to then is not known."""
    return entry.intent_id.startswith(_ADOPTED)
