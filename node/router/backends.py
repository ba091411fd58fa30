"""The models that this node can run: configured entries and GGUF files, one backend each."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from node.core.errors import ModelNotFoundError
from node.core.ids import ModelId
from node.core.ports import LlmBackend
from node.router.models_config import ModelEntry

BackendFactory = Callable[[ModelEntry], Awaitable[LlmBackend]]


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
    ) -> None:
        self._entries = {entry.model_id: entry for entry in entries}
        self._files = files
        self._factory = factory
        self._made: dict[ModelId, LlmBackend] = {}
        self._making = asyncio.Lock()

    def entries(self) -> tuple[ModelEntry, ...]:
        """Everything that can be run, configured entries first."""
        return (*self._entries.values(), *self._files().values())

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
                    made = self._made[model_id] = await self._factory(entry)
        yield made

    async def forget(self, model_id: ModelId) -> None:
        """Close a backend; the next request makes it anew."""
        made = self._made.pop(model_id, None)
        if made is not None:
            await made.aclose()

    async def aclose(self) -> None:
        for model_id in list(self._made):
            await self.forget(model_id)
