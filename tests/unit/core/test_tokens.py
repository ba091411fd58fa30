"""vectors/tokens.json and the fallback without a tokenizer."""

import time
from pathlib import Path
from typing import Any

import pytest

from node.core import tokens
from tests.support.wire_vectors import load, unhex

VECTORS = load("tokens")


@pytest.mark.parametrize("case", VECTORS["text"], ids=lambda case: case["text_utf8_hex"][:30])
def test_text_counts(case: dict[str, Any]) -> None:
    assert tokens.count_tokens(unhex(case["text_utf8_hex"]).decode()) == case["cl100k_tokens"]


@pytest.mark.parametrize("case", VECTORS["prompts"], ids=lambda case: str(case["prompt_tokens"]))
def test_prompt_counts(case: dict[str, Any]) -> None:
    assert tokens.prompt_tokens(case["messages"]) == case["prompt_tokens"]


def test_absurdly_long_text_is_estimated_beyond_a_limit() -> None:
    started = time.process_time()
    assert tokens.count_tokens("a" * (1 << 23)) == (1 << 17) + (7 << 18)
    assert time.process_time() - started < 2


def test_special_token_text_is_counted_as_plain_text() -> None:
    assert tokens.count_tokens("<|endoftext|>") > 1


def test_content_that_is_no_text_counts_nothing() -> None:
    assert tokens.prompt_tokens([{"role": "user", "content": None}, "x", {"content": [1]}]) == 8


@pytest.mark.parametrize("content", [None, b"wrong file"])
def test_without_rank_file_length_decides(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ranks"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(tokens, "resource_path", lambda *_: path)
    tokens.load.cache_clear()
    try:
        assert tokens.count_tokens("hello") == 2
        assert tokens.count_tokens("") == 0
    finally:
        tokens.load.cache_clear()
