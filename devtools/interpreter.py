"""Which Python the environment is made with, and what is missing to make one."""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devtools.console import DevError, say
from devtools.system import install_as_root, is_debian_like

PREFERRED = ((3, 13), (3, 12), (3, 11), (3, 14))
"""Best first. 3.14 comes last: coincurve has no wheel for it, so pip compiles it."""

_PROBE = (
    "import sys, importlib.util as u;"
    "print(*sys.version_info[:2], all(map(u.find_spec, ('venv', 'ensurepip', 'ssl', 'sqlite3'))),"
    " sys.executable, sep='|')"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python on this computer; `complete` says whether it can make an environment with pip."""

    path: Path
    version: tuple[int, int]
    complete: bool

    @property
    def wheels_only(self) -> bool:
        """Whether every locked package has a wheel here, so that pip runs no build code."""
        intel_mac = sys.platform == "darwin" and platform.machine() == "x86_64"
        return self.version < (3, 14) and not intel_mac


def probe(command: list[str]) -> Interpreter | None:
    """Ask a Python what it is; None when it does not start or its version does not suit."""
    try:
        done = subprocess.run(
            [*command, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    parts = done.stdout.strip().split("|")
    if done.returncode or len(parts) != 4:
        return None
    version = (int(parts[0]), int(parts[1]))
    if version not in PREFERRED:
        return None
    return Interpreter(path=Path(parts[3]), version=version, complete=parts[2] == "True")


def _candidates() -> list[list[str]]:
    named: list[list[str]] = []
    for major, minor in PREFERRED:
        found = shutil.which(f"python{major}.{minor}")
        if found:
            named.append([found])
        elif os.name == "nt" and shutil.which("py"):
            named.append(["py", f"-{major}.{minor}"])
    return [*named, [sys.executable]]


def choose() -> Interpreter:
    """Return the most suitable Python; `MORPHEUS_PYTHON` names another.

    Raises:
        DevError: none suits; the text names what to install.
    """
    wanted = os.environ.get("MORPHEUS_PYTHON")
    found = [probe([wanted])] if wanted else [probe(command) for command in _candidates()]
    suitable = [python for python in found if python is not None]
    if not suitable and wanted:
        raise DevError(f"MORPHEUS_PYTHON names {wanted}, which is no Python 3.11 to 3.14.")
    if not suitable:
        raise DevError("No suitable Python found. Install Python 3.13, 3.12 or 3.11.")
    complete = [python for python in suitable if python.complete]
    if not complete:
        complete = [_completed(suitable[0])]
    return min(complete, key=lambda python: PREFERRED.index(python.version))


def _completed(python: Interpreter) -> Interpreter:
    """Install what a Debian Python lacks to make environments, or say how."""
    name = f"python{python.version[0]}.{python.version[1]}"
    if is_debian_like():
        packages = [f"{name}-venv"]
        if install_as_root(packages, why=f"{name} has no venv and pip"):
            again = probe([str(python.path)])
            if again is not None and again.complete:
                return again
        raise DevError(
            f"{python.path} cannot make environments. Install what it lacks:\n"
            f"  sudo apt-get install {' '.join(packages)}"
        )
    raise DevError(
        f"{python.path} lacks venv, ensurepip, ssl or sqlite3. Install a complete Python 3.13,"
        " for example from python.org or your system's packages."
    )


def describe(python: Interpreter) -> None:
    """Say what will be used, and the price of a Python without wheels."""
    say(f"Python {python.version[0]}.{python.version[1]}: {python.path}")
    if not python.wheels_only:
        say("Some packages have no wheel for it: pip compiles them (needs a C compiler and cmake).")
