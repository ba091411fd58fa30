"""Zip files of texts: whole or not there, and never over something else unasked."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from node.core.errors import StorageError
from node.core.paths import write_private
from node.core.private_files import sync_folder


def zipped(folder: str, texts: Mapping[str, str]) -> bytes:
    """All files in one folder, so that unpacking spills nothing. Equal texts give equal bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text.encode())
    return content.getvalue()


def save_zip(path: Path, folder: str, texts: Mapping[str, str], *, replace: bool = False) -> Path:
    """Write the zip, readable by the user alone.

    Raises:
        StorageError: the disk refuses (code `storage.io`), or a file is there and `replace` was
            not asked for (code `storage.exists`).
    """
    content = zipped(folder, texts)
    partial = path.with_name(f"{path.name}.part")
    try:
        if replace:
            write_private(path, content)
            return path
        write_private(partial, content)
        _move_to_free(partial, path)
    except FileExistsError as error:
        raise StorageError(
            f"{path.name} is there already.", hint="Name a new file.", code="storage.exists"
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path.name} could not be written: {error.strerror or error}.",
            hint="Choose another folder.",
            code="storage.io",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _move_to_free(partial: Path, path: Path) -> None:
    """Never over a file that appeared meanwhile, where the file system can tell."""
    if os.name == "nt":
        partial.rename(path)
        return
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems (FAT, network shares) have no links.
        if path.exists():
            raise FileExistsError(path.name) from None
        partial.rename(path)
    sync_folder(path.parent)
