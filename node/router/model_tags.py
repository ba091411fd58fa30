"""Tags of the provider's models on chain, as far as they decide what may be served."""

from node.core.ids import ModelId
from node.core.records import Model
from node.router.access import ChainAccess

TEE_TAG = "tee"
KEPT_S = 300.0


def is_tee(model: Model) -> bool:
    """Whether the model promises attested hardware; the tag may be written in any case."""
    return any(tag.strip().casefold() == TEE_TAG for tag in model.tags)


class TeeModels:
    """Looks at the chain at most every five minutes per model."""

    def __init__(self, chain: ChainAccess) -> None:
        self._chain = chain
        self._known: dict[ModelId, tuple[bool, float]] = {}

    async def has(self, model_id: ModelId) -> bool:
        """Whether the model is tagged as attested. Raises ChainError, MarketError."""
        now = self._chain.clock.monotonic()
        known = self._known.get(model_id)
        if known is not None and now - known[1] < KEPT_S:
            return known[0]
        tagged = is_tee(await self._chain.market.model(model_id))
        self._known[model_id] = (tagged, now)
        return tagged
