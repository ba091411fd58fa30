"""What became of an opening that the end of the program had cut off."""

import pytest

from node.core.events import SessionChanged
from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow

GIVEN_UP = "The app stopped before the session was opened; no MOR was locked."


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("active", "", "Finished after the restart: Hermes 4 70B is open"),
        ("failed", GIVEN_UP, f"No session with Hermes 4 70B after all. {GIVEN_UP}"),
    ],
)
def test_it_is_told_once(
    open_kit: OpenWindow, fake_node: FakeNode, state: str, error: str, words: str
) -> None:
    first = fake_node.world.sessions[0]
    change = {"state": state, "error": error, "resumed": True}
    fake_node.world.sessions = [first.model_copy(update=change), *fake_node.world.sessions[1:]]
    kit = open_kit(fake_node)
    kit.until(lambda: kit.window.toasts.texts() == [words])
    reads = len(fake_node.called("sessions.list"))
    fake_node.publish(SessionChanged(intent_id=first.intent_id, session_id="", state="closed"))
    kit.until(lambda: len(fake_node.called("sessions.list")) > reads)
    assert kit.window.toasts.texts() == [words]
