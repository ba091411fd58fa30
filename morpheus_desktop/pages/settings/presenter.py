"""Settings of the node, the network in use, the way into the local API."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.service.api import NodeService
from node.service.dto import ApiAccess, NetworkView, NodeStatus, SettingField, WalletStatus

Value = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsState:
    """The API's token is not kept: it is read when the user asks for it."""

    fields: tuple[SettingField, ...]
    networks: tuple[NetworkView, ...]
    status: NodeStatus
    api_url: str
    cookie_file: str
    wallet: WalletStatus


class SettingsPresenter(QObject):
    """`loaded()` or `failed(NodeError)` after a read; `saved(name)` or
    `save_failed(name, NodeError)`; `token_read(SecretStr)`.

    `waiting` names the settings that were changed and take effect at the next start.
    """

    loaded = Signal()
    failed = Signal(object)
    saved = Signal(str)
    save_failed = Signal(str, object)
    token_read = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks, signals: NodeSignals) -> None:
        super().__init__()
        self._node = node
        self._tasks = tasks
        self.state: SettingsState | None = None
        self.waiting: set[str] = set()
        self.load = Refresh(
            tasks, self._read, "settings", done=self._arrived, failed=self.failed.emit
        )
        signals.wallet_changed.connect(self.load)

    def field(self, name: str) -> SettingField | None:
        """The setting `name` as the node last said it."""
        fields = self.state.fields if self.state is not None else ()
        return next((field for field in fields if field.name == name), None)

    def set_value(self, name: str, value: Value) -> None:
        """Save one setting at once. A value that is already in force is not written again."""
        field = self.field(name)
        if field is not None and field.value == value:
            return
        self._tasks.attempt(
            self._node.system.set_settings({name: value}),
            "set-setting",
            failed=lambda error: self.save_failed.emit(name, error),
            done=lambda fields: self._saved(name, fields),
        )

    def reset(self, name: str) -> None:
        field = self.field(name)
        if field is not None:
            self.set_value(name, field.default)

    def read_token(self) -> None:
        self._tasks.attempt(
            self._node.system.api_access(),
            "token",
            failed=self.failed.emit,
            done=self._token_arrived,
        )

    def _token_arrived(self, access: ApiAccess) -> None:
        self.token_read.emit(access.token)

    def _saved(self, name: str, fields: tuple[SettingField, ...]) -> None:
        if self.state is not None:
            self.state = replace(self.state, fields=fields)
        field = self.field(name)
        if field is not None and field.restart_needed:
            self.waiting.add(name)
        self.saved.emit(name)

    async def _read(self) -> SettingsState:
        system = self._node.system
        access = await system.api_access()
        return SettingsState(
            fields=await system.settings(),
            networks=await system.networks(),
            status=await system.status(),
            api_url=access.url,
            cookie_file=access.cookie_file,
            wallet=await self._node.wallet.status(),
        )

    def _arrived(self, state: SettingsState) -> None:
        self.state = state
        self.loaded.emit()
