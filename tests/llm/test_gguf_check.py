"""The checker process: what it says about files, and that nothing of a file hurts the node."""

import sys
from pathlib import Path

import pytest

from node.core.errors import ModelFileError
from node.llm.gguf import read_gguf
from node.llm.gguf_check import check_model_file


async def test_same_answer_as_the_reader(tiny_model: Path, tmp_path: Path) -> None:
    odd_name = tmp_path / "ein modell 日本.gguf"
    odd_name.write_bytes(tiny_model.read_bytes())  # noqa: ASYNC240
    assert await check_model_file(odd_name) == read_gguf(odd_name)


async def test_a_bad_file_is_named(tiny_model: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(tiny_model.read_bytes()[:-100])  # noqa: ASYNC240
    with pytest.raises(ModelFileError) as caught:
        await check_model_file(bad)
    assert caught.value.message == "Not a valid model file: tensor 21 points outside the file."
    assert caught.value.hint


@pytest.mark.parametrize(
    "script",
    ["raise SystemExit(1)", "print('{}')", "print('[1]')", "import os; os.abort()", "print('{')"],
)
async def test_a_checker_that_dies_or_lies_is_an_error(tiny_model: Path, script: str) -> None:
    with pytest.raises(ModelFileError, match="could not be checked"):
        await check_model_file(tiny_model, command=[sys.executable, "-c", script])


async def test_a_missing_checker_is_an_error(tiny_model: Path) -> None:
    with pytest.raises(ModelFileError, match="could not be checked"):
        await check_model_file(tiny_model, command=["/no/such/program"])
