"""Transactions as rows: what for, how far, when, how much."""

from collections.abc import Callable

from morpheus_desktop import formats
from morpheus_desktop.models.dto_table import Column, DtoTable
from morpheus_desktop.widgets.data_table import Cell, ColumnLook
from node.service.dto import TransactionView

# Purpose of a transaction -> words, icon, colour role.
_PURPOSES = {
    "approve": ("Allow the marketplace", "shield-check", "text2"),
    "open_session": ("Open a session", "arrow-up-right", "info"),
    "close_session": ("Close a session", "arrow-down-left", "success"),
    "withdraw_on_hold": ("Take back stake", "arrow-down-left", "success"),
    "claim": ("Collect hosting income", "coin", "accent"),
    "send_mor": ("Send MOR", "paper-plane-tilt", "info"),
    "send_eth": ("Send ETH", "paper-plane-tilt", "info"),
    "register_provider": ("Register as provider", "broadcast", "text2"),
    "deregister_provider": ("Leave as provider", "broadcast", "text2"),
    "register_model": ("Register a model", "cpu", "text2"),
    "deregister_model": ("Remove a model", "cpu", "text2"),
    "post_bid": ("Post an offer", "storefront", "text2"),
    "delete_bid": ("Withdraw an offer", "storefront", "text2"),
    "cancel": ("Cancel", "x-circle", "text2"),
    "free_nonce": ("Free the way", "arrows-left-right", "text2"),
    "received": ("Received MOR", "arrow-down-left", "success"),
    "stake_returned": ("Stake returned", "arrow-down-left", "success"),
    "session_pay": ("Pay for a session", "coin", "accent"),
    "dust": ("Dust", "arrow-down-left", "text3"),
}
_UNKNOWN = ("Transaction", "arrows-left-right", "text2")
_STATUSES = {
    "signed": ("Not sent yet", "part", "warning"),
    "sent": ("Pending", "part", "warning"),
    "mined": ("Confirmed", "ok", "text3"),
    "failed": ("Failed", "fail", "danger"),
    "dropped": ("Not sent", "off", "text3"),
    "replaced": ("Replaced", "off", "text3"),
}


def purpose(transaction: TransactionView) -> str:
    return _PURPOSES.get(transaction.intent, _UNKNOWN)[0]


def detail_words(transaction: TransactionView) -> str:
    """What else is known of it: the user's note first."""
    what = transaction.purpose or transaction.summary or formats.short_address(transaction.hash)
    return f"{transaction.label} · {what}" if transaction.label else what


def status_words(transaction: TransactionView) -> str:
    return _status_of(transaction)[0]


def amount_words(transaction: TransactionView) -> str:
    """What it moves, with its sign; empty where nothing is moved."""
    if transaction.amount_mor:
        return formats.mor_change(transaction.amount_mor)
    if transaction.value_wei and transaction.intent == "send_eth":
        return f"{formats.MINUS}{formats.THIN}{formats.eth(transaction.value_wei)}"
    return ""


def transaction_table(now: Callable[[], int]) -> DtoTable[TransactionView]:
    """`now` in Unix seconds decides how times are written."""

    def time(transaction: TransactionView) -> Cell:
        words = formats.day(transaction.created_at, now())
        return Cell(text=words, role="text3", right=True)

    columns: tuple[Column[TransactionView], ...] = (
        Column(title="Transaction", cell=_what),
        Column(title="Status", cell=_status, look=ColumnLook(width=148, drop=2)),
        Column(title="Time", cell=time, look=ColumnLook(width=92, drop=1), right=True),
        Column(title="Amount", cell=_amount, look=ColumnLook(width=140), right=True),
    )
    return DtoTable(columns, lambda transaction: transaction.hash)


def _what(transaction: TransactionView) -> Cell:
    words, icon, role = _PURPOSES.get(transaction.intent, _UNKNOWN)
    if transaction.status == "failed":
        icon, role = "x-circle", "danger"
    return Cell(text=words, detail=detail_words(transaction), tile=(icon, role))


def _status(transaction: TransactionView) -> Cell:
    words, dot, role = _status_of(transaction)
    return Cell(text=words, dot=dot, role=role)


def _status_of(transaction: TransactionView) -> tuple[str, str, str]:
    if transaction.status == "mined" and not transaction.final:
        count = transaction.confirmations
        return (f"{count} block{'' if count == 1 else 's'} so far", "part", "text2")
    return _STATUSES.get(transaction.status, (transaction.status, "off", "text3"))


def _amount(transaction: TransactionView) -> Cell:
    words = amount_words(transaction)
    counts = transaction.status == "mined"
    role = "text" if counts else "text3"
    if counts and transaction.amount_mor > 0:
        role = "success"
    return Cell(text=words, role=role, right=True, strong=counts)
