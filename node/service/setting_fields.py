"""Settings as fields of a generated page."""

from typing import Any

from node.core.settings import NodeSettings
from node.service.dto import SettingField


def setting_fields(settings: NodeSettings) -> tuple[SettingField, ...]:
    """All settings that belong to a group of the page, in order of declaration."""
    fields = []
    for name, info in NodeSettings.model_fields.items():
        extra = info.json_schema_extra
        if not isinstance(extra, dict) or not extra.get("group"):
            continue
        choices = extra.get("choices")
        names = tuple(str(item) for item in choices) if isinstance(choices, list) else ()
        fields.append(
            SettingField(
                name=name,
                group=str(extra["group"]),
                title=info.title or name,
                help=info.description or "",
                kind=_kind(getattr(settings, name), names),
                value=_plain(getattr(settings, name)),
                default=_plain(info.default),
                unit=str(extra.get("unit") or ""),
                choices=names,
                restart_needed=bool(extra.get("restart")),
            )
        )
    return tuple(fields)


def _kind(value: Any, choices: tuple[str, ...]) -> Any:
    if choices:
        return "choice"
    if isinstance(value, bool):
        return "switch"
    return "number" if isinstance(value, int | float) else "text"


def _plain(value: Any) -> str | int | bool:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int) else str(value)
