"""Which session stands in for one that was extended or whose provider failed."""

from node.store.journal import SessionJournal
from node.store.journal_records import SessionEntry, SessionPurpose, SessionState

HANDOVER_S = 10
"""With less time left an extended session leaves new prompts to its successor."""


async def stand_in(journal: SessionJournal, entry: SessionEntry, now: int) -> SessionEntry:
    """`entry` itself, or the session that has taken its place by `now`.

    A successor after a failure answers at once, one that extends only when the end is near.
    """
    needs_one = not _lasts(entry, now, HANDOVER_S)
    for follower in await journal.followers(entry.intent_id):
        if not needs_one and follower.purpose is not SessionPurpose.FAILOVER:
            continue
        last = await stand_in(journal, follower, now)
        if _lasts(last, now, 0):
            return last
    return entry


def _lasts(entry: SessionEntry, now: int, seconds: int) -> bool:
    return entry.state is SessionState.ACTIVE and entry.ends_at > now + seconds
