"""Checks of files and folders that only the user may read.

On Windows the modes are not applied: the user's profile folder carries the access list.
"""

import os
import stat
import sys
from pathlib import Path

from node.core.errors import StorageError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_POSIX = sys.platform != "win32"


def private_folder(path: Path) -> Path:
    """Create `path` (and parents) or check it: a real folder of this user, mode 0700.

    Raises:
        StorageError: a symbolic link, no folder, or owned by somebody else.
    """
    try:
        make_folder(path)
        _check_owner(path, path.lstat(), want_folder=True)
        if _POSIX:
            path.chmod(FOLDER_MODE)
    except OSError as error:
        raise _refused(path, error) from error
    return path


def make_folder(path: Path) -> None:
    """Create `path` and its parents so that they outlast a power cut. Raises OSError."""
    new = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for folder in new:
        if os.access(folder.parent, os.R_OK):
            sync_folder(folder.parent)


def check_private_file(path: Path) -> None:
    """Refuse a link or a foreign file at `path`; set mode 0600 on an existing one. Absent is fine.

    Raises:
        StorageError: a symbolic link, no regular file, or owned by somebody else.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refused(path, error) from error
    _check_owner(path, found, want_folder=False)
    if _POSIX:
        path.chmod(FILE_MODE)


def sync_folder(path: Path) -> None:
    """Make renames and removals in a folder durable. Windows does so by itself."""
    if not _POSIX:
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_owner(path: Path, found: os.stat_result, *, want_folder: bool) -> None:
    right_kind = stat.S_ISDIR(found.st_mode) if want_folder else stat.S_ISREG(found.st_mode)
    if not right_kind:
        kind = "folder" if want_folder else "file"
        raise StorageError(
            f"{path.name} is a link or no plain {kind}.",
            hint=f"Move it away, then start again: {path}",
            code="storage.not_plain",
        )
    if sys.platform != "win32" and found.st_uid != os.getuid():
        raise StorageError(
            f"{path.name} belongs to another user of this computer.",
            hint=f"Choose another data folder, or take it over: {path}",
            code="storage.foreign_owner",
        )


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path.name} could not be read or written: {error.strerror or error}.",
        hint=f"Check free space and permissions of {path.parent}.",
        code="storage.io",
    )
