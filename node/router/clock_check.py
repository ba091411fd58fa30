"""Is this computer's clock right? The chain's time is the measure: peers refuse messages by it."""

from node.core.errors import ChainError, NodeError, WrongClockError
from node.router.access import ChainAccess
from node.wire.refusals import INVALID_TIMESTAMP

WRONG_CLOCK_S = 300
"""So far apart, providers take messages for repeated ones (the peers' window)."""


async def clock_words(chain: ChainAccess) -> str:
    """What to say of a clock so wrong that providers refuse its messages; empty when it is right.

    Raises:
        RpcUnavailableError: the chain's time is not known.
    """
    ahead_s = chain.clock.unix_seconds() - await chain.market.block_time()
    if abs(ahead_s) <= WRONG_CLOCK_S:
        return ""
    minutes, way = (abs(ahead_s) + 30) // 60, "fast" if ahead_s > 0 else "slow"
    return f"This computer's clock is {minutes} minutes {way}; providers refuse its messages."


async def wrong_clock(chain: ChainAccess, refusal: NodeError) -> WrongClockError | None:
    """The reason behind a provider's refusal, if it is our clock.

    A refusal for another reason, or without the chain to compare with, is None.
    """
    if refusal.details.get("text") != INVALID_TIMESTAMP:
        return None
    try:
        words = await clock_words(chain)
    except ChainError:
        return None
    return WrongClockError(words) if words else None
