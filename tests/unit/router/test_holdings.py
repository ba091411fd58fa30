"""The parts of a wallet are read of one moment, also while MOR moves between them."""

from typing import Any

from node.core.ids import Address
from node.core.records import Balances, OnHold, Page
from node.core.units import Eth, Mor, UnixSeconds, next_midnight
from node.router.holdings import MAX_READS, holdings_of

OWNER = Address(b"\x01" * 20)
NOW = UnixSeconds(1_793_520_000)


class MovingMarket:
    """100 MOR, of which another one goes on hold at each of the first `moves` balance reads."""

    def __init__(self, moves: int) -> None:
        self._moves = moves
        self.reads = 0

    @property
    def _held(self) -> int:
        return min(self.reads, self._moves)

    async def balances(self, owner: Address) -> Balances:
        found = Balances(
            mor=Mor(100 - self._held), eth=Eth(0), allowance=Mor(0), block=1, block_time=NOW
        )
        self.reads += 1
        return found

    async def on_hold(self, owner: Address) -> OnHold:
        return OnHold(available=Mor(0), locked=Mor(self._held))

    async def sessions(self, **_: Any) -> Page[Any]:
        return Page(items=(), total=0)

    async def provider(self, owner: Address) -> None:
        return None

    async def active_models(self) -> tuple[Any, ...]:
        return ()


async def test_what_moved_while_it_was_read_is_read_again() -> None:
    market = MovingMarket(moves=2)
    found = await holdings_of(market, OWNER)  # type: ignore[arg-type]  # the reads of a market
    assert found.total == Mor(100)
    assert (found.balances.mor, found.locked) == (Mor(98), Mor(2))
    assert found.locked_until == next_midnight(NOW)
    assert found.provider is None


async def test_a_wallet_that_never_rests_is_not_read_for_ever() -> None:
    market = MovingMarket(moves=1000)
    await holdings_of(market, OWNER)  # type: ignore[arg-type]  # the reads of a market
    assert market.reads <= 2 * MAX_READS


async def test_a_quiet_wallet_is_read_once_and_looked_at_again() -> None:
    market = MovingMarket(moves=0)
    found = await holdings_of(market, OWNER)  # type: ignore[arg-type]  # the reads of a market
    assert found.total == Mor(100)
    assert found.locked_until == 0
    assert market.reads == 2
