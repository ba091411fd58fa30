"""What importing the program's packages brings along."""

import ast
import os
import subprocess
import sys
import tomllib

import node
from tests.house.tree import ROOT

_SLOW = ("web3", "eth_account", "eth_tester", "eth", "fastapi", "uvicorn", "xllamacpp", "tiktoken")


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_node_is_ours() -> None:
    """`node` is a short name: another distribution of that name must not take its place."""
    assert node.__file__ == str(ROOT / "node" / "__init__.py")


def test_the_window_appears_before_the_slow_libraries_are_imported() -> None:
    modules = _modules_after("import morpheus_desktop.app")
    assert "PySide6.QtWidgets" in modules
    assert sorted(modules & set(_SLOW)) == []


def test_importing_the_node_brings_no_qt() -> None:
    modules = _modules_after("import node.service.api, node.cli.main")
    assert not {name for name in modules if name.split(".")[0] in {"PySide6", "qasync"}}


def test_the_version_is_there_without_anything_else() -> None:
    modules = _modules_after("import node; assert node.__version__.count('.') == 2")
    assert not {name for name in modules if name.startswith(("node.", "pydantic", "httpx"))}


def test_the_entry_points_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["scripts"]) == {"mor-launch", "mor-cli"}
    for target in project["scripts"].values():
        module, function = target.split(":")
        source = (ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        names = {item.name for item in ast.parse(source).body if isinstance(item, ast.FunctionDef)}
        assert function in names, target
