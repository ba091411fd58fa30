"""Files that outsiders upload: random names in one private folder, bounded in size, always removed.

What an outsider says (a name, a path) never becomes part of a path here.
"""

import asyncio
import os
import secrets
import threading
from pathlib import Path

from node.core.errors import FileTooLargeError, StorageError, UploadsFullError

MIB = 1024 * 1024
MAX_FILE = 100 * MIB
MAX_TOTAL = 4 * MAX_FILE
_MAX_FILES = 64
_SUFFIX = ".upload"


class Spool:
    """Room for uploads on the disk. One event loop only.

    The folder is made at the first file; what an earlier run left in it is removed then.
    """

    def __init__(
        self, folder: Path, *, max_file: int = MAX_FILE, max_total: int = MAX_TOTAL
    ) -> None:
        self.max_file = max_file
        self._folder = folder
        self._max_total = max_total
        self._reserved = 0
        self._files = 0
        self._ready = False

    def reserve(self, size: int | None = None) -> "SpoolFile":
        """Room for a file of at most `size` bytes; the largest there may be when it is unknown.

        Raises:
            FileTooLargeError: larger than any file may be.
            UploadsFullError: no room beside the files that are there.
            StorageError: the folder cannot be used.
        """
        limit = self.max_file if size is None else size
        if limit > self.max_file:
            raise FileTooLargeError(f"A file may have at most {self.max_file // MIB} MiB.")
        if self._reserved + limit > self._max_total or self._files >= _MAX_FILES:
            raise UploadsFullError("Too many files are being uploaded at the same time.")
        self._prepare()
        self._reserved += limit
        self._files += 1
        return SpoolFile(self, self._folder / f"{secrets.token_hex(16)}{_SUFFIX}", limit)

    @property
    def files(self) -> int:
        """Files that were reserved and not discarded."""
        return self._files

    def _prepare(self) -> None:
        if self._ready:
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in self._folder.glob(f"*{_SUFFIX}"):
                left.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"The folder {self._folder} cannot be used.") from error
        self._ready = True

    def _release(self, size: int) -> None:
        self._reserved -= size
        self._files -= 1


class SpoolFile:
    """One file being filled. The owner calls `discard` whatever happens."""

    def __init__(self, spool: Spool, path: Path, limit: int) -> None:
        self.path = path
        self.size = 0
        self._spool = spool
        self._limit = limit
        self._descriptor = -1
        self._open = True
        # A cancelled `write` leaves its thread running: the file is not closed under its hands.
        self._busy = threading.Lock()

    async def write(self, data: bytes) -> None:
        """Append.

        Raises:
            FileTooLargeError: more than was reserved.
            StorageError: the disk does not take it, or the file was discarded meanwhile.
        """
        if self.size + len(data) > self._limit:
            raise FileTooLargeError("The file is larger than announced or allowed.")
        try:
            await asyncio.to_thread(self._append, data)
        except OSError as error:
            raise StorageError("The uploaded file cannot be kept.", code="storage.full") from error
        self.size += len(data)

    def discard(self) -> None:
        """Remove the file and free its room; safe to call twice."""
        with self._busy:
            if not self._open:
                return
            self._open = False
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self.path.unlink(missing_ok=True)
        self._spool._release(self._limit)

    def _append(self, data: bytes) -> None:
        with self._busy:
            if not self._open:
                raise OSError("the file was removed")
            if self._descriptor < 0:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                self._descriptor = os.open(self.path, flags, 0o600)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
