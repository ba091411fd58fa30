"""Looking for accounts of a kept phrase, a few at a time, and adding those that are wanted."""

import asyncio

from pydantic import SecretStr
from PySide6.QtCore import QObject, Signal

from morpheus_desktop.tasks import GuiTasks
from node.core.errors import NodeError
from node.service.api import NodeService
from node.service.dto import AccountView, AddAccount, FoundAccount, ScanRequest
from node.service.dto.accounts import PathStyle

BATCH = ENOUGH_EMPTY = 5
MOST = 100


class AccountScan(QObject):
    """One phrase is looked through in one style of paths at a time.

    `progressed()` after each few accounts, `finished()` when five in a row are empty or nothing can
    be read, `stopped()` after `cancel`, or `failed(NodeError)`. `added(tuple[AccountView])`; with
    `add_failed(NodeError)` those added before stay.
    """

    progressed = Signal()
    finished = Signal()
    stopped = Signal()
    failed = Signal(object)
    added = Signal(object)
    add_failed = Signal(object)

    def __init__(self, node: NodeService, tasks: GuiTasks, group: str) -> None:
        super().__init__()
        self._node, self._tasks, self._group = node, tasks, group
        self._style: PathStyle = "standard"
        self._path = ""
        self._task: asyncio.Task[None] | None = None
        self.found: tuple[FoundAccount, ...] = ()

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def can_go_on(self) -> bool:
        return 0 < len(self.found) < MOST

    def forget(self) -> None:
        """Another style or path: begin anew."""
        self.cancel()
        self.found = ()

    def look(self, style: PathStyle, path: str, password: SecretStr | None) -> None:
        """Go on behind the last account that was looked at, until five in a row are empty."""
        if self.is_running:
            return
        self._style, self._path = style, path
        self._task = self._tasks.attempt(
            self._search(password), "scan-accounts", failed=self._failed, done=self._finished
        )

    def cancel(self) -> None:
        """Stop looking; what was found stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.stopped.emit()

    def add(self, paths: tuple[str, ...], password: SecretStr | None) -> None:
        """Add these accounts one after the other."""
        self._tasks.attempt(
            self._add(paths, password),
            "add-accounts",
            failed=self.add_failed.emit,
            done=self.added.emit,
        )

    # --- inside ---

    async def _search(self, password: SecretStr | None) -> None:
        while True:
            first = self.found[-1].index + 1 if self.found else 0
            batch = await self._node.wallet.scan(
                ScanRequest(
                    group=self._group,
                    password=password,
                    style=self._style,
                    path=self._path,
                    first=first,
                    count=BATCH,
                )
            )
            self.found += batch
            self.progressed.emit()
            if not batch or batch[0].mor is None or len(self.found) >= MOST:
                return
            if all(is_empty(item) for item in self.found[-ENOUGH_EMPTY:]):
                return

    async def _add(
        self, paths: tuple[str, ...], password: SecretStr | None
    ) -> tuple[AccountView, ...]:
        made = []
        for path in paths:
            request = AddAccount(group=self._group, path=path, password=password)
            made.append(await self._node.wallet.add_account(request))
            self._mark_known(path)
        return tuple(made)

    def _mark_known(self, path: str) -> None:
        self.found = tuple(
            item.model_copy(update={"known": True}) if item.path == path else item
            for item in self.found
        )

    def _finished(self, _nothing: None) -> None:
        self._task = None
        self.finished.emit()

    def _failed(self, error: NodeError) -> None:
        self._task = None
        self.failed.emit(error)


def is_empty(item: FoundAccount) -> bool:
    return not item.mor and not item.eth_wei
