"""The picked model: three facts, its offers, the calculator, one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from morpheus_desktop import formats
from morpheus_desktop.chain_time import ChainTime
from morpheus_desktop.errors import present
from morpheus_desktop.models.market import kind_words
from morpheus_desktop.pages.market.calculator import Calculator
from morpheus_desktop.pages.market.presenter import MarketPresenter
from morpheus_desktop.theme import current
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button, IconButton
from morpheus_desktop.widgets.choices import RadioGroup, RadioRow
from morpheus_desktop.widgets.empty_state import EmptyState, SkeletonRows
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from morpheus_desktop.widgets.scroll import ScrollArea
from node.core.errors import NodeError
from node.service.dto import ModelSummary, OfferView, PingResult

_NONE, _MODEL = 0, 1


class Inspector(QWidget):
    """`chat_requested(model_id, bid_id | None)`; `dismissed()` by its cross."""

    chat_requested = Signal(str, object)
    dismissed = Signal()
    local_requested = Signal()

    def __init__(self, presenter: MarketPresenter, time: ChainTime) -> None:
        super().__init__()
        self.setObjectName("market.inspector")
        self._presenter, self._time = presenter, time
        self._focus_chat = False
        self._avatar = Avatar("?", side=44)
        self._name = ElidedLabel("", "h2")
        self._kind = ElidedLabel("", "small", "text3")
        self.close_button = IconButton("x", "Hide the offers", compact=True, name="market.close")
        self.close_button.clicked.connect(self.dismissed)
        self._facts = [_Fact(name) for name in ("answered well", "tokens / s", "first word")]
        self._count = Label("Offers", "strong")
        self.offers = RadioGroup()
        self._notices = column(spacing=8)
        self._skeleton = SkeletonRows(3)
        self.check_button = Button(
            "Check who replies now", "ghost", icon="lightning", size="compact", name="market.check"
        )
        self._answer = ElidedLabel("", "small", "text2")
        self.calculator = Calculator()
        self.chat_button = Button(
            "Chat with this model", "primary", size="primary", name="market.chat"
        )
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._content())
        layout = column(self._stack, margins=(1, 0, 0, 0))
        self.setLayout(layout)
        self._connect()

    def _nothing(self) -> QWidget:
        empty = EmptyState(
            "storefront",
            "Pick a model to see its offers",
            "A model on this computer needs no network.",
            button="Open local models",
        )
        empty.action.connect(self.local_requested)
        return empty

    def _content(self) -> QWidget:
        names = column(self._name, self._kind, spacing=2)
        head = row(self._avatar, spacing=12)
        head.addLayout(names, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        facts = row(spacing=12)
        for fact in self._facts:
            facts.addWidget(fact, 1)
        check = row(self.check_button, spacing=8)
        check.addWidget(self._answer, 1)
        body = column(
            head,
            18,
            facts,
            20,
            self._count,
            6,
            self._notices,
            self._skeleton,
            self.offers,
            4,
            check,
            14,
            None,
            self.calculator,
            margins=(20, 20, 20, 8),
        )
        foot = column(self.chat_button, margins=(20, 6, 20, 16))
        whole = column()
        whole.addWidget(ScrollArea(boxed(body)), 1)
        whole.addLayout(foot)
        return boxed(whole)

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.picked.connect(self._show_model)
        presenter.detail_loaded.connect(lambda _detail: self._show_offers())
        presenter.detail_failed.connect(self._show_failure)
        presenter.planned.connect(self._show_plan)
        presenter.quoted.connect(lambda quote: self.calculator.show_quote(quote, self._time.now()))
        presenter.quote_refused.connect(self.calculator.show_refusal)
        presenter.provider_answered.connect(self._answered)
        presenter.provider_silent.connect(self._silent)
        self.offers.chosen.connect(presenter.choose_offer)
        self.calculator.duration_changed.connect(presenter.set_duration)
        self.check_button.clicked.connect(self._check)
        self.chat_button.clicked.connect(self._chat)
        self._show_model()

    def _show_model(self) -> None:
        model = self._presenter.model
        self._stack.setCurrentIndex(_NONE if model is None else _MODEL)
        if model is None:
            return
        self._avatar.set_name(model.name, model.id)
        self._name.set_text(model.name or "Unnamed model")
        words = f"by {formats.short_address(model.owner)} · {kind_words(model)}"
        if model.is_tee:
            words += " · TEE, not verified by this app"
        self._kind.set_text(words)
        for fact, text in zip(self._facts, _facts(model), strict=True):
            fact.set_text(text)
        clear(self._notices)
        self._count.setText("Offers")
        self._answer.set_text("")
        self.offers.set_rows([])
        self._skeleton.show()
        self._offered(False)

    def _offered(self, yes: bool) -> None:
        self.calculator.setVisible(yes)
        self.check_button.setVisible(yes)
        reason = "" if yes else "Nobody offers this model at the moment."
        self.chat_button.disable_with(reason or _no_chat(self._presenter.model))
        if self._focus_chat and self.chat_button.isEnabled():
            self.focus_chat()

    def focus_chat(self) -> None:
        """Put the focus on the one button, as soon as it can be used."""
        self._focus_chat = not self.chat_button.isEnabled()
        if not self._focus_chat:
            self.chat_button.setFocus()

    def _show_offers(self) -> None:
        offers = self._presenter.offers
        clear(self._notices)
        self._skeleton.hide()
        self._count.setText(f"Offers  {len(offers)}")
        if not offers:
            self._notices.addWidget(
                Label("Nobody offers this model at the moment.", "small", "text2", wrap=True)
            )
        best = offers[0] if offers else None
        rows = [_auto_row(best)] if best else []
        rows += [_offer_row(number, offer) for number, offer in enumerate(offers, start=1)]
        self.offers.set_rows(rows, self._presenter.offer_index)
        self._offered(bool(offers))

    def _show_failure(self, error: NodeError) -> None:
        self._skeleton.hide()
        clear(self._notices)
        shown = present(error)
        self._notices.addWidget(Label(shown.title, "strong", shown.severity, wrap=True))
        self._notices.addWidget(Label(shown.text, "small", "text2", wrap=True))
        again = Button("Try again", size="compact", name="market.offers.retry")
        again.clicked.connect(self._presenter.read_offers)
        self._notices.addLayout(row(again, None))

    def _show_plan(self) -> None:
        self.calculator.show_plan(self._presenter.duration_s, self._presenter.stake)

    def _check(self) -> None:
        self.check_button.set_busy(True)
        self._answer.set_text("")
        self._presenter.check_provider()

    def _answered(self, result: PingResult) -> None:
        self.check_button.set_busy(False)
        self._answer.set_role("success")
        self._answer.set_text(
            f"{formats.short_address(result.provider)} answered in {result.rtt_ms} ms"
        )

    def _silent(self, address: str, error: NodeError) -> None:
        self.check_button.set_busy(False)
        self._answer.set_role("danger")
        self._answer.set_text(f"{formats.short_address(address)}: {error.message}")

    def _chat(self) -> None:
        model = self._presenter.model
        if model is not None:
            self.chat_requested.emit(model.id, self._presenter.bid_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("surface"))
        painter.fillRect(0, 0, 1, self.height(), current().color("border"))
        painter.end()


class _Fact(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._value = Label("–", "figure")
        self._name = name
        self.setLayout(column(self._value, Label(name, "caption", "text3"), spacing=0))

    def set_text(self, text: str) -> None:
        self._value.setText(text)
        self.setAccessibleName(f"{text} {self._name}")


def _no_chat(model: ModelSummary | None) -> str:
    """Why a model cannot answer in a chat; empty when it can."""
    if model is None or model.kind in ("LLM", "UNKNOWN"):
        return ""
    return "This model does not chat. Programs can use it through the API."


def _facts(model: ModelSummary) -> tuple[str, str, str]:
    share, speed, wait = model.success_percent, model.tokens_per_second, model.ttft_ms
    return (
        f"{share:.0f}{formats.NBSP}%" if share is not None else "–",
        f"{speed:.0f}" if speed is not None else "–",
        formats.seconds_of(wait) if wait is not None else "–",
    )


def _auto_row(best: OfferView) -> RadioRow:
    return RadioRow(
        "Best score",
        f"picks {formats.short_address(best.provider)} now",
        f"{formats.mor(best.stake_per_hour)} for 1 h",
        name="market.offer.auto",
    )


def _offer_row(number: int, offer: OfferView) -> RadioRow:
    parts = []
    if offer.total_count:
        share = 100 * offer.success_count // offer.total_count
        parts.append(f"{share} % of {offer.total_count}")
    else:
        parts.append("no record yet")
    if offer.tokens_per_second is not None:
        parts.append(formats.speed(offer.tokens_per_second))
    if offer.score is not None:
        parts.append(f"score {offer.score:.2f}")
    return RadioRow(
        formats.short_address(offer.provider),
        " · ".join(parts),
        formats.mor(offer.stake_per_hour),
        name=f"market.offer.{number}",
    )
