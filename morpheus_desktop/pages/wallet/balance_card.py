"""Where is my MOR: the total, a bar of its parts, each with when it comes back."""

from PySide6.QtCore import Signal

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.presenter import WalletState
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.figures import BalanceBar, Legend, Part
from morpheus_desktop.widgets.frames import Card
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import column, row
from node.service.dto import MorOverview


class BalanceCard(Card):
    """`claim_clicked()` takes back what is ready."""

    claim_clicked = Signal()

    def __init__(self) -> None:
        self._total = Label("", "number")
        self._eth = ElidedLabel("", "small", "text3")
        self.bar = BalanceBar()
        self.bar.setObjectName("wallet.balance.bar")
        self._legend = Legend()
        self.claim_button = Button("", "soft", icon="download-simple", name="wallet.claim")
        self.note = Label("", "small", "text2", wrap=True)
        self.note.setObjectName("wallet.balance.note")
        total = row(self._total, Label("MOR", "h3", "text3"), 16, spacing=8)
        total.addWidget(self._eth, 1)
        total.addWidget(self.claim_button)
        super().__init__(
            column(
                Label("Where is my MOR", "small", "text2"),
                2,
                total,
                14,
                self.bar,
                18,
                self._legend,
                self.note,
            ),
            margins=(22, 18, 22, 18),
        )
        self.note.setContentsMargins(0, 12, 0, 0)
        self.claim_button.clicked.connect(self.claim_clicked)

    def show_state(self, state: WalletState, now: int, *, busy: bool) -> None:
        overview = state.overview
        if overview is None:
            return
        self._total.setText(formats.amount(overview.total))
        self._total.setToolTip(f"{formats.exact(overview.total)} MOR")
        self._eth.set_text(eth_words(overview.eth_wei, state.session_fee))
        parts = balance_parts(overview, state.next_back, now)
        self.bar.set_parts(parts)
        self._legend.set_parts(parts)
        note = side_notes(overview, now)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.claim_button.set_text(f"Take back {formats.mor(overview.ready)}")
        self.claim_button.setVisible(bool(overview.ready))
        watched = "This account is watched only: taking back needs its key."
        self.claim_button.disable_with(watched if state.status.watch_only else "")
        self.claim_button.set_busy(busy)


def balance_parts(overview: MorOverview, next_back: int, now: int) -> tuple[Part, ...]:
    """The parts in the order of the bar. Stakes of a host are left out while there are none."""
    held = sum(part.amount for part in overview.locked)
    hosts = bool(overview.provider_stake or overview.model_stake)
    back = f"next back {formats.when(next_back, now)}" if next_back else "none open"
    parts = [
        _part("In wallet", overview.wallet, "free to use"),
        _part("In sessions", overview.in_sessions, back),
        _part("Locked", held, _locked_note(overview, now, brief=hosts)),
        _part("Ready", overview.ready, "take it back now" if overview.ready else "nothing waits"),
    ]
    if overview.provider_stake:
        parts.append(_part("Provider stake", overview.provider_stake, "while you host"))
    if overview.model_stake:
        parts.append(_part("Model stake", overview.model_stake, "while it is listed"))
    return tuple(parts)


def side_notes(overview: MorOverview, now: int) -> str:
    """What is not a part of the sum, and why something ready is not back yet."""
    notes = []
    if overview.in_flight:
        notes.append(
            f"{formats.mor(overview.in_flight)} are on their way out, not yet in a block;"
            " they still count as in the wallet."
        )
    if overview.claimable:
        notes.append(f"{formats.mor(overview.claimable)} of pay for hosting can be collected.")
    if overview.claim_stuck:
        again = "when the wallet is unlocked"
        if overview.claim_retry_at:
            again = f"at {formats.clock(overview.claim_retry_at)}"
        stuck = overview.claim_stuck.rstrip(".")
        notes.append(f"Not taken back by itself: {stuck}. It is tried again {again}.")
    if overview.sources == "quorum":
        notes.append("Several servers agree on these figures.")
    return "\n".join(notes)


def eth_words(wei: int, session_fee: int) -> str:
    """ETH told by what it pays for; `session_fee` is what opening and closing cost lately."""
    if not wei:
        return "No ETH: network fees cannot be paid"
    if not session_fee:
        return f"{formats.eth(wei)} for network fees"
    sessions = wei // session_fee
    if not sessions:
        return f"{formats.eth(wei)}: hardly enough for the fees of a session"
    return f"{formats.eth(wei)} pays the fees of about {_about(sessions)} sessions"


def _about(count: int) -> str:
    """Two digits are as exact as a guess gets."""
    if count >= 10_000:
        return f"10{formats.THIN}000 and more"
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{count // step * step:,}".replace(",", formats.THIN)


def _part(name: str, value: int, note: str) -> Part:
    return Part(name=name, value=value, amount=formats.amount(value), note=note)


def _locked_note(overview: MorOverview, now: int, *, brief: bool) -> str:
    """`brief` where six parts share the width."""
    waiting = [part.until for part in overview.locked if part.amount]
    if not waiting:
        return "nothing held back"
    until = min(waiting)
    words = f"until {formats.when(until, now)}"
    return words if brief else f"{words}, in {formats.duration(until - now)}"
