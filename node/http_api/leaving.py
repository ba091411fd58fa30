"""Ends work whose client has gone: nobody would read the answer."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from node.core.tasks import TaskScope
from node.http_api.asgi import Receive

_T = TypeVar("_T")


async def client_gone(receive: Receive) -> None:
    """Return when the client has closed its connection. The request's body must be read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless_gone(receive: Receive, work: Awaitable[_T]) -> _T | None:
    """The result of `work`; None when the client left first, then the work is cancelled.

    Raises what the work raises.
    """

    async def outcome() -> tuple[_T | None, Exception | None]:
        try:
            return await work, None
        except Exception as error:
            return None, error

    async with TaskScope("request") as tasks:
        working = tasks.spawn(outcome(), name="work")
        gone = tasks.spawn(client_gone(receive), name="client")
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            return None
        result, failure = working.result()
    if failure is not None:
        raise failure
    return result
