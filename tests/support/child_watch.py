"""Reads what every process of a family shows to other programs of the user, while it runs."""

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import psutil

_EVERY_S = 0.02


class ChildWatch:
    """Looks at the descendants of a process until the context is left.

    `shown` has, by process id, the command line and the environment of each; empty where the
    system shows them to nobody. Short-lived ones may be missed, those that answer are not.
    """

    def __init__(self, parent: psutil.Process) -> None:
        self._parent = parent
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.shown: dict[int, str] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join(10)

    def with_text(self, text: str) -> list[int]:
        """Processes that show `text`."""
        return [pid for pid, shown in self.shown.items() if text in shown]

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_S):
            try:
                self._look(self._parent.children(recursive=True))
            except psutil.NoSuchProcess:
                return

    def _look(self, children: Iterable[psutil.Process]) -> None:
        for child in children:
            try:
                found = "\n".join([*child.cmdline(), *_environment(child)])
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            # A child shows its parent's command until it has become itself.
            if found not in self.shown.get(child.pid, ""):
                self.shown[child.pid] = f"{self.shown.get(child.pid, '')}\n{found}"


def _environment(process: psutil.Process) -> list[str]:
    return [f"{name}={value}" for name, value in process.environ().items()]
