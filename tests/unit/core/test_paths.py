"""Folders are private, and files are replaced whole."""

import os
import stat
import sys
from pathlib import Path

import pytest

from node.core.errors import StorageError
from node.core.paths import AppDirs, resource_path, write_private

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")


def test_everything_lies_under_one_folder(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path / "home")
    dirs.ensure()
    for path in (dirs.journal_db, dirs.cookie_file, dirs.settings_file, dirs.keystore):
        assert path.is_relative_to(tmp_path / "home")


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORPHEUS_HOME", str(tmp_path))
    assert AppDirs.default() == AppDirs.under(tmp_path)


@posix
def test_folders_and_files_are_private(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path)
    dirs.ensure()
    write_private(dirs.cookie_file, b"secret")
    assert stat.S_IMODE(dirs.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(dirs.cookie_file.stat().st_mode) == 0o600


def test_a_file_where_the_folder_should_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        AppDirs.under(tmp_path).ensure()
    assert caught.value.code == "storage.not_writable"


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="everything may be written")
def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError):
        AppDirs.under(tmp_path / "home").ensure()
    tmp_path.chmod(0o700)


def test_a_folder_that_cannot_be_written_is_named_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that became read-only; root may write everywhere else."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StorageError) as caught:
        AppDirs.under(tmp_path).ensure()
    assert caught.value.message == f"The folder {tmp_path / 'config'} cannot be written."
    assert caught.value.hint == "Choose another data folder with --home."
    assert caught.value.code == "storage.not_writable"


def test_replacing_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_resources_are_found() -> None:
    assert resource_path("guide", "intents.toml").is_file()
