"""How one setting is declared, and the notations its value may have."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from node.core.errors import InvalidAmountError
from node.core.units import Eth, Mor

LOG_LEVELS = ("debug", "info", "warning", "error")
_GO_LEVELS = {"warn": "warning", "dpanic": "error", "panic": "error", "fatal": "error"}
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?|(\d+)ms")


def _seconds(value: Any) -> Any:
    """Accept `90`, `90s`, `1m30s`, `2h`, `500ms` (the notation of the Go node)."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()):
        return value
    hours, minutes, seconds, millis = match.groups()
    if millis:
        return int(millis) / 1000
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)


def _csv(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _amount_text(kind: type[Mor] | type[Eth]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        try:
            kind.parse(str(value))
        except InvalidAmountError as error:
            raise ValueError(error.message) from error
        return str(value)

    return check


def _log_level(value: Any) -> Any:
    """Accept the words of the Go node too; those above `error` mean `error` here."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    level = _GO_LEVELS.get(word, word)
    if level not in LOG_LEVELS:
        raise ValueError(f"it is one of {', '.join(LOG_LEVELS)}")
    return level


LogLevel = Annotated[str, BeforeValidator(_log_level)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Strings = Annotated[tuple[str, ...], BeforeValidator(_csv)]
MorText = Annotated[str, BeforeValidator(_amount_text(Mor))]
EthText = Annotated[str, BeforeValidator(_amount_text(Eth))]


def setting(
    default: Any,
    title: str,
    *env: str,
    group: str = "",
    description: str = "",
    unit: str = "",
    restart: bool = True,
    choices: tuple[str, ...] = (),
    **bounds: Any,
) -> Any:
    extra: dict[str, Any] = {
        "env": list(env),
        "group": group,
        "unit": unit,
        "restart": restart,
        "choices": list(choices),
    }
    return Field(default, title=title, description=description, json_schema_extra=extra, **bounds)
