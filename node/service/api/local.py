"""Models that run on this computer."""

from typing import Protocol

from node.service.dto import (
    Hardware,
    LocalModel,
)


class LocalModelsApi(Protocol):
    async def hardware(self) -> Hardware: ...

    async def models(self) -> tuple[LocalModel, ...]: ...

    async def add_file(self, path: str) -> LocalModel: ...

    async def remove(self, model_id: str) -> None: ...

    async def start(self, model_id: str) -> LocalModel: ...

    async def stop(self, model_id: str) -> LocalModel: ...
