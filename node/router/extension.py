"""Opens the next session on the same offer before one ends, where the user asked for that."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from node.core.errors import NodeError, NoWalletError, WalletLockedError
from node.core.events import SessionChanged, Subscription
from node.core.log import get_logger
from node.router.access import ChainAccess, WalletAccess, announce
from node.router.adoption import was_adopted
from node.router.quotes import QuoteOrder
from node.router.spending import Grant, LimitedOpening
from node.store.journal_records import OPENING_STATES, SessionEntry, SessionState

_log = get_logger("node.router.extension")
LOOK_EVERY_S = 5.0
LOOK_SOON_S = 1.0
"""While a session is to be extended: the demo's time runs up to a minute per second."""
TRY_AGAIN_S = 15
NOT_EXTENDED = "Not extended:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPlan:
    """How one session is extended: so long before its end, for so long, within this grant."""

    before_s: int
    duration_s: int
    grant: Grant


Planner = Callable[[SessionEntry], Awaitable[ExtensionPlan | None]]


class SessionExtender:
    """Background duty of one wallet on one network; `run` ends only by cancellation.

    `plan` says whether and how a session whose flag is set may be extended now.
    """

    def __init__(
        self, *, chain: ChainAccess, wallet: WalletAccess, opening: LimitedOpening, plan: Planner
    ) -> None:
        self._chain = chain
        self._wallet = wallet
        self._opening = opening
        self._plan = plan
        self._not_before: dict[str, int] = {}

    async def run(self) -> None:
        """Look when a session moved on, each second while one is marked, else every five."""
        with self._wallet.bus.subscribe() as events:
            while True:
                waits = False
                try:
                    waits = await self.extend_due()
                except (NoWalletError, WalletLockedError):
                    pass
                except NodeError as error:
                    _log.warning("sessions could not be extended", code=error.code)
                except Exception:  # a defect in one round must not end the duty
                    _log.exception("sessions could not be extended")
                await _pause(events, LOOK_SOON_S if waits else LOOK_EVERY_S)

    async def extend_due(self) -> bool:
        """Extend what is about to end; tells whether more sessions are marked for it.

        A failure is logged and kept in the session's `error`; it is tried again until the end.
        """
        market = self._chain.market
        entries = await self._wallet.journal.active(
            self._wallet.address, market.chain_id, market.marketplace_address
        )
        marked = [item for item in entries if item.auto_extend and self._is_open(item)]
        for entry in marked:
            await self._extend_when_due(entry)
        return bool(marked)

    def _is_open(self, entry: SessionEntry) -> bool:
        now = self._chain.clock.unix_seconds()
        return entry.state is SessionState.ACTIVE and entry.ends_at > now

    async def _extend_when_due(self, entry: SessionEntry) -> None:
        now = self._chain.clock.unix_seconds()
        plan = await self._plan(entry)
        if plan is None or entry.ends_at - now > plan.before_s:
            return
        if now < self._not_before.get(entry.intent_id, 0) or await self._has_successor(entry):
            return
        try:
            await self._extend(entry, plan)
        except NodeError as error:
            self._not_before[entry.intent_id] = now + TRY_AGAIN_S
            _log.warning("session not extended", code=error.code)
            await self._note(entry, error)
        else:
            self._not_before.pop(entry.intent_id, None)

    async def _has_successor(self, entry: SessionEntry) -> bool:
        followers = await self._wallet.journal.followers(entry.intent_id)
        return any(
            item.state in OPENING_STATES or item.ends_at > entry.ends_at for item in followers
        )

    async def _extend(self, entry: SessionEntry, plan: ExtensionPlan) -> None:
        order = QuoteOrder(
            bid_id=entry.bid_id,
            duration_s=plan.duration_s,
            direct_payment=entry.direct_payment,
            failover=entry.failover,
            purpose=plan.grant.purpose,
            follows=entry.intent_id,
            auto_extend=True,
            accept_unverified_tee=entry.tee and not was_adopted(entry),
        )
        quote = await self._opening.quote(order, plan.grant)
        await self._opening.opened(quote, plan.grant)

    async def _note(self, entry: SessionEntry, error: NodeError) -> None:
        """Tell the user once why the session ends."""
        reason = f"{NOT_EXTENDED} {error.message}"[:500]
        async with self._wallet.at_work.hold(entry.intent_id):
            kept = await self._wallet.journal.entry(entry.intent_id)
            if kept is None or kept.error == reason or kept.state is not SessionState.ACTIVE:
                return
            kept = replace(kept, error=reason)
            await self._wallet.journal.save(kept)
        announce(self._wallet.bus, kept)


async def _pause(events: Subscription, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not isinstance(await events.get(), SessionChanged):
                pass
    except TimeoutError:
        return


async def mark_extension(wallet: WalletAccess, entry: SessionEntry, *, on: bool) -> SessionEntry:
    """Switch extending on or off for one session; the journal keeps it."""
    async with wallet.at_work.hold(entry.intent_id):
        kept = replace(await wallet.journal.entry(entry.intent_id) or entry, auto_extend=on)
        if not on and kept.error.startswith(NOT_EXTENDED):
            kept = replace(kept, error="")
        await wallet.journal.save(kept)
    announce(wallet.bus, kept)
    return kept
