"""A node with its HTTP API, and a thread for it.

The window runs the node on its own event loop in its own thread (ADR 0001).
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from node.core import tokens
from node.core.errors import InternalError, NodeError, NodeStoppedError
from node.core.open_files import allow_open_files
from node.core.tasks import TaskScope
from node.service.api import NodeService
from node.service.node_options import NodeOptions

if TYPE_CHECKING:
    from node.service.local import LocalNode

__all__ = ["NodeOptions", "NodeThread", "OpenNode", "open_hosted_node"]

_T = TypeVar("_T")
OpenNode = Callable[[], AbstractAsyncContextManager[NodeService]]


@asynccontextmanager
async def open_hosted_node(
    options: NodeOptions, *, fixed_port: bool = False
) -> AsyncGenerator["LocalNode", None]:
    """Open a node and serve its HTTP API on `settings.web_address` in the running event loop.

    With `fixed_port` the port must be free, otherwise the next free one is used. No signal handler
    is installed.

    Raises:
        AddressInUseError: no port to listen on. Else as `open_node`.
    """
    # Node and server take a second to import: never before the window is shown.
    from node.http_api.server import serve_api
    from node.service.local import open_node

    allow_open_files()
    async with (
        open_node(options) as node,
        serve_api(node, fixed_port=fixed_port),
        TaskScope("host") as tasks,
    ):
        # Half a second of work in a thread: after the start, before the first answer needs it.
        tasks.spawn(asyncio.to_thread(tokens.load), name="tokenizer")
        yield node


class NodeThread:
    """Owner of the node thread.

    `open_node` is called inside the thread, so heavy imports belong there.
    """

    def __init__(self, open_node: OpenNode) -> None:
        self._open_node = open_node
        self._loop: asyncio.AbstractEventLoop | None = None
        self._node: NodeService | None = None
        self._started: concurrent.futures.Future[NodeService] = concurrent.futures.Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)

    def start(self) -> "concurrent.futures.Future[NodeService]":
        """Start the thread. The future holds the node once it runs, or the error that kept it from
        running.
        """
        self._thread.start()
        return self._started

    @property
    def node(self) -> NodeService:
        """The running node. Raises NodeStoppedError before it runs and after it stopped."""
        if self._node is None:
            raise NodeStoppedError("The node is not running.")
        return self._node

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> "concurrent.futures.Future[_T]":
        """Run a coroutine on the node's loop from any other thread.

        Cancelling the future cancels it.
        """
        loop = self._loop
        if loop is None or not loop.is_running():
            coroutine.close()
            raise NodeStoppedError("The node is not running.")
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Run a plain function on the node's loop. Raises NodeStoppedError when it has stopped."""
        loop = self._loop
        if loop is None:
            raise NodeStoppedError("The node is not running.")
        loop.call_soon_threadsafe(callback)

    def stop(self, deadline_s: float = 10.0) -> bool:
        """Ask the node to close and wait. Returns False when it did not end in time."""
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and loop.is_running():
            loop.call_soon_threadsafe(stop.set)
        if self._thread.is_alive():
            self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            if not self._started.done():
                self._started.set_exception(_as_node_error(error))
            else:
                raise
        finally:
            self._node = None
            self._loop = None

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with self._open_node() as node:
            self._node = node
            self._started.set_result(node)
            await self._stop.wait()
            self._node = None


def _as_node_error(error: BaseException) -> BaseException:
    if isinstance(error, NodeError):
        return error
    wrapped = InternalError("The node could not start.", details={"cause": repr(error)})
    wrapped.__cause__ = error
    return wrapped
