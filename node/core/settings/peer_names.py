"""Environment names of the public Go node: which are used here, and why the others are not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from node.core.settings.sources import environment_names, setting_names

_KERNEL = "the node changes no settings of the operating system"
_IPFS = "files are not shared over IPFS"
_DOCKER = "containers are not managed here"
_EXPLORER = "transactions are listed from the node's own journal, no block explorer is asked"
_TEE = "models in protected hardware are refused for now, nothing is attested"

UNUSED: Mapping[str, str] = {
    "APP_RESET_KEYCHAIN": "a start never deletes a wallet; use `mor-cli wallet remove`",
    "ENVIRONMENT": "there is one mode for all",
    "ETH_NODE_USE_SUBSCRIPTIONS": "the chain is polled",
    "ETH_NODE_MAX_RECONNECTS": "the node never gives up on the chain",
    "BLOCKSCOUT_API_URL": _EXPLORER,
    "EXPLORER_RETRY_DELAY": _EXPLORER,
    "EXPLORER_MAX_RETRIES": _EXPLORER,
    "WEB_PUBLIC_URL": "pages of this node use relative addresses",
    "PROXY_STORAGE_PATH": "data lies in the folder that --home or MORPHEUS_HOME names",
    "PROXY_FORWARD_CHAT_CONTEXT": "a question in a chat is always sent with the turns before it",
    "IPFS_DISABLED": _IPFS,
    "IPFS_MULTADDR": _IPFS,
    "TEE_PORTAL_URL": _TEE,
    "TEE_IMAGE_REPO": _TEE,
    "ARTIFACT_REGISTRY_URL": _TEE,
    "ARTIFACT_REGISTRY_REFRESH_INTERVAL": _TEE,
    "LOG_IS_PROD": "the log is the same in all uses; see LOG_JSON and LOG_LEVEL_APP",
    "SYS_ENABLE": _KERNEL,
    "SYS_LOCAL_PORT_RANGE": _KERNEL,
    "SYS_NET_DEV_MAX_BACKLOG": _KERNEL,
    "SYS_RLIMIT_HARD": _KERNEL,
    "SYS_RLIMIT_SOFT": _KERNEL,
    "SYS_SOMAXCONN": _KERNEL,
    "SYS_TCP_MAX_SYN_BACKLOG": _KERNEL,
    "DOCKER_HOST": _DOCKER,
    "DOCKER_API_VERSION": _DOCKER,
    "DOCKER_CERT_PATH": _DOCKER,
    "DOCKER_TLS_VERIFY": _DOCKER,
    "MODEL_HEALTH_CHECK_PROBE_DELAY": "model servers are watched by their answers",
    "SESSION_HEALTH_POLICY": "a session is judged by its answers",
}
"""Reasons; a name that a setting carries is used, whatever stands here."""

ENV_FILE = ".env"
PEER_FILES: Mapping[str, str] = {
    "MODELS_CONFIG_PATH": "models-config.json",
    "RATING_CONFIG_PATH": "rating-config.json",
    "AGENT_CONFIG_PATH": "agents-config.json",
    "AUTH_CONFIG_FILE_PATH": "proxy.conf",
    "COOKIE_FILE_PATH": ".cookie",
}
"""Names of files, and where the public node looks for them in its folder."""
SECRET_NAMES = (
    "WALLET_PRIVATE_KEY",
    "COOKIE_CONTENT",
    "MODELS_CONFIG_CONTENT",
    "AGENT_CONFIG_CONTENT",
)
OURS = ("MORPHEUS_HOME",)
_FOREIGN_MEANING = frozenset(name for name in UNUSED if name.startswith("DOCKER_")) | {
    "ENVIRONMENT"
}
"""Names that other programs use too: nobody is told about them unless they stand in `.env`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedName:
    """A name that was set and does nothing; `reason` completes “not used here, because …”."""

    name: str
    reason: str


def used_names() -> dict[str, str]:
    """Environment names that mean something here, with the setting each one fills."""
    return {name: field for field in setting_names() for name in environment_names(field)}


def file_given(name: str, environment: Mapping[str, str]) -> str:
    """What `environment` says under any name of the setting that `name` fills; "" for nothing."""
    setting = used_names().get(name, "")
    names = environment_names(setting) if setting else (name,)
    return next((environment[item] for item in names if environment.get(item)), "")


def known_names() -> frozenset[str]:
    """All names of this program and of the public node."""
    return frozenset((*used_names(), *UNUSED, *OURS))


def unused_names(given: Iterable[str], *, in_file: bool = False) -> tuple[UnusedName, ...]:
    """Those of `given` that the public node knows and that do nothing here, sorted by name."""
    used = used_names()
    return tuple(
        UnusedName(name=name, reason=UNUSED[name])
        for name in sorted(set(given))
        if name in UNUSED and name not in used and (in_file or name not in _FOREIGN_MEANING)
    )


def flag_of(name: str) -> str:
    """The public node's option for an environment name: `--eth-node-address`."""
    return f"--{name.lower().replace('_', '-')}"
