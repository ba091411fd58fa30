"""Stands between SQLite and the disk, in a process that is about to fail anyway.

SQLite lets a program replace the calls of its file layer (https://www.sqlite.org/vfs.html); here
writes, truncations and syncs of chosen files pass through Python first. That is where a disk is
full, a write fails, or the power goes: SQLite itself, and all above it, is the real thing.
"""

import _sqlite3
import ctypes
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

FULL = 13
WRITE_FAILED = 10 | (3 << 8)
SYNC_FAILED = 10 | (4 << 8)
Operation = Literal["write", "truncate", "sync"]
_installed: list[Any] = []
"""SQLite keeps their addresses, which no collector sees."""
Watch = Callable[[Operation, str], int]
"""Told of each operation and the file's name before it happens; other than 0 is SQLite's error."""

_Open = ctypes.CFUNCTYPE(
    # The name by its address: SQLite keeps the pointer, so it must be handed on as it is.
    ctypes.c_int,
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p),
)
_Write = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong
)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_OTHER_METHODS = (
    "file_size lock unlock reserved control sector device"
    " shm_map shm_lock shm_barrier shm_unmap fetch unfetch"
)


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("close", "read", "write", "truncate", "sync")),
        *((name, ctypes.c_void_p) for name in _OTHER_METHODS.split()),
    ]


def _library() -> Any:
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    return library


def is_reachable() -> bool:
    """False where this Python has SQLite built in without its names."""
    try:
        return bool(_library().sqlite3_vfs_find(None))
    except (OSError, AttributeError):
        return False


class SqliteLayer:
    """Installed for the rest of this process's life: files opened from now on are watched."""

    def __init__(self, *, names: frozenset[str], watch: Watch, images: "Images") -> None:
        self._names = names
        self._watch = watch
        self._images = images
        self._kept: list[Any] = []
        self._files: dict[int, Path] = {}

    def install(self) -> None:
        vfs = _library().sqlite3_vfs_find(None).contents
        real = _Open(vfs.open)

        def opened(vfs_at: int, name: int | None, file: int, flags: int, out: int) -> int:
            code = int(real(vfs_at, name, file, flags, out))
            path = Path(ctypes.string_at(name).decode() if name else "")
            if code == 0 and path.name in self._names:
                self._files[file] = path
                self._images.opened(path)
                self._wrap(file)
            return code

        wrapped = _Open(opened)
        self._kept.append((real, wrapped))
        _installed.append(self)
        vfs.open = ctypes.cast(wrapped, ctypes.c_void_p).value

    def _wrap(self, file: int) -> None:
        place = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(_Methods)))
        real = place.contents.contents
        real_write, real_sync = _Write(real.write), _Sync(real.sync)
        real_truncate = _Truncate(real.truncate)
        path = self._files[file]
        images = self._images

        def write(at: int, content: int, size: int, offset: int) -> int:
            code = self._watch("write", path.name)
            if code:
                return code
            with images.lock:
                images.written(path, offset, ctypes.string_at(content, size))
                return int(real_write(at, content, size, offset))

        def truncate(at: int, size: int) -> int:
            code = self._watch("truncate", path.name)
            if code:
                return code
            with images.lock:
                images.truncated(path, size)
                return int(real_truncate(at, size))

        def sync(at: int, flags: int) -> int:
            code = self._watch("sync", path.name)
            if code:
                return code
            with images.lock:
                images.synced(path)
                return int(real_sync(at, flags))

        own = _Methods()
        ctypes.pointer(own)[0] = real
        calls = (_Write(write), _Truncate(truncate), _Sync(sync))
        for name, call in zip(("write", "truncate", "sync"), calls, strict=True):
            setattr(own, name, ctypes.cast(call, ctypes.c_void_p).value)
        self._kept.append((own, calls, real_write, real_truncate, real_sync))
        place[0] = ctypes.pointer(own)


class Images:
    """What of the watched files would still be there after a power cut."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._safe: dict[Path, bytearray] = {}
        self._pending: dict[Path, list[tuple[int, bytes | None]]] = {}

    def opened(self, path: Path) -> None:
        with self.lock:
            content = path.read_bytes()
            if not content or not self._pending.get(path):
                self._safe[path], self._pending[path] = bytearray(content), []

    def written(self, path: Path, offset: int, content: bytes) -> None:
        self._pending[path].append((offset, content))

    def truncated(self, path: Path, size: int) -> None:
        self._pending[path].append((size, None))

    def synced(self, path: Path) -> None:
        for change in self._pending[path]:
            _apply(self._safe[path], *change)
        self._pending[path].clear()

    def cut(self, seed: int) -> None:
        """Leave on the disk what was synced. Of the rest nothing with an even `seed`, else some: a
        drive may have written it in any order. Whoever writes afterwards waits for ever.
        """
        self.lock.acquire()
        chance = random.Random(seed)
        for path, content in self._safe.items():
            if not path.exists():
                continue
            for change in self._pending[path]:
                if seed % 2 and chance.getrandbits(1):
                    _apply(content, *change)
            path.write_bytes(content)
            # Only the memory of processes that run.
            path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


def _apply(content: bytearray, offset: int, change: bytes | None) -> None:
    if change is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(change)] = change
