"""Records of the contracts as they are, for programs that page through them.

Names, tags and endpoints are outside text, unchanged: clean them before they are shown.
"""

from node.service.dto.base import Dto


class PageRequest(Dto):
    """A window of a list. `limit` None is the whole list in the contract's order.

    With a limit the newest come first, unless `oldest_first`; `offset` counts from the end that
    comes first.
    """

    offset: int = 0
    limit: int | None = None
    oldest_first: bool = False


class ChainModel(Dto):
    id: str
    ipfs_cid: str
    fee: int
    stake: int
    owner: str
    name: str
    tags: tuple[str, ...]
    created_at: int
    is_deleted: bool
    kind: str


class ChainProvider(Dto):
    address: str
    endpoint: str
    stake: int
    created_at: int
    is_deleted: bool


class ChainBid(Dto):
    """An unknown bid has only zeros beside its id. `score` is set in rated lists."""

    id: str
    provider: str
    model_id: str
    price_per_second: int
    nonce: int
    created_at: int
    deleted_at: int
    score: float | None = None


class ChainSession(Dto):
    """`closeout_receipt` is hex without `0x`, empty while open."""

    id: str
    user: str
    provider: str
    model_id: str
    bid_id: str
    stake: int
    price_per_second: int
    closeout_receipt: str
    closeout_type: int
    provider_withdrawn: int
    opened_at: int
    ends_at: int
    closed_at: int


class ChainHold(Dto):
    """Stake of closed sessions: `available` can be withdrawn, `locked` after midnight UTC."""

    available: int
    locked: int


class ChainFigures(Dto):
    """The block the program sees as newest, and the day's figures at it."""

    block: int
    block_time: int
    todays_budget: int
    supply: int


class ChainBalances(Dto):
    mor: int
    eth_wei: int
    allowance: int


class ChainContracts(Dto):
    """Where the network's contracts are and how the chain is reached: `rpc_hosts` without the tails
    of addresses, which may be keys.
    """

    chain_id: int
    marketplace: str
    token: str
    rpc_hosts: tuple[str, ...] = ()
