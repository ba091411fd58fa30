"""The session sheet in a whole window."""

from PySide6.QtWidgets import QLabel, QPushButton

from morpheus_desktop.pages.session_sheet.page import SessionSheet
from node.service.dto import QuoteRequest
from tests.fakes import sample_market
from tests.fakes.fake_node import FakeNode
from tests.gui.window_kit import WindowKit

HERMES = sample_market.model_id(0)
HOUR_STAKE = sample_market.stake_for(72 * 10**12, 3600)


class SheetKit:
    def __init__(self, kit: WindowKit, node: FakeNode) -> None:
        self.kit, self.node = kit, node
        kit.until(lambda: kit.window.section == "chat")
        kit.navigation.session_sheets.open(HERMES)
        self.sheet = kit.find(SessionSheet, "session.sheet")
        self.confirm = kit.find(QPushButton, "session.sheet.confirm")
        kit.window.activateWindow()

    def quoted(self) -> None:
        self.kit.until(lambda: self.confirm.text().startswith("Stake"))

    def text(self, name: str) -> str:
        return self.kit.find(QLabel, name).text()

    def last_request(self) -> tuple[int | None, int | None, str | None]:
        request = self.node.called("sessions.quote")[-1][0]
        return request.duration_s, request.stake, request.bid_id

    def request(self) -> QuoteRequest:
        request = self.node.called("sessions.quote")[-1][0]
        assert isinstance(request, QuoteRequest)
        return request
