"""Models, offers and providers of an invented market, for the window's tests and pictures."""

from node.service.dto import ModelDetail, ModelSummary, OfferView, ProviderView, ScoreParts

NOW = 1_795_183_200
"""The moment of the pictures: 2026-11-20 14:00 UTC."""
MOR = 10**18
STAKE_FACTOR = 172
"""Stake per price: budget and supply of an invented day."""

PROVIDERS = (
    ("0x12Ab34Cd56Ef7890aB12cD34eF567890Ab129F3c", "harbor.example.net:3333", 1_250),
    ("0x5B38Da6a701c568545dCfcB03FcB875f56beddC4", "gpu.meadow.example:9000", 400),
    ("0x4B20993Bc481177ec7E8f571ceCaE8A9e22C02db", "summit.example.org:3333", 5_000),
    ("0x78731D3Ca6b7E34aC0F824c42a7cC18A495cabaB", "192.0.2.17:3333", 200),
)
_MODELS: tuple[tuple[str, tuple[str, ...], str, float | None, int | None, float | None], ...] = (
    ("Hermes 4 70B", ("LLM", "reasoning"), "LLM", 62.0, 640, 99.2),
    ("Qwen3 235B", ("LLM", "code", "TEE"), "LLM", 48.5, 910, 98.1),
    ("Mistral Small 3.2", ("LLM", "fast"), "LLM", 121.0, 210, 99.8),
    ("Llama 3.3 70B", ("LLM",), "LLM", 55.4, 700, 97.4),
    ("GLM 4.6", ("LLM", "code"), "LLM", 40.2, 1_180, 95.0),
    ("BGE M3", ("embedding",), "EMBEDDING", None, 95, 99.9),
    ("Whisper Large", ("speech",), "STT", None, None, None),
)
PRICES = (72, 95, 31, 66, 110, 9, 40)
"""Best price of each model in 1e12 base units per second."""


def hex_id(number: int) -> str:
    return f"0x{number:064x}"


def model_id(index: int) -> str:
    return hex_id(0xA1B2C3D4 << 200 | index + 1)


def stake_for(price: int, seconds: int) -> int:
    return price * seconds * STAKE_FACTOR


def models() -> list[ModelSummary]:
    summaries = []
    for index, (name, tags, kind, speed, ttft, success) in enumerate(_MODELS):
        price = PRICES[index] * 10**12
        offers = 0 if kind == "STT" else 3 - index % 3
        summaries.append(
            ModelSummary(
                id=model_id(index),
                name=name,
                tags=tags,
                kind=kind,
                owner=PROVIDERS[index % 4][0],
                created_at=NOW - (index + 2) * 86_400 * 9,
                offers=offers,
                best_price=price if offers else None,
                stake_per_hour=stake_for(price, 3600) if offers else None,
                tokens_per_second=speed,
                ttft_ms=ttft,
                success_percent=success,
                is_tee="TEE" in tags,
            )
        )
    return summaries


def demo_models() -> list[ModelSummary]:
    """What the demo network offers; the Guide has the best price of a steady provider."""
    named = (("Guide", 20), ("Guide Patient", 10), ("Guide Grand", 1000), ("Guide Moody", 15))
    return [
        ModelSummary(
            id=model_id(100 + index),
            name=name,
            tags=("LLM", "demo"),
            kind="LLM",
            owner=PROVIDERS[index][0],
            created_at=NOW - 86_400,
            offers=2,
            best_price=price * 10**12,
            stake_per_hour=stake_for(price * 10**12, 3600),
            tokens_per_second=80.0,
            ttft_ms=320,
            success_percent=100.0,
        )
        for index, (name, price) in enumerate(named)
    ]


def detail(model: ModelSummary) -> ModelDetail:
    offers = []
    for index in range(model.offers):
        price = (model.best_price or 0) * (10 + 3 * index) // 10
        score = 0.91 - 0.17 * index
        offers.append(
            OfferView(
                bid_id=hex_id(int(model.id, 16) + 0x1000 + index),
                provider=PROVIDERS[index][0],
                endpoint=PROVIDERS[index][1],
                price_per_second=price,
                stake_per_hour=stake_for(price, 3600),
                score=score,
                parts=ScoreParts(tps=0.22, ttft=0.07, duration=0.2, success=0.3, stake=0.05),
                tokens_per_second=(model.tokens_per_second or 30.0) * (1 - index / 8),
                ttft_ms=(model.ttft_ms or 400) + 90 * index,
                success_count=482 - 100 * index,
                total_count=486 - 90 * index,
                provider_stake=PROVIDERS[index][2] * MOR,
                is_own=False,
            )
        )
    return ModelDetail(model=model, offers=tuple(offers))


def providers() -> tuple[ProviderView, ...]:
    return tuple(
        ProviderView(
            address=address,
            endpoint=endpoint,
            stake=stake * MOR,
            created_at=NOW - 86_400 * (20 + index),
            is_deleted=False,
        )
        for index, (address, endpoint, stake) in enumerate(PROVIDERS)
    )
