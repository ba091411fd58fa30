"""Outside strings lose what could deceive, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.router.display import clean_name, clean_tags, clean_text, model_kind


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Hermes 4 70B", "Hermes 4 70B"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("two\nlines\t", "two lines"),
        ("日本語 😀", "日本語 😀"),
        ("\U000e0041tag", "tag"),
        ("", "(no name)"),
        ("\u200b", "(no name)"),
    ],
)
def test_names(raw: str, shown: str) -> None:
    assert clean_name(raw) == shown


@given(st.text(max_size=300), st.integers(1, 100))
def test_length_is_kept_and_nothing_invisible_is_left(text: str, limit: int) -> None:
    shown = clean_text(text, limit)
    assert len(shown) <= limit
    assert not any(ord(char) < 32 for char in shown)
    assert "\u202e" not in shown


def test_tags_are_few_and_short() -> None:
    tags = clean_tags(tuple("x" * 500 for _ in range(200)))
    assert len(tags) == 64
    assert max(len(tag) for tag in tags) == 64


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        (("LLM",), "LLM"),
        (("chat", "text-to-speech"), "TTS"),
        (("embedding", "llm"), "EMBEDDING"),
        (("stt", "llm"), "STT"),
        (("magic",), "UNKNOWN"),
        ((), "UNKNOWN"),
    ],
)
def test_kind_by_the_first_matching_tag(tags: tuple[str, ...], kind: str) -> None:
    assert model_kind(tags) == kind
