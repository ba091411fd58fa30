"""Quotes: what opening a session would lock, cost and return, checked before anything is signed."""

import asyncio
import secrets
from dataclasses import dataclass, replace

from node.core.errors import (
    AttestationError,
    BidNotFoundError,
    BudgetEmptyError,
    InvalidDurationError,
    NoBidError,
    NodeError,
    NotEnoughGasError,
    NotEnoughMorError,
    OwnBidError,
    PayoutEmptyError,
    QuoteExpiredError,
    SessionTooShortError,
)
from node.core.ids import Address, BidId, ModelId
from node.core.ports import HandshakeReply, Signer
from node.core.records import Balances, Bid, Economy, Model
from node.core.units import Eth, Mor, PricePerSecond, UnixSeconds
from node.router.access import ChainAccess
from node.router.model_tags import is_tee
from node.router.quote import StakePlan, duration_of, minimum_stake, plan, stake_for
from node.router.rating import RatedBid, RatingSource, rate
from node.store.journal_records import SessionPurpose

QUOTE_LIFETIME_S = 540
MAX_QUOTES = 200
DEFAULT_DURATION_S = 3600
APPROVE_GAS = 56_000
OPEN_GAS = 610_000
CLOSE_GAS = 630_000
"""Upper bounds measured on the public contracts, with a fifth to spare;

The real call is estimated when sent.
"""
_USUAL_CALLDATA = bytes(range(256)) * 2
"""As long as the call that opens or closes a session, and as hard to compress as its signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An offer that may serve a quote."""

    bid: Bid
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuote:
    """What the user is shown and confirms.

    `candidates` are tried in order; none costs more per second than the first, which the figures
    are for. `intent_id`: the journal's name for the opening, empty for a new one. `consent`: of the
    only candidate, where it was asked before.
    """

    id: str
    model: Model
    candidates: tuple[Candidate, ...]
    plan: StakePlan
    economy: Economy
    balances: Balances
    direct_payment: bool
    failover: bool
    purpose: SessionPurpose
    follows: str
    auto_extend: bool
    approve_amount: Mor
    fee_open: Eth
    fee_close: Eth
    min_stake: Mor
    max_affordable_s: int
    problems: tuple[NodeError, ...]
    expires_at: UnixSeconds
    intent_id: str = ""
    consent: HandshakeReply | None = None

    @property
    def bid(self) -> Bid:
        return self.candidates[0].bid


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteOrder:
    """What to quote: a model (rated offers) or one bid;

    A duration or a stake (default one hour). `follows` is the intent of the session whose place
    the new one takes.
    """

    model_id: ModelId | None = None
    bid_id: BidId | None = None
    duration_s: int | None = None
    stake: Mor | None = None
    direct_payment: bool = False
    failover: bool = False
    purpose: SessionPurpose = SessionPurpose.USER
    follows: str = ""
    auto_extend: bool = False
    skip: frozenset[Address] = frozenset()
    accept_unverified_tee: bool = False


