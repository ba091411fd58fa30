"""A model that takes its time: it is said, and it stops being said with the first word."""

from pytestqt.qtbot import QtBot

from node.core.errors import ProviderTimeoutError
from node.service.dto import TextDelta
from tests.fakes.fake_node import FakeNode
from tests.gui.chat.conftest import MakePresenter

FIRST = "Still waiting (60 s). Stop ends the wait."


def test_each_minute_without_a_word_is_told_until_it_comes(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    turns = presenter.turns
    told: list[str] = []
    turns.noticed.connect(lambda _id, text: told.append(text))
    fake_node.world.answer = [TextDelta(text="At last.")]
    gate = fake_node.hold("chat.send")
    presenter.send("Hello")
    assert turns.patience.isActive()
    turns.patience.timeout.emit()
    turns.patience.timeout.emit()
    assert told == [FIRST, FIRST.replace("60 s", "120 s")]
    with qtbot.waitSignal(turns.line_finished):
        gate.set()
    assert told[2:] == [""]
    assert not turns.patience.isActive()


def test_a_failure_ends_it_too(
    make_presenter: MakePresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    presenter = make_presenter(fake_node)
    fake_node.fail("chat.send", ProviderTimeoutError("The provider does not answer."))
    with qtbot.waitSignal(presenter.turns.line_failed):
        presenter.send("Hello")
    assert not presenter.turns.patience.isActive()
