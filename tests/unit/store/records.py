"""Builders of journal records for tests."""

from dataclasses import replace
from typing import Any

from node.core.ids import Address, BidId, ModelId, TxHash
from node.core.ports import Intent
from node.core.units import Eth, Mor, PricePerSecond, UnixSeconds
from node.store.journal import SessionEntry, SessionState, TxRecord

WALLET = Address(b"\x11" * 20)
OTHER_WALLET = Address(b"\x12" * 20)
CHAIN = 31337


def an_entry(intent_id: str = "intent-1", **changes: Any) -> SessionEntry:
    entry = SessionEntry(
        intent_id=intent_id,
        wallet=WALLET,
        chain_id=CHAIN,
        marketplace=Address(b"\x22" * 20),
        state=SessionState.DRAFT,
        model_id=ModelId(b"\x33" * 32),
        bid_id=BidId(b"\x44" * 32),
        provider=Address(b"\x55" * 20),
        endpoint="provider.example:3333",
        price=PricePerSecond(10**14),
        stake=Mor(2**200 + 1),
        duration_s=3600,
        created_at=UnixSeconds(1_793_520_000),
        updated_at=UnixSeconds(1_793_520_000),
    )
    return replace(entry, **changes)


def a_tx(number: int = 1, **changes: Any) -> TxRecord:
    record = TxRecord(
        tx_hash=TxHash(number.to_bytes(32, "big")),
        intent_id="intent-1",
        intent=Intent.OPEN_SESSION,
        wallet=WALLET,
        chain_id=CHAIN,
        nonce=number,
        raw=b"\x02raw" + bytes([number % 256]),
        to=Address(b"\x22" * 20),
        value=Eth(2**130),
        summary="Open a session",
        created_at=UnixSeconds(1_793_520_000 + number),
        updated_at=UnixSeconds(1_793_520_000 + number),
    )
    return replace(record, **changes)
