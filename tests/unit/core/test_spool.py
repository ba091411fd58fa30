import asyncio
import os
import stat
from pathlib import Path

import pytest

from node.core.errors import FileTooLargeError, StorageError, UploadsFullError
from node.core.spool import Spool


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_a_file_is_private_and_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    spool = Spool(folder)
    assert not folder.exists(), "nothing is made before it is needed"
    first, second = spool.reserve(10), spool.reserve(10)
    await first.write(b"hello ")
    await first.write(b"you")
    await second.write(b"other")
    assert (first.path.read_bytes(), first.size) == (b"hello you", 9)
    assert first.path != second.path
    if os.name == "posix":
        assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    first.discard()
    first.discard()
    assert (spool.files, files(folder)) == (1, [second.path])
    second.discard()
    assert (spool.files, files(folder)) == (0, [])


async def test_more_than_reserved_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_file=100)
    file = spool.reserve(10)
    await file.write(b"x" * 10)
    with pytest.raises(FileTooLargeError):
        await file.write(b"x")
    file.discard()
    with pytest.raises(StorageError):
        await file.write(b"")
    with pytest.raises(FileTooLargeError):
        spool.reserve(101)
    assert files(tmp_path) == []


async def test_room_is_bounded_and_comes_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_file=100, max_total=250)
    held = [spool.reserve(), spool.reserve()]
    with pytest.raises(UploadsFullError):
        spool.reserve()
    small = spool.reserve(50)
    held[0].discard()
    spool.reserve().discard()
    small.discard()
    held[1].discard()
    many = [Spool(tmp_path).reserve(1)]
    assert len(many) == 1


async def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    held = [spool.reserve(1) for _ in range(64)]
    with pytest.raises(UploadsFullError):
        spool.reserve(1)
    for file in held:
        file.discard()


async def test_what_a_crash_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "00.upload").write_bytes(b"old")
    (tmp_path / "mine.txt").write_text("kept")
    Spool(tmp_path).reserve(1).discard()
    assert [path.name for path in files(tmp_path)] == ["mine.txt"]


async def test_a_cancelled_write_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    file = spool.reserve(1 << 24)

    async def fill() -> None:
        try:
            await file.write(b"x" * (1 << 24))
        finally:
            file.discard()

    filling = asyncio.gather(fill())
    await asyncio.sleep(0)
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await filling
    assert (spool.files, files(tmp_path)) == (0, [])


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Spool(tmp_path / "file" / "uploads").reserve(1)
