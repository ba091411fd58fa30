"""Lint, format, types, layers and tests, as steps."""

import os
from pathlib import Path

from devtools import environment
from devtools.console import Steps, call, call_and_keep_closing_line

_FOREIGN_VARIABLES = (
    "MORPHEUS_HOME",
    "WALLET_PRIVATE_KEY",
    "PYTHONPATH",
    "PYTEST_ADDOPTS",
)
"""Variables of the developer's shell that would change what the tests see."""
_WORKERS = 2


def run_checks(steps: Steps) -> None:
    """Run every static check; a failing one does not stop the others."""
    ruff = environment.program("ruff")
    python = environment.python()
    steps.run("lint", lambda: call([ruff, "check", "--quiet", "."]) == 0)
    steps.run("format", lambda: call([ruff, "format", "--check", "--quiet", "."]) == 0)
    steps.run("types", lambda: call([python, "-m", "mypy", "--no-error-summary"]) == 0)
    layers = environment.program("lint-imports")
    steps.run("layers", lambda: call([layers], quiet=True) == 0)


def test_environment() -> dict[str, str]:
    """Return the environment of a test run: no display, UTF-8, no wallet of the developer."""
    env = {name: value for name, value in os.environ.items() if name not in _FOREIGN_VARIABLES}
    return env | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}


def run_tests(steps: Steps, arguments: list[str]) -> str:
    """Run pytest on two workers and return its closing line."""
    one_process = {"-n", "-x", "-s", "--pdb"} & set(arguments)
    workers = [] if one_process else ["-n", str(_WORKERS), "--dist", "loadfile"]
    command: list[str | Path] = [environment.python(), "-m", "pytest", *workers, *arguments]
    closing = ""

    def work() -> bool:
        nonlocal closing
        status, closing = call_and_keep_closing_line(command, env=test_environment())
        return status == 0

    steps.run("tests", work)
    return closing
