"""Nothing secret reaches the log, whatever field or sentence it comes in."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.core import log
from node.core.log import (
    LogOptions,
    configure_logging,
    current_request_id,
    get_logger,
    log_options,
    request_context,
)
from node.core.log_lines import MAX_LINES, read_line, recent_entries
from node.core.redaction import MAX_LINE, redact_event, redact_text
from node.core.settings import load_settings
from node.core.tasks import TaskScope

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


@pytest.mark.parametrize(
    "text",
    [
        "abandon ability able about",
        "1. Abandon 2. ability 3. able 4. about",
        "words: ['abandon', 'ability', 'able', 'about']",
        "abandon,ability\nable\tabout end",
    ],
)
def test_four_words_of_a_phrase_in_a_row_are_too_many(text: str) -> None:
    shown = redact_text(text)
    assert "[words removed]" in shown
    assert not any(word in shown.lower() for word in ("abandon", "ability", "about"))


@pytest.mark.parametrize(
    "text", ["the session was not found", "abandon ability able", "3 endpoints usable, 1 rests"]
)
def test_sentences_of_the_node_stay_readable(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("wss://node.example?token=abc123", "abc123"),
        ("connect https://node.example#abc123", "abc123"),
        ("password='hunter2 '", "hunter2"),
        ('{"api_key": "sk-abc123"}', "sk-abc123"),
        ("[type=string_type, input_value={'messages': 'my diary'}, input_type=dict]", "diary"),
        (f"signed {KEY}{KEY}00", KEY[:20]),
        ("\x1b]0;owned\x07", "\x1b"),
    ],
)
def test_more_that_is_secret_or_harmful_in_sentences(text: str, secret: str) -> None:
    assert secret not in redact_text(text)


def test_an_object_in_a_field_is_redacted_as_the_text_it_becomes() -> None:
    event = redact_event(None, "info", {"event": "e", "detail": ValueError(f"bad key {KEY}")})
    assert KEY not in json.dumps(event)


def test_a_line_stays_below_its_limit_and_a_trace_keeps_its_end() -> None:
    trace = "Traceback\n" + "  File x\n" * 2000 + "ValueError: the last line"
    event = redact_event(None, "error", {"event": "failed", "exception": trace, "d": "z " * 3000})
    assert sum(len(str(value)) for value in event.values()) <= MAX_LINE
    assert str(event["exception"]).endswith("ValueError: the last line")


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "node.log"
    configure_logging(LogOptions(folder=None))


def lines_of(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_area_has_its_own_level(logs: Path) -> None:
    levels = {"tcp": "warning", "eth_rpc": "debug"}
    configure_logging(LogOptions(folder=logs.parent, level="info", levels=levels))
    for name in ("node.wire", "node.chain.rpc", "node.router", "node.store", "httpx"):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING):
            logging.getLogger(name).log(level, "said")
    said = {(line["logger"], line["level"]) for line in lines_of(logs)}
    assert {level for name, level in said if name == "node.wire"} == {"warning"}
    assert {level for name, level in said if name == "node.chain.rpc"} == {
        "debug",
        "info",
        "warning",
    }
    assert {level for name, level in said if name == "node.router"} == {"info", "warning"}
    assert {level for name, level in said if name == "httpx"} == {"warning"}


def test_settings_with_the_go_nodes_names_choose_levels_folder_and_form(tmp_path: Path) -> None:
    environment = {
        "LOG_LEVEL_APP": "warn",
        "LOG_LEVEL_TCP": "debug",
        "LOG_LEVEL_ETH_RPC": "fatal",
        "LOG_FOLDER_PATH": str(tmp_path / "elsewhere"),
        "LOG_JSON": "true",
    }
    options = log_options(load_settings(file=None, environment=environment), tmp_path)
    assert options.level == "warning"
    assert dict(options.levels) == {"tcp": "debug", "eth_rpc": "error", "storage": ""}
    assert options.folder == tmp_path / "elsewhere"
    assert (options.console, options.console_json) == (True, True)
    plain = log_options(load_settings(file=None, environment={}), tmp_path)
    assert (plain.folder, plain.console) == (tmp_path, False)


def test_json_lines_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogOptions(folder=None, console=True, console_json=True))
    get_logger("node.test").info("started", port=8082)
    configure_logging(LogOptions(folder=None))
    line = json.loads(capsys.readouterr().err.splitlines()[0])
    assert (line["event"], line["port"], line["logger"]) == ("started", 8082, "node.test")


def test_the_files_never_grow_past_their_bound(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_FILE_BYTES", 10_000)
    configure_logging(LogOptions(folder=logs.parent))
    for number in range(1000):
        get_logger("node.test").info("line", number=number)
    files = sorted(logs.parent.iterdir())
    assert len(files) == 1 + log.KEPT_FILES
    assert all(file.stat().st_size <= 10_000 for file in files)
    assert lines_of(logs)[-1]["number"] == 999


async def test_a_request_id_is_on_every_line_of_its_tasks(logs: Path) -> None:
    configure_logging(LogOptions(folder=logs.parent))

    async def work() -> None:
        logging.getLogger("node.chain").info("read")
        get_logger("node.router").info("served")

    async with TaskScope("test") as scope:
        with request_context("abc-123\n\x1b[31m"):
            inside = scope.spawn(work(), name="inside")
            assert current_request_id() == "abc-123[31m"
        outside = scope.spawn(work(), name="outside")
        await inside
        await outside
    assert current_request_id() == ""
    assert [line.get("request_id") for line in lines_of(logs)] == ["abc-123[31m"] * 2 + [None] * 2


def test_the_newest_lines_are_at_hand_by_level(logs: Path) -> None:
    configure_logging(LogOptions(folder=None, level="debug"))
    for number in range(MAX_LINES + 10):
        get_logger("node.test").debug("step", number=number)
    get_logger("node.test").warning("trouble", detail=f"key {KEY}")
    assert len(recent_entries(level="debug", limit=10_000)) == MAX_LINES
    (trouble,) = recent_entries(level="warning", limit=5)
    assert (trouble.level, trouble.area, trouble.text) == ("warning", "test", "trouble")
    assert trouble.fields == {"detail": "key [hex removed]"}
    newest = recent_entries(level="debug", limit=2)
    assert [item.text for item in newest] == ["step", "trouble"]
    assert newest[0].at_ms <= newest[1].at_ms


@pytest.mark.parametrize("line", ["", "null", "[]", "{}", '{"timestamp": 5}', "not json"])
def test_a_damaged_line_is_left_out(line: str) -> None:
    assert read_line(line) is None


def test_the_file_holds_json_without_secrets(tmp_path: Path) -> None:
    configure_logging(LogOptions(folder=tmp_path, level="debug"))
    try:
        get_logger("node.test").info("started", password="hunter2", detail=f"k {KEY}")
        logging.getLogger("other.library").warning("saw %s", KEY)
        lines = (tmp_path / "node.log").read_text().splitlines()
    finally:
        configure_logging(LogOptions(folder=None))
    assert json.loads(lines[0])["event"] == "started"
    assert "hunter2" not in "".join(lines)
    assert KEY not in "".join(lines)
