"""Where each MOR of a wallet is: the sum of the parts is what the wallet owns."""

import asyncio
from dataclasses import dataclass

from node.core.ids import Address
from node.core.ports import Marketplace
from node.core.records import Balances, Provider, Session
from node.core.units import NO_MOR, Mor, UnixSeconds, next_midnight

PAGE = 100
MAX_READS = 4
"""A wallet whose balance changes more often than that while it is read is shown as it was last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """`locked` comes back at `locked_until` (next midnight UTC), `ready` can be withdrawn now.

    `provider`: what the market knows of the wallet as provider, also of one that left.
    """

    balances: Balances
    in_sessions: Mor
    locked: Mor
    locked_until: UnixSeconds
    ready: Mor
    provider_stake: Mor
    model_stake: Mor
    provider: Provider | None = None

    @property
    def total(self) -> Mor:
        return (
            self.balances.mor
            + self.in_sessions
            + self.locked
            + self.ready
            + self.provider_stake
            + self.model_stake
        )


async def all_sessions(market: Marketplace, user: Address) -> tuple[Session, ...]:
    """Every session of `user`, oldest first."""
    found: list[Session] = []
    offset = 0
    while True:
        page = await market.sessions(user=user, offset=offset, limit=PAGE)
        found.extend(page.items)
        # A page may be short in the middle: records that cannot be read are left out.
        offset += PAGE
        if offset >= page.total:
            return tuple(found)


async def holdings_of(market: Marketplace, owner: Address) -> Holdings:
    """Read the chain's truth about `owner`.

    A session counts with its whole stake until it is closed, also after its end. The parts are of
    one moment: MOR that goes from one to another changes the balance or what is on hold, so that
    both are read again at the end, and all of it when they differ.
    """
    found = await _read(market, owner)
    for _ in range(MAX_READS - 1):
        before = (found.balances.mor, found.locked, found.ready)
        balances, hold = await asyncio.gather(market.balances(owner), market.on_hold(owner))
        if before == (balances.mor, hold.locked, hold.available):
            break
        found = await _read(market, owner)
    return found


async def _read(market: Marketplace, owner: Address) -> Holdings:
    balances, hold = await asyncio.gather(market.balances(owner), market.on_hold(owner))
    sessions, provider, models = await asyncio.gather(
        all_sessions(market, owner), market.provider(owner), market.active_models()
    )
    open_stake = sum(item.stake.base for item in sessions if not item.is_closed)
    model_stake = sum(item.stake.base for item in models if item.owner == owner)
    return Holdings(
        balances=balances,
        in_sessions=Mor(open_stake),
        locked=hold.locked,
        locked_until=next_midnight(balances.block_time) if hold.locked else UnixSeconds(0),
        ready=hold.available,
        provider_stake=provider.stake if provider is not None else NO_MOR,
        model_stake=Mor(model_stake),
        provider=provider,
    )
