"""Fault points: nothing without the variable, a sudden end with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.core.faults import VARIABLE, fault_point

ROOT = Path(__file__).parents[3]
CHILD = """
from node.core.faults import fault_point
for number in range(5):
    print(number, flush=True)
    fault_point("here")
"""


def run(fault: str | None) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if fault is not None:
        environment[VARIABLE] = fault
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, "".join(done.stdout.split())


@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of killed processes differ there")
@pytest.mark.parametrize(
    ("fault", "code", "printed"),
    [
        (None, 0, "01234"),
        ("", 0, "01234"),
        ("elsewhere", 0, "01234"),
        ("here", -signal.SIGKILL, "0"),
        ("here:3", -signal.SIGKILL, "012"),
        ("here:9", 0, "01234"),
    ],
)
def test_process_dies_at_the_named_pass(fault: str | None, code: int, printed: str) -> None:
    assert run(fault) == (code, printed)


def test_setting_the_variable_later_arms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "late")
    fault_point("late")
