"""First step: to whom, how much, how fast; what it will cost while it is filled in."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from morpheus_desktop.errors import present
from morpheus_desktop.pages.wallet.send.amount_row import AmountRow
from morpheus_desktop.pages.wallet.send.amounts import written
from morpheus_desktop.pages.wallet.send.context import SendContext
from morpheus_desktop.pages.wallet.send.links import misfit
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.pages.wallet.send.presenter import Wish
from morpheus_desktop.pages.wallet.send.problems import Problem, Way, problem_of
from morpheus_desktop.pages.wallet.send.recipient_field import RecipientField
from morpheus_desktop.pages.wallet.send.speed_choice import SpeedChoice
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.icon_label import IconLabel
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, clear, column, row
from node.core.errors import NodeError
from node.core.payment_uri import PaymentRequest
from node.core.redaction import holds_secret
from node.service.dto import SendDraft

_NO_COST = "The network fee is shown when recipient and amount are there."
_ASKING = "Asking for the network fee."
_UNKNOWN = "The network fee is not known without a connection."
_SECRET = "This looks like a private key or recovery phrase."  # noqa: S105 - a sentence
_NOT_KEPT = "It was not sent and not kept. Never share it with anybody."


class FormStep(QWidget):
    """Signals: `changed(Wish | None)` at each change; `submitted()`; `most_wanted()`;
    `way_chosen(Way)` for the button beside a problem; `reload_wanted()`.
    """

    changed = Signal(object)
    submitted = Signal()
    most_wanted = Signal()
    way_chosen = Signal(str)
    reload_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.to = RecipientField()
        self.amounts = AmountRow()
        self.speed = SpeedChoice()
        self._context: SendContext | None = None
        self._notices = column(spacing=8)
        self._is_lasting = False
        self._cost_icon = IconLabel("info", "text3", 14)
        self._cost = ElidedLabel(_NO_COST, "small", "text2")
        self._cost.setObjectName("wallet.send.cost")
        self._left = Label("", "small", "text2")
        self._left.setObjectName("wallet.send.left")
        self._problem = Label("", "small", "danger", wrap=True)
        self._problem.setObjectName("wallet.send.problem")
        self._way_button = Button("", "link", name="wallet.send.way")
        self._way: Way = ""
        costs = row(self._cost_icon, spacing=6)
        costs.addWidget(self._cost, 1)
        costs.addWidget(self._left)
        problem = row(spacing=12)
        problem.addWidget(self._problem, 1)
        problem.addWidget(self._way_button)
        self._problem_line = boxed(problem)
        self._problem_line.hide()
        self.setLayout(
            column(
                self._notices,
                Label("To", "small", "text2"),
                4,
                self.to,
                14,
                self.amounts,
                16,
                Label("Speed", "small", "text2"),
                4,
                self.speed,
                14,
                costs,
                6,
                self._problem_line,
                None,
            )
        )
        self._connect()

    def _connect(self) -> None:
        self.to.changed.connect(self._changed)
        self.to.picked.connect(self.amounts.edit.setFocus)
        self.to.linked.connect(self.take_link)
        self.to.submitted.connect(self._next_of_to)
        self.to.secret_typed.connect(self._refuse_secret)
        self.amounts.changed.connect(self._changed)
        self.amounts.submitted.connect(self.submitted)
        self.amounts.most_wanted.connect(self.most_wanted)
        self.amounts.secret_typed.connect(self._refuse_secret)
        self.speed.chosen.connect(lambda _speed: self._changed())
        self._way_button.clicked.connect(lambda: self.way_chosen.emit(self._way))

    # --- what it holds ---

    @property
    def wish(self) -> Wish | None:
        """The transfer as it stands, None while something is missing."""
        address, amount = self.to.address, self.amounts.amount
        if not address or amount is None or self.amounts.is_too_much:
            return None
        return Wish(asset=self.amounts.asset, to=address, amount=amount, speed=self.speed.speed)

    def judge(self) -> bool:
        """Whether all is there; the first field that is wrong says so and gets the focus."""
        if not self.to.judge(final=True):
            self.to.setFocus()
            return False
        if not self.amounts.judge():
            self.amounts.edit.setFocus()
            return False
        return True

    def set_context(self, context: SendContext) -> None:
        """Balances, names and times have been read."""
        self._context = context
        self.to.set_context(context)
        self.amounts.set_context(context)
        self.speed.set_seconds(context.seconds)
        self._show_notices()

    def take_link(self, request: PaymentRequest) -> None:
        """Fill in what a payment link asks for, if it is for this network."""
        context = self._context
        refusal = misfit(request, context)
        if refusal:
            self.to.refuse_link(refusal)
            return
        self.to.set_address(request.recipient.checksum)
        self.amounts.choose_asset("ETH" if request.token is None else "MOR")
        if request.amount:
            self.amounts.set_amount(request.amount)
        self._notice(
            "Filled in from a payment link.", "Whoever made it chose recipient and amount.", "info"
        )
        self.amounts.edit.setFocus()

    # --- what is found out ---

    def show_cost(self, draft: SendDraft) -> None:
        self.show_problem(None)
        most = max(draft.fee_max_wei, draft.fee_wei)
        self._cost.set_text(
            f"Fee about {written('ETH', draft.fee_wei)}, at most {written('ETH', most)}"
        )
        self._left.setText(f"{written(draft.asset, draft.balance_after)} left")

    def show_refusal(self, error: NodeError, *, final: bool) -> None:
        """Why the wish cannot be sent; before `final` nothing takes the focus away."""
        problem = problem_of(error, self.amounts.asset)
        self.clear_cost()
        context = self._context
        if problem.way == "retry":
            self._cost.set_text(_UNKNOWN)
        if context is not None and context.problem is not None and problem.way == "retry":
            return  # the notice on top says it
        if problem.place == "to":
            self.to.show_error(problem.words)
            if final:
                self.to.setFocus()
        elif problem.place == "amount":
            self.amounts.show_error(problem.words)
            if final:
                self.amounts.edit.setFocus()
        else:
            self.show_problem(problem)

    def show_problem(self, problem: Problem | None) -> None:
        self._way = problem.way if problem is not None else ""
        self._problem.setText(problem.words if problem is not None else "")
        self._way_button.set_text(problem.label if problem is not None else "")
        self._way_button.setVisible(bool(self._way))
        self._problem_line.setVisible(problem is not None)

    def clear_cost(self) -> None:
        self._cost.set_text(_NO_COST)
        self._left.setText("")
        self.show_problem(None)

    # --- inside ---

    def _changed(self) -> None:
        wish = self.wish
        self.clear_cost()
        if wish is not None:
            self._cost.set_text(_ASKING)
        self.changed.emit(wish)

    def _next_of_to(self) -> None:
        if self.amounts.amount is None and self.to.judge(final=True):
            self.amounts.edit.setFocus()
        else:
            self.submitted.emit()

    def _refuse_secret(self) -> None:
        notice = self._notice(_SECRET, _NOT_KEPT, "danger", action="Clear the clipboard")
        notice.action.connect(_clear_clipboard)
        notice.action.connect(lambda: clear(self._notices))

    def _show_notices(self) -> None:
        context = self._context
        if context is None:
            return
        if context.status.watch_only:
            words = "There is no key for it here. Choose another account, or import its key."
            self._notice("This account is watched only.", words, "info", lasts=True)
        elif context.problem is not None:
            shown = present(context.problem)
            notice = self._notice(
                shown.title, shown.text, "warning", action="Try again", lasts=True
            )
            notice.action.connect(self.reload_wanted)
        elif self._is_lasting:
            clear(self._notices)

    def _notice(
        self, text: str, detail: str, tone: str, *, action: str = "", lasts: bool = False
    ) -> Notice:
        """One at a time; what `lasts` goes when its reason goes."""
        clear(self._notices)
        self._is_lasting = lasts
        notice = Notice(text, detail, tone=tone, action=action, name="wallet.send.notice")
        self._notices.addWidget(notice)
        self._notices.addSpacing(8)
        if notice.button is not None:
            QWidget.setTabOrder(notice.button, self.to.edit)
        return notice


def _clear_clipboard() -> None:
    clipboard = QGuiApplication.clipboard()
    if holds_secret(clipboard.text()):
        clipboard.clear()
