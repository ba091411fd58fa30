"""Contract structs to records.

Unknown keys read as all zeros on chain and become `None` here. Text is cut to lengths no honest
record reaches; display layers clean and cut further. A record whose times lie beyond any date is no
record.
"""

from typing import Any

from node.chain.abi.abi_types import AbiError
from node.core.ids import Address, BidId, ModelId, SessionId
from node.core.records import (
    Bid,
    Deviation,
    Model,
    ModelStats,
    Provider,
    ProviderModelStats,
    Session,
)
from node.core.units import Mor, PricePerSecond, UnixSeconds

MAX_NAME_CHARS = 256
MAX_ENDPOINT_CHARS = 512
MAX_TAGS = 64
MAX_TAG_CHARS = 128
MAX_RECEIPT_BYTES = 4096
_LATEST_TIME = 1 << 38
"""About the year 10,700: later times overflow date types."""


def _time(value: int) -> UnixSeconds:
    if value >= _LATEST_TIME:
        raise AbiError("A network node sent a record with a date that cannot be.")
    return UnixSeconds(value)


def _deviation(pair: tuple[int, int]) -> Deviation:
    return Deviation(mean=pair[0], square_sum=pair[1])


def provider_record(address: Address, values: tuple[Any, ...]) -> Provider | None:
    """Provider of `getProvider`; deregistered providers are records too."""
    endpoint, stake, created, period_end, earned, deleted = values
    if created == 0:
        return None
    return Provider(
        address=address,
        endpoint=endpoint[:MAX_ENDPOINT_CHARS],
        stake=Mor(stake),
        created_at=_time(created),
        limit_period_end=_time(period_end),
        limit_period_earned=Mor(earned),
        is_deleted=deleted,
    )


def model_record(model_id: ModelId, values: tuple[Any, ...]) -> Model | None:
    """Model of `getModel`; deregistered models are records too."""
    cid, fee, stake, owner, name, tags, created, deleted = values
    if created == 0:
        return None
    return Model(
        id=model_id,
        ipfs_cid=cid,
        fee=Mor(fee),
        stake=Mor(stake),
        owner=Address(owner),
        name=name[:MAX_NAME_CHARS],
        tags=tuple(tag[:MAX_TAG_CHARS] for tag in tags[:MAX_TAGS]),
        created_at=_time(created),
        is_deleted=deleted,
    )


def bid_record(bid_id: BidId, values: tuple[Any, ...]) -> Bid | None:
    """Bid of `getBid`; deleted bids are records too."""
    provider, model_id, price, nonce, created, deleted = values
    if created == 0:
        return None
    return Bid(
        id=bid_id,
        provider=Address(provider),
        model_id=ModelId(model_id),
        price_per_second=PricePerSecond(price),
        nonce=nonce,
        created_at=_time(created),
        deleted_at=_time(deleted),
    )


def session_record(session_id: SessionId, values: tuple[Any, ...]) -> Session | None:
    """Session of `getSession`.

    The contract's `isActive` equals `closed_at == 0` and is not kept.
    """
    user, bid_id, stake, receipt, kind, withdrawn, opened, ends, closed, _active, direct = values
    if opened == 0 and not any(user):
        return None
    return Session(
        id=session_id,
        user=Address(user),
        bid_id=BidId(bid_id),
        stake=Mor(stake),
        closeout_receipt=receipt[:MAX_RECEIPT_BYTES],
        closeout_type=kind,
        provider_withdrawn=Mor(withdrawn),
        opened_at=_time(opened),
        ends_at=_time(ends),
        closed_at=_time(closed),
        is_direct_payment=direct,
    )


def provider_model_stats(values: tuple[Any, ...]) -> ProviderModelStats:
    tps, ttft, duration, successes, total = values
    return ProviderModelStats(
        tps_scaled_1000=_deviation(tps),
        ttft_ms=_deviation(ttft),
        total_duration_s=duration,
        success_count=successes,
        total_count=total,
    )


def model_stats(values: tuple[Any, ...]) -> ModelStats:
    tps, ttft, duration, count = values
    return ModelStats(
        tps_scaled_1000=_deviation(tps),
        ttft_ms=_deviation(ttft),
        total_duration_s=_deviation(duration),
        count=count,
    )
