"""Turns records of the router into DTOs. Every outside string is cleaned here, once."""

from node.core.errors import NodeError
from node.core.ids import Address
from node.core.records import Economy, ProviderModelStats
from node.core.session_life import OPENING_PHASES, SessionPhase, returns_at
from node.core.units import PricePerSecond
from node.router.display import clean_name, clean_tags, clean_text, model_kind
from node.router.market import ModelOffers
from node.router.model_tags import is_tee
from node.router.prompt_privacy import Privacy
from node.router.quote import Refund, stake_for
from node.router.quotes import SessionQuote
from node.router.rating import RatedBid
from node.router.replacing import can_replace
from node.service.dto import (
    ModelDetail,
    ModelSummary,
    OfferView,
    Quote,
    QuoteProblem,
    ScoreParts,
    SessionView,
    StopPreview,
    TransactionView,
)
from node.store.journal_records import SessionEntry, TxRecord
from node.store.retries import Retry

HOUR_S = 3600
MAX_ENDPOINT = 253


def _hour_stake(economy: Economy, price: PricePerSecond) -> int | None:
    try:
        return stake_for(economy, price, min(HOUR_S, economy.max_session_s)).base
    except NodeError:
        return None


def _tps(stats: ProviderModelStats) -> float | None:
    return stats.tps_scaled_1000.mean / 1000 if stats.success_count else None


def _ttft(stats: ProviderModelStats) -> int | None:
    return stats.ttft_ms.mean if stats.success_count else None


def model_summary(item: ModelOffers, economy: Economy) -> ModelSummary:
    """Figures of the best offer; success over all offers."""
    model, best = item.model, item.best
    live = [offer for offer in item.offers if offer.score is not None]
    total = sum(offer.view.stats.total_count for offer in live)
    successes = sum(offer.view.stats.success_count for offer in live)
    cheapest = min((offer.view.bid.price_per_second for offer in live), default=None)
    return ModelSummary(
        id=model.id.hex,
        name=clean_name(model.name),
        tags=clean_tags(model.tags),
        kind=model_kind(model.tags),
        owner=model.owner.checksum,
        created_at=model.created_at,
        offers=len(live),
        best_price=cheapest.base if cheapest is not None else None,
        stake_per_hour=_hour_stake(economy, cheapest) if cheapest is not None else None,
        tokens_per_second=_tps(best.view.stats) if best else None,
        ttft_ms=_ttft(best.view.stats) if best else None,
        success_percent=100 * successes / total if total else None,
        is_tee=is_tee(model),
    )


def offer_view(offer: RatedBid, economy: Economy, own: Address | None) -> OfferView:
    bid, stats = offer.view.bid, offer.view.stats
    parts = offer.parts
    return OfferView(
        bid_id=bid.id.hex,
        provider=bid.provider.checksum,
        endpoint=clean_text(offer.view.provider.endpoint, MAX_ENDPOINT),
        price_per_second=bid.price_per_second.base,
        stake_per_hour=_hour_stake(economy, bid.price_per_second) or 0,
        score=offer.score,
        parts=ScoreParts(
            tps=parts.tps,
            ttft=parts.ttft,
            duration=parts.duration,
            success=parts.success,
            stake=parts.stake,
        ),
        tokens_per_second=_tps(stats),
        ttft_ms=_ttft(stats),
        success_count=stats.success_count,
        total_count=stats.total_count,
        provider_stake=offer.view.provider.stake.base,
        is_own=own is not None and bid.provider == own,
    )


def model_detail(item: ModelOffers, economy: Economy, own: Address | None) -> ModelDetail:
    return ModelDetail(
        model=model_summary(item, economy),
        offers=tuple(offer_view(offer, economy, own) for offer in item.offers),
    )


def problem(error: NodeError) -> QuoteProblem:
    return QuoteProblem(code=error.code, message=error.message, hint=error.hint)


