"""Where the worker's unix socket lives: a folder that only this user can enter."""

import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from node.core.errors import EngineError

# The address of a unix socket holds 104 bytes on macOS, 108 on Linux.
_MAX_PATH = 96
_NAME_LENGTH = 32
_PREFIX = "mor-"


def remove_leftovers(parent: Path) -> None:
    """Remove what a killed program left below `parent`. Only for the owner of that folder, before
    it starts workers of its own.
    """
    for folder in parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)


class SocketFolder:
    """Made on demand below `parent` (or in the temporary folder when that name is too long)."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._folder: Path | None = None

    def new_path(self) -> str:
        """A fresh name for a socket; "" where unix sockets are not used (Windows)."""
        if sys.platform == "win32":
            return ""
        if self._folder is None:
            self._parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            short = len(str(self._parent).encode()) < _MAX_PATH - _NAME_LENGTH
            # mkdtemp makes the folder with mode 0700.
            base = self._parent if short else None
            self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        path = str(self._folder / f"{secrets.token_hex(4)}.sock")
        if len(path.encode()) > _MAX_PATH:
            raise EngineError("The folder for the engine's socket has too long a name.")
        return path

    def remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
