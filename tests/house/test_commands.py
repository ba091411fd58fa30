"""The commands that the documents promise are the ones that exist and the ones that CI runs."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT, name_of, python_files

COMMANDS = ("run", "test", "check", "bench", "shots", "bundle", "contracts", "lock")


def _help() -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "dev.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout


def test_dev_py_has_the_promised_commands() -> None:
    text = _help()
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\s", text, re.MULTILINE), command


def test_dev_py_needs_nothing_but_the_standard_library() -> None:
    foreign = []
    for path in [ROOT / "dev.py", *python_files("devtools")]:
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in item.names] if isinstance(item, ast.Import) else []
            if isinstance(item, ast.ImportFrom):
                names = [item.module or ""]
            for name in names:
                top = name.split(".")[0]
                if top != "devtools" and top not in sys.stdlib_module_names:
                    foreign.append(f"{name_of(path)}: {name}")
    assert foreign == []


def test_an_old_python_can_read_dev_py_and_be_told() -> None:
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 5))
    assert source.index("version_info") < source.index("from devtools")


def test_the_readme_leads_with_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    commands = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    assert commands[:2] == ["python3 dev.py run", "python3 dev.py test"]


def test_ci_runs_the_readme_test_command_first_and_then_the_bundle() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    commands = [line for line in lines if line.startswith("python3 ")]
    assert commands == ["python3 dev.py test", "python3 dev.py bundle"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no executable bit")
@pytest.mark.parametrize("name", [".ci/run", "dev.py"])
def test_scripts_are_executable(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
