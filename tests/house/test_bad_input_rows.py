"""Every case of bad input and of bad luck has tests that exist."""

import ast
import re
from functools import cache

import pytest

from tests.house.bad_input_rows import MET, TYPED, WITHOUT
from tests.house.tree import ROOT

_NAME = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)(?:\[(.+)\])?")
CATALOGUE = {
    "FS": 2,
    "START": 1,
    "PORT": 1,
    "RPC": 3,
    "WAL": 6,
    "TX": 6,
    "SES": 9,
    "CH": 9,
    "DL": 3,
    "LM": 4,
    "HOST": 5,
    "API": 2,
}
"""How many cases each chapter of the catalogue has; they are numbered without gaps."""


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(item.name for item in tree.body if isinstance(item, kinds))


@pytest.mark.parametrize("name", [*TYPED, *MET])
def test_the_tests_of_a_case_exist(name: str) -> None:
    tests = (TYPED | MET)[name]
    assert tests, "a case without a test belongs to those without, with the reason"
    for test in tests:
        found = _NAME.fullmatch(test)
        assert found, test
        file, function, row = found.groups()
        assert (ROOT / file).exists(), test
        assert function in _tests_of(file), test
        if row:
            assert f'"{row}"' in (ROOT / file).read_text("utf-8"), test


def test_each_case_of_the_catalogue_is_there_once(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [
        f"E-{chapter}-{number:02}"
        for chapter, count in CATALOGUE.items()
        for number in range(1, count + 1)
    ]
    named = [name for name in [*MET, *WITHOUT] if name.startswith("E-")]
    assert sorted(named) == sorted(wanted)
    assert not TYPED.keys() & MET.keys() & WITHOUT.keys()
    with capsys.disabled():
        covered = len(TYPED) + len(MET)
        print(f"\nbad input: {covered} cases with tests, {len(WITHOUT)} without", end="")
        for name, reason in WITHOUT.items():
            print(f"\n  {name}: {reason}", end="")
