"""How allowances are written."""

from morpheus_desktop import formats
from node.service.dto import ApprovalView

UNLIMITED = 2**96
"""More than this many base units is more MOR than can exist: wallets mean "without limit"."""
UNKNOWN_NAME = "Unknown contract"


def is_unlimited(amount: int) -> bool:
    return amount >= UNLIMITED


def amount_words(amount: int) -> str:
    """`12.00 MOR`, `Unlimited`, `Nothing`."""
    if is_unlimited(amount):
        return "Unlimited"
    return formats.mor(amount) if amount else "Nothing"


def name_of(approval: ApprovalView) -> str:
    return approval.spender_name or UNKNOWN_NAME


def used_words(approval: ApprovalView, now: int) -> str:
    if not approval.last_used:
        return "not used yet"
    return f"last used {formats.when(approval.last_used, now)}"


def hint_of(approval: ApprovalView) -> str:
    """What the user should know about this one; empty when nothing is odd."""
    if approval.needed_by_open:
        needed = formats.mor(approval.needed_by_open)
        return f"{needed} of it are needed by a session that opens right now."
    if not approval.spender_name:
        much = " It may take all MOR of this wallet." if is_unlimited(approval.amount) else ""
        return f"This is not the marketplace.{much} Revoke it unless you know what it is for."
    if is_unlimited(approval.amount):
        return "It may take all MOR of this wallet at any time. No session needs that."
    return ""
