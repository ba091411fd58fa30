"""Each module of the node has tests: in its mirrored place, or through what the tests import."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT, name_of, parsed, python_files

ALLOWED: dict[str, str] = {
    "node/llm/llama/engines/llamacpp.py": "needs the extra llama-cpp-python and a compiler",
    "node/llm/llama/worker.py": "runs as a process of its own in tests/llm",
    "node/service/api/": "protocols without behaviour",
}
"""Modules that no test imports, with the reason. Printed by the test."""


def _imports(tree: ast.Module) -> frozenset[str]:
    found: set[str] = set()
    for item in ast.walk(tree):
        if isinstance(item, ast.Import):
            found.update(alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom) and item.module:
            found.add(item.module)
            found.update(f"{item.module}.{alias.name}" for alias in item.names)
    return frozenset(found)


def _module_name(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _modules() -> dict[str, frozenset[str]]:
    """Modules and packages of the node with what each imports."""
    return {_module_name(name_of(path)): _imports(parsed(path)) for path in python_files("node")}


def _is_part(whole: str, part: str) -> bool:
    """Whether tests of `whole` reach `part`: same area, or a use case behind the facade."""
    areas = (whole.split(".")[1:2], part.split(".")[1:2])
    return areas[0] == areas[1] or areas == (["service"], ["router"])


@cache
def _tested() -> frozenset[str]:
    """Modules that a test imports, and the parts of those."""
    by_tests: set[str] = set()
    for path in python_files("tests"):
        if path.parent.name != "house":
            by_tests |= _imports(parsed(path))
    reached = {module for module in _modules() if module in by_tests}
    open_ends = set(reached)
    while open_ends:
        module = open_ends.pop()
        for part in _modules()[module] - reached:
            if part in _modules() and _is_part(module, part):
                reached.add(part)
                open_ends.add(part)
    return frozenset(reached)


def _is_package(path: Path) -> bool:
    return path.name == "__init__.py"


def _untested() -> list[str]:
    missing = []
    packages = {_module_name(name_of(path)) for path in python_files("node") if _is_package(path)}
    for module in sorted(set(_modules()) - packages):
        inner = module.split(".")[1:]
        mirror = ROOT.joinpath("tests", "unit", *inner[:-1], f"test_{inner[-1]}.py")
        if not mirror.exists() and module not in _tested():
            missing.append(module.replace(".", "/") + ".py")
    return missing


def test_every_module_of_the_node_has_tests(capsys: pytest.CaptureFixture[str]) -> None:
    missing = _untested()
    with capsys.disabled():
        for name in missing:
            print(f"\nwithout tests of its own: {name} ({ALLOWED.get(name, 'no reason')})", end="")
    assert sorted(set(missing) - set(ALLOWED)) == []


def test_the_exceptions_exist() -> None:
    assert [name for name in ALLOWED if not (ROOT / name).exists()] == []
