"""A network of the user's own: filled in, tried, added; what is wrong stands at its field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.tab import NetworksTab
from node.core.errors import ConfigError, NodeError, StorageError, UserInputError
from tests.fakes.fake_node import FakeNode
from tests.gui.wallet.networks.conftest import OpenTab
from tests.gui.wallet.networks.own_kit import ADD, KEYED, error_at, fill, open_add, paste
from tests.gui.wallet.tab_kit import find, has, press_tab_until, settle, texts_of, words_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CHECK, ADDED = "system.check_network", "system.add_network"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture
def tab(open_tab: OpenTab, fake_node: FakeNode) -> NetworksTab:
    return open_tab(fake_node)


def test_by_keyboard_from_the_button_to_the_card(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    told: list[tuple[str, str]] = []
    tab.told.connect(lambda *words: told.append(words))
    tab.current.test_button.setFocus()
    press_tab_until(find(tab, f"{ADD}.open"), qtbot)
    qtbot.keyClick(tab.add_button, Qt.Key.Key_Space)
    sheet = find(tab, ADD)
    assert QApplication.focusWidget() is sheet.fields.title.edit
    fill(sheet, qtbot)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: has(tab, f"{ADD}.go"))
    words = words_of(sheet.found)
    assert {"rpc.team.example.org", "block 1\u202f204", "61\u00a0ms"} <= texts_of(sheet.found)
    assert "abcdef" not in words
    assert "network with real money" in words
    assert not fake_node.called(ADDED)
    assert QApplication.focusWidget() is sheet.add_button
    qtbot.keyClick(sheet.add_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: has(tab, "wallet.networks.card.team-network"))
    ((draft,),) = fake_node.called(ADDED)
    assert (draft.name, draft.title, draft.chain_id, draft.is_test) == (
        "",
        "Team network",
        4711,
        False,
    )
    assert [url.get_secret_value() for url in draft.rpc_urls] == [KEYED]
    assert not has(tab, ADD)
    assert told == [("Team network is added", "success")]
    use = find(tab, "wallet.networks.use.team-network")
    assert QApplication.focusWidget() is use, "the next step"
    assert not fake_node.called("system.select_network"), "nothing is switched by itself"


def test_everything_that_is_missing_is_told_without_asking_anybody(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fields = open_add(tab, qtbot).fields
    qtbot.mouseClick(find(tab, f"{ADD}.check"), Qt.MouseButton.LeftButton)
    for field in (fields.title, fields.chain_id, fields.marketplace, fields.token):
        assert error_at(field)
    assert "needs the address of a chain server" in error_at(fields.servers.fields[0])
    assert QApplication.focusWidget() is fields.title.edit
    assert not fake_node.called(CHECK)
    qtbot.keyClicks(fields.title.edit, "T")
    assert not error_at(fields.title), "gone as soon as it is changed"


@pytest.mark.parametrize(
    ("name", "place"),
    [("name", "title"), ("title", "title"), ("marketplace", "marketplace"), ("token", "token")],
)
def test_what_the_node_finds_wrong_stands_at_its_field(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot, name: str, place: str
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    before = sheet.fields.form()
    error = UserInputError("No contract there.", hint="Look again.", details={"field": name})
    fake_node.fail(CHECK, error)
    with qtbot.waitSignal(tab._presenter.own.check_failed):
        qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    field = getattr(sheet.fields, place)
    assert error_at(field) == "No contract there. Look again."
    assert QApplication.focusWidget() is field.edit
    assert sheet.fields.form() == before
    assert not has(tab, f"{ADD}.go")


def test_a_server_of_another_chain_is_told_at_that_server(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    qtbot.mouseClick(find(tab, f"{ADD}.server.more"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(QApplication.focusWidget(), "https://eth.example.net")
    words = "This server is not Team network: eth.example.net belongs to network 1."
    fake_node.fail(CHECK, UserInputError(words, details={"field": "rpc_urls"}))
    with qtbot.waitSignal(tab._presenter.own.check_failed):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    first, second = sheet.fields.servers.fields
    assert (error_at(first), error_at(second)) == ("", words)


def test_play_money_where_it_is_real_is_told_at_the_switch(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    assert "real money" in words_of(sheet.fields)
    qtbot.mouseClick(find(tab, f"{ADD}.test"), Qt.MouseButton.LeftButton)
    assert "worth nothing" in words_of(sheet.fields)
    assert "real money" not in words_of(sheet.fields)
    fake_node.fail(CHECK, ConfigError("It is no test network.", details={"field": "is_test"}))
    with qtbot.waitSignal(tab._presenter.own.check_failed):
        qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    assert "It is no test network." in words_of(sheet.fields)
    assert QApplication.focusWidget() is sheet.fields.test
    qtbot.keyClick(sheet.fields.test, Qt.Key.Key_Space)
    assert "It is no test network." not in words_of(sheet.fields)


def test_an_error_of_no_field_is_told_below(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, f"{ADD}.go"))
    fake_node.fail(ADDED, StorageError("The settings cannot be written.", hint="Disk full?"))
    with qtbot.waitSignal(tab._presenter.own.add_failed):
        qtbot.mouseClick(sheet.add_button, Qt.MouseButton.LeftButton)
    assert (
        "The settings cannot be written. Disk full?" in find(tab, f"{ADD}.error").accessibleName()
    )
    assert QApplication.focusWidget() is sheet.check_button
    assert sheet.cancel_button.isEnabled()


def test_while_servers_are_asked_it_can_be_given_up(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    gate = fake_node.hold(CHECK)
    heard: list[object] = []
    tab._presenter.own.checked.connect(heard.append)
    qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(fake_node.called(CHECK)) == 1)
    assert "a few seconds" in words_of(sheet)
    assert QApplication.focusWidget() is sheet.cancel_button
    qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet.fields.title.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(sheet.fields.title.edit, "X")
    assert sheet.fields.title.text() == "Team network", "it stays what it was asked for"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not has(tab, ADD)
    gate.set()
    for _ in range(5):
        settle()
    with qtbot.waitSignal(tab._presenter.loaded):
        tab.shown()
    assert len(fake_node.called(CHECK)) == 1
    assert not heard, "nobody hears of what was given up"
    assert QApplication.focusWidget() is tab.add_button


def test_it_cannot_be_closed_while_it_is_added(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, f"{ADD}.go"))
    gate = fake_node.hold(ADDED)
    qtbot.mouseClick(sheet.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(fake_node.called(ADDED)) == 1)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert has(tab, ADD)
    assert not sheet.cancel_button.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: has(tab, "wallet.networks.card.team-network"))
    assert len(fake_node.called(ADDED)) == 1


def test_what_was_found_belongs_to_what_was_entered(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    fake_node.world.network_notes = ("The chain has no Multicall3.",)
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: has(tab, f"{ADD}.go"))
    assert "The chain has no Multicall3." in words_of(sheet.found)
    assert "Multicall3" in sheet.add_button.accessibleDescription()
    qtbot.keyClicks(sheet.fields.chain_id.edit, "1")
    assert not sheet.found.isVisible()
    assert has(tab, f"{ADD}.check")
    assert not has(tab, f"{ADD}.go")


@pytest.mark.parametrize("secret", ["0x" + "a1" * 32, "b2" * 32, PHRASE])
@pytest.mark.parametrize("place", ["title", "chain_id", "marketplace", "token", "explorer", "rpc"])
def test_a_pasted_secret_is_taken_away_at_once(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot, place: str, secret: str
) -> None:
    sheet = open_add(tab, qtbot)
    servers = sheet.fields.servers.fields
    field = servers[0] if place == "rpc" else getattr(sheet.fields, place)
    paste(field, qtbot, secret)
    assert field.text() == ""
    assert has(tab, f"{ADD}.secret")
    assert "private key or a recovery phrase" in words_of(sheet)
    qtbot.keyClick(field.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "", "undo does not bring it back"
    qtbot.keyClicks(field.edit, "1")
    assert not has(tab, f"{ADD}.secret")
    assert not fake_node.called(CHECK)


def test_hostile_words_are_shown_as_they_are(
    tab: NetworksTab, fake_node: FakeNode, qtbot: QtBot
) -> None:
    sheet = open_add(tab, qtbot)
    fill(sheet, qtbot)
    error: NodeError = UserInputError("<img src=x> & <b>no</b>", details={"field": "token"})
    fake_node.fail(CHECK, error)
    with qtbot.waitSignal(tab._presenter.own.check_failed):
        qtbot.mouseClick(sheet.check_button, Qt.MouseButton.LeftButton)
    shown = next(item for item in sheet.fields.token.findChildren(object) if _says(item))
    assert shown.textFormat() == Qt.TextFormat.PlainText


def _says(item: object) -> bool:
    text = getattr(item, "text", None)
    return callable(text) and "<img" in text()
