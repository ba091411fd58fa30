"""How one setting is declared, and the notations its value may have."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from node.core.errors import InvalidAddressError, InvalidAmountError
from node.core.ids import Address
from node.core.units import Eth, Mor

LOG_LEVELS = ("debug", "info", "warning", "error")
_GO_LEVELS = {"warn": "warning", "dpanic": "error", "panic": "error", "fatal": "error"}
_DURATION = re.compile(r"(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+")
_DURATION_PART = re.compile(r"([\d.]+)(h|ms|m|s|us|µs|ns)")
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def seconds_of(value: Any) -> Any:
    """Accept seconds as a number, and the Go node's notation: `90s`, `1m30s`, `1.5h`, `500ms`."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _DURATION.fullmatch(text) is None:
        return value
    return sum(float(number) * _UNIT_S[unit] for number, unit in _DURATION_PART.findall(text))


def csv_texts(value: Any) -> Any:
    """A list written as one text, separated by commas."""
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


def _addresses(value: Any) -> Any:
    texts = csv_texts(value)
    if not isinstance(texts, list | tuple):
        return texts
    try:
        return tuple(Address.parse(str(text), strict=True).checksum for text in texts)
    except InvalidAddressError as error:
        raise ValueError(f"{error.message} {error.hint}") from error


LogLevel = Annotated[str, BeforeValidator(_log_level)]
AreaLevel = Annotated[str, BeforeValidator(lambda value: value and _log_level(value))]
"""As `LogLevel`; empty means the level of all others."""
Seconds = Annotated[float, BeforeValidator(seconds_of)]
Strings = Annotated[tuple[str, ...], BeforeValidator(csv_texts)]
AddressTexts = Annotated[tuple[str, ...], BeforeValidator(_addresses)]
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
