"""What was read of a table, kept until the next write."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar, cast

_T = TypeVar("_T")


class ReadMemory:
    """Answers a question once until `forget`. None is no answer and is asked again."""

    def __init__(self, most: int) -> None:
        """Above `most` answers all are dropped."""
        self._most = most
        self._kept: dict[Hashable, Any] = {}
        self._changes = 0

    async def read(self, key: Hashable, read: Callable[[], Awaitable[_T]]) -> _T:
        """The answer of `read`, from memory when it is there."""
        kept = self._kept.get(key)
        if kept is not None:
            return cast(_T, kept)
        changes = self._changes
        found = await read()
        # What was read while somebody wrote may be the old state.
        if found is not None and changes == self._changes:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = found
        return found

    def forget(self) -> None:
        """Something was written, or may have been."""
        self._changes += 1
        self._kept.clear()
