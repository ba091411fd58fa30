"""The rating against the recorded scores of the public node."""

import json
from typing import Any

import pytest

from node.core.ids import Address, BidId, ModelId
from node.core.records import (
    Bid,
    BidView,
    Deviation,
    Model,
    ModelBids,
    ModelStats,
    Provider,
    ProviderModelStats,
)
from node.core.units import Mor, PricePerSecond, UnixSeconds
from node.router.rating import rate
from node.router.rating_config import parse_rating_config
from tests.support.vectors import load_vectors

CASES = load_vectors("rating")["cases"]
GOOD = [case for case in CASES if not case.get("expect_error")]
MODEL = ModelId(bytes(31) + b"\x01")


def _deviation(figures: dict[str, Any]) -> Deviation:
    return Deviation(mean=figures["mean"], square_sum=figures["sqSum"])


def _view(bid: dict[str, Any]) -> BidView:
    address = Address.parse(bid["provider"])
    stats = bid["provider_model_stats"]
    return BidView(
        bid=Bid(
            id=BidId.parse(bid["bid_id"]),
            provider=address,
            model_id=MODEL,
            price_per_second=PricePerSecond(int(bid["price_per_second_wei"])),
            nonce=0,
            created_at=UnixSeconds(1),
            deleted_at=UnixSeconds(0),
        ),
        provider=Provider(
            address=address,
            endpoint="",
            stake=Mor(int(bid["provider_stake_wei"])),
            created_at=UnixSeconds(1),
            limit_period_end=UnixSeconds(0),
            limit_period_earned=Mor(0),
            is_deleted=False,
        ),
        stats=ProviderModelStats(
            tps_scaled_1000=Deviation(mean=stats["tpsScaled1000_mean"], square_sum=0),
            ttft_ms=Deviation(mean=stats["ttftMs_mean"], square_sum=0),
            total_duration_s=stats["totalDuration"],
            success_count=stats["successCount"],
            total_count=stats["totalCount"],
        ),
    )


def _bids(case: dict[str, Any]) -> ModelBids:
    stats = case["model_stats"]
    return ModelBids(
        model=Model(
            id=MODEL,
            ipfs_cid=bytes(32),
            fee=Mor(0),
            stake=Mor(0),
            owner=Address(bytes(20)),
            name="m",
            tags=(),
            created_at=UnixSeconds(1),
            is_deleted=False,
        ),
        stats=ModelStats(
            tps_scaled_1000=_deviation(stats["tpsScaled1000"]),
            ttft_ms=_deviation(stats["ttftMs"]),
            total_duration_s=_deviation(stats["totalDuration"]),
            count=stats["count"],
        ),
        provider_min_stake=Mor(int(case["min_stake_wei"])),
        bids=tuple(_view(bid) for bid in case["bids"]),
        block=1,
    )


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"][:40])
def test_scores_equal_the_recorded_ones(case: dict[str, Any]) -> None:
    config = parse_rating_config(json.dumps(case["config"]))
    rated = {item.view.bid.id.hex: item for item in rate(_bids(case), config)}
    for bid in case["bids"]:
        item = rated[bid["bid_id"]]
        if bid["dropped"]:
            assert item.score is None
            continue
        assert item.score == pytest.approx(bid["score_without_wrap"], rel=1e-9)
        assert item.parts.tps == pytest.approx(bid["components"]["tps"], rel=1e-9)
        assert item.parts.stake == pytest.approx(bid["components"]["stake_without_wrap"], rel=1e-9)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"][:40])
def test_best_offer_comes_first(case: dict[str, Any]) -> None:
    config = parse_rating_config(json.dumps(case["config"]))
    kept = {bid["bid_id"]: bid["score_without_wrap"] for bid in case["bids"] if not bid["dropped"]}
    order = [item.view.bid.id.hex for item in rate(_bids(case), config) if item.score is not None]
    assert set(order) == set(kept)
    scores = [kept[bid_id] for bid_id in order]
    assert scores == sorted(scores, reverse=True)
