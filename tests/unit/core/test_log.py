"""Nothing secret reaches the log, whatever field or sentence it comes in."""

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core.log import configure_logging, get_logger, redact_event, redact_text

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"


@pytest.mark.parametrize(
    "text",
    [
        f"key {KEY}",
        f"0x{KEY}",
        f"the phrase is {PHRASE} so",
        "Authorization: Bearer abcdef0123456789",
        "https://user:secret-pass@node.example/rpc",
        "https://node.example/v2/secret-api-key",
    ],
)
def test_sentences_lose_what_is_secret(text: str) -> None:
    shown = redact_text(text)
    for secret in (KEY, "sausage", "abcdef0123456789", "secret-pass", "secret-api-key"):
        assert secret not in shown


@given(
    st.text(alphabet="0123456789abcdef", min_size=64, max_size=64),
    st.sampled_from(["value", "detail", "url", "password", "prompt", "answer", "anything"]),
)
def test_a_random_key_in_any_field_never_gets_out(secret: str, field: str) -> None:
    event = redact_event(None, "info", {"event": f"x {secret}", field: f"a {secret} b"})
    assert secret not in json.dumps(event)


def test_ids_stay_readable() -> None:
    event = redact_event(None, "info", {"event": "e", "session_id": "0x" + "ab" * 32})
    assert event["session_id"] == "0x" + "ab" * 32


def test_prompts_and_answers_are_logged_as_lengths() -> None:
    event = redact_event(None, "info", {"event": "e", "prompt": "my diary", "content": "dear"})
    assert event["prompt"] == "[8 removed]"
    assert event["content"] == "[4 removed]"


def test_the_file_holds_json_without_secrets(tmp_path: Path) -> None:
    configure_logging(folder=tmp_path, level="debug")
    try:
        get_logger("node.test").info("started", password="hunter2", detail=f"k {KEY}")
        logging.getLogger("other.library").warning("saw %s", KEY)
        lines = (tmp_path / "node.log").read_text().splitlines()
    finally:
        configure_logging(folder=None)
    assert json.loads(lines[0])["event"] == "started"
    assert "hunter2" not in "".join(lines)
    assert KEY not in "".join(lines)
