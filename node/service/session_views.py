"""Sessions as users see them: the journal's rows with names and what is known beside them."""

from collections.abc import Sequence

from node.router.succession import stand_in
from node.service.dto import SessionView
from node.service.stack import NetworkStack
from node.service.views import session_view
from node.store.journal_records import SessionEntry
from node.store.retries import Duty
from node.store.session_stats import SessionTotals


async def one_view(stack: NetworkStack, entry: SessionEntry) -> SessionView:
    """One session, with whoever answers for it now."""
    journal = stack.wallet.journal
    follows = await journal.entry(entry.follows) if entry.follows else None
    now_answers = await stand_in(journal, entry, stack.chain.clock.unix_seconds())
    (view,) = await _views(stack, [(entry, follows, now_answers)])
    return view


async def all_views(
    stack: NetworkStack, entries: Sequence[SessionEntry]
) -> tuple[SessionView, ...]:
    """All sessions of the wallet at the marketplace, in the order of `entries`.

    Each table is read once, however many there are.
    """
    journal, now = stack.wallet.journal, stack.chain.clock.unix_seconds()
    known = {entry.intent_id: entry for entry in entries}
    followed = {entry.follows for entry in entries if entry.follows}
    rows = []
    for entry in entries:
        has_follower = entry.intent_id in followed
        now_answers = await stand_in(journal, entry, now) if has_follower else entry
        rows.append((entry, known.get(entry.follows), now_answers))
    return await _views(stack, rows)


async def _views(
    stack: NetworkStack, rows: Sequence[tuple[SessionEntry, SessionEntry | None, SessionEntry]]
) -> tuple[SessionView, ...]:
    """Of sessions, each with the one it follows and the one that answers now."""
    entries = [entry for entry, _, _ in rows]
    names = await stack.model_names(entry.model_id for entry in entries)
    ids = [entry.session_id for entry in entries if entry.session_id is not None]
    totals = await stack.stats.totals_of(ids, "consumer")
    retries = await stack.retries.all(Duty.CLOSE)
    providers = {entry.provider for entry in entries}
    privacy = {provider: await stack.privacy.known(provider) for provider in providers}
    now, nothing = stack.chain.clock.unix_seconds(), SessionTotals()
    views = []
    for entry, follows, now_answers in rows:
        figures = totals.get(entry.session_id, nothing) if entry.session_id else nothing
        views.append(
            session_view(
                entry,
                model_name=names[entry.model_id],
                now=now,
                prompts=figures.prompts,
                tokens=figures.output_tokens,
                privacy=privacy[entry.provider],
                follows=follows,
                replaced_by=now_answers if now_answers.intent_id != entry.intent_id else None,
                retry=retries.get(entry.intent_id),
                resumed=entry.intent_id in stack.recovery.resumed,
            )
        )
    return tuple(views)
