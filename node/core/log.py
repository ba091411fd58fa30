"""Structured logs: JSON lines to a rotating file and to memory, short or JSON lines to stderr."""

import logging
import logging.handlers
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from node.core.errors import StorageError
from node.core.log_lines import RecentLines
from node.core.redaction import MAX_LINE, redact_event, redact_text
from node.core.settings import NodeSettings

__all__ = [
    "AREAS",
    "FILE_NAME",
    "MAX_LINE",
    "LogOptions",
    "configure_logging",
    "current_request_id",
    "get_logger",
    "log_options",
    "redact_event",
    "redact_text",
    "request_context",
]

FILE_NAME = "node.log"
MAX_FILE_BYTES = 5_000_000
KEPT_FILES = 4
"""Older files beside the one that is written: 25 MB in all."""
MAX_SHOWN_ID = 64
AREAS: Mapping[str, tuple[str, ...]] = {
    "tcp": ("node.wire",),
    "eth_rpc": ("node.chain",),
    "storage": ("node.store",),
}
"""Loggers by the names that the Go node gives its areas; all others belong to `app`."""
_NOISY = (
    "asyncio",
    "eth",
    "fastapi",
    "filelock",
    "h11",
    "httpcore",
    "httpx",
    "keyring",
    "markdown_it",
    "multipart",
    "python_multipart",
    "qasync",
    "urllib3",
    "uvicorn",
    "watchfiles",
    "web3",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """`levels` are those of areas that differ from `level`; `console` writes to stderr too."""

    folder: Path | None
    level: str = "info"
    levels: Mapping[str, str] = field(default_factory=dict)
    console: bool = False
    console_json: bool = False
    console_color: bool = False


def log_options(settings: NodeSettings, folder: Path, *, console: bool = False) -> LogOptions:
    """What the settings ask for; `folder` and `console` where they say nothing."""
    return LogOptions(
        folder=Path(settings.log_folder).expanduser() if settings.log_folder else folder,
        level=settings.log_level,
        levels={
            "tcp": settings.log_level_tcp,
            "eth_rpc": settings.log_level_eth_rpc,
            "storage": settings.log_level_storage,
        },
        console=console or settings.log_json,
        console_json=settings.log_json,
        console_color=settings.log_color,
    )


def configure_logging(options: LogOptions) -> None:
    """Send all logs of the program to `folder/node.log` (JSON, 5 x 5 MB), to memory and, on
    request, to stderr.

    Raises:
        StorageError: the file cannot be written (code `storage.not_writable`).
    """
    shared = _processors()
    structlog.configure(
        processors=[
            # First: a line that nobody wants must cost nothing.
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, "_morpheus", False):
            root.removeHandler(handler)
            handler.close()
    for handler, renderer in _handlers(options):
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            )
        )
        handler._morpheus = True  # type: ignore[attr-defined]  # marks our handlers for re-configuration
        root.addHandler(handler)
    _set_levels(options)


def _processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_event,
    ]


def _handlers(options: LogOptions) -> Iterator[tuple[logging.Handler, Any]]:
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    yield RecentLines(), as_json
    if options.folder is not None:
        yield _log_file(options.folder / FILE_NAME), as_json
    if options.console:
        plain = structlog.dev.ConsoleRenderer(colors=options.console_color)
        yield logging.StreamHandler(), as_json if options.console_json else plain


def _set_levels(options: LogOptions) -> None:
    logging.getLogger().setLevel(options.level.upper())
    for area, names in AREAS.items():
        for name in names:
            chosen = options.levels.get(area, "")
            logging.getLogger(name).setLevel(chosen.upper() if chosen else logging.NOTSET)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _log_file(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return logging.handlers.RotatingFileHandler(
            path, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise StorageError(
            f"The file {path} cannot be written.",
            hint="Does it belong to another user? Choose another data folder with --home.",
            code="storage.not_writable",
        ) from error


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a package area, for example `node.wire`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def request_context(request_id: str) -> Iterator[None]:
    """Put `request_id` on every log line written inside, in tasks started inside too.

    It may be a stranger's text: it is cut, and only printable ASCII is kept.
    """
    shown = "".join(mark for mark in request_id[:MAX_SHOWN_ID] if "!" <= mark <= "~")
    with structlog.contextvars.bound_contextvars(request_id=shown):
        yield


def current_request_id() -> str:
    """The id of the request this task works for, empty outside of one."""
    found = structlog.contextvars.get_contextvars().get("request_id", "")
    return found if isinstance(found, str) else ""
