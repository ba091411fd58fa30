"""Rules that hold for every source file of the program."""

import ast
import io
import re
import sys
import tokenize

import pytest

from tests.house.tree import (
    PRODUCT,
    ROOT,
    committed_files,
    name_of,
    parsed,
    python_files,
    text_of,
)

MAX_LINES = 400
_POSTPONED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_REGISTRY_HOSTS = re.compile(
    r"(?:pypi\.(?:org|python\.org)|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com"
    r"|--(?:extra-)?index-url|artifactory|/simple/)",
    re.IGNORECASE,
)
_BUILD_PLACE = re.compile("|".join([r"\.\./" + "shared", "/work/" + "(?:main|shared|notes)"]))


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def test_there_are_files_to_check() -> None:
    assert len(python_files(*PRODUCT)) > 20
    assert len(committed_files()) > 50


def test_no_product_file_is_longer_than_the_limit() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*PRODUCT)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_product_code_postpones_nothing() -> None:
    found = []
    for path in python_files(*PRODUCT):
        text = path.read_text(encoding="utf-8")
        suspicious = _POSTPONED.search(text) or "NotImplementedError" in text
        for token in _tokens(text) if suspicious else []:
            if (token.type == tokenize.COMMENT and _POSTPONED.search(token.string)) or (
                token.type == tokenize.NAME and token.string == "NotImplementedError"
            ):
                found.append(f"{name_of(path)}:{token.start[0]}: {token.string}")
    assert found == []


def test_identifiers_are_ascii() -> None:
    """A wallet's source must not hold two names that look the same."""
    found = []
    for path in python_files(*PRODUCT, "devtools", "benchmarks", "tests", "packaging"):
        text = path.read_text(encoding="utf-8")
        if "node_modules" in path.parts or text.isascii():
            continue
        for token in _tokens(text):
            if token.type == tokenize.NAME and not token.string.isascii():
                found.append(f"{name_of(path)}:{token.start[0]}: {token.string!a}")
    assert found == []


def test_text_files_hide_no_characters() -> None:
    """Characters without a shape or with a direction are written as escapes."""
    found = []
    for path in committed_files():
        text = text_of(path) if path.suffix in {".py", ".md", ".toml", ".sol", ".sql"} else None
        if text and _INVISIBLE.search(text):
            found.append(name_of(path))
    assert found == []


def test_committed_files_name_no_package_index_and_no_local_folder() -> None:
    this = name_of(ROOT / "tests" / "house" / "test_source_files.py")
    allowed = {this, "devtools/locking.py", "tests/house/test_requirements.py"}
    found = []
    for path in committed_files():
        name = name_of(path)
        text = text_of(path)
        if text is None:
            continue
        if _BUILD_PLACE.search(text):
            found.append(f"{name}: {_BUILD_PLACE.search(text)}")
        if name not in allowed and not name.startswith("resources/swagger"):
            hit = _REGISTRY_HOSTS.search(text)
            if hit:
                found.append(f"{name}: {hit.group()}")
    assert found == []


def test_no_module_is_named_like_one_of_the_standard_library_that_we_use() -> None:
    """`logging.py` beside `import logging` misleads readers and breaks a file run directly."""
    used: set[str] = set()
    for path in python_files(*PRODUCT):
        for item in ast.walk(parsed(path)):
            if isinstance(item, ast.Import):
                used.update(alias.name.split(".")[0] for alias in item.names)
            elif isinstance(item, ast.ImportFrom) and item.module:
                used.add(item.module.split(".")[0])
    used &= sys.stdlib_module_names
    assert "asyncio" in used
    assert [name_of(path) for path in python_files(*PRODUCT) if path.stem in used] == []


@pytest.mark.parametrize("name", ["node/core/units.py", "node/router/quote.py"])
def test_money_modules_know_no_float(name: str) -> None:
    """Neither the type, nor a literal with a point, nor true division."""
    found = []
    for item in ast.walk(parsed(ROOT / name)):
        is_float = (
            (isinstance(item, ast.Name) and item.id == "float")
            or (isinstance(item, ast.Constant) and isinstance(item.value, float))
            or (isinstance(item, ast.BinOp | ast.AugAssign) and isinstance(item.op, ast.Div))
        )
        if is_float:
            found.append(f"{name}:{getattr(item, 'lineno', 0)}")
    assert found == []


def test_every_product_module_says_what_it_is() -> None:
    silent = [
        name_of(path)
        for path in python_files(*PRODUCT)
        if parsed(path).body and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_no_committed_file_is_a_secret_or_a_model() -> None:
    suffixes = {".gguf", ".safetensors", ".pem", ".key", ".p12", ".env", ".db", ".whl"}
    found = [name_of(path) for path in committed_files() if path.suffix.lower() in suffixes]
    assert found == []
