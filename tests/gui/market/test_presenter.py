"""What the market knows and asks, without its widgets."""

import pytest
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.models.market import MarketFilter, value_of, visible
from morpheus_desktop.pages.market.presenter import MarketPresenter
from morpheus_desktop.tasks import GuiTasks
from node.core.errors import RpcUnavailableError
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode


@pytest.fixture
def signals() -> NodeSignals:
    return NodeSignals()


@pytest.fixture
def market(
    fake_node: FakeNode, tasks: GuiTasks, signals: NodeSignals, qtbot: QtBot
) -> MarketPresenter:
    presenter = MarketPresenter(fake_node, tasks, signals)
    with qtbot.waitSignal(presenter.models_loaded):
        presenter.load()
    return presenter


def test_the_best_value_comes_first_and_models_without_offers_last() -> None:
    rows = visible(sample_market.models(), MarketFilter())
    values = [value_of(model) for model in rows if model.offers]
    assert values == sorted(values, reverse=True)
    assert rows[-1].name == "Whisper Large"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (MarketFilter(text="qwen"), ["Qwen3 235B"]),
        (MarketFilter(text="CODE tee"), ["Qwen3 235B"]),
        (MarketFilter(tee=True), ["Qwen3 235B"]),
        (MarketFilter(kind="EMBEDDING"), ["BGE M3"]),
        (MarketFilter(kind="STT", offered=True), []),
        (MarketFilter(text="llama", sort="name"), ["Llama 3.3 70B"]),
    ],
)
def test_a_filter_lets_pass_what_it_says(wanted: MarketFilter, names: list[str]) -> None:
    assert [model.name for model in visible(sample_market.models(), wanted)] == names


def test_other_orders() -> None:
    models = [model for model in sample_market.models() if model.kind == "LLM"]
    first = {
        sort: visible(models, MarketFilter(sort=sort))[0].name
        for sort in ("stake", "speed", "success", "name")
    }
    assert first == {
        "stake": "Mistral Small 3.2",
        "speed": "Mistral Small 3.2",
        "success": "Mistral Small 3.2",
        "name": "GLM 4.6",
    }


def test_old_models_stay_when_the_network_is_gone(
    market: MarketPresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("market.models", RpcUnavailableError("No connection to the Base network."))
    with qtbot.waitSignal(market.failed):
        market.reload()
    assert len(market.rows) == 7
    assert fake_node.called("market.models")[-1] == (True,)


def test_the_newest_pick_wins(market: MarketPresenter, fake_node: FakeNode, qtbot: QtBot) -> None:
    gate = fake_node.hold("market.model")
    first, second = market.rows[0], market.rows[1]
    market.pick(first.id)
    market.pick(second.id)
    with qtbot.waitSignal(market.detail_loaded):
        gate.set()
    assert market.detail is not None
    assert market.detail.model.id == second.id


def test_a_pinned_offer_is_quoted_with_its_bid(
    market: MarketPresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    model = next(row for row in market.rows if row.offers > 1)
    with qtbot.waitSignal(market.quoted):
        market.pick(model.id)
    assert fake_node.called("sessions.quote")[-1][0].model_id == model.id
    assert market.bid_id is None
    with qtbot.waitSignal(market.quoted):
        market.choose_offer(2)
    assert market.detail is not None
    assert market.bid_id == market.detail.offers[1].bid_id
    assert fake_node.called("sessions.quote")[-1][0].bid_id == market.bid_id
    assert market.stake == market.detail.offers[1].stake_per_hour


def test_the_age_grows_between_two_reads(
    fake_node: FakeNode, tasks: GuiTasks, signals: NodeSignals, qtbot: QtBot
) -> None:
    moments = [100.0]
    presenter = MarketPresenter(fake_node, tasks, signals, monotonic=lambda: moments[0])
    with qtbot.waitSignal(presenter.models_loaded):
        presenter.load()
    moments[0] = 160.0
    assert presenter.age_s() == 62.0


def test_own_and_unrated_offers_cannot_be_chosen(
    market: MarketPresenter, fake_node: FakeNode, qtbot: QtBot
) -> None:
    model = next(row for row in market.rows if row.offers == 3)
    with qtbot.waitSignal(market.detail_loaded):
        market.pick(model.id)
    assert market.detail is not None
    first, second, third = market.detail.offers
    market.detail = market.detail.model_copy(
        update={
            "offers": (
                first.model_copy(update={"is_own": True}),
                second.model_copy(update={"score": None}),
                third,
            )
        }
    )
    assert market.offers == (third,)
