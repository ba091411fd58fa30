"""Status, settings, networks."""

from typing import Literal

from pydantic import SecretStr

from node.service.dto.base import Dto


class NetworkView(Dto):
    """`marketplace` and `token` are the contracts, empty for the demo until it runs. `hosts` are
    the servers that reach it; without any the network cannot be chosen. `is_custom`: the user
    described it; `is_removable`: it was added, and can be removed.
    """

    name: str
    title: str
    chain_id: int
    is_demo: bool
    is_test: bool
    is_custom: bool = False
    is_removable: bool = False
    explorer: str = ""
    marketplace: str = ""
    token: str = ""
    hosts: tuple[str, ...] = ()


class ComponentHealth(Dto):
    name: str
    ok: bool
    detail: str = ""


class DemoStatus(Dto):
    now: int
    speed: int


class NodeStatus(Dto):
    version: str
    state: Literal["starting", "running", "stopping"]
    network: NetworkView | None
    components: tuple[ComponentHealth, ...]
    api_url: str = ""
    uptime_s: float
    now: int
    demo: DemoStatus | None = None


class SettingField(Dto):
    """One setting for the generated settings page."""

    name: str
    group: str
    title: str
    help: str
    kind: Literal["text", "number", "switch", "choice"]
    value: str | int | bool
    default: str | int | bool
    unit: str = ""
    choices: tuple[str, ...] = ()
    restart_needed: bool = False


class ApiAccess(Dto):
    """How a program reaches the local HTTP API. `token` is a secret: show on request only."""

    url: str
    cookie_file: str
    token: SecretStr


class DoctorFinding(Dto):
    """`warning` tells that what is not ok still works."""

    name: str
    ok: bool
    message: str
    hint: str = ""
    warning: bool = False
