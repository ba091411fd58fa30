import stat
import sys
from pathlib import Path

import pytest

from node.llm.llama.socket_folder import SocketFolder, remove_leftovers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no unix sockets there")


@pytest.mark.parametrize("parent", ["run", "x" * 120])
def test_names_are_short_private_and_gone_afterwards(tmp_path: Path, parent: str) -> None:
    sockets = SocketFolder(tmp_path / parent)
    first, second = Path(sockets.new_path()), Path(sockets.new_path())
    assert first != second
    assert first.parent == second.parent
    assert len(str(first).encode()) <= 96
    assert stat.S_IMODE(first.parent.stat().st_mode) == 0o700
    sockets.remove()
    assert not first.parent.exists()
    sockets.remove()


def test_what_a_killed_program_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    left = Path(SocketFolder(tmp_path).new_path())
    left.touch()
    (tmp_path / "cookie").touch()
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cookie"]
