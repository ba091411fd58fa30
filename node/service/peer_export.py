"""Writes the configuration of this node as files that the public Go node reads."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from node.core.errors import ConfigError, StorageError
from node.core.paths import AppDirs, write_private
from node.core.settings import NodeSettings, environment_names
from node.core.settings.peer_names import ENV_FILE, PEER_FILES, used_names
from node.llm.endpoint import messages_url, server_urls
from node.router.models_config import ApiType, ModelEntry, ModelsConfig, load_models_config
from node.router.rating_config import load_rating_config
from node.service.network_choice import CUSTOM, DEMO, configured_network, start_network

_FULL_ENDINGS = ("/chat/completions", "/embeddings", "/audio/speech", "/audio/transcriptions")
_OURS = ("llama", "guide")
_OUR_USERS = b"rpcauthscrypt="


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """Files by name with their content; `notes` say what the Go node cannot have."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def plan_export(settings: NodeSettings, dirs: AppDirs) -> ExportPlan:
    """Make the files' contents; nothing is written. The wallet's key is never among them.

    Raises:
        ConfigError: the configuration of this node does not fit by itself.
    """
    notes: list[str] = []
    files = {ENV_FILE: _dotenv(settings, notes)}
    path = Path(settings.models_config).expanduser() if settings.models_config else None
    models = load_models_config(path or dirs.models_config)
    files[PEER_FILES["MODELS_CONFIG_PATH"]] = _models(models, notes)
    if settings.rating_config:
        load_rating_config(Path(settings.rating_config).expanduser())
    for name, file in _copied(settings, dirs):
        if file.is_file():
            files[PEER_FILES[name]] = _known_there(file.read_bytes(), notes)
    notes.append("The wallet's key is not written; set WALLET_PRIVATE_KEY where the node runs.")
    return ExportPlan(files=files, notes=tuple(notes))


def write_export(plan: ExportPlan, folder: Path, *, replace: bool) -> tuple[Path, ...]:
    """Write the files with mode 0600; returns their paths.

    Raises:
        ConfigError: a file is there and `replace` is not set; then nothing is written.
        StorageError: the folder cannot be written.
    """
    present = [name for name in plan.files if (folder / name).exists()]
    if present and not replace:
        raise ConfigError(
            f"In {folder} there is already {', '.join(present)}.",
            hint="Choose an empty folder, or add --replace.",
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in plan.files.items():
            write_private(folder / name, content)
    except OSError as error:
        raise StorageError(
            f"The files cannot be written to {folder}: {error.strerror or error}."
        ) from error
    return tuple(folder / name for name in plan.files)


def _copied(settings: NodeSettings, dirs: AppDirs) -> Iterable[tuple[str, Path]]:
    """Files that both nodes read alike."""
    defaults = {
        "AGENT_CONFIG_PATH": dirs.agents_config,
        "AUTH_CONFIG_FILE_PATH": dirs.users_file,
        "COOKIE_FILE_PATH": dirs.cookie_file,
    }
    for name in PEER_FILES:
        setting = used_names().get(name)
        if setting is None or name == "MODELS_CONFIG_PATH":
            continue
        text = str(getattr(settings, setting))
        if text:
            yield name, Path(text).expanduser()
        elif name in defaults:
            yield name, defaults[name]


def _known_there(content: bytes, notes: list[str]) -> bytes:
    """Without the users whose passwords are kept in a form that only this program knows."""
    lines = content.splitlines(keepends=True)
    kept = [line for line in lines if not line.lstrip().startswith(_OUR_USERS)]
    if len(kept) < len(lines):
        notes.append("Users of the API made in this program are left out; add them there.")
    return b"".join(kept)


def _dotenv(settings: NodeSettings, notes: list[str]) -> bytes:
    values = dict(_network_values(settings, notes))
    skipped = {"rpc_urls", "chain_id", "marketplace_address", "token_address", "multicall_address"}
    for setting, info in NodeSettings.model_fields.items():
        peers = [name for name in environment_names(setting) if not name.startswith("MORPHEUS_")]
        if not peers or setting in skipped or info.annotation is SecretStr:
            continue
        value = getattr(settings, setting)
        if peers[0] in PEER_FILES or value == info.default:
            continue
        values[peers[0]] = _text(setting, value)
    # The Go node would listen on every address of the computer.
    values.setdefault("WEB_ADDRESS", settings.web_address)
    lines = ["# Written by mor-cli config export.", *(_line(k, v) for k, v in values.items())]
    return ("\n".join([*lines, "# WALLET_PRIVATE_KEY="]) + "\n").encode()


def _network_values(settings: NodeSettings, notes: list[str]) -> Iterable[tuple[str, str]]:
    name = start_network(settings)
    if not name or name == DEMO:
        notes.append("No network of a Go node is chosen: its settings are left out.")
        return
    network = configured_network(name, settings)
    yield "ETH_NODE_CHAIN_ID", str(network.chain_id)
    added = any(item.name == name for item in settings.own_networks)
    given = settings.rpc_urls and settings.rpc_network in ("", name)
    servers = network.rpc_urls if added or given else ()
    if servers:
        yield "ETH_NODE_ADDRESS", servers[0]
        if len(servers) > 1:
            notes.append("The Go node takes one chain server: the first is written.")
    yield "DIAMOND_CONTRACT_ADDRESS", network.marketplace.checksum
    yield "MOR_TOKEN_ADDRESS", network.token.checksum
    if name == CUSTOM and settings.multicall_address:
        yield "MULTICALL3_ADDR", settings.multicall_address
    elif added and network.multicall is not None:
        yield "MULTICALL3_ADDR", network.multicall.checksum
    if network.explorer_api:
        yield "BLOCKSCOUT_API_URL", network.explorer_api


def _text(setting: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    if setting == "log_level":
        return "warn" if value == "warning" else str(value)
    return f"{value:g}s" if isinstance(value, float) else str(value)


def _line(name: str, value: str) -> str:
    if value and all(char.isalnum() or char in ".:/_,-" for char in value):
        return f"{name}={value}"
    if "'" not in value:
        return f"{name}='{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'{name}="{escaped}"'


def _models(config: ModelsConfig, notes: list[str]) -> bytes:
    rows = []
    for entry in config.entries:
        if entry.api_type.value in _OURS:
            notes.append(f"The model “{entry.name}” runs in this program only and is left out.")
            continue
        rows.append(_row(entry))
    return (json.dumps({"models": rows}, indent=2, ensure_ascii=False) + "\n").encode()


def _row(entry: ModelEntry) -> dict[str, Any]:
    row: dict[str, Any] = {
        "modelId": entry.model_id.hex,
        "modelName": entry.name,
        "apiType": entry.api_type.value,
        "apiUrl": _full_url(entry),
    }
    if key := entry.api_key.get_secret_value():
        row["apiKey"] = key
    if entry.slots:
        row["concurrentSlots"] = entry.slots
    row["capacityPolicy"] = entry.capacity_policy.value
    return row


def _full_url(entry: ModelEntry) -> str:
    """The Go node posts to the address as it stands, so that a base address would fail there."""
    if entry.api_type is not ApiType.OPENAI:
        return messages_url(entry.api_url)
    if entry.api_url.rstrip("/").endswith(_FULL_ENDINGS):
        return entry.api_url
    return server_urls(entry.api_url).chat
