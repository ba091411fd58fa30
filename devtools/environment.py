"""The environment in `.venv`: made once and filled from the hash-locked requirements."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devtools.console import ROOT, DevError, call, say
from devtools.interpreter import Interpreter, choose, describe, probe

VENV = ROOT / ".venv"
RUNTIME_LOCK = ROOT / "packaging" / "requirements.txt"
DEV_LOCK = ROOT / "packaging" / "requirements-dev.txt"
_STAMP = VENV / "installed.json"
_ENTRY_POINTS = {"mor-launch": "morpheus_desktop.__main__", "mor-cli": "node.cli.main"}
_RUN_MAIN = "import sys; from {module} import main; sys.exit(main())"
_SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
from {module} import main
sys.exit(main())
"""


def bin_dir() -> Path:
    """Folder of the environment's programs."""
    return VENV / ("Scripts" if os.name == "nt" else "bin")


def python() -> Path:
    """The environment's Python."""
    return bin_dir() / ("python.exe" if os.name == "nt" else "python")


def program(name: str) -> Path:
    """A program installed in the environment."""
    return bin_dir() / (f"{name}.exe" if os.name == "nt" else name)


def _digest(path: Path) -> str:
    # Line ends may differ between checkouts on Windows and elsewhere.
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        read = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def _is_current(*, dev: bool) -> bool:
    stamp = _stamp()
    if not python().exists() or stamp.get("root") != str(ROOT):
        return False
    if stamp.get("dev") == _digest(DEV_LOCK):
        return True
    return not dev and stamp.get("runtime") == _digest(RUNTIME_LOCK)


def _usable() -> Interpreter | None:
    return probe([str(python())]) if python().exists() else None


def _create() -> Interpreter:
    chosen = choose()
    describe(chosen)
    if VENV.exists():
        say("Replacing .venv: its Python does not start or does not suit.")
        shutil.rmtree(VENV)
    if call([chosen.path, "-m", "venv", VENV], quiet=True):
        raise DevError(f"{chosen.path} could not make the environment {VENV}.")
    return chosen


def _install(found: Interpreter, lock: Path) -> None:
    say(f"Installing {lock.relative_to(ROOT)} (only when it changed; a first time takes minutes)")
    command: list[str | Path] = [
        python(), "-m", "pip", "install", "--disable-pip-version-check",
        "--no-input", "--require-hashes", "--no-deps", "-r", lock,
    ]  # fmt: skip
    if not sys.stdout.isatty():
        command.append("--quiet")
    if found.wheels_only:
        command += ["--only-binary", ":all:"]
    if call(command, env=os.environ | {"PYTHONUTF8": "1"}):
        raise DevError("pip could not install the requirements; its reason stands above.")


def _site_packages() -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run(
        [str(python()), "-c", code], capture_output=True, text=True, check=True
    ).stdout
    return Path(answer.strip())


def _link_project() -> None:
    """Put the working copy on the environment's path and write its two programs.

    An editable install would fetch the build backend from outside the lock; this needs nothing.
    """
    (_site_packages() / "morpheus_desktop_working_copy.pth").write_text(
        f"{ROOT}\n", encoding="utf-8"
    )
    for name, module in _ENTRY_POINTS.items():
        if os.name == "nt":
            code = _RUN_MAIN.format(module=module)
            text = f'@"%~dp0python.exe" -c "{code}" %*\n'
            (bin_dir() / f"{name}.cmd").write_text(text, encoding="utf-8")
        else:
            script = bin_dir() / name
            script.write_text(_SCRIPT.format(python=python(), module=module), encoding="utf-8")
            script.chmod(0o755)


def entry_point(name: str) -> list[str | Path]:
    """Command line that starts one of the project's programs from the working copy."""
    if os.name == "nt":
        return [python(), "-c", _RUN_MAIN.format(module=_ENTRY_POINTS[name])]
    return [bin_dir() / name]


def ensure(*, dev: bool) -> None:
    """Make `.venv` and bring it to the locked state; does nothing when it is there already.

    Raises:
        DevError: no suitable Python, or an install that failed.
    """
    if _is_current(dev=dev):
        return
    found = _usable() or _create()
    if call([python(), "-c", "import pip"], quiet=True):
        call([python(), "-m", "ensurepip", "--upgrade"], quiet=True)
    _install(found, DEV_LOCK if dev else RUNTIME_LOCK)
    _link_project()
    stamp = {"root": str(ROOT), "runtime": _digest(RUNTIME_LOCK)}
    if dev:
        stamp["dev"] = _digest(DEV_LOCK)
    _STAMP.write_text(json.dumps(stamp), encoding="utf-8")
