"""Secret stores for tests, with the faults real ones have."""

from node.core.errors import KeyringUnavailableError


class DictStore:
    """Keeps entries in a dict; `forgetful` accepts and loses them, `broken` raises."""

    def __init__(self, *, forgetful: bool = False, broken: bool = False) -> None:
        self.entries: dict[str, str] = {}
        self.forgetful = forgetful
        self.broken = broken

    def get(self, name: str) -> str | None:
        self._check()
        return self.entries.get(name)

    def put(self, name: str, secret: str) -> None:
        self._check()
        if not self.forgetful:
            self.entries[name] = secret

    def remove(self, name: str) -> None:
        self._check()
        self.entries.pop(name, None)

    def _check(self) -> None:
        if self.broken:
            raise KeyringUnavailableError("The secret store of this system did not answer.")
