"""PySide6 6.12.0 on Python 3.11 loses a reference to `None` per call and aborts after thousands.

The reason of the version range in pyproject.toml (docs/adr/0002-pyside6-range.md).
"""

import sys

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

CALLS = 2000
NOISE = 200


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_void_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    del qtbot
    thing = QObject()
    timer = QTimer()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
        timer.start(10_000)
        timer.stop()
    assert abs(sys.getrefcount(None) - before) < NOISE
