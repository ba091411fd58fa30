"""Second step: everything that will happen, before the yes."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop import formats
from morpheus_desktop.pages.wallet.send.amounts import typed_form, written
from morpheus_desktop.pages.wallet.send.context import SendContext
from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.pages.wallet.send.warning_block import WarningBlock
from morpheus_desktop.widgets.address_groups import AddressGroups
from morpheus_desktop.widgets.avatar import Avatar
from morpheus_desktop.widgets.buttons import Button
from morpheus_desktop.widgets.frames import Sunken, line
from morpheus_desktop.widgets.icon_label import IconLabel, Tile
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import Item, boxed, clear, column, row
from node.service.dto import SendDraft


class ReviewStep(QWidget):
    """Shows one draft at a time; what changed against the one before stands on top."""

    def __init__(self) -> None:
        super().__init__()
        self._body = column(spacing=0)
        self._problem = Label("", "body", "danger", wrap=True)
        self._problem.setObjectName("wallet.send.refusal")
        self.setLayout(column(self._problem, self._body, None))
        self.show_problem("")

    def show_draft(self, draft: SendDraft, context: SendContext, changes: str = "") -> None:
        clear(self._body)
        self.show_problem("")
        parts: list[Item] = []
        if changes:
            changed = Notice(changes, "Nothing was sent.", tone="info", name="wallet.send.changes")
            parts += [changed, 12]
        parts.append(_recipient(draft, context))
        if draft.warnings:
            known = next((item.known for item in draft.warnings if item.known), "")
            twin = context.recipient(known) if known else None
            parts += [12, WarningBlock(draft, twin.name if twin is not None else "")]
        parts += [12, _effects(draft, context), 6, *_advanced(draft, context)]
        for item in parts:
            if isinstance(item, QWidget):
                self._body.addWidget(item)
            elif isinstance(item, int):
                self._body.addSpacing(item)

    def show_problem(self, text: str) -> None:
        """Why it was not sent."""
        self._problem.setText(text)
        self._problem.setContentsMargins(0, 0, 0, 12 if text else 0)
        self._problem.setVisible(bool(text))


def _advanced(draft: SendDraft, context: SendContext) -> tuple[QWidget, QWidget]:
    """What few people ask for, behind a button."""
    details = _details(draft, context)
    details.hide()
    button = Button(
        "Advanced", "link", icon="caret-down", size="compact", name="wallet.send.advanced"
    )

    def toggle() -> None:
        details.setVisible(details.isHidden())
        button.set_text("Advanced" if details.isHidden() else "Less of it")

    button.clicked.connect(toggle)
    return boxed(row(button, None)), details


def _recipient(draft: SendDraft, context: SendContext) -> QWidget:
    """Amount, name and the complete address."""
    found = context.recipient(draft.to)
    name = found.name if found is not None else draft.contact
    words = found.words if found is not None else "contact" if name else "not among your contacts"
    amount = Label(written(draft.asset, draft.amount), "number")
    amount.setObjectName("wallet.send.total")
    amount.setToolTip(f"{typed_form(draft.amount)} {draft.asset}")
    picture = Avatar(name, draft.to, side=28, circle=True) if name else Tile("user", "text2", 28)
    who = row(picture, spacing=10)
    names = column(None, ElidedLabel(name or "New recipient", "strong"), spacing=0)
    names.addWidget(ElidedLabel(words, "caption", "text2"))
    names.addStretch(1)
    who.addLayout(names, 1)
    groups = AddressGroups(draft.to)
    groups.setObjectName("wallet.send.address")
    who.addWidget(groups)
    return boxed(column(amount, 2, Label("goes to", "small", "text2"), 4, who))


def _effects(draft: SendDraft, context: SendContext) -> QWidget:
    """What leaves, the fee, what stays."""
    most = max(draft.fee_max_wei, draft.fee_wei)
    out = row(spacing=16)
    out.addWidget(ElidedLabel(f"Leaves {context.payer}", "body", "text2"), 1)
    out.addWidget(Label(f"\u2212\u202f{written(draft.asset, draft.amount)}", "strong"))
    fee = row(
        Label("Network fee", "body", "text2"),
        None,
        Label(f"about {written('ETH', draft.fee_wei)}", "strong"),
    )
    cap = row(None, Label(f"at most {written('ETH', most)}", "small", "text2"))
    left = row(
        Label("Left afterwards", "body", "text2"),
        None,
        Label(written(draft.asset, draft.balance_after), "strong"),
    )
    final = row(IconLabel("info", "text3", 14), spacing=6)
    final.addWidget(Label("A transfer cannot be taken back.", "small", "text2"), 1)
    return Sunken(column(out, 6, fee, cap, 6, line(), 8, left, 8, final))


def _details(draft: SendDraft, context: SendContext) -> QWidget:
    network = context.network
    facts = [
        ("Number of the transaction (nonce)", str(draft.nonce)),
        ("Exact amount", f"{typed_form(draft.amount)} {draft.asset}"),
        ("Speed", draft.speed),
        ("Paid by", formats.short_address(context.status.address)),
    ]
    if network is not None:
        facts.append(("Network", f"{network.title}, chain {network.chain_id}"))
    lines = column(spacing=6)
    for name, value in facts:
        lines.addLayout(row(Label(name, "small", "text2"), None, Label(value, "small")))
    body = boxed(lines, "wallet.send.details")
    lines.setContentsMargins(12, 4, 12, 4)
    return body


def difference(old: SendDraft, new: SendDraft) -> str:
    """What became of a draft that was shown before; empty when nothing that matters did."""
    if new.fee_wei != old.fee_wei or new.fee_max_wei != old.fee_max_wei:
        expected = new.fee_wei != old.fee_wei
        before, after = (
            (old.fee_wei, new.fee_wei) if expected else (old.fee_max_wei, new.fee_max_wei)
        )
        verb = "rose" if after > before else "fell"
        what = "The fee" if expected else "The highest fee"
        return f"{what} {verb} from {written('ETH', before)} to {written('ETH', after)}."
    if new.balance_after != old.balance_after:
        left = written(new.asset, new.balance_after)
        return f"Your balance changed meanwhile: {left} will be left."
    if new.warnings != old.warnings:
        return "There is something new to know about this transfer."
    return ""
