"""Takes over the configuration of a public Go node: what would change, and doing it."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from node.core.errors import ConfigError, StorageError
from node.core.paths import AppDirs, write_private
from node.core.settings import NodeSettings, load_settings, save_settings
from node.core.settings.dotenv import read_dotenv
from node.core.settings.peer_names import (
    ENV_FILE,
    PEER_FILES,
    UnusedName,
    file_given,
    known_names,
    unused_names,
    used_names,
)
from node.router.agents_config import parse_agents_config
from node.router.models_config import parse_models_config
from node.router.rating_config import parse_rating_config

MAX_FILE_BYTES = 1024 * 1024
_CHECKS: Mapping[str, Callable[[str, str], object]] = {
    "MODELS_CONFIG_PATH": parse_models_config,
    "RATING_CONFIG_PATH": lambda text, name: parse_rating_config(text, (), name),
    "AGENT_CONFIG_PATH": parse_agents_config,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A file that is copied. `content` may hold keys."""

    name: str
    source: str
    target: Path
    content: bytes
    setting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """`settings` are names with typed values for `settings.toml`; `left` says what is not taken."""

    folder: Path
    settings: Mapping[str, Any]
    files: tuple[TakenFile, ...]
    left: tuple[UnusedName, ...]


def plan_import(folder: Path, dirs: AppDirs) -> ImportPlan:
    """Read and check everything; nothing is written.

    Raises:
        ConfigError: nothing to take, or a file or value that does not fit.
    """
    given = read_dotenv(folder / ENV_FILE)
    files = tuple(_files(folder, given, dirs))
    taken = {name: value for name, value in given.items() if name in used_names() and value}
    left = [*unused_names(given, in_file=True)]
    left += [
        UnusedName(name=name, reason="it is unknown") for name in sorted(set(given) - known_names())
    ]
    values: dict[str, Any] = {}
    load_settings(file=None, environment=taken)
    file_settings = {used_names().get(name) for name in PEER_FILES}
    for name, text in taken.items():
        setting = used_names()[name]
        if _is_secret(setting) or setting in file_settings:
            left += [UnusedName(name=name, reason=_SECRETS[name])] if name in _SECRETS else []
            continue
        values[setting] = getattr(load_settings(file=None, environment={name: text}), setting)
    values |= {file.setting: str(file.target) for file in files if file.setting}
    if not values and not files:
        raise ConfigError(
            f"There is no configuration of a Go node in {folder}.",
            hint=f"It holds {ENV_FILE}, {' or '.join(PEER_FILES.values())}.",
        )
    return ImportPlan(folder=folder, settings=values, files=files, left=tuple(left))


_SECRETS = {
    "WALLET_PRIVATE_KEY": "a key is not kept in a settings file; take it with"
    " `mor-cli wallet import --private-key`",
}


def _is_secret(setting: str) -> bool:
    return NodeSettings.model_fields[setting].annotation is SecretStr


def _files(folder: Path, given: Mapping[str, str], dirs: AppDirs) -> list[TakenFile]:
    targets = {
        "MODELS_CONFIG_PATH": dirs.models_config,
        "RATING_CONFIG_PATH": dirs.config / "rating-config.json",
        "AGENT_CONFIG_PATH": dirs.agents_config,
        "AUTH_CONFIG_FILE_PATH": dirs.users_file,
        "COOKIE_FILE_PATH": dirs.cookie_file,
    }
    contents = {"MODELS_CONFIG_PATH": "MODELS_CONFIG_CONTENT", "COOKIE_FILE_PATH": "COOKIE_CONTENT"}
    contents["AGENT_CONFIG_PATH"] = "AGENT_CONFIG_CONTENT"
    found = []
    for name, target in targets.items():
        if name not in used_names():
            continue
        path = folder / (file_given(name, given) or PEER_FILES[name])
        content, source = _read(path), path.name
        if content is None and given.get(contents.get(name, "")):
            content, source = given[contents[name]].encode(), contents[name]
        if content is None:
            continue
        if name in _CHECKS:
            _CHECKS[name](_text(content, source), source)
        # The others are found where they are put.
        is_named = name == "RATING_CONFIG_PATH"
        found.append(
            TakenFile(
                name=PEER_FILES[name],
                source=source,
                target=target,
                content=content,
                setting=used_names()[name] if is_named else "",
            )
        )
    return found


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError(f"{path} is larger than 1 MiB.")
    return content


def _text(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{source} is no UTF-8 text.") from error


def carry_out(plan: ImportPlan, dirs: AppDirs, now: datetime) -> tuple[Path, ...]:
    """Write files and settings, each atomically; returns the backups of what was replaced.

    Raises:
        StorageError, ConfigError: something could not be written; what was there is put back.
    """
    dirs.ensure()
    places = [*(file.target for file in plan.files), dirs.settings_file]
    stamp = now.strftime("%Y%m%d-%H%M%S")
    backups: dict[Path, Path] = {}
    try:
        for place in places:
            if place.exists():
                backups[place] = place.with_name(f"{place.name}.{stamp}.bak")
                shutil.copy2(place, backups[place])
        for file in plan.files:
            write_private(file.target, file.content)
        if plan.settings:
            save_settings(dirs.settings_file, plan.settings)
    except (OSError, ConfigError) as error:
        _put_back(places, backups)
        if isinstance(error, ConfigError):
            raise
        raise StorageError(
            f"The configuration could not be written: {error.strerror or error}.",
            hint="Nothing was changed. Is the disk full?",
        ) from error
    return tuple(backups.values())


def _put_back(places: list[Path], backups: Mapping[Path, Path]) -> None:
    for place in places:
        if place in backups and backups[place].exists():
            backups[place].replace(place)
        elif place not in backups:
            place.unlink(missing_ok=True)
