"""Transactions as rows: what for, how far, when, for which fee."""

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


def status_words(transaction: TransactionView) -> str:
    return _STATUSES.get(transaction.status, (transaction.status, "off", "text3"))[0]


def transaction_table(now: Callable[[], int]) -> DtoTable[TransactionView]:
    """`now` in Unix seconds decides how times are written."""

    def time(transaction: TransactionView) -> Cell:
        words = formats.day(transaction.created_at, now())
        return Cell(text=words, role="text3", right=True)

    columns: tuple[Column[TransactionView], ...] = (
        Column(title="Transaction", cell=_what),
        Column(title="Status", cell=_status, look=ColumnLook(width=122)),
        Column(title="Time", cell=time, look=ColumnLook(width=84), right=True),
        Column(title="Network fee", cell=_fee, look=ColumnLook(width=142, drop=1), right=True),
    )
    return DtoTable(columns, lambda transaction: transaction.hash)


def _what(transaction: TransactionView) -> Cell:
    words, icon, role = _PURPOSES.get(transaction.intent, _UNKNOWN)
    detail = transaction.summary or formats.short_address(transaction.hash)
    if transaction.status == "failed":
        icon, role = "x-circle", "danger"
    return Cell(text=words, detail=detail, tile=(icon, role))


def _status(transaction: TransactionView) -> Cell:
    known = _STATUSES.get(transaction.status, (transaction.status, "off", "text3"))
    words, dot, role = known
    return Cell(text=words, dot=dot, role=role)


def _fee(transaction: TransactionView) -> Cell:
    fee = formats.eth(transaction.fee_wei) if transaction.fee_wei else ""
    return Cell(text=fee, role="text2", right=True)
