"""The committed contracts: readable, callable, and what the sources compile to."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from node.core.errors import InternalError
from node.devnet.artifacts import argument_types, artifact

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "contracts_build", ROOT / "packaging" / "contracts_build.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def compiled(build: ModuleType) -> dict[str, dict[str, Any]]:
    try:
        compiler = build.find_compiler()
    except build.CompilerMissingError as error:
        pytest.skip(f"contracts are not rebuilt: {error}")
    result: dict[str, dict[str, Any]] = build.compile_contracts(compiler)
    return result


def test_artifacts_are_what_the_sources_compile_to(
    build: ModuleType, compiled: dict[str, dict[str, Any]]
) -> None:
    assert build.differences(compiled) == []


def test_a_changed_artifact_is_noticed(
    build: ModuleType, compiled: dict[str, dict[str, Any]]
) -> None:
    token = {**compiled["Token"], "deployedBytecode": "0x00"}
    assert build.differences({**compiled, "Token": token}) == ["Token"]


def test_calldata() -> None:
    token = artifact("Token")
    data = token.call("transfer(address,uint256)", bytes(19) + b"\x01", 2)
    assert data.hex() == "a9059cbb" + "1".rjust(64, "0") + "2".rjust(64, "0")


def test_argument_types_keep_tuples_together() -> None:
    assert argument_types("f(address,(uint256,bytes4[])[],string)") == [
        "address",
        "(uint256,bytes4[])[]",
        "string",
    ]
    assert argument_types("f()") == []


def test_a_missing_artifact_says_what_to_do() -> None:
    with pytest.raises(InternalError) as caught:
        artifact("Nothing")
    assert "Install" in caught.value.hint
