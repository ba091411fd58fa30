"""Models on this computer."""

from node.service.dto.base import Dto


class LocalModel(Dto):
    """`state`: stopped, starting, loaded, busy, stopping, failed, crashed.

    `fit`: good, slow, too_large, unknown.
    """

    id: str
    name: str
    path: str
    size_bytes: int
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    quantisation: str = ""
    state: str
    detail: str = ""
    fit: str = "unknown"
    need_bytes: int = 0


class Hardware(Dto):
    memory_total: int
    memory_free: int
    cores: int
    disk_free: int
    gpu: str = ""
