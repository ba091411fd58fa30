"""A real node in its own thread, seen through the bridge and, for checks, past it."""

import concurrent.futures
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from morpheus_desktop.app import child_command
from morpheus_desktop.bridge import BridgedNode
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.host import NodeThread
from node.service.api import NodeService
from node.service.dto import MorOverview, SessionView
from node.service.local import open_node
from node.service.node_options import NodeOptions

_T = TypeVar("_T")


class RunningNode:
    def __init__(self, folder: Path, settings: NodeSettings | None = None) -> None:
        options = NodeOptions(
            dirs=AppDirs.under(folder),
            settings=settings or NodeSettings(),
            worker_command=child_command("--llama-worker"),
            checker_command=child_command("--gguf-check"),
        )
        self._thread = NodeThread(lambda: open_node(options))
        started = self._thread.start()
        self.bridged = BridgedNode(self._thread, started)
        started.result(30)

    def ask(self, coroutine: Coroutine[object, object, _T]) -> _T:
        """Ask the node itself, past the bridge."""
        future: concurrent.futures.Future[_T] = self._thread.submit(coroutine)
        return future.result(30)

    @property
    def node(self) -> NodeService:
        return self._thread.node

    def money(self) -> MorOverview:
        return self.ask(self.node.wallet.overview())

    def session(self) -> SessionView:
        (found,) = self.ask(self.node.sessions.list())
        return found

    def stop(self) -> bool:
        return self._thread.stop(15)
