"""The theme for documents."""

import pytest
from PySide6.QtWidgets import QApplication

from morpheus_desktop.theme import Theme, install_theme


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return install_theme(qapp, "light")