class QuoteDesk:
    """Makes quotes and keeps them until they expire."""

    def __init__(self, *, chain: ChainAccess, signer: Signer, rating: RatingSource) -> None:
        self._chain = chain
        self._signer = signer
        self._rating = rating
        self._quotes: dict[str, SessionQuote] = {}

    async def quote(self, order: QuoteOrder) -> SessionQuote:
        """Read the market and compute the quote. What forbids opening is listed in `problems`.

        Raises:
            NoBidError: nobody else offers the model. OwnBidError: the named bid is the wallet's
            own. InvalidDurationError, SessionTooShortError: a duration outside the limits.
        """
        market, user = self._chain.market, self._signer.address
        (model, candidates), economy, balances, gas_price, published = await asyncio.gather(
            self._candidates(order),
            market.economy(),
            market.balances(user),
            self._chain.transactions.gas_price(),
            self._chain.transactions.data_fee(_USUAL_CALLDATA),
        )
        price = candidates[0].bid.price_per_second
        stake = order.stake if order.stake is not None else self._stake(economy, price, order)
        quote = SessionQuote(
            id=secrets.token_hex(8),
            model=model,
            candidates=candidates,
            plan=plan(economy, price, stake),
            economy=economy,
            balances=balances,
            direct_payment=order.direct_payment,
            failover=order.failover,
            purpose=order.purpose,
            follows=order.follows,
            auto_extend=order.auto_extend,
            approve_amount=stake if balances.allowance < stake else Mor(0),
            fee_open=_fee_open(gas_price, published, allows=balances.allowance < stake),
            fee_close=Eth(gas_price * CLOSE_GAS) + published,
            min_stake=_minimum(economy, price),
            max_affordable_s=duration_of(economy, price, balances.mor),
            problems=(),
            expires_at=UnixSeconds(self._chain.clock.unix_seconds() + QUOTE_LIFETIME_S),
        )
        checked = _with_problems(quote, tee_accepted=order.accept_unverified_tee)
        return self.keep(checked)

    def find(self, quote_id: str) -> SessionQuote:
        """Return a quote that is still valid.

        Raises:
            QuoteExpiredError: unknown, used or too old; nothing was sent.
        """
        quote = self._quotes.get(quote_id)
        if quote is None or self._chain.clock.unix_seconds() > quote.expires_at:
            raise QuoteExpiredError("These amounts are no longer up to date.")
        return quote

    def take(self, quote_id: str) -> SessionQuote:
        """As `find`, and forget it: one confirmation opens one session."""
        quote = self.find(quote_id)
        del self._quotes[quote_id]
        return quote

    def keep(self, quote: SessionQuote) -> SessionQuote:
        """Keep a quote, in place of one with the same id, until it is taken or too old."""
        self._quotes[quote.id] = quote
        while len(self._quotes) > MAX_QUOTES:
            del self._quotes[next(iter(self._quotes))]
        return quote

    @staticmethod
    def _stake(economy: Economy, price: PricePerSecond, order: QuoteOrder) -> Mor:
        try:
            duration_s = DEFAULT_DURATION_S if order.duration_s is None else order.duration_s
            return stake_for(economy, price, duration_s)
        except BudgetEmptyError:
            # The quote is still shown, with the empty budget as its problem.
            return Mor(0)

    async def _candidates(self, order: QuoteOrder) -> tuple[Model, tuple[Candidate, ...]]:
        if order.bid_id is not None:
            return await self._named_bid(order.bid_id)
        if order.model_id is None:
            raise NoBidError("Choose a model first.")
        bids = await self._chain.market.model_bids(order.model_id)
        own = self._signer.address
        usable = [
            item
            for item in rate(bids, self._rating.current)
            if item.score is not None
            and item.view.bid.provider != own
            and item.view.bid.provider not in order.skip
        ]
        if not usable:
            raise NoBidError("Nobody offers this model at the moment.")
        return bids.model, _not_dearer(usable)

    async def _named_bid(self, bid_id: BidId) -> tuple[Model, tuple[Candidate, ...]]:
        market = self._chain.market
        bid = await market.bid(bid_id)
        if not bid.is_active:
            raise BidNotFoundError(
                "This offer is gone.", hint="The provider withdrew it; choose another one."
            )
        if bid.provider == self._signer.address:
            raise OwnBidError("This offer is your own.")
        model, provider = await asyncio.gather(
            market.model(bid.model_id), market.provider(bid.provider)
        )
        if provider is None:
            raise BidNotFoundError("The provider of this offer is no longer registered.")
        return model, (Candidate(bid=bid, endpoint=provider.endpoint),)


def _not_dearer(usable: list[RatedBid]) -> tuple[Candidate, ...]:
    limit = usable[0].view.bid.price_per_second
    return tuple(
        Candidate(bid=item.view.bid, endpoint=item.view.provider.endpoint)
        for item in usable
        if item.view.bid.price_per_second <= limit
    )


def _minimum(economy: Economy, price: PricePerSecond) -> Mor:
    try:
        return minimum_stake(economy, price)
    except (BudgetEmptyError, InvalidDurationError):
        return Mor(0)


def _with_problems(quote: SessionQuote, *, tee_accepted: bool) -> SessionQuote:
    problems: list[NodeError] = []
    if is_tee(quote.model) and not tee_accepted:
        problems.append(
            AttestationError(
                "This model is offered as running in protected hardware (TEE), which this app"
                " cannot verify.",
                hint="Choose another model. Nothing was locked.",
                code="market.tee_not_verified",
            )
        )
    stake, balances = quote.plan.stake, quote.balances
    if quote.economy.compute_balance.base <= 0:
        problems.append(BudgetEmptyError("No session can be opened today."))
    elif quote.plan.duration_s < quote.economy.min_session_s:
        problems.append(
            SessionTooShortError(
                "This stake buys less than 5 minutes.",
                hint=f"At least {quote.min_stake} are needed with this offer.",
            )
        )
    if balances.mor < stake:
        problems.append(
            NotEnoughMorError(
                f"You have {balances.mor}; {stake} are needed.",
                hint="Choose a shorter time or a cheaper offer, or receive more MOR.",
            )
        )
    fees = quote.fee_open + quote.fee_close
    if balances.eth < fees:
        problems.append(
            NotEnoughGasError(f"About {fees} are needed for network fees; you have {balances.eth}.")
        )
    if not quote.direct_payment and quote.economy.payable < quote.plan.provider_pay:
        problems.append(
            PayoutEmptyError(
                "The network's payout account cannot pay this session at present.",
                hint="A session opened now could not be closed until it is filled. Try later.",
            )
        )
    return replace(quote, problems=tuple(problems))


def _fee_open(gas_price: int, published: Eth, *, allows: bool) -> Eth:
    """Fee of the opening, with the allowance before it if that is needed."""
    opening = Eth(gas_price * OPEN_GAS) + published
    return opening + Eth(gas_price * APPROVE_GAS) + published if allows else opening
