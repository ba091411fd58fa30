"""The newest log lines in memory, for a viewer; they are redacted like those of the file."""

import json
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MAX_LINES = 2000
_KNOWN = frozenset({"event", "level", "logger", "timestamp"})
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line. `level` is `debug`, `info`, `warning` or `error`; `area` a package of the node."""

    at_ms: int
    level: str
    area: str
    text: str
    fields: Mapping[str, str]


class RecentLines(logging.Handler):
    """Keeps the last 2,000 lines as the formatter made them: one JSON object each."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=MAX_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record))
        except Exception:  # logging must not stop the caller; `handleError` reports to stderr
            self.handleError(record)

    def entries(self, *, level: str, limit: int) -> tuple[LogEntry, ...]:
        """The newest `limit` lines of `level` and above, oldest first."""
        lowest, found = _LEVELS[level], list[LogEntry]()
        for line in reversed(self._lines):
            if len(found) >= limit:
                break
            entry = read_line(line)
            if entry is not None and _LEVELS[entry.level] >= lowest:
                found.append(entry)
        return tuple(reversed(found))


def read_line(line: str) -> LogEntry | None:
    """One line of the log file or of the memory; None for what is none."""
    try:
        value = json.loads(line)
        at = datetime.fromisoformat(value["timestamp"])
        level = "error" if value["level"] == "critical" else value["level"]
        if level not in _LEVELS:
            return None
        return LogEntry(
            at_ms=round(at.timestamp() * 1000),
            level=level,
            area=str(value.get("logger", "")).removeprefix("node."),
            text=str(value["event"]),
            fields={
                str(name): item if isinstance(item, str) else json.dumps(item)
                for name, item in sorted(value.items())
                if name not in _KNOWN
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def recent_entries(*, level: str = "info", limit: int = 200) -> tuple[LogEntry, ...]:
    """Lines of this process since logging was configured; none before."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RecentLines):
            return handler.entries(level=level, limit=limit)
    return ()
