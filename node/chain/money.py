"""Reads that decide about money: from two agreeing endpoints where the network has three.

Everything here is read fresh. With fewer endpoints the one in use answers alone.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from node.chain.bids import BidBook
from node.chain.economy import EconomyReader
from node.chain.head import Block, ChainHead
from node.chain.multicall import ContractReader
from node.chain.networks import Network
from node.chain.providers import ProviderRegistry
from node.chain.rpc.quorum import Quorum
from node.chain.rpc.sources import Source
from node.chain.sessions import SessionBook
from node.chain.token import MorToken
from node.core.ids import Address, BidId, SessionId
from node.core.ports import JsonRpc
from node.core.records import Balances, Bid, Economy, OnHold, Page, Provider, Session

_T = TypeVar("_T")


class MoneyBooks:
    """The readers of one endpoint, or of the pool as a whole."""

    def __init__(self, rpc: JsonRpc, network: Network) -> None:
        self.reader = ContractReader(
            rpc,
            marketplace=network.marketplace,
            token=network.token,
            multicall=network.multicall,
        )
        self.providers = ProviderRegistry(self.reader)
        self.bids = BidBook(self.reader, self.providers)
        self.sessions = SessionBook(self.reader)
        self.token = MorToken(self.reader, rpc)
        self.economy = EconomyReader(self.reader)


class MoneyReads:
    """`books` serve when there is no quorum."""

    def __init__(
        self, books: MoneyBooks, network: Network, head: ChainHead, quorum: Quorum | None
    ) -> None:
        self._books = books
        self._network = network
        self._head = head
        self._quorum = quorum
        self._by_source: dict[str, MoneyBooks] = {}

    async def economy(self) -> Economy:
        return await self._agreed(
            "economy", "the network's budget", lambda books, at: books.economy.economy(at)
        )

    async def balances(self, owner: Address) -> Balances:
        return await self._agreed(
            f"balances {owner.hex}",
            "your balance",
            lambda books, at: books.token.balances(owner, at),
        )

    async def bid(self, bid_id: BidId) -> Bid:
        return await self._agreed(
            f"bid {bid_id.hex}", "this offer", lambda books, at: books.bids.get(bid_id, at.number)
        )

    async def session(self, session_id: SessionId) -> Session:
        return await self._agreed(
            f"session {session_id.hex}",
            "this session",
            lambda books, at: books.sessions.get(session_id, at.number),
        )

    async def user_sessions(self, user: Address, *, offset: int, limit: int) -> Page[Session]:
        return await self._agreed(
            f"sessions {user.hex} {offset} {limit}",
            "your sessions",
            lambda books, at: books.sessions.page(
                user=user, provider=None, offset=offset, limit=limit, block=at.number
            ),
        )

    async def provider(self, address: Address) -> Provider | None:
        return await self._agreed(
            f"provider {address.hex}",
            "this provider",
            lambda books, at: books.providers.get(address, at.number),
        )

    async def on_hold(self, user: Address) -> OnHold:
        return await self._agreed(
            f"on hold {user.hex}",
            "your stake on hold",
            lambda books, at: books.sessions.on_hold(user, at.number),
        )

    async def is_approval_used(self, approval: bytes) -> bool:
        return await self._agreed(
            f"approval {approval.hex()}",
            "a provider's approval",
            lambda books, at: books.sessions.is_approval_used(approval, at.number),
        )

    async def _agreed(
        self, key: str, subject: str, read: Callable[[MoneyBooks, Block], Awaitable[_T]]
    ) -> _T:
        if self._quorum is None:
            return await read(self._books, await self._head.latest())
        # Not before the own transactions; what a single endpoint once said it saw does not count.
        at_least = min(self._head.written, self._head.seen)
        return await self._quorum.read(
            key, subject, lambda rpc, at: read(self._of(rpc), at), at_least=at_least
        )

    def _of(self, rpc: JsonRpc) -> MoneyBooks:
        name = rpc.name if isinstance(rpc, Source) else ""
        if name not in self._by_source:
            self._by_source[name] = MoneyBooks(rpc, self._network)
        return self._by_source[name]
