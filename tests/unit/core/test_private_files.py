"""Checks of private files and folders."""

import stat
import sys
from pathlib import Path

import pytest

from node.core.errors import StorageError
from node.core.private_files import check_private_file, private_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_is_made_and_tightened(tmp_path: Path) -> None:
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    assert mode(private_folder(tmp_path / "open")) == 0o700


def test_open_file_is_tightened_and_absent_one_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch()
    file.chmod(0o644)
    check_private_file(file)
    assert mode(file) == 0o600
    check_private_file(tmp_path / "absent")


def test_links_and_wrong_kinds_are_refused(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    file.touch()
    (tmp_path / "to_folder").symlink_to(folder)
    (tmp_path / "to_file").symlink_to(file)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path / "to_folder", file):
        with pytest.raises(StorageError):
            private_folder(path)
    for path in (tmp_path / "to_file", tmp_path / "dangling", folder):
        with pytest.raises(StorageError):
            check_private_file(path)


def test_foreign_owner_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)
    with pytest.raises(StorageError) as caught:
        private_folder(tmp_path / "mine")
    assert caught.value.code == "storage.foreign_owner"


def test_folder_that_cannot_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError) as caught:
        private_folder(tmp_path / "file" / "sub")
    assert caught.value.code == "storage.io"
