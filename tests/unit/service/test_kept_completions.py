"""Texts out of requests and answers of any shape, and how much of a chat is sent again."""

from typing import Any

import pytest

from node.service.kept_completions import (
    MAX_REMEMBERED_CHARACTERS,
    answer_text,
    message_text,
    remembered,
)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain", "plain"),
        ([{"type": "text", "text": "a"}, {"type": "image_url"}, {"text": "b"}], "a\nb"),
        ([{"text": 5}, "x", None], ""),
        (None, ""),
        (7, ""),
    ],
)
def test_the_text_of_a_message(content: Any, text: str) -> None:
    assert message_text({"content": content}) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"choices": [{"delta": {"content": "x"}}]}, "x"),
        ({"choices": [{"message": {"content": "whole"}}]}, "whole"),
        ({"choices": [{"delta": {}}]}, ""),
        ({"choices": []}, ""),
        ({"choices": "no"}, ""),
        ({"choices": [None]}, ""),
        ({"choices": [{"delta": "no"}]}, ""),
        ({}, ""),
    ],
)
def test_the_text_of_an_answer(data: Any, text: str) -> None:
    assert answer_text(data) == text


def test_the_newest_turns_that_fit_are_sent_again() -> None:
    third = MAX_REMEMBERED_CHARACTERS // 3
    turns = [{"role": "user", "content": str(number) * third} for number in range(5)]
    assert [turn["content"][0] for turn in remembered(turns)] == ["2", "3", "4"]
    assert remembered(turns[:3]) == turns[:3]
    assert remembered([{"role": "user", "content": "x" * (MAX_REMEMBERED_CHARACTERS + 1)}]) == []
    assert remembered([]) == []
