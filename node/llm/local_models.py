"""The model files this user added, and the workers that serve them."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from node.core.clock import Clock
from node.core.errors import ModelFileError
from node.core.tasks import TaskScope
from node.llm.fit import MemoryFit, estimate
from node.llm.gguf import GgufInfo
from node.llm.gguf_check import check_model_file
from node.llm.hardware import read_hardware
from node.llm.llama.backend import LlamaBackend
from node.llm.llama.options import EngineOptions, resolve
from node.llm.llama.process import LlamaProcess, ModelPlan, WorkerState
from node.llm.model_registry import LocalModel, read_registry, write_registry

_IDLE_CHECK_S = 30.0
DEFAULT_KEEP_LOADED_S = 600.0
_log = logging.getLogger("node.llm.local")


_Stamp = tuple[int, int, int]
StateListener = Callable[[str, WorkerState, str], None]


@dataclass(slots=True)
class _Running:
    process: LlamaProcess
    backend: LlamaBackend
    pinned: bool = False


class LocalModels:
    """Registry in one JSON file; starts and stops workers; unloads idle ones.

    `on_state` hears (model_id, state, detail) of every worker. `keep_loaded_s` is the idle time
    after which a worker is stopped; None keeps it for ever.
    """

    def __init__(
        self,
        *,
        registry_file: Path,
        work_dir: Path,
        clock: Clock,
        on_state: StateListener | None = None,
        keep_loaded_s: float | None = DEFAULT_KEEP_LOADED_S,
        worker_command: Sequence[str] | None = None,
        checker_command: Sequence[str] | None = None,
    ) -> None:
        self._file = registry_file
        self._work_dir = work_dir
        self._clock = clock
        self._on_state = on_state
        self._keep_loaded_s = keep_loaded_s
        self._worker_command = worker_command
        self._checker_command = checker_command
        self._models = read_registry(registry_file)
        self._running: dict[str, _Running] = {}
        self._infos: dict[Path, tuple[_Stamp | None, GgufInfo]] = {}
        self._starting = asyncio.Lock()
        self._tasks = TaskScope("local-models")

    def list(self) -> tuple[LocalModel, ...]:
        return tuple(self._models.values())

    def get(self, model_id: str) -> LocalModel:
        """Raises ModelFileError (`backend.unknown_model`)."""
        model = self._models.get(model_id)
        if model is None:
            raise ModelFileError(
                "This model is not in the list of local models.", code="backend.unknown_model"
            )
        return model

    def find(self, name: str) -> LocalModel | None:
        """The model with this id or, ignoring case, this name."""
        wanted = name.casefold()
        for model in self._models.values():
            if model.model_id == name or model.name.casefold() == wanted:
                return model
        return None

    async def add(self, path: Path, *, name: str = "") -> LocalModel:
        """Check the file and remember it (by reference). The same file again updates its entry.

        Raises ModelFileError when it is no usable chat model.
        """
        path = await asyncio.to_thread(lambda: path.expanduser().resolve())
        info = await self._check(path)
        model_id = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        known = self._models.get(model_id)
        model = LocalModel(
            model_id=model_id,
            name=name or (known.name if known else self._free_name(_display_name(info, path))),
            path=path,
            engine=known.engine if known else "xllamacpp",
            options=known.options if known else EngineOptions(),
            architecture=info.architecture,
            quantisation=info.quantisation,
            parameters=info.parameters,
            file_size=info.file_size,
            context_length=info.context_length,
            has_chat_template=info.has_chat_template,
        )
        self._models[model_id] = model
        self._save()
        return model

    async def configure(
        self, model_id: str, *, options: EngineOptions, engine: str = ""
    ) -> LocalModel:
        """Set the options; they take effect at the next start."""
        model = self.get(model_id)
        self._models[model_id] = replace(model, options=options, engine=engine or model.engine)
        self._save()
        return self._models[model_id]

    async def remove(self, model_id: str) -> None:
        """Forget the model and stop its worker. The file stays where it is."""
        self.get(model_id)
        await self.stop(model_id)
        del self._models[model_id]
        self._save()

    async def fit(self, model_id: str) -> MemoryFit:
        """How the model with its present options fits into the memory that is free now."""
        model = self.get(model_id)
        info = await self._known_info(model.path)
        hardware = await asyncio.to_thread(read_hardware)
        return estimate(info, resolve(model.options, info, hardware), hardware)

    async def ensure_loaded(self, model_id: str, *, pinned: bool = False) -> LlamaBackend:
        """Start the model if needed and return its backend. A pinned one is never unloaded.

        Raises EngineError, ModelFileError or OutOfMemoryError.
        """
        async with self._starting:
            running = self._running.get(model_id)
            if running is None or running.process.state in (
                WorkerState.FAILED,
                WorkerState.CRASHED,
                WorkerState.STOPPED,
            ):
                running = await self._make(self.get(model_id))
                self._running[model_id] = running
        running.pinned = running.pinned or pinned
        running.backend.touch()
        try:
            await running.process.start()
        except BaseException:
            if self._running.get(model_id) is running:
                del self._running[model_id]
            raise
        return running.backend

    async def stop(self, model_id: str) -> None:
        running = self._running.pop(model_id, None)
        if running is not None:
            await running.process.stop()

    def state(self, model_id: str) -> WorkerState:
        running = self._running.get(model_id)
        return running.process.state if running is not None else WorkerState.STOPPED

    def log_lines(self, model_id: str) -> tuple[str, ...]:
        """The engine's last lines, for the error dialog."""
        running = self._running.get(model_id)
        return running.process.log_lines if running is not None else ()

    async def unload_idle(self) -> None:
        """Stop workers without a request for longer than `keep_loaded_s`."""
        if self._keep_loaded_s is None:
            return
        oldest = self._clock.monotonic() - self._keep_loaded_s
        for model_id, running in list(self._running.items()):
            backend = running.backend
            if not running.pinned and not backend.in_flight and backend.last_used < oldest:
                _log.info("unloading %s: idle", model_id)
                await self.stop(model_id)

    def watch_idle(self) -> None:
        """Begin to look for idle workers regularly, until `aclose`."""
        self._tasks.spawn(self._watch_idle(), name="idle")

    async def aclose(self) -> None:
        """Stop everything. The list stays on the disk."""
        await self._tasks.aclose()
        for model_id in list(self._running):
            await self.stop(model_id)

    async def _watch_idle(self) -> None:
        while True:
            await self._clock.sleep(_IDLE_CHECK_S)
            await self.unload_idle()

    async def _make(self, model: LocalModel) -> _Running:
        info = await self._check(model.path)
        hardware = await asyncio.to_thread(read_hardware)
        options = resolve(model.options, info, hardware)
        fit = estimate(info, options, hardware)
        # 1.3 times the estimate, at most 80 % of the memory.
        limit = min(fit.need * 13 // 10 + fit.cache, hardware.ram_total * 8 // 10)
        model_id = model.model_id

        def report(state: WorkerState, detail: str) -> None:
            if self._on_state is not None:
                self._on_state(model_id, state, detail)

        process = LlamaProcess(
            ModelPlan(
                path=model.path,
                alias=model.name,
                options=options,
                engine=model.engine,
                rss_mb=limit // (1024 * 1024) + 1,
            ),
            work_dir=self._work_dir,
            clock=self._clock,
            on_state=report,
            command=self._worker_command,
        )
        return _Running(process, LlamaBackend(process, self._clock))

    async def _known_info(self, path: Path) -> GgufInfo:
        """Header of an unchanged file without another check; loading always checks again."""
        stamp = await asyncio.to_thread(_stamp, path)
        known = self._infos.get(path)
        if known is None or stamp is None or known[0] != stamp:
            known = (stamp, await self._check(path))
            self._infos[path] = known
        return known[1]

    async def _check(self, path: Path) -> GgufInfo:
        info = await check_model_file(path, command=self._checker_command)
        if info.is_projector:
            raise ModelFileError(
                "This file holds no language model.",
                hint="Choose the model's main file; names with “mmproj” are additions to it.",
            )
        if info.split_count > 1:
            raise ModelFileError(
                "This is one part of a model that is split into several files.",
                hint="Merge the parts into one file first.",
            )
        return info

    def _free_name(self, wanted: str) -> str:
        taken = {model.name.casefold() for model in self._models.values()}
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted} ({number})", number + 1
        return name

    def _save(self) -> None:
        write_registry(self._file, self._models.values())


def _display_name(info: GgufInfo, path: Path) -> str:
    name = "".join(char for char in info.name if char.isprintable()).strip()
    return (name or path.stem)[:80]


def _stamp(path: Path) -> _Stamp | None:
    """What changes when the file does; None when it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
