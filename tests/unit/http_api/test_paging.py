"""`offset`, `limit` and `order`, with the public node's corners."""

import pytest

from node.http_api.paging import page_of, whole_or_page_of
from node.http_api.refusal import HttpRefusal


def test_ten_newest_without_parameters() -> None:
    page = page_of("", "", "")
    assert (page.offset, page.limit, page.oldest_first) == (0, 10, False)


@pytest.mark.parametrize(
    ("order", "oldest"),
    [("ASC", True), ("oldest", True), ("asc", False), ("desc", False), ("sideways", False)],
)
def test_only_the_exact_word_turns_the_order(order: str, oldest: bool) -> None:
    assert page_of("", "", order).oldest_first is oldest


def test_zero_means_empty_or_all_by_list() -> None:
    assert page_of("", "0", "").limit == 0
    assert whole_or_page_of("", "0", "").limit is None
    assert whole_or_page_of("99", "", "").limit is None
    assert whole_or_page_of("", "1", "").limit == 1


def test_a_negative_offset_is_the_start() -> None:
    assert page_of("-1", "", "").offset == 0


@pytest.mark.parametrize("limit", ["256", "300", "-1"])
def test_limits_beyond_a_byte(limit: str) -> None:
    with pytest.raises(HttpRefusal) as caught:
        page_of("", limit, "")
    assert caught.value.status == 400
    assert caught.value.message.endswith("value out of range")


@pytest.mark.parametrize("text", ["x", "1.5", "1e3", "٣", "--1", "9" * 81, " "])
def test_what_is_no_integer(text: str) -> None:
    for arguments in ((text, "", ""), ("", text, "")):
        with pytest.raises(HttpRefusal) as caught:
            page_of(*arguments)
        assert caught.value.status == 400
