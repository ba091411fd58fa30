"""Each benchmark still measures: with tiny parameters, and without a look at the figures."""

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.rows import Row, percentile
from benchmarks.targets import TARGETS, Target
from tests.house.tree import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
NODE_SUBJECTS = ("crypto", "bids", "chain", "crowd", "sessions")


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """What the command line prints for the subjects that need no window."""
    chosen = [word for name in NODE_SUBJECTS for word in ("--only", name)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--json", "--quick", *chosen],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@pytest.mark.parametrize("subject", NODE_SUBJECTS)
def test_a_subject_measures_something(measured: dict[str, Any], subject: str) -> None:
    rows = [row for row in measured["rows"] if row["subject"] == subject]
    assert rows
    assert all(isinstance(row["value"], float | int) and row["unit"] for row in rows)


def test_the_machine_is_told(measured: dict[str, Any]) -> None:
    assert {"date", "cores", "python", "processor"} <= set(measured["machine"])


def test_a_row_knows_its_target() -> None:
    name = "close a session"
    assert Row(name=name, value=TARGETS[name].limit, unit="ms").as_json("x")["met"] is True
    assert Row(name=name, value=TARGETS[name].limit + 1, unit="ms").as_json("x")["met"] is False
    assert Row(name="never heard of", value=1, unit="ms").as_json("x")["met"] is None
    assert Target(limit=10, at_least=True).is_met(11)
    assert not Target(limit=10, at_least=True).is_met(9)


def test_percentiles() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.95) == 96
    assert percentile([7.0], 0.99) == 7
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)
