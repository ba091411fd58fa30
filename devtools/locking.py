"""Resolve `pyproject.toml` into the two hash-locked requirement files."""

import re
import shutil
import venv
from pathlib import Path

from devtools.console import ROOT, DevError, call, say
from devtools.environment import DEV_LOCK, RUNTIME_LOCK, program

_TOOLS = ROOT / "build" / "tools"
_OLDEST_PYTHON = "3.11"
_ADDRESS = re.compile(r"https?://|file:|--(?:extra-)?index-url|--find-links")


def _uv() -> Path:
    """Find uv in the environment or on the path, else install it for this command alone."""
    for candidate in (program("uv"), Path(shutil.which("uv") or program("uv"))):
        if candidate.exists():
            return candidate
    say("Installing uv into build/tools (only for this command)")
    venv.create(_TOOLS, with_pip=True, clear=True)
    folder = _TOOLS / program("uv").parent.name
    interpreter = folder / program("python").name
    if call([interpreter, "-m", "pip", "install", "--quiet", "uv>=0.9"]):
        raise DevError("uv could not be installed.")
    return folder / program("uv").name


def lock(*, upgrade: bool) -> int:
    """Write both files; the runtime one is a subset of the other, version for version.

    Raises:
        DevError: no solution, or an address of a package index would enter the repository.
    """
    common: list[str | Path] = [
        _uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes",
        "--no-emit-index-url", "--no-header", "--prerelease=if-necessary-or-explicit",
        "--python-version", _OLDEST_PYTHON, "pyproject.toml",
    ]  # fmt: skip
    dev: list[str | Path] = [*common, "--group", "dev", "-o", DEV_LOCK.relative_to(ROOT)]
    if call([*dev, "--upgrade"] if upgrade else dev):
        raise DevError("No set of versions fits pyproject.toml; the reason stands above.")
    pinned: list[str | Path] = ["--constraints", DEV_LOCK.relative_to(ROOT), "--upgrade"]
    if call([*common, *pinned, "-o", RUNTIME_LOCK.relative_to(ROOT)]):
        raise DevError("The runtime requirements cannot be resolved; the reason stands above.")
    for path in (DEV_LOCK, RUNTIME_LOCK):
        found = _ADDRESS.search(path.read_text(encoding="utf-8"))
        if found:
            raise DevError(f"{path.name} contains {found.group()}: it must name no address.")
        say(f"{path.relative_to(ROOT)} written")
    return 0
