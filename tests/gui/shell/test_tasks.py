"""Reads that repeat themselves, openings that are watched."""

import asyncio

from pytestqt.qtbot import QtBot

from morpheus_desktop.opening import Opening, Quoting
from morpheus_desktop.tasks import GuiTasks, Refresh
from node.core.errors import NodeError, RpcUnavailableError, SessionError
from node.service.dto import OpenStep, QuoteRequest
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode


def test_calls_during_a_read_make_one_more(tasks: GuiTasks, qtbot: QtBot) -> None:
    gate, reads, seen = asyncio.Event(), [], []

    async def read() -> int:
        reads.append(1)
        await gate.wait()
        return len(reads)

    refresh = Refresh(tasks, read, "read", done=seen.append, failed=seen.append)
    refresh()
    qtbot.waitUntil(lambda: len(reads) == 1)
    for _ in range(5):
        refresh()
    gate.set()
    qtbot.waitUntil(lambda: seen == [1, 2])
    assert len(reads) == 2


def test_a_failed_read_can_be_repeated(tasks: GuiTasks, qtbot: QtBot) -> None:
    failures: list[NodeError] = []
    seen: list[str] = []
    answers = [RpcUnavailableError("No."), "yes"]

    async def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, NodeError):
            raise answer
        return answer

    refresh = Refresh(tasks, read, "read", done=seen.append, failed=failures.append)
    refresh()
    qtbot.waitUntil(lambda: len(failures) == 1)
    refresh()
    qtbot.waitUntil(lambda: seen == ["yes"])


def test_the_newest_quote_wins(tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot) -> None:
    quoting = Quoting(fake_node, tasks)
    gate = fake_node.hold("sessions.quote")
    durations: list[int] = []
    quoting.quoted.connect(lambda quote: durations.append(quote.duration_s))
    for seconds in (600, 1200, 1800):
        quoting.ask(QuoteRequest(model_id=sample_market.model_id(0), duration_s=seconds))
    gate.set()
    qtbot.waitUntil(lambda: durations != [])
    assert durations == [1800]
    assert quoting.quote is not None and quoting.quote.duration_s == 1800


def test_a_renewed_quote_replaces_the_old_one_without_a_gap(
    tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    quoting = Quoting(fake_node, tasks)
    with qtbot.waitSignal(quoting.quoted):
        quoting.ask(QuoteRequest(model_id=sample_market.model_id(0), duration_s=600))
    first = quoting.quote
    with qtbot.waitSignal(quoting.quoted), qtbot.assertNotEmitted(quoting.asked):
        quoting.renew()
        assert quoting.quote is first
    assert quoting.quote is not None and first is not None
    assert quoting.quote.id != first.id


def test_an_opening_runs_once_and_tells_its_steps(
    tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot
) -> None:
    quoting, opening = Quoting(fake_node, tasks), Opening(fake_node, tasks)
    with qtbot.waitSignal(quoting.quoted):
        quoting.ask(QuoteRequest(model_id=sample_market.model_id(0), duration_s=600))
    assert quoting.quote is not None
    steps: list[OpenStep] = []
    opening.progressed.connect(lambda progress: steps.append(progress.step))
    with qtbot.waitSignal(opening.opened) as opened:
        opening.open(quoting.quote.id)
        opening.open(quoting.quote.id)
    assert steps == list(OpenStep)
    assert opened.args[0].state == "active"
    assert len(fake_node.called("sessions.open")) == 1


def test_a_refused_opening_says_so(tasks: GuiTasks, fake_node: FakeNode, qtbot: QtBot) -> None:
    opening = Opening(fake_node, tasks)
    fake_node.fail("sessions.open", SessionError("The provider declined."))
    with qtbot.waitSignal(opening.failed) as failed:
        opening.open("quote-1")
    assert failed.args[0].message == "The provider declined."
    assert not opening.is_running
