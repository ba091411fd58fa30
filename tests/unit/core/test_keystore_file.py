"""What a chosen file is refused for before it is read as a keystore."""

import os
import sys
from pathlib import Path

import pytest

from node.core.errors import KeystoreFormatError
from node.core.keystore_file import MAX_BYTES, read_keystore


def test_the_text_is_given_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text('{"version": 3}', "utf-8")
    assert read_keystore(file) == '{"version": 3}'


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (MAX_BYTES + 1)])
def test_what_cannot_be_a_keystore_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.json"
    file.write_bytes(content)
    with pytest.raises(KeystoreFormatError, match=r"key\.json"):
        read_keystore(file)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "absent"):
        with pytest.raises(KeystoreFormatError, match=file.name):
            read_keystore(file)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    with pytest.raises(KeystoreFormatError):
        read_keystore(pipe)
