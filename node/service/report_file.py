"""A support report as a zip file."""

import io
import os
import zipfile
from pathlib import Path

from node.core.errors import StorageError
from node.core.paths import write_private
from node.core.private_files import sync_folder
from node.service.dto import SupportReport


def zipped(report: SupportReport) -> bytes:
    """All files in one folder, so that unpacking spills nothing. The same report gives the same
    bytes."""
    folder = report.file_name.removesuffix(".zip")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in report.files:
            entry = zipfile.ZipInfo(f"{folder}/{item.name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, item.text.encode())
    return content.getvalue()


def save_report(report: SupportReport, path: Path, *, replace: bool = False) -> Path:
    """Write the whole zip or nothing, readable by the user alone.

    Raises:
        StorageError: the disk refuses (code `storage.io`), or a file is there and `replace` was
            not asked for (code `storage.exists`).
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        if replace:
            write_private(path, zipped(report))
            return path
        write_private(partial, zipped(report))
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
