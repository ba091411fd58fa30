"""Journal records as rows of journal.db and back."""

import sqlite3

from node.core.ids import Address, BidId, ModelId, SessionId, TxHash
from node.core.ports import Intent
from node.core.units import Eth, Mor, PricePerSecond, UnixMillis, UnixSeconds
from node.store.journal_records import (
    SessionEntry,
    SessionPurpose,
    SessionState,
    TxRecord,
    TxStatus,
)
from node.store.rows import Row


def session_row(entry: SessionEntry) -> Row:
    return {
        "intent_id": entry.intent_id,
        "wallet": entry.wallet.raw,
        "chain_id": entry.chain_id,
        "marketplace": entry.marketplace.raw,
        "state": entry.state.value,
        "model_id": entry.model_id.raw,
        "bid_id": entry.bid_id.raw,
        "provider": entry.provider.raw,
        "endpoint": entry.endpoint,
        "provider_public_key": entry.provider_public_key,
        "price": str(entry.price.base),
        "stake": str(entry.stake.base),
        "duration_s": entry.duration_s,
        "direct_payment": int(entry.direct_payment),
        "failover": int(entry.failover),
        "purpose": entry.purpose.value,
        "follows": entry.follows,
        "auto_extend": int(entry.auto_extend),
        "approval": entry.approval,
        "approval_signature": entry.approval_signature,
        "approval_at": entry.approval_at,
        "session_id": entry.session_id.raw if entry.session_id is not None else None,
        "opened_at": entry.opened_at,
        "ends_at": entry.ends_at,
        "closed_at": entry.closed_at,
        "close_report": entry.close_report,
        "close_signature": entry.close_signature,
        "close_kind": entry.close_kind,
        "returned": str(entry.returned.base),
        "held": str(entry.held.base),
        "held_until": entry.held_until,
        "agent": entry.agent,
        "tee": int(entry.tee),
        "error": entry.error,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def session_entry(row: sqlite3.Row) -> SessionEntry:
    session_id: bytes | None = row["session_id"]
    return SessionEntry(
        intent_id=row["intent_id"],
        wallet=Address(row["wallet"]),
        chain_id=row["chain_id"],
        marketplace=Address(row["marketplace"]),
        state=SessionState(row["state"]),
        model_id=ModelId(row["model_id"]),
        bid_id=BidId(row["bid_id"]),
        provider=Address(row["provider"]),
        endpoint=row["endpoint"],
        provider_public_key=row["provider_public_key"],
        price=PricePerSecond(int(row["price"])),
        stake=Mor(int(row["stake"])),
        duration_s=row["duration_s"],
        direct_payment=bool(row["direct_payment"]),
        failover=bool(row["failover"]),
        purpose=SessionPurpose(row["purpose"]),
        follows=row["follows"],
        auto_extend=bool(row["auto_extend"]),
        approval=row["approval"],
        approval_signature=row["approval_signature"],
        approval_at=UnixMillis(row["approval_at"]),
        session_id=SessionId(session_id) if session_id is not None else None,
        opened_at=UnixSeconds(row["opened_at"]),
        ends_at=UnixSeconds(row["ends_at"]),
        closed_at=UnixSeconds(row["closed_at"]),
        close_report=row["close_report"],
        close_signature=row["close_signature"],
        close_kind=row["close_kind"],
        returned=Mor(int(row["returned"])),
        held=Mor(int(row["held"])),
        held_until=UnixSeconds(row["held_until"]),
        agent=row["agent"],
        tee=bool(row["tee"]),
        error=row["error"],
        created_at=UnixSeconds(row["created_at"]),
        updated_at=UnixSeconds(row["updated_at"]),
    )


def tx_row(tx: TxRecord) -> Row:
    return {
        "tx_hash": tx.tx_hash.raw,
        "intent_id": tx.intent_id,
        "intent": tx.intent.value,
        "wallet": tx.wallet.raw,
        "chain_id": tx.chain_id,
        "nonce": tx.nonce,
        "raw": tx.raw,
        "recipient": tx.to.raw,
        "value": str(tx.value.base),
        "summary": tx.summary,
        "status": tx.status.value,
        "block": tx.block,
        "block_hash": tx.block_hash,
        "fee": str(tx.fee.base),
        "replaced_by": tx.replaced_by.raw if tx.replaced_by is not None else None,
        "final": int(tx.final),
        "moved": str(tx.moved.base) if tx.moved is not None else None,
        "created_at": tx.created_at,
        "updated_at": tx.updated_at,
    }


def tx_record(row: sqlite3.Row) -> TxRecord:
    replaced_by: bytes | None = row["replaced_by"]
    moved: str | None = row["moved"]
    return TxRecord(
        tx_hash=TxHash(row["tx_hash"]),
        intent_id=row["intent_id"],
        intent=Intent(row["intent"]),
        wallet=Address(row["wallet"]),
        chain_id=row["chain_id"],
        nonce=row["nonce"],
        raw=row["raw"],
        to=Address(row["recipient"]),
        value=Eth(int(row["value"])),
        summary=row["summary"],
        status=TxStatus(row["status"]),
        block=row["block"],
        block_hash=row["block_hash"],
        fee=Eth(int(row["fee"])),
        replaced_by=TxHash(replaced_by) if replaced_by is not None else None,
        final=bool(row["final"]),
        moved=Mor(int(moved)) if moved is not None else None,
        created_at=UnixSeconds(row["created_at"]),
        updated_at=UnixSeconds(row["updated_at"]),
    )


SESSION_COLUMNS = (
    "intent_id", "wallet", "chain_id", "marketplace", "state", "model_id", "bid_id", "provider",
    "endpoint", "provider_public_key", "price", "stake", "duration_s", "direct_payment",
    "failover", "purpose", "follows", "auto_extend",
    "approval", "approval_signature", "approval_at", "session_id", "opened_at",
    "ends_at", "closed_at", "close_report", "close_signature", "close_kind", "returned", "held",
    "held_until", "agent", "tee", "error", "created_at", "updated_at",
)  # fmt: skip

TX_COLUMNS = (
    "tx_hash", "intent_id", "intent", "wallet", "chain_id", "nonce", "raw", "recipient", "value",
    "summary", "status", "block", "block_hash", "fee", "replaced_by", "final", "moved",
    "created_at", "updated_at",
)  # fmt: skip
