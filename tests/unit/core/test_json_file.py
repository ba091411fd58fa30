"""Faults in files that people write are told with the line and the field."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from node.core.errors import ConfigError
from node.core.json_file import JsonFile, JsonPath, read_json_file

TEXT = """{
  "models": [
    {"name": "a",
     "slots": 3},

    {
      "name": "b { not a brace, \\"",
      "slots": -1
    }
  ],
  "last": [[1,
    2], []]
}"""


class Entry(BaseModel):
    name: str
    slots: int


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("models",), 2),
        (("models", 0), 3),
        (("models", 0, "slots"), 4),
        (("models", 1), 6),
        (("models", 1, "slots"), 8),
        (("last", 0, 1), 12),
        (("last", 1), 12),
        (("models", 1, "missing"), 6),
        (("nothing",), 1),
    ],
)
def test_each_value_has_its_line(path: JsonPath, line: int) -> None:
    assert JsonFile(TEXT, "x.json").line(path) == line


def test_a_wrong_field_is_told_with_file_line_and_name() -> None:
    document = JsonFile(TEXT.replace("-1", '"many"'), "x.json")
    with pytest.raises(ConfigError) as caught:
        document.checked(Entry, ("models", 1))
    assert caught.value.message == "x.json, line 8: models[1].slots does not fit."
    assert "integer" in caught.value.hint
    assert caught.value.details == {"file": "x.json", "line": 8, "field": "models[1].slots"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,\n "b": }', "line 2"),
        ("", "line 1"),
        ('{\n"a": {"key": 1,\n"key": 2}}', "line 3: a.key"),
        ('{"a": NaN}', "x.json"),
        ("[" * 100_000, "x.json"),
        ("[" * 65 + "]" * 65, "x.json"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        JsonFile(text, "x.json")
    assert place in caught.value.message


@pytest.mark.parametrize("content", [b"\xff\xfe{", b" " * 1_100_000])
def test_what_is_no_text_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"x\.json"):
        read_json_file(file)


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_json_file(tmp_path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


def _paths(value: Any, path: JsonPath = ()) -> list[JsonPath]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for key, item in inner for found in _paths(item, (*path, key)))]


@given(values, st.booleans())
def test_every_value_is_found_on_its_line(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=ascii_only)
    document = JsonFile(text, "x.json")
    # With indent each value has a line of its own, in the order of the text.
    lines = [document.line(path) for path in _paths(value)]
    assert lines == sorted(set(lines))
