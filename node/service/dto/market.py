"""Models, offers and providers."""

from node.service.dto.base import Dto


class ModelSummary(Dto):
    """`kind` is LLM, STT, TTS, EMBEDDING or UNKNOWN.

    Figures are None while unknown or without offers.
    """

    id: str
    name: str
    tags: tuple[str, ...]
    kind: str
    owner: str
    created_at: int
    offers: int
    best_price: int | None = None
    stake_per_hour: int | None = None
    tokens_per_second: float | None = None
    ttft_ms: int | None = None
    success_percent: float | None = None
    is_tee: bool = False


class MarketSnapshot(Dto):
    models: tuple[ModelSummary, ...]
    network: str
    block: int
    block_time: int
    age_s: float


class ScoreParts(Dto):
    tps: float
    ttft: float
    duration: float
    success: float
    stake: float


class OfferView(Dto):
    """One active bid with its rating. `score` is None when the rating drops it."""

    bid_id: str
    provider: str
    endpoint: str
    price_per_second: int
    stake_per_hour: int
    score: float | None
    parts: ScoreParts | None
    tokens_per_second: float | None
    ttft_ms: int | None
    success_count: int
    total_count: int
    provider_stake: int
    is_own: bool


class ModelDetail(Dto):
    """`offers` best first."""

    model: ModelSummary
    offers: tuple[OfferView, ...]


class ProviderView(Dto):
    address: str
    endpoint: str
    stake: int
    created_at: int
    is_deleted: bool


class PingResult(Dto):
    provider: str
    version: str
    rtt_ms: int
