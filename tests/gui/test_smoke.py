"""The program itself, as the bundle is tried: it opens, answers the demo, and ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.e2e
def test_the_program_answers_the_demo_by_itself_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "morpheus_desktop", "--home", str(tmp_path), "--smoke"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.strip().splitlines()
    result = json.loads(line)
    assert result["ok"] is True
    assert result["model"] == "Guide"
    assert "session" in result["answer"].lower()
    assert "Traceback" not in done.stderr
    assert "never retrieved" not in done.stderr
