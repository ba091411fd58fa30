"""What `mor-cli serve` takes from the folder it is started in, as the public Go node does: `.env`
and the files with the Go node's default names.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from node.cli.context import CliContext
from node.core.settings import read_settings_file
from node.core.settings.dotenv import read_dotenv
from node.core.settings.peer_names import (
    ENV_FILE,
    PEER_FILES,
    SECRET_NAMES,
    file_given,
    known_names,
    unused_names,
    used_names,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFolder:
    """`environment` is complete: files that were found stand in it as well. `notes` are lines for
    the operator, without values.
    """

    environment: dict[str, str]
    notes: tuple[str, ...]


def look_into(
    folder: Path, environment: Mapping[str, str], stored: Collection[str] = ()
) -> PeerFolder:
    """Read `.env` (it never overrides `environment`) and look for the files.

    Files for settings in `stored`, the names of what `settings.toml` holds, are not looked for.

    Raises:
        ConfigError: the `.env` file cannot be read.
    """
    file = folder / ENV_FILE
    given = read_dotenv(file)
    known = known_names()
    taken = {
        name: value
        for name, value in given.items()
        if name in known and environment.get(name, "") == ""
    }
    merged = {**environment, **taken}
    used = sorted(name for name, value in taken.items() if value and name in used_names())
    notes = [f"Settings of {ENV_FILE}: {', '.join(used)}."] if used else []
    notes += _unknown(set(given) - known)
    notes += _unused(environment, given)
    if any(name in given for name in SECRET_NAMES) and file.stat().st_mode & 0o077:
        notes.append(f"{ENV_FILE} holds a secret that other users can read: chmod 600 {ENV_FILE}")
    files = dict(_files(folder, merged, stored))
    if files:
        names = ", ".join(PEER_FILES[name] for name in files)
        notes.append(f"Files of {folder}: {names}.")
    return PeerFolder(environment={**merged, **files}, notes=tuple(notes))


def in_folder(context: CliContext, folder: Path | None) -> CliContext:
    """The context of a command that looks at `folder` as `serve` started there would."""
    if folder is None:
        return context
    stored = read_settings_file(context.dirs.settings_file)
    found = look_into(folder.absolute(), context.environment, stored)
    return replace(context, environment=found.environment)


def _files(
    folder: Path, environment: Mapping[str, str], stored: Collection[str]
) -> Iterable[tuple[str, str]]:
    used = used_names()
    for name, file in PEER_FILES.items():
        setting = used.get(name)
        if setting is None or setting in stored or file_given(name, environment):
            continue
        if (folder / file).is_file():
            yield name, str((folder / file).absolute())


def _unknown(names: Iterable[str]) -> Iterable[str]:
    """Names of `.env` that are likely meant for a node: near misses of a known one."""
    for name in sorted(names):
        near = difflib.get_close_matches(name, known_names(), n=1, cutoff=0.85)
        if near:
            yield f"{ENV_FILE}: {name} is unknown. Is {near[0]} meant?"


def _unused(environment: Mapping[str, str], given: Mapping[str, str]) -> Iterable[str]:
    found = {item.name: item for item in unused_names(environment)}
    found |= {item.name: item for item in unused_names(given, in_file=True)}
    by_reason: dict[str, list[str]] = {}
    for name in sorted(found):
        if environment.get(name, given.get(name, "")) != "":
            by_reason.setdefault(found[name].reason, []).append(name)
    for reason, names in by_reason.items():
        verb = "is" if len(names) == 1 else "are"
        yield f"{', '.join(names)} {verb} not used here, because {reason}."
