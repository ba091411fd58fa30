"""The lock files hold what pyproject.toml asks for, pinned by hash, and no address."""

import re
import tomllib

import pytest

from tests.house.tree import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")
_PIN = re.compile(
    r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,._-]+\])?==([^\s;\\]+)([^\\\n]*)", re.MULTILINE
)


def _text(name: str) -> str:
    return (ROOT / "packaging" / name).read_text(encoding="utf-8")


def _pins(name: str) -> set[tuple[str, str, str]]:
    return {(match[1], match[2], match[3].strip()) for match in _PIN.finditer(_text(name))}


def _normal(requirement: str) -> str:
    bare = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert bare is not None
    return re.sub(r"[-_.]+", "-", bare.group()).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_carries_hashes(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", _text(name).strip())
    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_address(name: str) -> None:
    assert not re.search(r"https?:|--(?:extra-)?index-url|--find-links|file:", _text(name))


def test_the_runtime_lock_is_part_of_the_other() -> None:
    """Version for version; a tool may need on newer Pythons what the program needs on older."""

    def pins(name: str) -> set[tuple[str, str, str]]:
        upper = re.compile(r"; python_full_version < '[0-9.]+'")
        return {(pin[0], pin[1], upper.sub("", pin[2])) for pin in _pins(name)}

    assert pins("requirements.txt") < pins("requirements-dev.txt")


def test_locks_cover_the_declared_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = {_normal(text) for text in project["project"]["dependencies"]}
    dev = {_normal(text) for text in project["dependency-groups"]["dev"]}
    locked = {name for name, _, _ in _pins("requirements.txt")}
    assert runtime - locked == set()
    assert dev - {name for name, _, _ in _pins("requirements-dev.txt")} == set()


def test_qt_stays_below_the_version_that_loses_none_on_python_3_11() -> None:
    pins = [pin for pin in _pins("requirements.txt") if pin[0] == "pyside6-essentials"]
    old = [version for _, version, marker in pins if "< '3.12'" in marker]
    assert len(old) == 1
    assert tuple(map(int, old[0].split("."))) < (6, 12)
