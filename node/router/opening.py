"""Opens a session: provider's consent, allowance, transaction, receipt;

Each step journalled first.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace

from node.core.errors import (
    BidNotFoundError,
    FundsError,
    MarketError,
    NoProviderError,
    NotEnoughMorError,
    PriceChangedError,
    PromptReadableError,
    ProviderError,
    RevertedError,
    SessionBusyError,
    SessionError,
    TxCancelledError,
)
from node.core.faults import fault_point
from node.core.ids import ModelId
from node.core.ports import HandshakeReply
from node.core.records import Bid, Receipt
from node.core.units import Mor, UnixMillis
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.clock_check import clock_words
from node.router.links import ProviderLink
from node.router.model_tags import is_tee
from node.router.prompt_privacy import OPENING_FRESH_S, PromptPrivacy
from node.router.quotes import Candidate, SessionQuote
from node.router.sending import Stage, TransactionSender, refusal_text
from node.store.journal_records import OPENING_STATES, SessionEntry, SessionState
from node.store.peers import PeerKeys
from node.wire.handshake import SessionOffer

APPROVAL_LIFETIME_MS = 540_000
"""Own limit; the contract's ten minutes never end with the network's millisecond timestamps."""
APPROVE = Stage(name="approve", signed=SessionState.APPROVE_SIGNED, sent=SessionState.APPROVE_SENT)
OPEN = Stage(name="open", signed=SessionState.OPEN_SIGNED, sent=SessionState.OPEN_SENT)
_OFFERS = 100
"""Of one provider, looked through for the one that took the place of another."""
_MAY_OPEN = frozenset({OPEN.signed, OPEN.sent, SessionState.OPEN_IN_BLOCK})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningStep:
    """Progress: `asking_provider`, `allowing`, `opening`, `ready`."""

    name: str
    entry: SessionEntry
    tx_hash: str = ""
    detail: str = ""


class SessionOpener:
    """Opens sessions from confirmed quotes: one at a time of a model, one payment at a time.

    Whoever stops taking steps closes the iterator: what was sent by then is finished by recovery,
    the rest is given up.
    """

    def __init__(
        self,
        *,
        chain: ChainAccess,
        wallet: WalletAccess,
        sender: TransactionSender,
        link: ProviderLink,
        peers: PeerKeys,
        privacy: PromptPrivacy,
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._sender = sender
        self._link = link
        self._peers = peers
        self._privacy = privacy
        self._drafting = asyncio.Lock()

    async def open(self, quote: SessionQuote) -> AsyncGenerator[OpeningStep, None]:
        """Yield the steps; the last is `ready` with the active session.

        A provider that refuses costs nothing and the next candidate is asked, never a dearer one.

        Raises:
            NodeError: the first of the quote's problems, if it has any.
            SessionBusyError: a session of this model is being opened already; nothing was spent.
            NoProviderError: every provider refused; nothing was spent.
            PromptReadableError: the same, and one would take prompts in clear only.
            PriceChangedError, BidNotFoundError: no offer is as it was quoted; nothing was spent.
            RevertedError, TxStuckError, RpcUnavailableError: as journalled; see `SessionRecovery`.
        """
        if quote.problems:
            raise quote.problems[0]
        async with AsyncExitStack() as at_work:
            entry = await self._draft(quote, at_work)
            async with aclosing(self._steps(entry, quote)) as steps:
                async for step in steps:
                    yield step

    async def _steps(
        self, entry: SessionEntry, quote: SessionQuote
    ) -> AsyncGenerator[OpeningStep, None]:
        tried: list[tuple[str, str]] = []
        readable: PromptReadableError | None = None
        changed: list[MarketError] = []
        for candidate in quote.candidates:
            entry = await self._save(entry, candidate=candidate, state=SessionState.QUOTED)
            yield OpeningStep(
                name="asking_provider", entry=entry, detail=candidate.bid.provider.checksum
            )
            try:
                await self._check_bid(candidate)
                await self._privacy.seals(
                    candidate.endpoint, candidate.bid.provider, fresh_s=OPENING_FRESH_S
                )
                reply = quote.consent or await self._ask(entry)
            except (ProviderError, BidNotFoundError, PriceChangedError) as error:
                tried.append((candidate.bid.provider.checksum, refusal_text(error)))
                if isinstance(error, PromptReadableError):
                    readable = error
                elif isinstance(error, MarketError):
                    changed.append(error)
                continue
            entry = await self._accepted(entry, reply)
            async with aclosing(self._pay(entry)) as steps:
                async for step in steps:
                    yield step
            return
        await self._give_up(entry, "; ".join(f"{who}: {why}" for who, why in tried))
        if readable is not None:
            raise readable
        if len(changed) == len(tried):
            raise _of_changed(changed)
        raise NoProviderError(
            "No provider accepted the session.", tried=tried, hint=await self._clock_hint()
        )

    async def _clock_hint(self) -> str:
        words = await clock_words(self._chain)
        return f"{words} Set the clock and try again. Nothing was spent." if words else ""

    async def _draft(self, quote: SessionQuote, at_work: AsyncExitStack) -> SessionEntry:
        """Write the first row; it is nobody else's until `at_work` is left."""
        async with self._drafting:
            await self._refuse_second(quote.model.id)
            entry = self._first_row(quote)
            await at_work.enter_async_context(self._wallet.at_work.hold(entry.intent_id))
            fault_point("open.draft.before")
            await self._wallet.journal.create(entry)
            fault_point("open.draft.after")
        return entry

    async def _refuse_second(self, model_id: ModelId) -> None:
        market = self._chain.market
        for entry in await self._wallet.journal.unfinished(
            self._wallet.address, market.chain_id, market.marketplace_address
        ):
            busy = entry.intent_id in self._wallet.at_work and entry.state in OPENING_STATES
            if entry.model_id == model_id and (busy or entry.state in _MAY_OPEN):
                raise SessionBusyError(
                    "A session for this model is being opened already.",
                    hint="Wait until it is open or given up. Nothing was spent this time.",
                    code="session.opening",
                )

    def _first_row(self, quote: SessionQuote) -> SessionEntry:
        now = self._chain.clock.unix_seconds()
        first = quote.candidates[0]
        return SessionEntry(
            intent_id=quote.intent_id or secrets.token_hex(16),
            wallet=self._wallet.address,
            chain_id=self._chain.market.chain_id,
            marketplace=self._chain.market.marketplace_address,
            state=SessionState.DRAFT,
            model_id=quote.model.id,
            bid_id=first.bid.id,
            provider=first.bid.provider,
            endpoint=first.endpoint,
            price=first.bid.price_per_second,
            stake=quote.plan.stake,
            duration_s=quote.plan.duration_s,
            direct_payment=quote.direct_payment,
            failover=quote.failover,
            purpose=quote.purpose,
            follows=quote.follows,
            auto_extend=quote.auto_extend,
            tee=is_tee(quote.model),
            created_at=now,
            updated_at=now,
        )

    async def _check_bid(self, candidate: Candidate) -> None:
        bid = await self._chain.market.bid(candidate.bid.id)
        if not bid.is_active:
            bid = await self._successor(bid)
        old, new = candidate.bid.price_per_second, bid.price_per_second
        if old != new or bid.id != candidate.bid.id:
            raise PriceChangedError(
                f"The provider changed the price: {old.per_hour()} → {new.per_hour()} per hour.",
                details={"bid_id": bid.id.hex},
            )

    async def _successor(self, gone: Bid) -> Bid:
        """What the provider offers instead: a new price is a new offer. Raises BidNotFoundError."""
        offers = await self._chain.market.bid_pages(
            provider=gone.provider, active_only=True, offset=0, limit=_OFFERS
        )
        for bid in offers.items:
            if bid.model_id == gone.model_id:
                return bid
        raise BidNotFoundError(
            "The offer was withdrawn.", hint="Look for another; nothing was sent."
        )

    async def _ask(self, entry: SessionEntry) -> HandshakeReply:
        offer = SessionOffer(
            bid_id=entry.bid_id,
            provider=entry.provider,
            chain_id=entry.chain_id,
            spend=entry.stake.base,
        )
        return await self._link.request_session(entry.endpoint, offer)

    async def _accepted(self, entry: SessionEntry, reply: HandshakeReply) -> SessionEntry:
        await self._peers.put_provider(entry.provider, reply.provider_public_key, entry.endpoint)
        fault_point("open.provider_ok.before")
        entry = replace(
            entry,
            provider_public_key=reply.provider_public_key,
            approval=reply.approval.encoded,
            approval_signature=reply.approval.signature,
            approval_at=UnixMillis(reply.issued_at),
        )
        entry = await self._save(entry, state=SessionState.PROVIDER_OK)
        fault_point("open.provider_ok.after")
        return entry

    async def _pay(self, entry: SessionEntry) -> AsyncGenerator[OpeningStep, None]:
        # One at a time: a second opening would take the allowance that the first one made.
        async with self._wallet.allowing, aclosing(self._paid(entry)) as steps:
            async for step in steps:
                yield step

    async def _paid(self, entry: SessionEntry) -> AsyncGenerator[OpeningStep, None]:
        try:
            if await self._needs_allowance(entry.stake):
                yield OpeningStep(name="allowing", entry=entry)
                call = self._chain.calls.approve(entry.stake)
                entry, record = await self._sender.sign_and_send(call, entry, APPROVE)
                yield OpeningStep(name="allowing", entry=entry, tx_hash=record.tx_hash.hex)
                await self._sender.wait_mined(record)
                entry = await self._save(entry, state=SessionState.APPROVE_IN_BLOCK)
                fault_point("approve.mined.after")
            yield OpeningStep(name="opening", entry=entry)
            entry = await self._fresh_approval(entry)
            call = self._chain.calls.open_session(
                entry.wallet,
                entry.stake,
                entry.direct_payment,
                entry.approval,
                entry.approval_signature,
            )
            entry, record = await self._sender.sign_and_send(call, entry, OPEN)
            yield OpeningStep(name="opening", entry=entry, tx_hash=record.tx_hash.hex)
            _, receipt = await self._sender.wait_mined(record)
        except (RevertedError, FundsError, TxCancelledError) as error:
            await self._give_up(entry, error.message)
            raise
        entry = await self.mined(entry, receipt)
        yield OpeningStep(name="ready", entry=entry, tx_hash=receipt.tx_hash.hex)

    async def _needs_allowance(self, stake: Mor) -> bool:
        balances = await self._chain.market.balances(self._wallet.address)
        if balances.mor < stake:
            raise NotEnoughMorError(
                f"You have {balances.mor} now; {stake} are needed.",
                hint="Another session or payment took MOR meanwhile. Nothing was spent.",
            )
        return balances.allowance < stake

    async def _fresh_approval(self, entry: SessionEntry) -> SessionEntry:
        age = self._chain.clock.unix_millis() - entry.approval_at
        if age <= APPROVAL_LIFETIME_MS:
            return entry
        return await self._accepted(entry, await self._ask(entry))

    async def mined(self, entry: SessionEntry, receipt: Receipt) -> SessionEntry:
        """Journal the open session from its receipt;

        Also used when the program comes back after a crash.
        """
        if receipt.opened is None:
            await self._give_up(entry, "The transaction opened no session.")
            raise SessionError("The transaction was mined but opened no session.")
        fault_point("open.mined.before")
        entry = replace(entry, session_id=receipt.opened)
        entry = await self._save(entry, state=SessionState.OPEN_IN_BLOCK)
        fault_point("open.mined.after")
        session = await self._chain.market.session(receipt.opened)
        entry = replace(
            entry,
            opened_at=session.opened_at,
            ends_at=session.ends_at,
            duration_s=session.ends_at - session.opened_at,
        )
        entry = await self._save(entry, state=SessionState.ACTIVE)
        fault_point("open.active.after")
        return entry

    async def _give_up(self, entry: SessionEntry, reason: str) -> None:
        await self._save(replace(entry, error=reason[:500]), state=SessionState.FAILED)

    async def _save(
        self, entry: SessionEntry, *, state: SessionState, candidate: Candidate | None = None
    ) -> SessionEntry:
        if candidate is not None:
            entry = replace(
                entry,
                bid_id=candidate.bid.id,
                provider=candidate.bid.provider,
                endpoint=candidate.endpoint,
                price=candidate.bid.price_per_second,
            )
        entry = replace(entry, state=state, updated_at=self._chain.clock.unix_seconds())
        await self._wallet.journal.save(entry)
        announce(self._wallet.bus, entry)
        return entry


def _of_changed(errors: list[MarketError]) -> MarketError:
    """The one that leads on: an offer at another price before one that is gone."""
    return next((error for error in errors if isinstance(error, PriceChangedError)), errors[0])
