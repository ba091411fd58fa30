"""Who answers: the best by rating, or an offer of the user's choice."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.chips import StatusDot
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import ModelDetail, OfferView, Quote

MAX_ROWS = 5


class OfferChoice(QWidget):
    """Signals: `chosen(bid_id)`, empty for the best by rating."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._bids: list[str] = [""]
        self._offers: dict[str, OfferView] = {}
        self._title = Label("Best provider", "strong")
        self._detail = ElidedLabel("", "small", "text2")
        self._change = Button("Change", "link", name="session.sheet.offers")
        self._rows = RadioGroup()
        self._rows.hide()
        head = row(StatusDot("ok"), self._title, spacing=8)
        head.addWidget(self._detail, 1)
        head.addWidget(self._change)
        self.setLayout(column(head, self._rows, spacing=8))
        self._change.clicked.connect(self._toggle)
        self._rows.chosen.connect(self._picked)

    def show_offers(self, detail: ModelDetail, bid_id: str) -> None:
        """Offer the best five to choose from; `bid_id` is the one that is pinned already."""
        usable = [offer for offer in detail.offers if not offer.is_own][:MAX_ROWS]
        self._offers = {offer.bid_id: offer for offer in detail.offers}
        self._bids = ["", *[offer.bid_id for offer in usable]]
        best = RadioRow("Best by score", "the next best answers when one declines")
        rows = [best, *[_offer_row(offer) for offer in usable]]
        self._rows.set_rows(rows, self._bids.index(bid_id) if bid_id in self._bids else 0)
        self._change.setVisible(bool(usable))

    def show_chosen(self, quote: Quote) -> None:
        """Name the provider of the quote."""
        pinned = self._rows.index > 0
        self._title.setText("Your choice" if pinned else "Best provider")
        offer = self._offers.get(quote.bid_id)
        parts = [formats.short_address(quote.provider)]
        if offer is not None:
            parts += offer_facts(offer)
        self._detail.set_text(" · ".join(parts))

    def unfold(self) -> None:
        """Show the offers to choose from."""
        if self._rows.isHidden() and not self._change.isHidden():
            self._toggle()

    def _toggle(self) -> None:
        shown = self._rows.isHidden()
        self._rows.setVisible(shown)
        self._change.set_text("Done" if shown else "Change")

    def _picked(self, index: int) -> None:
        self.chosen.emit(self._bids[index])


def offer_facts(offer: OfferView) -> list[str]:
    """What is known of an offer: `97 % answered`, `41 tok/s`."""
    facts = []
    if offer.total_count:
        facts.append(f"{100 * offer.success_count // offer.total_count}\u00a0% answered")
    if offer.tokens_per_second:
        facts.append(formats.speed(offer.tokens_per_second))
    if offer.ttft_ms:
        facts.append(f"{formats.seconds_of(offer.ttft_ms)} to first")
    return facts


def _offer_row(offer: OfferView) -> RadioRow:
    facts = " · ".join(offer_facts(offer)) or "no record yet"
    price = f"{formats.mor(offer.stake_per_hour)} for an hour"
    return RadioRow(formats.short_address(offer.provider), facts, price)
