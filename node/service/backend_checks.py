"""Checks of the models that this node runs or resells."""

import asyncio
from pathlib import Path

from node.core.errors import NodeError
from node.router.backends import Backends
from node.router.models_config import ModelEntry
from node.service.dto import DoctorFinding
from node.service.findings import failure, fine, of_error, warning

ANSWER_S = 8.0
MAX_AT_ONCE = 8


async def backend_findings(backends: Backends) -> tuple[DoctorFinding, ...]:
    """One finding per configured model, in the order of the file."""
    gate = asyncio.Semaphore(MAX_AT_ONCE)

    async def looked_at(entry: ModelEntry) -> DoctorFinding:
        async with gate:
            return await _backend(backends, entry)

    return tuple(await asyncio.gather(*(looked_at(entry) for entry in backends.entries())))


async def _backend(backends: Backends, entry: ModelEntry) -> DoctorFinding:
    name = f"model {entry.name}"
    if entry.path and not await asyncio.to_thread(Path(entry.path).is_file):
        return failure(
            name, f"Its file is not there: {entry.path}", "Put it back, or correct the path."
        )
    try:
        async with backends.backend(entry.model_id) as backend, asyncio.timeout(ANSWER_S):
            health = await backend.health()
    except NodeError as error:
        return of_error(name, error)
    except TimeoutError:
        return warning(
            name, f"Its server did not answer within {ANSWER_S:.0f} s.", "Is it overloaded?"
        )
    if health.ok:
        return fine(name, f"It can be used. {health.detail}".strip())
    return warning(name, f"It does not answer: {health.detail}", "Start its server, or correct it.")
