"""Findings of the doctor: what was looked at, how it is, and what to do."""

from collections.abc import Awaitable, Callable

from node.core.errors import NodeError
from node.service.dto import DoctorFinding


def fine(name: str, message: str) -> DoctorFinding:
    return DoctorFinding(name=name, ok=True, message=message)


def warning(name: str, message: str, hint: str) -> DoctorFinding:
    """Works, but not as well as it could, or not for long."""
    return DoctorFinding(name=name, ok=False, warning=True, message=message, hint=hint)


def failure(name: str, message: str, hint: str) -> DoctorFinding:
    return DoctorFinding(name=name, ok=False, message=message, hint=hint)


def of_error(name: str, error: NodeError) -> DoctorFinding:
    return failure(name, error.message, error.hint)


async def guarded(name: str, check: Callable[[], Awaitable[DoctorFinding]]) -> DoctorFinding:
    """The finding of a check, or the error that it met."""
    try:
        return await check()
    except NodeError as error:
        return of_error(name, error)
