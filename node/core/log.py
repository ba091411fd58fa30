"""Structured logs with redaction: JSON to a rotating file, short lines to the console."""

import logging
import logging.handlers
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from node.core.errors import StorageError

MAX_LINE = 4096
_SECRET_KEY = re.compile(
    r"(pass|secret|token|mnemonic|phrase|private|authori[sz]ation|cookie|api_?key|prompt|answer|content)",
    re.IGNORECASE,
)
_HASH_KEY = re.compile(r"(hash|_id|^id|block|address|session|model|bid|tx)$", re.IGNORECASE)
_HEX64 = re.compile(r"(?<![0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_WORD_RUN = re.compile(r"\b(?:[a-z]{3,8}\s+){11,}[a-z]{3,8}\b")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=_.~-]+", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_URL_TAIL = re.compile(r"(https?://[^/\s\"']+)/[^\s\"']*")


def redact_text(text: str) -> str:
    """Return `text` without what looks like a key, a phrase, a token or the tail of a URL."""
    text = _BEARER.sub(r"\1 [removed]", text)
    text = _USER_INFO.sub("", text)
    text = _URL_TAIL.sub(r"\1/…", text)
    text = _HEX64.sub("[64 hex removed]", text)
    text = _WORD_RUN.sub("[words removed]", text)
    return text[:MAX_LINE]


def _redact_value(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key) and not isinstance(value, bool | int):
        return f"[{len(value)} removed]" if isinstance(value, str | bytes) else "[removed]"
    if isinstance(value, str):
        return value[:MAX_LINE] if _HASH_KEY.search(key) else redact_text(value)
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if isinstance(value, dict):
        return {str(name): _redact_value(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_value(key, item) for item in value[:50]]
    return value


def redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """structlog processor: redact every field. Runs last before rendering."""
    for key in list(event):
        event[key] = (
            redact_text(str(event[key])) if key == "event" else _redact_value(key, event[key])
        )
    return event


def configure_logging(*, folder: Path | None, level: str = "info", console: bool = False) -> None:
    """Send all logs of the program to `folder/node.log` (JSON, 5 x 5 MB) and, on request, to
    stderr.

    Raises:
        StorageError: the file cannot be written (code `storage.not_writable`).
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if getattr(handler, "_morpheus", False):
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level.upper())
    handlers: list[tuple[logging.Handler, Any]] = []
    if folder is not None:
        handlers.append((_log_file(folder / "node.log"), structlog.processors.JSONRenderer()))
    if console:
        handlers.append((logging.StreamHandler(), structlog.dev.ConsoleRenderer(colors=False)))
    for handler, renderer in handlers:
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            )
        )
        handler._morpheus = True  # type: ignore[attr-defined]  # marks our handlers for re-configuration
        root.addHandler(handler)
    for noisy in ("httpx", "httpcore", "web3", "urllib3", "eth", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _log_file(path: Path) -> logging.Handler:
    try:
        return logging.handlers.RotatingFileHandler(
            path, maxBytes=5_000_000, backupCount=4, encoding="utf-8"
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
