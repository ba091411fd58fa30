"""Writes down when sessions were last used, so that a restart neither forgets nor serves twice."""

from node.core.clock import Clock
from node.core.errors import NodeError
from node.core.ids import SessionId
from node.core.log import get_logger
from node.core.tasks import TaskScope
from node.core.units import UnixMillis
from node.store.provider_memory import Activity, ProviderMemory

_log = get_logger("node.router.activity")


class ActivityLog:
    """Collects what changes while a write is under way and writes it together."""

    def __init__(self, *, memory: ProviderMemory, clock: Clock, tasks: TaskScope) -> None:
        self._memory = memory
        self._clock = clock
        self._tasks = tasks
        self._earlier: dict[SessionId, UnixMillis] = {}
        self._unwritten: dict[SessionId, Activity] = {}
        self._is_writing = False

    async def recall(self) -> tuple[Activity, ...]:
        """What was noted before this start. Call once, before anything is noted."""
        found = await self._memory.recall(self._clock.unix_seconds())
        self._earlier = {item.session_id: item.message_at for item in found}
        return found

    def was_taken_before_start(self, session_id: SessionId, message_at: UnixMillis) -> bool:
        """Whether a prompt as old as this one may have been served before the restart.

        The memory of signatures ends with the process; timestamps of a session do not go back.
        """
        return message_at <= self._earlier.get(session_id, -1)

    def note(self, session_id: SessionId, message_at: UnixMillis) -> None:
        """A prompt of this timestamp was accepted, or has ended."""
        self._unwritten[session_id] = Activity(
            session_id=session_id, message_at=message_at, active_at=self._clock.unix_seconds()
        )
        if not self._is_writing:
            self._is_writing = True
            self._tasks.spawn(self._write(), name="activity")

    async def flush(self) -> None:
        """Write what is left, at the end of the process."""
        try:
            if self._unwritten:
                await self._memory.note_activity(tuple(self._unwritten.values()))
        except NodeError as error:
            _log.warning("activity not written", code=error.code)

    async def _write(self) -> None:
        try:
            while self._unwritten:
                found = dict(self._unwritten)
                await self._memory.note_activity(tuple(found.values()))
                for session_id, written in found.items():
                    if self._unwritten.get(session_id) is written:
                        del self._unwritten[session_id]
        except NodeError as error:
            _log.warning("activity not written", code=error.code)
        finally:
            self._is_writing = False
