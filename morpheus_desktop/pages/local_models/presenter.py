"""Models on this computer: adding, starting, stopping, forgetting; what the machine can do."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import Hardware, LocalModel


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalState:
    hardware: Hardware
    models: tuple[LocalModel, ...]


class LocalModelsPresenter(QObject):
    """`loaded()` or `failed(NodeError)` after a read; `added(LocalModel)` or
    `add_failed(NodeError)`; `busy_changed()` when an act on a model or an addition began or ended.

    `problems` holds the last failure of each model by its id until the next act.
    """

    loaded = Signal()
    failed = Signal(object)
    added = Signal(object)
    add_failed = Signal(object)
    busy_changed = Signal()

    def __init__(self, node: NodeService, tasks: GuiTasks, signals: NodeSignals) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self.state: LocalState | None = None
        self.busy: set[str] = set()
        self.problems: dict[str, NodeError] = {}
        self.is_adding = False
        self.load = Refresh(
            tasks, self._read, "local-models", done=self._arrived, failed=self.failed.emit
        )
        signals.local_models_changed.connect(self.load)

    def add(self, path: str) -> None:
        """Add a model file; one at a time."""
        if not self.is_adding:
            self.is_adding = True
            self.busy_changed.emit()
            self._tasks.spawn(self._add(path), "add-model")

    def start(self, model_id: str) -> None:
        self._act(model_id, self._node.local.start)

    def stop(self, model_id: str) -> None:
        self._act(model_id, self._node.local.stop)

    def remove(self, model_id: str) -> None:
        """Take a model off the list. Its file stays."""
        self._act(model_id, self._node.local.remove)

    async def _add(self, path: str) -> None:
        try:
            model = await self._node.local.add_file(path)
        except NodeError as error:
            self.add_failed.emit(error)
        else:
            self.added.emit(model)
        finally:
            self.is_adding = False
            self.busy_changed.emit()
        self.load()

    def _act(
        self, model_id: str, act: Callable[[str], Coroutine[Any, Any, LocalModel | None]]
    ) -> None:
        if model_id not in self.busy:
            self.busy.add(model_id)
            self.problems.pop(model_id, None)
            self.busy_changed.emit()
            self._tasks.spawn(self._run(model_id, act), "local-model")

    async def _run(
        self, model_id: str, act: Callable[[str], Coroutine[Any, Any, LocalModel | None]]
    ) -> None:
        try:
            await act(model_id)
        except NodeError as error:
            self.problems[model_id] = error
        finally:
            self.busy.discard(model_id)
            self.busy_changed.emit()
        self.load()

    async def _read(self) -> LocalState:
        models = await self._node.local.models()
        return LocalState(hardware=await self._node.local.hardware(), models=models)

    def _arrived(self, state: LocalState) -> None:
        self.state = state
        known = {model.id for model in state.models}
        self.problems = {key: error for key, error in self.problems.items() if key in known}
        self.loaded.emit()
