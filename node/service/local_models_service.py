"""The facade's group for models on this computer."""

import asyncio
from pathlib import Path

from node.core.errors import ModelFileError, NodeError
from node.core.events import EventBus, LocalModelsChanged
from node.core.log import get_logger
from node.core.paths import AppDirs
from node.llm.fit import Verdict
from node.llm.hardware import free_disk, read_hardware
from node.llm.llama.process import WorkerState
from node.llm.local_models import LocalModels
from node.llm.model_registry import LocalModel as KnownModel
from node.router.backend_factory import file_model_id
from node.router.display import clean_name
from node.service.dto import Hardware, LocalModel

_log = get_logger("node.service.local_models")
_FIT = {Verdict.FITS: "good", Verdict.TIGHT: "slow", Verdict.TOO_BIG: "too_large"}


class LocalModelsService:
    """Adds, lists, starts and stops GGUF files."""

    def __init__(self, *, local: LocalModels, dirs: AppDirs, bus: EventBus) -> None:
        self._local = local
        self._dirs = dirs
        self._bus = bus

    async def hardware(self) -> Hardware:
        found, free = await asyncio.gather(
            asyncio.to_thread(read_hardware), asyncio.to_thread(free_disk, self._dirs.models)
        )
        return Hardware(
            memory_total=found.ram_total,
            memory_free=found.ram_available,
            cores=found.usable_cores,
            disk_free=free,
        )

    async def models(self) -> tuple[LocalModel, ...]:
        return tuple([await self._view(model) for model in self._local.list()])

    async def add_file(self, path: str) -> LocalModel:
        if not path.lower().endswith(".gguf"):
            raise ModelFileError(
                "This is not a model file.", hint="Choose a file that ends in .gguf."
            )
        model = await self._local.add(Path(path))
        self._changed()
        return await self._view(model)

    async def remove(self, model_id: str) -> None:
        await self._local.remove(self._known(model_id).model_id)
        self._changed()

    async def start(self, model_id: str) -> LocalModel:
        model = self._known(model_id)
        try:
            await self._local.ensure_loaded(model.model_id)
        finally:
            self._changed()
        return await self._view(model)

    async def stop(self, model_id: str) -> LocalModel:
        model = self._known(model_id)
        await self._local.stop(model.model_id)
        self._changed()
        return await self._view(model)

    def _known(self, model_id: str) -> KnownModel:
        for model in self._local.list():
            if file_model_id(model.path).hex == model_id:
                return model
        raise ModelFileError(
            "This model is not in the list of local models.", code="backend.unknown_model"
        )

    def _changed(self) -> None:
        self._bus.publish(LocalModelsChanged())

    async def _view(self, model: KnownModel) -> LocalModel:
        fit, need, detail = "unknown", 0, ""
        try:
            memory = await self._local.fit(model.model_id)
            fit, need = _FIT[memory.verdict], memory.need
        except NodeError as error:
            # A file that was moved or damaged stays in the list, with the reason beside it.
            detail = error.message
            _log.info("model file not readable", code=error.code)
        state = self._local.state(model.model_id)
        return LocalModel(
            id=file_model_id(model.path).hex,
            name=clean_name(model.name),
            path=str(model.path),
            size_bytes=model.file_size,
            architecture=model.architecture,
            parameters=model.parameters,
            context=model.context_length,
            quantisation=model.quantisation,
            state=WorkerState.STARTING.value if state is WorkerState.RESTARTING else state.value,
            detail=detail,
            fit=fit,
            need_bytes=need,
        )
