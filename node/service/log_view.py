"""Log lines for people."""

from node.core.errors import UserInputError
from node.core.log_lines import MAX_LINES, LogEntry, recent_entries
from node.core.settings import LOG_LEVELS
from node.service.dto import LogLine


def newest_lines(level: str, limit: int) -> tuple[LogLine, ...]:
    """The newest `limit` lines of this process, oldest first.

    Raises:
        UserInputError: no such level.
    """
    if level not in LOG_LEVELS:
        raise UserInputError(
            f"There is no log level “{level[:20]}”.", hint=f"Known are {', '.join(LOG_LEVELS)}."
        )
    entries = recent_entries(level=level, limit=min(max(limit, 0), MAX_LINES))
    return tuple(log_line(entry) for entry in entries)


def log_line(entry: LogEntry) -> LogLine:
    return LogLine.model_validate(
        {
            "at_ms": entry.at_ms,
            "level": entry.level,
            "area": entry.area,
            "text": entry.text,
            "fields": dict(entry.fields),
        }
    )
