"""Looks through settings and configuration files without a network, and changes nothing."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from node.core.errors import ConfigError, NodeError
from node.core.paths import AppDirs
from node.core.settings import NodeSettings, load_settings, read_settings_file, setting_names
from node.core.settings.peer_names import unused_names
from node.router.agents_config import load_agents_config
from node.router.models_config import load_models_config
from node.router.rating_config import load_rating_config
from node.service.dto import DoctorFinding
from node.service.findings import failure, fine, of_error, warning
from node.service.network_choice import CUSTOM, DEMO, configured_network, start_network
from node.service.own_network import network_of


def check_config(dirs: AppDirs, environment: Mapping[str, str]) -> tuple[DoctorFinding, ...]:
    """Settings as `environment` and the profile make them, and the files they name."""
    try:
        settings = load_settings(file=dirs.settings_file, environment=environment)
    except ConfigError as error:
        return (of_error("settings", error),)
    unused = [item for item in unused_names(environment) if environment.get(item.name)]
    return (
        _settings(dirs, settings),
        *(
            warning("environment", f"{item.name} is not used here.", f"Because {item.reason}.")
            for item in unused
        ),
        *check_files(dirs, settings),
    )


def check_files(dirs: AppDirs, settings: NodeSettings) -> tuple[DoctorFinding, ...]:
    """The files that settings name, and the networks they describe."""
    return (
        *_own_networks(settings),
        _models(dirs, settings),
        _rating(settings),
        _agents(dirs, settings),
        *_readable_by_others(dirs, settings),
    )


def _settings(dirs: AppDirs, settings: NodeSettings) -> DoctorFinding:
    stored = read_settings_file(dirs.settings_file)
    unknown = sorted(set(stored) - set(setting_names()) - {"gui"})
    if unknown:
        return warning(
            "settings",
            f"{dirs.settings_file.name} holds names that are no settings: {', '.join(unknown)}.",
            "Is one mistyped? `mor-cli config show --all` lists the names.",
        )
    name = start_network(settings)
    try:
        if name and name != DEMO:
            configured_network(name, settings)
    except NodeError as error:
        return of_error("settings", error)
    if name == CUSTOM and settings.wallet_private_key.get_secret_value() and not settings.rpc_urls:
        return warning(
            "settings",
            "A network of your own is used over public chain servers.",
            "Set ETH_NODE_ADDRESS to a server that you trust.",
        )
    return fine("settings", f"Settings are read; the network at start is {name or 'none'}.")


def _own_networks(settings: NodeSettings) -> Iterable[DoctorFinding]:
    """Those that cannot be used; all others can."""
    for entry in settings.own_networks:
        try:
            network_of(entry)
        except ConfigError as error:
            yield warning("networks", f"{entry.title}: {error.message}", error.hint)


def _models(dirs: AppDirs, settings: NodeSettings) -> DoctorFinding:
    named = settings.models_config
    path = Path(named).expanduser() if named else dirs.models_config
    content = settings.models_config_content.get_secret_value()
    if named and not content and not path.exists():
        return warning(
            "models file", f"There is no file {path}.", "Make it, or correct MODELS_CONFIG_PATH."
        )
    try:
        config = load_models_config(path)
    except NodeError as error:
        return of_error("models file", error)
    if config.notices:
        return warning("models file", config.notices[0], "Remove the entry, or leave it.")
    return fine("models file", f"{path.name} names {len(config.entries)} models.")


def _rating(settings: NodeSettings) -> DoctorFinding:
    path = Path(settings.rating_config).expanduser() if settings.rating_config else None
    try:
        config = load_rating_config(path, settings.provider_allow_list)
    except NodeError as error:
        return of_error("rating file", error)
    if path is not None and not path.exists():
        return warning("rating file", f"There is no file {path}.", "The usual weights are used.")
    allowed = f"{len(config.allow_list)} providers are allowed" if config.allow_list else "all"
    return fine("rating file", f"The rating is read; providers: {allowed}.")


def _agents(dirs: AppDirs, settings: NodeSettings) -> DoctorFinding:
    named = settings.agents_config
    path = Path(named).expanduser() if named else dirs.agents_config
    try:
        entries = load_agents_config(path, settings.agents_config_content.get_secret_value())
    except NodeError as error:
        return of_error("agents file", error)
    missing = next((item for item in entries if shutil.which(item.command) is None), None)
    if missing is not None:
        return warning(
            "agents file",
            f"The command of the agent “{missing.name}” is not there: {missing.command[:80]}.",
            "Install it, or write its whole path.",
        )
    return fine("agents file", f"{len(entries)} agents are configured.")


def _readable_by_others(dirs: AppDirs, settings: NodeSettings) -> Iterable[DoctorFinding]:
    """Files with keys that other users of this computer can read."""
    named = (settings.models_config, settings.cookie_file, settings.agents_config)
    own = (dirs.models_config, dirs.cookie_file, dirs.agents_config)
    paths = {*own, *(Path(p).expanduser() for p in named if p)}
    for path in sorted(paths):
        try:
            found = path.stat()
        except OSError:
            continue
        if sys.platform == "win32":
            continue
        if found.st_uid not in (os.getuid(), 0):
            yield failure("secrets", f"{path} belongs to another user.", "Use a file of your own.")
        elif found.st_mode & 0o044:
            yield warning(
                "secrets", f"Other users can read {path}, which may hold keys.", f"chmod 600 {path}"
            )
