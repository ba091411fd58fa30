"""Makes the backend of a configured model: a URL, a GGUF file in a worker process, or the Guide."""

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from node.core.clock import Clock
from node.core.ids import ModelId
from node.core.ports import BackendHealth, LlmBackend
from node.llm.claude import ClaudeBackend
from node.llm.guide import GuideBackend, GuideScript
from node.llm.limits import DEFAULT_WAITS, Waits
from node.llm.llama.process import WorkerState
from node.llm.local_models import LocalModels
from node.llm.openai import OpenAiBackend
from node.router.models_config import ApiType, ModelEntry


def file_model_id(path: Path) -> ModelId:
    """Id of a GGUF file on this computer: the hash of its path, so that it needs no chain."""
    return ModelId(hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).digest())


class FileBackend:
    """A GGUF file; its worker is started at the first request and after an idle unload."""

    def __init__(self, local: LocalModels, entry: ModelEntry, *, pinned: bool) -> None:
        self._local = local
        self._entry = entry
        self._pinned = pinned
        self._key = ""

    @property
    def name(self) -> str:
        return self._entry.name

    async def _loaded(self) -> LlmBackend:
        if not self._key:
            known = self._local.find(file_model_id(Path(self._entry.path)).raw.hex()[:16])
            model = known or await self._local.add(Path(self._entry.path), name=self._entry.name)
            self._key = model.model_id
        return await self._local.ensure_loaded(self._key, pinned=self._pinned)

    async def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        backend = await self._loaded()
        async with aclosing(backend.chat(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return await (await self._loaded()).embeddings(body)

    async def health(self) -> BackendHealth:
        state = self._local.state(self._key) if self._key else WorkerState.STOPPED
        return BackendHealth(ok=state is not WorkerState.CRASHED, detail=state.value)

    async def aclose(self) -> None:
        if self._key:
            await self._local.stop(self._key)


class BackendMaker:
    """Factory for `Backends`."""

    def __init__(self, *, local: LocalModels, clock: Clock, waits: Waits = DEFAULT_WAITS) -> None:
        self._local = local
        self._clock = clock
        self._waits = waits

    async def make(self, entry: ModelEntry) -> LlmBackend:
        """Return a backend that the caller closes; nothing is loaded before the first request."""
        if entry.api_type is ApiType.LLAMA:
            return FileBackend(self._local, entry, pinned=False)
        if entry.api_type is ApiType.GUIDE:
            return GuideBackend(GuideScript.load(), self._clock, name=entry.name)
        if entry.api_type is ApiType.CLAUDEAI:
            return ClaudeBackend(
                url=entry.api_url,
                model=entry.name,
                api_key=entry.api_key.get_secret_value(),
                clock=self._clock,
                waits=self._waits,
            )
        return OpenAiBackend(
            url=entry.api_url,
            model=entry.name,
            api_key=entry.api_key.get_secret_value(),
            waits=self._waits,
        )


def file_entries(local: LocalModels) -> dict[ModelId, ModelEntry]:
    """The user's GGUF files as model entries."""
    return {
        file_model_id(model.path): ModelEntry.model_validate(
            {
                "modelId": file_model_id(model.path),
                "modelName": model.name,
                "apiType": ApiType.LLAMA,
                "path": str(model.path),
            }
        )
        for model in local.list()
    }
