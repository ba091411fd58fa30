"""Notices changes of configuration files while the node runs and puts them in force.

A file that does not fit changes nothing: what was in force stays, and the fault is told in the log,
by an event and by `faults`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from node.core.clock import Clock
from node.core.errors import ConfigError
from node.core.events import EventBus, HealthChanged
from node.core.log import get_logger

POLL_S = 2.0
"""A change holds after two equal looks: editors write a file in more than one step."""
COMPONENT = "config"
_Stamp = tuple[int, int, int] | None
_log = get_logger("node.config")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFile:
    """`apply` reads and checks the file, then puts it in force; it returns a line for the log.

    It raises ConfigError, and then it has changed nothing.
    """

    name: str
    path: Path
    apply: Callable[[], Awaitable[str]]


class ConfigWatch:
    """One loop for all files; start it with `run`."""

    def __init__(self, *, files: Iterable[WatchedFile], bus: EventBus, clock: Clock) -> None:
        self._files = tuple(files)
        self._bus = bus
        self._clock = clock
        self._in_force: dict[str, _Stamp] = {file.name: _stamp(file.path) for file in self._files}
        self._seen = dict(self._in_force)
        self._faults: dict[str, ConfigError] = {}

    @property
    def faults(self) -> Mapping[str, ConfigError]:
        """Files that do not fit now, by name; what they said before is still in force."""
        return self._faults

    async def run(self) -> None:
        """Look after the files until cancelled."""
        while True:
            await self._clock.sleep(POLL_S)
            await self.look()

    async def look(self) -> None:
        """One look at all files."""
        for file in self._files:
            stamp = await asyncio.to_thread(_stamp, file.path)
            settled = stamp == self._seen[file.name]
            self._seen[file.name] = stamp
            if settled and stamp != self._in_force[file.name]:
                self._in_force[file.name] = stamp
                await self._take_over(file, stamp)

    async def _take_over(self, file: WatchedFile, stamp: _Stamp) -> None:
        try:
            if stamp is None:
                raise ConfigError(
                    f"{file.path.name} is gone.",
                    hint="What it said stays in force until the next start.",
                )
            told = await file.apply()
        except ConfigError as error:
            self._faults[file.name] = error
            _log.error("configuration does not fit", file=str(file.path), fault=error.message)
            self._tell(ok=False, detail=f"{error.message} {error.hint}".strip())
            return
        self._faults.pop(file.name, None)
        _log.info("configuration taken over", file=str(file.path), what=told)
        self._tell(ok=not self._faults, detail=told)

    def _tell(self, *, ok: bool, detail: str) -> None:
        self._bus.publish(HealthChanged(component=COMPONENT, ok=ok, detail=detail))


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written or replaced; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
