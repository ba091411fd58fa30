"""The file that tells other programs of the user where the node listens."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from node.core.errors import ConfigError
from node.core.paths import AppDirs
from node.service.runtime_file import (
    Runtime,
    read_runtime,
    remove_runtime,
    running_node,
    write_runtime,
)


@pytest.fixture
def dirs(tmp_path: Path) -> AppDirs:
    found = AppDirs.under(tmp_path)
    found.ensure()
    return found


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that is bound but answers nobody."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_what_is_written_can_be_read_until_removed(dirs: AppDirs, tmp_path: Path) -> None:
    write_runtime(dirs, url="http://127.0.0.1:8082", cookie_file=tmp_path / "c")
    if sys.platform != "win32":
        assert stat.S_IMODE(dirs.runtime_file.stat().st_mode) == 0o600
    expected = Runtime(url="http://127.0.0.1:8082", cookie_file=tmp_path / "c", pid=os.getpid())
    assert read_runtime(dirs) == expected
    remove_runtime(dirs)
    remove_runtime(dirs)
    assert read_runtime(dirs) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"url":"http://127.0.0.1:1"}',
        '{"url":"http://evil.example:80","cookie_file":"c","pid":1}',
        '{"url":"https://127.0.0.1:1","cookie_file":"c","pid":1}',
        '{"url":"http://127.0.0.1","cookie_file":"c","pid":1}',
        '{"url":"http://127.0.0.1:99999","cookie_file":"c","pid":1}',
        '{"url":"http://127.0.0.1:1","cookie_file":"c","pid":"x"}',
        '{"url":"http://127.0.0.1:1","cookie_file":5,"pid":1}',
    ],
)
def test_a_foreign_or_broken_file_means_no_node(dirs: AppDirs, content: str) -> None:
    dirs.runtime_file.write_text(content)
    assert read_runtime(dirs) is None
    assert running_node(dirs) is None


def _write(dirs: AppDirs, **changes: Any) -> None:
    record = {"url": "http://127.0.0.1:1", "cookie_file": "c", "pid": os.getpid(), **changes}
    dirs.runtime_file.write_text(json.dumps(record))


def test_a_process_that_ended_runs_no_node(dirs: AppDirs, silent_port: int) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    _write(dirs, pid=ended.pid, url=f"http://127.0.0.1:{silent_port}")
    assert running_node(dirs) is None


def test_a_port_without_an_api_runs_no_node(dirs: AppDirs, silent_port: int) -> None:
    _write(dirs, url=f"http://127.0.0.1:{silent_port}")
    assert running_node(dirs) is None


def test_the_token_is_what_follows_the_first_colon(tmp_path: Path) -> None:
    cookie = tmp_path / "cookie"
    cookie.write_text("admin:a:b\n")
    runtime = Runtime(url="http://127.0.0.1:1", cookie_file=cookie, pid=1)
    assert runtime.token() == "a:b"
    cookie.unlink()
    with pytest.raises(ConfigError):
        runtime.token()
