"""Where settings come from: flags over environment over `settings.toml` over defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import SecretStr, ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from node.core.errors import ConfigError
from node.core.paths import write_private
from node.core.settings.kinds import seconds_of
from node.core.settings.model import NodeSettings

MAX_FILE_BYTES = 1024 * 1024


def setting_names() -> tuple[str, ...]:
    """Names of all settings, in order of declaration."""
    return tuple(NodeSettings.model_fields)


def environment_names(field: str) -> tuple[str, ...]:
    """Environment names of a setting, strongest first."""
    extra = NodeSettings.model_fields[field].json_schema_extra
    return tuple(extra["env"]) if isinstance(extra, dict) else ()  # type: ignore[arg-type]  # ours


def read_settings_file(path: Path) -> dict[str, Any]:
    """Return the table of `settings.toml`, empty when there is no such file.

    Raises:
        ConfigError: unreadable, too large or not TOML. The file is left as it is.
    """
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path.name} is larger than 1 MiB.")
        return tomlkit.parse(path.read_text("utf-8-sig")).unwrap()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(
            f"The settings in {path.name} cannot be read.",
            hint="Mend the file or move it away; it was not changed.",
            details={"path": str(path), "cause": str(error)},
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """`origins` names where each value that is no default came from: an environment name, an
    option, or the file.
    """

    settings: NodeSettings
    origins: Mapping[str, str]


def load_settings(
    *, file: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any] | None = None
) -> NodeSettings:
    """Merge flags over environment over file over defaults and validate the whole.

    Raises:
        ConfigError: a value does not fit; the message names the setting and where it came from.
    """
    return load_with_origins(file=file, environment=environment, flags=flags).settings


def load_with_origins(
    *, file: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any] | None = None
) -> LoadedSettings:
    """As `load_settings`, with the origin of each value."""
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    if file is not None:
        for name, value in read_settings_file(file).items():
            if name in NodeSettings.model_fields:
                values[name], origin[name] = value, file.name
    for name in NodeSettings.model_fields:
        for variable in environment_names(name):
            if environment.get(variable, "") != "":
                values[name], origin[name] = environment[variable], variable
                break
    for name, value in (flags or {}).items():
        if value is not None:
            values[name], origin[name] = value, f"--{name.replace('_', '-')}"
    return LoadedSettings(settings=_validated(values, origin), origins=origin)


def _validated(values: Mapping[str, Any], origin: Mapping[str, str]) -> NodeSettings:
    try:
        return NodeSettings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        field = NodeSettings.model_fields.get(name)
        title = field.title if field is not None else name
        raise ConfigError(
            f"“{title}” has a value that does not fit.",
            hint=f"Set in {origin.get(name, 'the settings')}: {_value_text(name, values)}"
            f" {_expected(name, first['msg'])}",
            details={"field": name},
        ) from error


def _value_text(name: str, values: Mapping[str, Any]) -> str:
    """The value for a message; nothing for secrets, and for what may carry a key of its own."""
    field = NodeSettings.model_fields.get(name)
    value = str(values.get(name, ""))
    if field is None or field.annotation is SecretStr or name == "own_networks" or "://" in value:
        return "a value that is not shown."
    return f"“{value[:80]}”."


def _expected(name: str, found: str) -> str:
    """What the value looks like, as a sentence; `found` is what the check said."""
    field = NodeSettings.model_fields.get(name)
    kind = field.annotation if field is not None else None
    if kind is bool:
        return "It is true or false."
    if field is not None and seconds_of in [getattr(item, "func", None) for item in field.metadata]:
        return "It is a time above zero, such as 90s or 1m30s."
    if kind is int and field is not None:
        return f"It is a whole number{_bounds(field.metadata)}."
    text = found.removeprefix("Value error, ").replace("Input should be ", "It is ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _bounds(metadata: Sequence[Any]) -> str:
    least = [item.ge for item in metadata if hasattr(item, "ge")]
    most = [item.le for item in metadata if hasattr(item, "le")]
    return (f" from {least[0]}" if least else "") + (f" to {most[0]}" if most else "")


def save_settings(file: Path, changes: Mapping[str, Any]) -> NodeSettings:
    """Write changed settings to `file`; comments and unknown keys survive. Returns file over
    defaults.

    Raises:
        ConfigError: a value does not fit (nothing is written) or the file cannot be written.
    """
    document = tomlkit.document()
    if file.exists():
        read_settings_file(file)
        document = tomlkit.parse(file.read_text("utf-8-sig"))
    unknown = [name for name in changes if name not in NodeSettings.model_fields]
    if unknown:
        raise ConfigError(f"There is no setting named {unknown[0]}.")
    merged = {**document.unwrap(), **changes}
    settings = _validated(
        {name: merged[name] for name in merged if name in NodeSettings.model_fields}, {}
    )
    for name, value in changes.items():
        before = document.get(name)
        if isinstance(before, AoT) and value:
            document[name] = _tables(before, value)
        else:
            document[name] = list(value) if isinstance(value, tuple) else value
    _write(file, document)
    return settings


def _tables(before: AoT, wanted: Sequence[Mapping[str, Any]]) -> AoT:
    """Tables as `wanted`; one of the same name is changed in place, and keeps its comments."""
    known = {table.get("name"): table for table in before}
    tables = tomlkit.aot()
    for values in wanted:
        table = known.get(values.get("name"), tomlkit.table())
        for key in [key for key in table if key not in values]:
            del table[key]
        for key, value in values.items():
            if table.get(key) != value:
                table[key] = value
        tables.append(table)
    return tables


def forget_setting(file: Path, name: str) -> None:
    """Remove a setting from the file, so that its default holds again.

    Raises:
        ConfigError: as `save_settings`.
    """
    if name not in NodeSettings.model_fields:
        raise ConfigError(f"There is no setting named {name[:60]}.")
    if name not in read_settings_file(file):
        return
    document = tomlkit.parse(file.read_text("utf-8-sig"))
    del document[name]
    _write(file, document)


def _write(file: Path, document: tomlkit.TOMLDocument) -> None:
    try:
        write_private(file, tomlkit.dumps(document).encode())
    except OSError as error:
        raise ConfigError("The settings cannot be written.", hint="Is the disk full?") from error
