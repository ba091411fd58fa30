"""What a node is opened with. Light to import, for the window knows it before the node starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.core.paths import AppDirs
from node.core.settings import NodeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOptions:
    """How to open a node. `hosting` opens the provider's port when a model has an on-chain id.

    The worker and checker commands start the program's own child processes.
    """

    dirs: AppDirs
    settings: NodeSettings
    hosting: bool = False
    worker_command: Sequence[str] | None = None
    checker_command: Sequence[str] | None = None
