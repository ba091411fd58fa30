"""The market as a user meets it: rows, keys, the picked model, failures."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from morpheus_desktop.bridge import NodeSignals
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.pages.market.page import MarketPage
from morpheus_desktop.pages.market.presenter import MarketPresenter
from morpheus_desktop.tasks import GuiTasks
from morpheus_desktop.widgets.banner import Banner
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import Chip
from node.core.errors import NoTargetError, ProviderTimeoutError, RpcUnavailableError
from tests.fakes.fake_node import FakeNode

# The offscreen platform has no window manager to tell sizes to.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def open_market(node: FakeNode, tasks: GuiTasks, qtbot: QtBot, width: int = 1208) -> MarketPage:
    time = ChainTime()
    presenter = MarketPresenter(node, tasks, NodeSignals())
    page = MarketPage(presenter, time)
    qtbot.addWidget(page)
    page.resize(width, 748)
    page.show()
    page.shown()
    return page


@pytest.fixture
def market(fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot) -> MarketPage:
    page = open_market(fake_node, tasks, qtbot)
    qtbot.waitUntil(lambda: page.inspector.calculator.back_text().startswith("All"))
    return page


def names(page: MarketPage) -> list[str]:
    model = page.table.model()
    return [model.index(row, 0).data().split(",")[0] for row in range(model.rowCount())]


def test_the_best_model_is_shown_with_its_offers_and_what_comes_back(market: MarketPage) -> None:
    assert names(market)[0] == "Mistral Small 3.2"
    assert market.inspector.chat_button.isEnabled()
    assert "19.20" in market.inspector.calculator.back_text()


def test_arrow_keys_walk_the_rows_and_enter_goes_to_the_chat(
    market: MarketPage, qtbot: QtBot
) -> None:
    market.table.setFocus()
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    assert market.table.row == 2
    qtbot.waitUntil(market.inspector.chat_button.isEnabled)
    qtbot.keyClick(market.table, Qt.Key.Key_Return)
    with qtbot.waitSignal(market.chat_requested) as asked:
        qtbot.keyClick(market.inspector.chat_button, Qt.Key.Key_Space)
    assert asked.args is not None
    assert asked.args[1] is None


def test_a_chosen_offer_goes_with_the_chat(market: MarketPage, qtbot: QtBot) -> None:
    market.table.setFocus()
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    qtbot.waitUntil(market.inspector.chat_button.isEnabled)
    market.inspector.offers.choose(2)
    with qtbot.waitSignal(market.chat_requested) as asked:
        qtbot.mouseClick(market.inspector.chat_button, Qt.MouseButton.LeftButton)
    assert asked.args is not None
    assert asked.args[1].startswith("0x")


def test_filters_and_the_way_out_of_an_empty_result(market: MarketPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(market.search.edit, "code")
    assert names(market) == ["Qwen3 235B", "GLM 4.6"]
    chip = market.findChild(Chip, "market.filter.embedding")
    assert chip is not None
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert names(market) == []
    clear = market.findChild(Button, "market.filter.clear")
    assert clear is not None and clear.isVisible()
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert len(names(market)) == 7
    assert market.search.text() == ""
    assert not chip.isChecked()


def test_a_failed_read_keeps_the_rows_and_says_so(
    market: MarketPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("market.models", RpcUnavailableError("No connection to the Base network."))
    qtbot.mouseClick(market.reload_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: market.findChild(Banner, "market.banner") is not None)
    banner = market.findChild(Banner, "market.banner")
    assert banner is not None
    assert "funds are not affected" in banner.accessibleName()
    assert len(names(market)) == 7
    banner.action.emit()
    qtbot.waitUntil(lambda: market.findChild(Banner, "market.banner") is None)


def test_a_provider_that_is_silent_is_named(
    market: MarketPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.fail("market.ping", ProviderTimeoutError("The provider did not answer in time."))
    presenter_signal = market._presenter.provider_silent
    with qtbot.waitSignal(presenter_signal):
        qtbot.mouseClick(market.inspector.check_button, Qt.MouseButton.LeftButton)
    assert market.inspector.check_button.isEnabled()


def test_a_small_window_drops_columns_and_lays_the_offers_over_the_table(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    page = open_market(fake_node, tasks, qtbot, width=500)
    qtbot.waitUntil(lambda: len(names(page)) == 7)
    assert page.table.shown_columns() == [0, 1, 3, 4]
    assert not page.inspector.isVisible()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.inspector.isVisible()
    qtbot.keyClick(page.inspector, Qt.Key.Key_Escape)
    assert not page.inspector.isVisible()


def test_a_network_without_models_says_so(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    fake_node.world.models = []
    page = open_market(fake_node, tasks, qtbot)
    with qtbot.waitSignal(page._presenter.models_loaded):
        page._presenter.load()
    assert not page.table.isVisible()
    assert not page.inspector.chat_button.isVisible()


def test_without_a_network_the_page_leads_to_choosing_one(
    fake_node: FakeNode, tasks: GuiTasks, qtbot: QtBot
) -> None:
    fake_node.fail("market.models", NoTargetError("No network is chosen yet."))
    page = open_market(fake_node, tasks, qtbot)
    button = page.findChild(Button, "market.network")
    assert button is not None
    qtbot.waitUntil(button.isVisible)
    with qtbot.waitSignal(page.settings_requested):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert page.findChild(Banner, "market.banner") is None


def test_a_model_that_does_not_chat_says_so(market: MarketPage, qtbot: QtBot) -> None:
    market.table.setFocus()
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(market._presenter.detail_loaded):
        qtbot.keyClick(market.table, Qt.Key.Key_Return)
    assert names(market)[1] == "BGE M3"
    assert not market.inspector.chat_button.isEnabled()
    assert "does not chat" in market.inspector.chat_button.toolTip()


def test_enter_moves_on_to_the_button_as_soon_as_there_are_offers(
    market: MarketPage, fake_node: FakeNode, qtbot: QtBot
) -> None:
    gate = fake_node.hold("market.model")
    market.table.choose_row(1)
    market.table.setFocus()
    qtbot.keyClick(market.table, Qt.Key.Key_Down)
    qtbot.keyClick(market.table, Qt.Key.Key_Return)
    assert not market.inspector.chat_button.isEnabled()
    with qtbot.waitSignal(market._presenter.detail_loaded):
        gate.set()
    assert market.inspector.chat_button.hasFocus()
