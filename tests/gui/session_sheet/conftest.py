"""The sheet over the chat of a window."""

import pytest

from tests.fakes.fake_node import FakeNode
from tests.gui.conftest import OpenWindow
from tests.gui.session_sheet.sheet_kit import SheetKit


@pytest.fixture
def sheet(open_kit: OpenWindow, fake_node: FakeNode) -> SheetKit:
    return SheetKit(open_kit(fake_node), fake_node)
