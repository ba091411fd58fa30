"""One transaction to several endpoints at once: one that takes it is enough."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from node.chain.rpc.answers import Fault, RpcFaultError
from node.core.errors import NodeError, RevertedError, RpcAnswerError, RpcUnavailableError
from node.core.tasks import TaskScope

BROADCAST_WIDTH = 3
_STRAGGLER_S = 0.3
Send = Callable[[], Awaitable[Any]]


async def first_success(sends: Sequence[tuple[str, Send]]) -> Any:
    """Start all, return the first result; the others get a moment to take it over too.

    Raises the most telling of the errors when all failed.
    """

    async def guarded(send: Send) -> Any:
        try:
            return await send()
        except (RpcUnavailableError, RpcAnswerError, RpcFaultError, RevertedError) as error:
            return error

    async with TaskScope("broadcast") as scope:
        tasks = [scope.spawn(guarded(send), name=name) for name, send in sends]
        results: list[Any] = []
        for finished in asyncio.as_completed(tasks):
            results.append(await finished)
            if not isinstance(results[-1], NodeError):
                await asyncio.wait(tasks, timeout=_STRAGGLER_S)
                return results[-1]
    raise _most_telling(results)


def _most_telling(errors: Sequence[NodeError]) -> NodeError:
    """A node that understood the transaction and refused it knows more than one that did not
    answer.
    """
    final = [item for item in errors if isinstance(item, RpcFaultError | RevertedError)]
    known = [e for e in final if isinstance(e, RpcFaultError) and e.fault is Fault.ALREADY_KNOWN]
    return (known or final or list(errors))[0]
