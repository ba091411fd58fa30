""".env files as operators of the Go node have them."""

import os
from pathlib import Path

import pytest

from node.core.errors import ConfigError
from node.core.settings.dotenv import parse_dotenv, read_dotenv

TEXT = """# a comment
ETH_NODE_CHAIN_ID=8453
export WEB_ADDRESS = 0.0.0.0:8082   # all of them
EMPTY=
LITERAL='a $WEB_ADDRESS # b'
QUOTED="two\\nlines, \\"quoted\\" and ${ETH_NODE_CHAIN_ID}"
HASH=abc#def
BASED=${ETH_NODE_CHAIN_ID}-x
COLON: yes
MODELS_CONFIG_CONTENT='{
  "models": []
}'
LAST=1
LAST=2"""


def test_values_are_read_as_the_go_node_reads_them() -> None:
    assert parse_dotenv(TEXT) == {
        "ETH_NODE_CHAIN_ID": "8453",
        "WEB_ADDRESS": "0.0.0.0:8082",
        "EMPTY": "",
        "LITERAL": "a $WEB_ADDRESS # b",
        "QUOTED": 'two\nlines, "quoted" and 8453',
        "HASH": "abc#def",
        "BASED": "8453-x",
        "COLON": "yes",
        "MODELS_CONFIG_CONTENT": '{\n  "models": []\n}',
        "LAST": "2",
    }


def test_line_ends_of_windows() -> None:
    assert parse_dotenv("A=1\r\n\r\nB='2'\r\n") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("text", "line"), [("A=1\nnonsense\n", 2), ("A='x' y", 1), ("A=1\n\n=3", 3), ("A-B=1", 1)]
)
def test_a_line_that_is_none_is_named_without_its_value(text: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_dotenv(text)
    assert f".env, line {line}" in caught.value.message
    assert "nonsense" not in f"{caught.value.message}{caught.value.hint}{caught.value.details}"


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"A=1\n" * 300_000])
def test_what_cannot_be_one_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"\.env"):
        read_dotenv(file)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs a file of another user")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1")
    os.chown(file, 12345, 12345)
    with pytest.raises(ConfigError, match="another user"):
        read_dotenv(file)
