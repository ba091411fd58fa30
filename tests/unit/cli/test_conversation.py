"""A conversation in the terminal keeps secrets back that were pasted by mistake."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli.conversation import Conversation
from node.cli.main import app
from node.core.errors import UserInputError
from node.service.dto import ChatTarget

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
KEY = "0x" + "1f" * 32


def cli(home: Path, *words: str, text: str = "") -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *words], input=text)


def talk() -> Conversation:
    return Conversation(target=ChatTarget(kind="local", id="x"))


@pytest.mark.parametrize("secret", [PHRASE, KEY, f"my words: {PHRASE}"])
def test_a_secret_is_taken_at_the_second_time_only(secret: str) -> None:
    held = talk()
    with pytest.raises(UserInputError) as caught:
        held.ask(secret)
    assert caught.value.code == "input.secret"
    assert held.messages == []
    held.ask(secret)
    assert [message.content for message in held.messages] == [secret]


def test_the_second_time_counts_for_the_same_text_alone() -> None:
    held = talk()
    for secret in (PHRASE, KEY, PHRASE):
        with pytest.raises(UserInputError):
            held.ask(secret)
    held.ask("What is a stake?")
    with pytest.raises(UserInputError):
        held.ask(PHRASE)
    assert len(held.messages) == 1


def test_what_was_not_answered_is_taken_back() -> None:
    held = talk()
    held.ask("one")
    held.answered("1")
    asked = len(held.messages)
    held.ask("two")
    held.take_back(asked)
    held.take_back(asked)
    assert [message.content for message in held.messages] == ["one", "1"]


def test_a_phrase_is_sent_only_when_entered_twice(tmp_path: Path) -> None:
    once = cli(tmp_path / "once", "demo", text=f"{PHRASE}\n\n")
    assert "It was not sent." in once.output
    assert "Closed." in once.output
    shown = once.output.count("> ")
    twice = cli(tmp_path / "twice", "demo", text=f"{PHRASE}\n{PHRASE}\n\n")
    assert twice.output.count("It was not sent.") == 1
    assert twice.output.count("> ") == shown + 1
    assert len(twice.output) > len(once.output)
