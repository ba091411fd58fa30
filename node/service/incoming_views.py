"""What came to the account, as rows of the list of transactions."""

from collections.abc import Mapping

from node.core.ids import Address
from node.service.dto import TransactionView
from node.store.incoming import AccountPlace, Incoming, Origin

RECEIVED = "received"
DUST = "dust"
STAKE_RETURNED = "stake_returned"
SESSION_PAY = "session_pay"
_INTENTS = {Origin.STAKE: STAKE_RETURNED, Origin.PAY: SESSION_PAY}


def intent_of(item: Incoming) -> str:
    return DUST if item.is_dust else _INTENTS.get(item.origin, RECEIVED)


def incoming_view(
    item: Incoming,
    place: AccountPlace,
    names: Mapping[Address, str],
    *,
    explorer: str = "",
    head: int = 0,
    label: str = "",
) -> TransactionView:
    """Dust has no sender here: its address is made to look like a known one, to be copied from
    such a list by mistake. The explorer's page names it.
    """
    purpose = _purpose(item, names)
    return TransactionView(
        hash=item.tx_hash.hex,
        intent=intent_of(item),
        summary=purpose,
        status="mined",
        block=item.block,
        fee_wei=0,
        created_at=item.time,
        explorer_url=explorer.replace("{hash}", item.tx_hash.hex) if explorer else "",
        sender="" if item.is_dust else item.sender.checksum,
        to=place.token.checksum,
        purpose=purpose,
        amount_mor=item.amount.base,
        recipient=place.wallet.checksum,
        label=label,
        confirmations=max(0, head - item.block + 1),
        final=item.final,
    )


def _purpose(item: Incoming, names: Mapping[Address, str]) -> str:
    if item.origin is Origin.STAKE:
        return "Stake returned"
    if item.origin is Origin.PAY:
        return "Pay for a session"
    if item.is_dust:
        return f"Dust: {item.amount} from a stranger"
    return f"Received {item.amount} from {names.get(item.sender) or item.sender.short}"
