"""A chat presenter on the scriptable node."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.chat.presenter import ChatPresenter
from morpheus_desktop.tasks import GuiTasks
from tests.fakes.fake_node import FakeNode

MakePresenter = Callable[[FakeNode], ChatPresenter]


@pytest.fixture
def signals() -> NodeSignals:
    return NodeSignals()


@pytest.fixture
def make_presenter(tasks: GuiTasks, signals: NodeSignals, qtbot: QtBot) -> MakePresenter:
    """Make a presenter and wait until it knows its choices."""

    def make(node: FakeNode) -> ChatPresenter:
        presenter = ChatPresenter(node, tasks, signals, ChainTime())
        with qtbot.waitSignals([presenter.choices_changed, presenter.chats_loaded]):
            presenter.load()
        return presenter

    return make
