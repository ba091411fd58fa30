"""What must be seen before the yes; a look-alike with both addresses one under the other."""

from PySide6.QtWidgets import QWidget

from morpheus_desktop.pages.wallet.send.notice import Notice
from morpheus_desktop.widgets.address_groups import AddressGroups, differing
from morpheus_desktop.widgets.labels import ElidedLabel, Label
from morpheus_desktop.widgets.layouts import boxed, column
from node.service.dto import SendDraft, Warning_

_GRAVE = frozenset({"look_alike", "contract"})
_ORDER = ("look_alike", "contract", "most_of_balance", "first_recipient")


class WarningBlock(QWidget):
    """The gravest first."""

    def __init__(self, draft: SendDraft, known_name: str) -> None:
        super().__init__()
        body = column(spacing=8)
        for item in sorted(draft.warnings, key=_rank):
            notice = Notice(
                item.text,
                "" if item.known else item.hint,
                tone="danger" if item.code in _GRAVE else "warning",
                name=f"wallet.send.warning.{item.code}",
            )
            if item.known:
                notice.words.addSpacing(6)
                notice.words.addWidget(_comparison(draft.to, item.known, known_name))
            body.addWidget(notice)
        self.setLayout(body)


def _rank(item: Warning_) -> int:
    return _ORDER.index(item.code) if item.code in _ORDER else len(_ORDER)


def _comparison(to: str, known: str, name: str) -> QWidget:
    """Both addresses in the same columns; of ten groups those that differ are marked."""
    marked = differing(to, known)
    count = f"{len(marked)} of 10 groups differ; they are underlined."
    return boxed(
        column(
            Label("You are sending to", "small", "text2"),
            AddressGroups(to, lines=1, marked=marked),
            6,
            ElidedLabel(f"You know {name}" if name else "You know", "small", "text2"),
            AddressGroups(known, lines=1, marked=marked),
            6,
            Label(count, "small", "text2"),
        ),
        "wallet.send.comparison",
    )
