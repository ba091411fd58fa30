"""Somebody without a mouse: every step goes through the widget that has the focus."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.window_kit import WindowKit

_STEPS = 120
"""More presses of Tab than any page of the window has stops."""
_WAIT_MS = 60_000
"""For what comes only after a block or an answer of the network."""


class Keyboard:
    def __init__(self, kit: WindowKit) -> None:
        self._kit = kit

    @property
    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None, "the focus is nowhere: the keyboard is lost"
        return widget

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self._kit.qtbot.keyClick(self.focused, key, modifier)

    def type(self, text: str) -> None:
        """Into what has the focus."""
        for sign in text:
            self._kit.qtbot.keyClicks(self.focused, sign)

    def walk_to(self, name: str) -> None:
        """Press Tab until the widget of that name has the focus."""
        self._kit.until(lambda: self._kit.has(name), _WAIT_MS)
        self._kit.until(self._kit.find(QWidget, name).isEnabled, _WAIT_MS)
        passed = []
        for _ in range(_STEPS):
            if self._is_at(name):
                return
            passed.append(self.focused.objectName() or type(self.focused).__name__)
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {name}: {passed}")

    def choose(self, name: str) -> None:
        """Walk to a button and press Space."""
        self.walk_to(name)
        self.press(Qt.Key.Key_Space)

    def pick(self, first: str, name: str) -> None:
        """Of choices that are one stop of Tab, `first` among them: go on with the arrows."""
        self.walk_to(first)
        for _ in range(_STEPS):
            if self._is_at(name):
                self.press(Qt.Key.Key_Space)
                return
            self.press(Qt.Key.Key_Right)
        raise AssertionError(f"the arrows do not lead from {first} to {name}")

    def fill(self, name: str, text: str) -> None:
        """Walk to a field and type over what stands in it."""
        self.walk_to(name)
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.type(text)

    def _is_at(self, name: str) -> bool:
        """Whether the focus is on the widget of that name, or on the field inside it."""
        widget: QWidget | None = self.focused
        for _ in range(3):
            if widget is None:
                return False
            if widget.objectName() == name:
                return True
            widget = widget.parentWidget()
        return False
