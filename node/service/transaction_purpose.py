"""What a transaction of the journal was for, in the user's words, and what it moved."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.chain.outgoing import Outgoing, outgoing_of
from node.core.errors import NodeError
from node.core.ids import Address
from node.core.ports import EMPTY_INTENTS, Intent
from node.router.display import clean_name
from node.service.incoming_views import DUST, RECEIVED, SESSION_PAY, STAKE_RETURNED
from node.store.journal_records import TxRecord, TxStatus

KINDS: Mapping[str, frozenset[str]] = {
    "send": frozenset({Intent.SEND_MOR, Intent.SEND_ETH, *EMPTY_INTENTS}),
    "received": frozenset({RECEIVED}),
    "session": frozenset({Intent.OPEN_SESSION, Intent.CLOSE_SESSION, STAKE_RETURNED}),
    "approval": frozenset({Intent.APPROVE}),
    "claim": frozenset({Intent.WITHDRAW_ON_HOLD, Intent.CLAIM, SESSION_PAY}),
    "hosting": frozenset(
        {
            Intent.REGISTER_PROVIDER,
            Intent.DEREGISTER_PROVIDER,
            Intent.REGISTER_MODEL,
            Intent.DEREGISTER_MODEL,
            Intent.POST_BID,
            Intent.DELETE_BID,
        }
    ),
    "dust": frozenset({DUST}),
}
_WORDS = {
    Intent.WITHDRAW_ON_HOLD: "Take back released stake",
    Intent.CLAIM: "Claim the pay of a session",
    Intent.REGISTER_PROVIDER: "Register as provider",
    Intent.DEREGISTER_PROVIDER: "Leave the market as provider",
    Intent.REGISTER_MODEL: "Register a model",
    Intent.DEREGISTER_MODEL: "Remove a model",
    Intent.POST_BID: "Offer a model",
    Intent.DELETE_BID: "Withdraw an offer",
    Intent.CANCEL: "Cancel a waiting transaction",
    Intent.FREE_NONCE: "Free the way for waiting transactions",
}
_PENDING = frozenset({TxStatus.SIGNED, TxStatus.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """`amount_mor` is signed, in base units; `recipient` None where nobody gets a transfer."""

    words: str
    amount_mor: int
    recipient: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What helps to say it: names of addresses, models by the intent id of their session."""

    names: Mapping[Address, str]
    models: Mapping[str, str]
    marketplace: Address


def purpose_of(record: TxRecord, known: Known) -> Purpose:
    sent = _outgoing(record)
    is_send = record.intent in (Intent.SEND_MOR, Intent.SEND_ETH)
    return Purpose(
        words=_words(record, sent, known),
        amount_mor=_amount(record, sent),
        recipient=sent.to if sent is not None and is_send else None,
    )


def _outgoing(record: TxRecord) -> Outgoing | None:
    try:
        return outgoing_of(record.raw)
    except NodeError:
        # Bytes of a foreign journal: the list shows the rest of the row.
        return None


def _amount(record: TxRecord, sent: Outgoing | None) -> int:
    if record.status is TxStatus.MINED and record.moved is not None:
        return record.moved.base
    if sent is None or record.status not in (*_PENDING, TxStatus.MINED):
        return 0
    return -sent.mor.base


def _words(record: TxRecord, sent: Outgoing | None, known: Known) -> str:
    if record.intent in _WORDS:
        return _WORDS[record.intent]
    if sent is None:
        return record.summary
    if record.intent is Intent.APPROVE:
        return _approval(sent, known)
    if record.intent in (Intent.SEND_MOR, Intent.SEND_ETH):
        amount = sent.mor if record.intent is Intent.SEND_MOR else sent.eth
        return f"Send {amount} to {known.names.get(sent.to) or sent.to.short}"
    act = "Open a session" if record.intent is Intent.OPEN_SESSION else "Close the session"
    model = clean_name(known.models.get(record.intent_id, ""))
    return f"{act}: {model}" if model else act


def _approval(sent: Outgoing, known: Known) -> str:
    if sent.spender is None:
        return "Change an allowance"
    who = "the marketplace" if sent.spender == known.marketplace else sent.spender.short
    if not sent.allowance:
        return f"Take back the allowance of {who}"
    return f"Allow {who} to take {sent.allowance}"
