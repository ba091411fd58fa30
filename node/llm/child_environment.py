"""How child processes of the model code are started: command without data, clean environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import node

_PASSED_ON = (
    "PATH", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR",
    "LANG", "CUDA_VISIBLE_DEVICES",
)  # fmt: skip
_PASSED_ON_PREFIXES = ("LC_", "GGML_", "OMP_")


def python_command(*, flag: str, module: str) -> list[str]:
    """The frozen program with `flag`, or this interpreter with `module`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, flag]
    # -P and -s: neither the working folder nor the user's packages may slip a module in.
    return [sys.executable, "-P", "-s", "-m", module]


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The few variables a child gets. Nothing that may hold a key of the user passes."""
    clean = {
        name: value
        for name, value in environment.items()
        if name.upper() in _PASSED_ON or name.upper().startswith(_PASSED_ON_PREFIXES)
    }
    if not getattr(sys, "frozen", False) and node.__file__:
        clean["PYTHONPATH"] = str(Path(node.__file__).resolve().parents[1])
    return clean