def quote_view(quote: SessionQuote, privacy: Privacy = Privacy.UNKNOWN) -> Quote:
    plan, first = quote.plan, quote.candidates[0]
    return Quote(
        id=quote.id,
        model_id=quote.model.id.hex,
        model_name=clean_name(quote.model.name),
        bid_id=first.bid.id.hex,
        provider=first.bid.provider.checksum,
        endpoint=clean_text(first.endpoint, MAX_ENDPOINT),
        price_per_second=first.bid.price_per_second.base,
        duration_s=plan.duration_s,
        stake=plan.stake.base,
        direct_payment=quote.direct_payment,
        failover=quote.failover,
        approve_amount=quote.approve_amount.base,
        fee_open_wei=quote.fee_open.base,
        fee_close_wei=quote.fee_close.base,
        opens_at=plan.opens_at,
        ends_at=plan.ends_at,
        returned_at_end=plan.stake.base - (plan.provider_pay.base if quote.direct_payment else 0),
        provider_pay=plan.provider_pay.base,
        min_duration_s=quote.economy.min_session_s,
        max_duration_s=quote.economy.max_session_s,
        max_affordable_s=quote.max_affordable_s,
        min_stake=quote.min_stake.base,
        balance=quote.balances.mor.base,
        balance_eth_wei=quote.balances.eth.base,
        auto_extend=quote.auto_extend,
        problems=tuple(problem(error) for error in quote.problems),
        expires_at=quote.expires_at,
        prompt_privacy=privacy.value,
    )


def stop_preview(refund: Refund) -> StopPreview:
    return StopPreview(
        at=refund.at,
        returned_now=refund.returned.base,
        held=refund.held.base,
        held_until=refund.held_until,
        paid_by_user=refund.paid_by_user.base,
        provider_pay=refund.provider_pay.base,
    )


_STATES = {
    **dict.fromkeys(OPENING_PHASES, "opening"),
    SessionPhase.ACTIVE: "active",
    SessionPhase.ENDING: "active",
    SessionPhase.ENDED: "ended",
    SessionPhase.CLOSING: "closing",
    SessionPhase.ON_HOLD: "closed",
    SessionPhase.RELEASED: "closed",
    SessionPhase.CLOSED: "closed",
    SessionPhase.FAILED: "failed",
}
_UNCLOSED = frozenset({SessionPhase.ENDED, SessionPhase.CLOSING})


def coarse_state(phase: SessionPhase) -> str:
    """The six words of `SessionView.state`."""
    return _STATES[phase]


def session_view(
    entry: SessionEntry,
    *,
    model_name: str,
    now: int,
    prompts: int = 0,
    tokens: int = 0,
    privacy: Privacy = Privacy.UNKNOWN,
    follows: SessionEntry | None = None,
    replaced_by: SessionEntry | None = None,
    retry: Retry | None = None,
    resumed: bool = False,
) -> SessionView:
    """`retry` is what the queue of refused closes holds for this session."""
    phase = entry.phase(now)
    stuck = retry if phase in _UNCLOSED else None
    return SessionView(
        id=_session_id(entry),
        intent_id=entry.intent_id,
        state=coarse_state(phase),
        phase=phase,
        model_id=entry.model_id.hex,
        model_name=clean_name(model_name),
        provider=entry.provider.checksum,
        bid_id=entry.bid_id.hex,
        price_per_second=entry.price.base,
        stake=entry.stake.base,
        opened_at=entry.opened_at,
        ends_at=entry.ends_at,
        closed_at=entry.closed_at,
        direct_payment=entry.direct_payment,
        prompts=prompts,
        tokens=tokens,
        returned=entry.returned.base,
        held=entry.held.base,
        held_until=entry.held_until,
        dispute=entry.close_kind == "own_report",
        error=entry.error,
        prompt_privacy=privacy.value,
        failover=entry.failover,
        auto_extend=entry.auto_extend,
        purpose=entry.purpose.value,
        follows=_session_id(follows),
        replaced_by=_session_id(replaced_by),
        stuck=stuck.reason if stuck else "",
        stuck_code=stuck.code if stuck else "",
        retry_at=stuck.next_at if stuck else 0,
        resumed=resumed,
        returns_at=returns_at(phase, ends_at=entry.ends_at, held_until=entry.held_until),
    )


def _session_id(entry: SessionEntry | None) -> str:
    return entry.session_id.hex if entry is not None and entry.session_id is not None else ""


def transaction_view(record: TxRecord, explorer: str, head: int = 0) -> TransactionView:
    """`explorer` is a page pattern with `{hash}`, or empty; `head` the newest block seen."""
    return TransactionView(
        hash=record.tx_hash.hex,
        intent=record.intent.value,
        summary=clean_text(record.summary, 200),
        status=record.status.value,
        block=record.block,
        fee_wei=record.fee.base,
        created_at=record.created_at,
        explorer_url=explorer.replace("{hash}", record.tx_hash.hex) if explorer else "",
        sender=record.wallet.checksum,
        to=record.to.checksum,
        value_wei=record.value.base,
        nonce=record.nonce,
        replaced_by=record.replaced_by.hex if record.replaced_by is not None else "",
        confirmations=max(0, head - record.block + 1) if record.block else 0,
        final=record.final,
        can_replace=can_replace(record),
    )
