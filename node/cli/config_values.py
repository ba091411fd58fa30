"""Settings as `mor-cli config` shows and reads them."""

from typing import Any

from pydantic import BaseModel, SecretStr

from node.cli.context import CliContext
from node.core.errors import UserInputError
from node.core.settings import (
    NodeSettings,
    environment_names,
    load_settings,
    load_with_origins,
    setting_names,
)
from node.core.settings.peer_names import used_names

HIDDEN = "(set, not shown)"


class SettingRow(BaseModel):
    """`source` is empty for a default; `environment` are the names that set it."""

    name: str
    value: Any
    default: Any
    source: str
    title: str
    environment: tuple[str, ...]
    restart: bool


def setting_rows(context: CliContext) -> list[SettingRow]:
    """All settings as this command line, its environment and settings.toml make them."""
    loaded = load_with_origins(
        file=context.dirs.settings_file,
        environment=context.environment,
        flags={"network": context.network or None},
    )
    rows = []
    for name, info in NodeSettings.model_fields.items():
        extra = info.json_schema_extra
        rows.append(
            SettingRow(
                name=name,
                value=shown(getattr(loaded.settings, name)),
                default=shown(info.default),
                source=loaded.origins.get(name, ""),
                title=info.title or name,
                environment=environment_names(name),
                restart=bool(isinstance(extra, dict) and extra.get("restart")),
            )
        )
    return rows


def shown(value: Any) -> Any:
    """A value for the eyes: no secrets, whole numbers without a point."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return ",".join(_without_key(str(item)) for item in value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _without_key(text: str) -> str:
    """An address up to its host: what follows may be the key of a chain server's account."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    host, slash, path = rest.rpartition("@")[2].partition("/")
    return f"{scheme}://{host}{slash}{'…' if path else ''}"


def setting_name(text: str) -> str:
    """The setting with this name or environment name, in any case. Raises UserInputError."""
    wanted = text.strip().replace("-", "_").casefold()
    by_name = {name.casefold(): name for name in setting_names()}
    by_name |= {name.casefold(): setting for name, setting in used_names().items()}
    found = by_name.get(wanted)
    if found is None:
        raise UserInputError(
            f"There is no setting “{text[:60]}”.", hint="`mor-cli config show --all` lists them."
        )
    return found


def typed_value(name: str, text: str) -> Any:
    """The value as the file holds it.

    Raises:
        ConfigError: it does not fit.
        UserInputError: a secret, which is not kept in this file.
    """
    if NodeSettings.model_fields[name].annotation is SecretStr:
        raise UserInputError(
            "A secret is not stored in settings.toml.",
            hint=f"Set {environment_names(name)[0]} where the node is started.",
        )
    return getattr(load_settings(file=None, environment={}, flags={name: text}), name)
