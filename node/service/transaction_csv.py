"""Transactions as CSV by RFC 4180: every decimal, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from node.core.units import Eth, Mor
from node.service.dto import TransactionView

HEADER = (
    "Time (UTC)",
    "Purpose",
    "MOR in",
    "MOR out",
    "ETH out",
    "Fee ETH",
    "Status",
    "Block",
    "From",
    "To",
    "Hash",
    "Label",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def transactions_csv(items: Iterable[TransactionView]) -> str:
    """One row for each, in the order given. Amounts are never negative: two columns say it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for item in items:
        writer.writerow([_safe(cell) for cell in _cells(item)])
    return out.getvalue()


def _cells(item: TransactionView) -> tuple[str, ...]:
    came, went = max(0, item.amount_mor), max(0, -item.amount_mor)
    return (
        datetime.fromtimestamp(item.created_at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        item.purpose or item.summary,
        Mor(came).exact if came else "",
        Mor(went).exact if went else "",
        Eth(item.value_wei).exact if item.value_wei else "",
        Eth(item.fee_wei).exact if item.fee_wei else "",
        item.status,
        str(item.block) if item.block else "",
        item.sender,
        item.recipient or item.to,
        item.hash,
        item.label,
    )


def _safe(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula; the mark in front makes it text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
