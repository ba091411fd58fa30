"""The files of the repository, as the tests about it see them."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("node", "morpheus_desktop")
_NOT_OURS = {"build", "dist", "node_modules", "shots", "__pycache__"}
_OUR_DOTS = {".ci", ".gitignore", ".pre-commit-config.yaml"}


def _is_ours(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    hidden = {part for part in parts if part.startswith(".")} - _OUR_DOTS
    return not hidden and not parts & _NOT_OURS


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file under version control; without git (an unpacked archive) all that is ours."""
    git = shutil.which("git")
    names: list[Path] = []
    if git:
        done = subprocess.run(
            [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
        names = [ROOT / name for name in done.stdout.split("\0") if name]
    if not names:
        names = [path for path in ROOT.rglob("*") if _is_ours(path)]
    return tuple(sorted(path for path in names if path.is_file() and not path.is_symlink()))


def python_files(*folders: str) -> list[Path]:
    """Python files below the given top folders, sorted."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    """Path from the top of the repository, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """The text of a file, None when it is not UTF-8 text."""
    content = path.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def parsed(path: Path) -> ast.Module:
    """Syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=name_of(path))
