"""The cookie file: made once, private, and refused when it is not what it should be."""

import re
import stat
import sys
from pathlib import Path

import pytest

from node.core.errors import ConfigError, StorageError
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.http_api.cookie import cookie_path, load_cookie

posix = pytest.mark.skipif(sys.platform == "win32", reason="file modes are those of POSIX")


def test_a_new_cookie_is_random_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "cookie"
    name, password = load_cookie(path)
    assert name == "admin"
    assert re.fullmatch(r"[0-9A-Za-z]{32,}", password)
    assert path.read_text() == f"admin:{password}\n"
    assert load_cookie(path, "other:secret") == (name, password)
    assert load_cookie(tmp_path / "second")[1] != password


@posix
def test_the_cookie_is_for_the_user_only(tmp_path: Path) -> None:
    path = tmp_path / "cookie"
    load_cookie(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    load_cookie(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_given_content_is_written(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "cookie"
    assert load_cookie(path, "me:p:w") == ("me", "p:w")
    assert path.read_text() == "me:p:w\n"


@pytest.mark.parametrize("content", ["nocolon", ":x", "x:", "\n"])
def test_a_cookie_without_both_parts_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cookie"
    path.write_text(content)
    with pytest.raises(ConfigError):
        load_cookie(path)
    assert path.read_text() == content


def test_content_without_a_colon_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_cookie(tmp_path / "cookie", "nocolon")
    assert not (tmp_path / "cookie").exists()


@posix
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("admin:known")
    (tmp_path / "cookie").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError):
        load_cookie(tmp_path / "cookie")


def test_the_configured_place_wins_and_is_absolute(tmp_path: Path) -> None:
    dirs = AppDirs.under(tmp_path)
    assert cookie_path(dirs, NodeSettings()) == dirs.cookie_file
    chosen = cookie_path(dirs, NodeSettings(cookie_file="here/.cookie"))
    assert chosen.is_absolute()
    assert chosen.parts[-2:] == ("here", ".cookie")
