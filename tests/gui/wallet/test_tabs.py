"""The line of tabs of the wallet page."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from morpheus_desktop.pages.wallet.tabs import WalletTabs


class Tab(QWidget):
    told = Signal(str, str)
    problem = Signal(object)
    count_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.times_shown = 0

    def shown(self) -> None:
        self.times_shown += 1


def test_a_tab_is_made_when_it_is_first_shown(qtbot: QtBot) -> None:
    made: list[str] = []
    one, other = Tab(), Tab()

    def factory(name: str, tab: Tab):  # type: ignore[no-untyped-def]
        return lambda: made.append(name) or tab

    tabs = WalletTabs({"One": factory("One", one), "Other": factory("Other", other)})
    qtbot.addWidget(tabs)
    tabs.show()
    tabs.shown()
    assert made == ["One"]
    tabs.choose("Other")
    tabs.choose("One")
    assert made == ["One", "Other"]
    assert (one.times_shown, other.times_shown) == (2, 1)
    assert one.isVisible()
    assert not other.isVisible()


def test_what_tabs_say_comes_out(qtbot: QtBot) -> None:
    tab = Tab()
    tabs = WalletTabs({"One": lambda: tab, "Other": Tab})
    qtbot.addWidget(tabs)
    tabs.shown()
    with qtbot.waitSignal(tabs.told) as told:
        tab.told.emit("done", "success")
    assert told.args == ["done", "success"]
    tab.count_changed.emit("3")
    assert "3" in tabs.bar.accessibleDescription() + tabs.bar.accessibleName()
