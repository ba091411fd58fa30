"""Zip files are whole or not there, and never written over something else."""

import errno
import io
import zipfile
from pathlib import Path

import pytest

from node.core.errors import StorageError
from node.core.zip_file import save_zip, zipped

FOLDER = "morpheus-report-1"
TEXTS = {"checks.txt": "ok\n", "log.txt": "ünïcode\n"}


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_exactly_what_was_shown_is_written(tmp_path: Path) -> None:
    path = save_zip(tmp_path / "r.zip", FOLDER, TEXTS)
    assert contents(path) == {
        "morpheus-report-1/checks.txt": "ok\n",
        "morpheus-report-1/log.txt": "ünïcode\n",
    }
    assert path.stat().st_mode & 0o077 == 0
    assert [item.name for item in tmp_path.iterdir()] == ["r.zip"]


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    path.write_text("mine")
    with pytest.raises(StorageError) as caught:
        save_zip(path, FOLDER, TEXTS)
    assert caught.value.code == "storage.exists"
    assert path.read_text() == "mine"
    assert [item.name for item in tmp_path.iterdir()] == ["r.zip"]
    assert contents(save_zip(path, FOLDER, TEXTS, replace=True))


def test_where_there_are_no_links_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = save_zip(tmp_path / "r.zip", FOLDER, TEXTS)
    assert contents(path)
    with pytest.raises(StorageError):
        save_zip(path, FOLDER, TEXTS)
    assert [item.name for item in tmp_path.iterdir()] == ["r.zip"]


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        save_zip(tmp_path / "missing" / "r.zip", FOLDER, TEXTS)
    assert caught.value.code == "storage.io"


def test_the_same_texts_give_the_same_bytes() -> None:
    assert zipped(FOLDER, TEXTS) == zipped(FOLDER, TEXTS)
    assert zipfile.ZipFile(io.BytesIO(zipped(FOLDER, TEXTS))).testzip() is None
