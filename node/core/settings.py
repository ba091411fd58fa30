"""Settings of the node: one frozen model, read from flags, environment, `settings.toml` and
defaults.

The environment names of the public Go node are accepted as they are; ours start with `MORPHEUS_`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import tomlkit
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from tomlkit.exceptions import TOMLKitError

from node.core.errors import ConfigError, InvalidAmountError
from node.core.paths import write_private
from node.core.units import Eth, Mor

MAX_FILE_BYTES = 1024 * 1024
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


def _setting(
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


class NodeSettings(BaseModel):
    """All settings. A field without a group is for experts and files only, not for the settings
    page.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    network: str = _setting("", "Network at start", "MORPHEUS_NETWORK")
    rpc_urls: Strings = _setting(
        (),
        "Chain servers",
        "MORPHEUS_RPC_URLS",
        "ETH_NODE_ADDRESS",
        description="JSON-RPC addresses, separated by commas. Empty: the public ones.",
        group="Network",
    )
    chain_id: int = _setting(0, "Chain id", "MORPHEUS_CHAIN_ID", "ETH_NODE_CHAIN_ID", ge=0)
    marketplace_address: str = _setting(
        "", "Marketplace contract", "MORPHEUS_MARKETPLACE", "DIAMOND_CONTRACT_ADDRESS"
    )
    token_address: str = _setting("", "MOR token", "MORPHEUS_TOKEN", "MOR_TOKEN_ADDRESS")
    multicall_address: str = _setting("", "Multicall3", "MULTICALL3_ADDR")
    legacy_transactions: bool = _setting(False, "Legacy transactions", "ETH_NODE_LEGACY_TX")
    polling_interval_s: Seconds = _setting(
        10.0, "Log polling", "ETH_NODE_POLLING_INTERVAL", unit="s", gt=0
    )
    wallet_private_key: SecretStr = _setting(
        SecretStr(""), "Private key of this run", "WALLET_PRIVATE_KEY"
    )
    max_fee_eth: EthText = _setting(
        "0.002",
        "Highest network fee per transaction",
        "MORPHEUS_MAX_FEE",
        group="Money",
        unit="ETH",
        restart=False,
    )
    web_address: str = _setting(
        "127.0.0.1:8082",
        "API address",
        "WEB_ADDRESS",
        group="API",
        description="Address of the local HTTP API. Other computers cannot reach 127.0.0.1.",
    )
    proxy_address: str = _setting(
        "",
        "Provider address",
        "PROXY_ADDRESS",
        description="Address of the provider's TCP port. Empty: closed.",
    )
    cookie_file: str = _setting("", "Cookie file", "COOKIE_FILE_PATH")
    cookie_content: SecretStr = _setting(SecretStr(""), "Cookie content", "COOKIE_CONTENT")
    models_config: str = _setting("", "Models file", "MODELS_CONFIG_PATH")
    models_config_content: SecretStr = _setting(
        SecretStr(""), "Models file content", "MODELS_CONFIG_CONTENT"
    )
    rating_config: str = _setting("", "Rating file", "RATING_CONFIG_PATH")
    provider_allow_list: Strings = _setting((), "Allowed providers", "PROVIDER_ALLOW_LIST")
    llm_timeout_s: Seconds = _setting(
        240.0, "Longest wait for a model server", "LLM_TIMEOUT", unit="s", gt=0
    )
    first_answer_timeout_s: Seconds = _setting(
        90.0, "Wait for the first word", "CNODE_PNODE_TIMEOUT", unit="s", gt=0
    )
    first_answer_retries: int = _setting(
        3, "Further waits", "CNODE_PNODE_MAX_RETRIES", ge=0, le=100
    )
    idle_timeout_s: Seconds = _setting(
        60.0,
        "Longest silence within an answer",
        "MORPHEUS_IDLE_TIMEOUT",
        group="Chat",
        unit="s",
        restart=False,
        gt=0,
    )
    message_limit_mib: int = _setting(
        16, "Largest message of a peer", "MORPHEUS_MESSAGE_LIMIT_MIB", unit="MiB", ge=1, le=256
    )
    provider_connections: int = _setting(
        512, "Connections to the provider's port", "MORPHEUS_PROVIDER_CONNECTIONS", ge=1
    )
    provider_request_time_s: Seconds = _setting(
        30.0, "Longest time for one request to arrive", "MORPHEUS_REQUEST_TIME", unit="s", gt=0
    )
    session_requests_per_address: int = _setting(
        60, "Session requests per address and minute", "MORPHEUS_REQUESTS_PER_ADDRESS", ge=1
    )
    session_requests_per_user: int = _setting(
        10, "Session requests per user and minute", "MORPHEUS_REQUESTS_PER_USER", ge=1
    )
    store_chats: bool = _setting(
        True, "Keep chats on this computer", "PROXY_STORE_CHAT_CONTEXT", group="Chat", restart=False
    )
    allow_private_providers: bool = _setting(
        False, "Connect to providers in private networks", "MORPHEUS_ALLOW_PRIVATE_PROVIDERS"
    )
    auto_session_max_stake: MorText = _setting(
        "0",
        "Most MOR an API request may lock",
        "MORPHEUS_AUTO_SESSION_MAX_STAKE",
        group="API",
        unit="MOR",
        restart=False,
        description="0: programs use open sessions only and never lock MOR by themselves.",
    )
    auto_session_duration_s: int = _setting(
        3600,
        "Length of a session opened for an API request",
        "MORPHEUS_AUTO_SESSION_DURATION",
        group="API",
        unit="s",
        restart=False,
        ge=300,
    )
    theme: Literal["system", "light", "dark"] = _setting(
        "system",
        "Theme",
        "MORPHEUS_THEME",
        group="Appearance",
        restart=False,
        choices=("system", "light", "dark"),
    )
    log_level: LogLevel = _setting(
        "info",
        "Log level",
        "MORPHEUS_LOG_LEVEL",
        "LOG_LEVEL_APP",
        group="Diagnostics",
        choices=LOG_LEVELS,
    )

    @property
    def auto_session_cap(self) -> Mor:
        return Mor.parse(self.auto_session_max_stake)

    @property
    def fee_cap(self) -> Eth:
        return Eth.parse(self.max_fee_eth)


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


def load_settings(
    *, file: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any] | None = None
) -> NodeSettings:
    """Merge flags over environment over file over defaults and validate the whole.

    Raises:
        ConfigError: a value does not fit; the message names the setting and where it came from.
    """
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
    return _validated(values, origin)


def _validated(values: Mapping[str, Any], origin: Mapping[str, str]) -> NodeSettings:
    try:
        return NodeSettings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        field = NodeSettings.model_fields.get(name)
        title = field.title if field is not None else name
        raise ConfigError(
            f"“{title}” has a value that does not fit.",
            hint=f"Set in {origin.get(name, 'the settings')}: {first['msg']}.",
            details={"field": name},
        ) from error


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
        document[name] = list(value) if isinstance(value, tuple) else value
    try:
        write_private(file, tomlkit.dumps(document).encode())
    except OSError as error:
        raise ConfigError("The settings cannot be written.", hint="Is the disk full?") from error
    return settings
