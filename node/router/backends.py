"""The models that this node can run: configured entries and GGUF files, one backend each."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from node.core.errors import ModelNotFoundError, NotSupportedError
from node.core.ids import ModelId
from node.core.ports import LlmBackend
from node.router.models_config import LeftOut, ModelEntry

BackendFactory = Callable[[ModelEntry], Awaitable[LlmBackend]]


@dataclass(slots=True)
class _Made:
    """A backend with the requests that use it now. A retired one is closed by the last of them."""

    entry: ModelEntry
    backend: LlmBackend
    users: int = 0
    is_retired: bool = False


class Backends:
    """Backends by model id; each is made at first use and closed with the node.

    `files` gives the local GGUF models at any time, so that added files are there without a
    restart.
    """

    def __init__(
        self,
        *,
        entries: Iterable[ModelEntry],
        factory: BackendFactory,
        files: Callable[[], Mapping[ModelId, ModelEntry]] = dict,
        left_out: Iterable[LeftOut] = (),
    ) -> None:
        self._entries = {entry.model_id: entry for entry in entries}
        self._files = files
        self._left_out = tuple(left_out)
        self._factory = factory
        self._made: dict[ModelId, _Made] = {}
        self._retired: list[_Made] = []
        self._making = asyncio.Lock()

    def entries(self) -> tuple[ModelEntry, ...]:
        """Everything that can be run, configured entries first."""
        return (*self._entries.values(), *self._files().values())

    def configured(self) -> tuple[ModelEntry, ...]:
        """Entries of `models-config.json` that may be on chain: those with an id of their own."""
        return tuple(entry for entry in self._entries.values() if not entry.is_default)

    def entry(self, model_id: ModelId) -> ModelEntry | None:
        return self._entries.get(model_id) or self._files().get(model_id)

    def find(self, name_or_id: str) -> ModelEntry | None:
        """By id in any spelling, or by name without regard to case."""
        wanted = name_or_id.strip().casefold()
        for entry in self.entries():
            digits = entry.model_id.hex
            if wanted in (digits, digits[2:]) or entry.name.casefold() == wanted:
                return entry
        return None

    def check_served(self, name_or_id: str) -> None:
        """Raises NotSupportedError for a configured model of a kind that this node leaves out."""
        wanted = name_or_id.strip().casefold()
        for item in self._left_out:
            if wanted in item.names:
                raise NotSupportedError(
                    f"Models of the type {item.kind} make pictures; this node does not serve them."
                )

    def default(self) -> ModelEntry | None:
        """The entry with the zero id, else the only entry there is."""
        entries = self.entries()
        zero = [entry for entry in entries if entry.is_default]
        return zero[0] if zero else entries[0] if len(entries) == 1 else None

    @asynccontextmanager
    async def backend(self, model_id: ModelId) -> AsyncGenerator[LlmBackend, None]:
        """The backend of a model for one request.

        Raises:
            ModelNotFoundError: no such model here.
            BackendError: it cannot be started.
        """
        entry = self.entry(model_id)
        if entry is None:
            raise ModelNotFoundError("api adapter not found: ")
        made = self._made.get(model_id)
        if made is None:
            async with self._making:
                made = self._made.get(model_id)
                if made is None:
                    made = _Made(entry, await self._factory(entry))
                    self._made[model_id] = made
        made.users += 1
        try:
            yield made.backend
        finally:
            made.users -= 1
            if made.is_retired and not made.users:
                await self._close(made)

    async def replace(self, entries: Iterable[ModelEntry]) -> None:
        """Put other configured entries in force. Requests under way end with what they began with;
        backends of entries that are gone or changed are closed after them.
        """
        self._entries = {entry.model_id: entry for entry in entries}
        for model_id, made in list(self._made.items()):
            if self.entry(model_id) != made.entry:
                await self.forget(model_id)

    async def forget(self, model_id: ModelId) -> None:
        """Close a backend, after the requests that use it; the next request makes it anew."""
        made = self._made.pop(model_id, None)
        if made is None:
            return
        made.is_retired = True
        self._retired.append(made)
        if not made.users:
            await self._close(made)

    async def _close(self, made: _Made) -> None:
        if made in self._retired:
            self._retired.remove(made)
            await made.backend.aclose()

    async def aclose(self) -> None:
        """Close all at once, also those in use: the node ends."""
        for model_id in list(self._made):
            await self.forget(model_id)
        for made in list(self._retired):
            await self._close(made)
