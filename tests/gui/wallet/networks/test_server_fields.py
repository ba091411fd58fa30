"""One field per server: more, fewer, and a whole list pasted at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.networks.server_fields import ServerFields
from morpheus_desktop.theme import Theme
from morpheus_desktop.widgets.layouts import boxed, column
from node.core.network_rules import MAX_SERVERS
from tests.gui.wallet.networks.own_kit import error_at, paste
from tests.gui.wallet.tab_kit import find, has, settle, show_tab, take_focus

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def servers(theme: Theme, qtbot: QtBot) -> Iterator[ServerFields]:
    del theme
    fields = ServerFields("s")
    page = show_tab(boxed(column(fields, None)), qtbot, width=500, height=500)
    take_focus(page, qtbot)
    yield fields
    page.hide()


def click(servers: ServerFields, name: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(servers, name), Qt.MouseButton.LeftButton)


def test_more_and_fewer_with_the_focus_where_it_is_typed(
    servers: ServerFields, qtbot: QtBot
) -> None:
    assert not has(servers, "s.remove.0"), "one is needed"
    qtbot.keyClicks(servers.fields[0].edit, "https://a.example")
    click(servers, "s.more", qtbot)
    assert QApplication.focusWidget() is servers.fields[1].edit
    assert servers.fields[1].edit.accessibleName() == "Server 2"
    qtbot.keyClicks(QApplication.focusWidget(), "https://b.example")
    click(servers, "s.remove.0", qtbot)
    assert servers.urls() == ("https://b.example",)
    assert QApplication.focusWidget() is servers.fields[0].edit
    assert servers.fields[0].edit.accessibleName() == "Server"
    assert not has(servers, "s.remove.0")


def test_a_pasted_list_gets_a_field_each(servers: ServerFields, qtbot: QtBot) -> None:
    urls = [f"https://{n}.example/v2/key" for n in range(3)]
    paste(servers.fields[0], qtbot, "\n".join(urls) + "\n")
    assert list(servers.urls()) == urls


def test_a_list_that_is_too_long_fills_what_there_is(servers: ServerFields, qtbot: QtBot) -> None:
    paste(servers.fields[0], qtbot, " ".join(f"https://{n}.example" for n in range(40)))
    assert len(servers.fields) == MAX_SERVERS
    assert not has(servers, "s.more")


def test_tab_goes_from_field_to_field_and_then_to_the_button(
    servers: ServerFields, qtbot: QtBot
) -> None:
    paste(servers.fields[0], qtbot, "https://a.example https://b.example")
    click(servers, "s.more", qtbot)
    settle()
    servers.fields[0].setFocus()
    passed = []
    for _ in range(7):
        passed.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    rows = [name for n in range(3) for name in (f"s.{n}", f"s.remove.{n}")]
    assert passed == [*rows, "s.more"]


def test_words_are_no_list(servers: ServerFields, qtbot: QtBot) -> None:
    paste(servers.fields[0], qtbot, "two words")
    assert servers.urls() == ("two words",)


def test_an_error_stands_at_the_server_it_names_otherwise_at_the_first(
    servers: ServerFields, qtbot: QtBot
) -> None:
    paste(servers.fields[0], qtbot, "https://a.example/k https://b.example:8545/k")
    servers.show_error("b.example:8545 does not answer.")
    assert [bool(error_at(item)) for item in servers.fields] == [False, True]
    servers.clear_errors()
    servers.show_error("At most 16 addresses are used.")
    assert [bool(error_at(item)) for item in servers.fields] == [True, False]


def test_nothing_of_it_flashes_up_as_a_window(servers: ServerFields, qtbot: QtBot) -> None:
    click(servers, "s.more", qtbot)
    assert not [w for w in servers.findChildren(QWidget) if w.isWindow()]
