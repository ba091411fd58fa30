"""What the journal keeps of a session and of a transaction, and the steps a session may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from node.core.ids import Address, BidId, ModelId, SessionId, TxHash
from node.core.ports import Intent
from node.core.session_life import SessionPhase, phase_at
from node.core.units import Eth, Mor, PricePerSecond, UnixMillis, UnixSeconds

_NO_TIME = UnixSeconds(0)
_NO_MILLIS = UnixMillis(0)


class SessionState(StrEnum):
    """How far the opening or closing of a session has come.

    `*_SIGNED`: raw bytes are stored, it is not known whether they were sent. `*_SENT`: an endpoint
    took them. `FAILED` and `ABANDONED` hold no MOR.
    """

    DRAFT = "draft"
    QUOTED = "quoted"
    PROVIDER_OK = "provider_ok"
    APPROVE_SIGNED = "approve_signed"
    APPROVE_SENT = "approve_sent"
    APPROVE_IN_BLOCK = "approve_in_block"
    OPEN_SIGNED = "open_signed"
    OPEN_SENT = "open_sent"
    OPEN_IN_BLOCK = "open_in_block"
    ACTIVE = "active"
    CLOSE_SIGNED = "close_signed"
    CLOSE_SENT = "close_sent"
    CLOSED = "closed"
    SETTLED = "settled"
    FAILED = "failed"
    ABANDONED = "abandoned"


_S = SessionState
_GIVE_UP = frozenset({_S.FAILED, _S.ABANDONED})
# A session that turns up on chain is the truth, whatever this program believed before.
_FOUND_ON_CHAIN = frozenset({_S.ACTIVE, _S.CLOSED})

TRANSITIONS: Mapping[SessionState, frozenset[SessionState]] = {
    _S.DRAFT: _GIVE_UP | {_S.QUOTED},
    _S.QUOTED: _GIVE_UP | {_S.DRAFT, _S.PROVIDER_OK},
    # Back to QUOTED or DRAFT: the next provider is asked, or the program was restarted.
    _S.PROVIDER_OK: _GIVE_UP | {_S.DRAFT, _S.QUOTED, _S.APPROVE_SIGNED, _S.OPEN_SIGNED},
    _S.APPROVE_SIGNED: _GIVE_UP | {_S.APPROVE_SENT, _S.APPROVE_IN_BLOCK},
    _S.APPROVE_SENT: _GIVE_UP | {_S.APPROVE_IN_BLOCK},
    # Back to PROVIDER_OK: the provider's approval grew too old while the allowance was mined.
    # Back to *_SENT here and below: the block vanished in a reorganisation.
    _S.APPROVE_IN_BLOCK: _GIVE_UP
    | {_S.DRAFT, _S.QUOTED, _S.PROVIDER_OK, _S.APPROVE_SENT, _S.OPEN_SIGNED},
    _S.OPEN_SIGNED: _GIVE_UP | _FOUND_ON_CHAIN | {_S.OPEN_SENT, _S.OPEN_IN_BLOCK},
    _S.OPEN_SENT: _GIVE_UP | _FOUND_ON_CHAIN | {_S.OPEN_IN_BLOCK},
    _S.OPEN_IN_BLOCK: _GIVE_UP | _FOUND_ON_CHAIN | {_S.OPEN_SENT},
    _S.ACTIVE: frozenset({_S.CLOSE_SIGNED, _S.CLOSED, _S.OPEN_SENT}),
    # Back to ACTIVE: the close was refused by the contract; the session is still open.
    _S.CLOSE_SIGNED: frozenset({_S.CLOSE_SENT, _S.CLOSED, _S.ACTIVE}),
    _S.CLOSE_SENT: frozenset({_S.CLOSED, _S.ACTIVE, _S.CLOSE_SIGNED}),
    _S.CLOSED: frozenset({_S.SETTLED, _S.CLOSE_SENT, _S.ACTIVE}),
    # The block of the close vanished: the session is open again.
    _S.SETTLED: frozenset({_S.ACTIVE}),
    _S.FAILED: _FOUND_ON_CHAIN,
    _S.ABANDONED: _FOUND_ON_CHAIN,
}

FINAL_STATES = frozenset({_S.SETTLED, _S.FAILED, _S.ABANDONED})
"""Nothing is left to do."""
OPEN_STATES = frozenset({_S.ACTIVE, _S.CLOSE_SIGNED, _S.CLOSE_SENT})
"""The session is open on chain as far as is known."""
OPENING_STATES = frozenset(_S) - FINAL_STATES - OPEN_STATES - {_S.CLOSED}
"""On the way to an open session."""

_P = SessionPhase
PHASES: Mapping[SessionState, SessionPhase] = {
    _S.DRAFT: _P.QUOTE,
    _S.QUOTED: _P.QUOTE,
    _S.PROVIDER_OK: _P.APPROVAL,
    _S.APPROVE_SIGNED: _P.APPROVE,
    _S.APPROVE_SENT: _P.APPROVE,
    _S.APPROVE_IN_BLOCK: _P.APPROVE,
    _S.OPEN_SIGNED: _P.OPEN,
    _S.OPEN_SENT: _P.OPEN,
    _S.OPEN_IN_BLOCK: _P.OPEN,
    _S.ACTIVE: _P.ACTIVE,
    _S.CLOSE_SIGNED: _P.CLOSING,
    _S.CLOSE_SENT: _P.CLOSING,
    _S.CLOSED: _P.ON_HOLD,
    _S.SETTLED: _P.CLOSED,
    _S.FAILED: _P.FAILED,
    _S.ABANDONED: _P.FAILED,
}
"""The user's word for each stored state, before the clock has its say (`SessionEntry.phase`)."""


def may_move(old: SessionState, new: SessionState) -> bool:
    """Tell whether a session in `old` may be saved as `new`; staying is always allowed."""
    return old is new or new in TRANSITIONS[old]


class SessionPurpose(StrEnum):
    """On whose word MOR was locked: the user's own, or a limit that the user set beforehand."""

    USER = "user"
    API = "api"
    FAILOVER = "failover"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry:
    """One session from its draft to the last MOR returned; the row behind "where is my MOR".

    `intent_id` is ours and exists before the chain knows anything. `session_id` is None until the
    receipt. Times of the chain are 0 until known. `held` is stake parked until `held_until` after
    an early close. `close_kind`: `provider_report`, `own_report` or `claimed`, empty while open.
    `follows` is the intent whose place this session takes: it was extended, or its provider failed.
    """

    intent_id: str
    wallet: Address
    chain_id: int
    marketplace: Address
    state: SessionState
    model_id: ModelId
    bid_id: BidId
    provider: Address
    endpoint: str
    provider_public_key: bytes = b""
    price: PricePerSecond
    stake: Mor
    duration_s: int
    direct_payment: bool = False
    failover: bool = False
    purpose: SessionPurpose = SessionPurpose.USER
    follows: str = ""
    auto_extend: bool = False
    approval: bytes = b""
    approval_signature: bytes = b""
    approval_at: UnixMillis = _NO_MILLIS
    session_id: SessionId | None = None
    opened_at: UnixSeconds = _NO_TIME
    ends_at: UnixSeconds = _NO_TIME
    closed_at: UnixSeconds = _NO_TIME
    close_report: bytes = b""
    close_signature: bytes = b""
    close_kind: str = ""
    returned: Mor = field(default_factory=lambda: Mor(0))
    held: Mor = field(default_factory=lambda: Mor(0))
    held_until: UnixSeconds = _NO_TIME
    agent: str = ""
    tee: bool = False
    error: str = ""
    created_at: UnixSeconds
    updated_at: UnixSeconds

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    def phase(self, now: int) -> SessionPhase:
        """Where the session stands at `now` (Unix seconds), in the user's words."""
        return phase_at(
            PHASES[self.state], ends_at=self.ends_at, held_until=self.held_until, now=now
        )


class TxStatus(StrEnum):
    SIGNED = "signed"
    SENT = "sent"
    MINED = "mined"
    FAILED = "failed"
    DROPPED = "dropped"
    REPLACED = "replaced"


PENDING_STATUSES = frozenset({TxStatus.SIGNED, TxStatus.SENT})
MINED_STATUSES = frozenset({TxStatus.MINED, TxStatus.FAILED})
"""In a block, also when the contract refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TxRecord:
    """A signed transaction. `raw` is stored before it is sent, so that a repeat has the same hash.

    `intent_id` is that of the session, or an own one for a transaction without a session. `block`
    is 0 and `block_hash` empty until mined; `fee` is what was paid, 0 until mined. `replaced_by` is
    another transaction of the same nonce: while this one waits the newest, afterwards the one that
    was mined. `final`: no reorganisation is expected to change the outcome any more.
    `moved`: what it brought the wallet (below 0: took from it), None until mined.
    """

    tx_hash: TxHash
    intent_id: str
    intent: Intent
    wallet: Address
    chain_id: int
    nonce: int
    raw: bytes
    to: Address
    value: Eth = field(default_factory=lambda: Eth(0))
    summary: str = ""
    status: TxStatus = TxStatus.SIGNED
    block: int = 0
    block_hash: bytes = b""
    fee: Eth = field(default_factory=lambda: Eth(0))
    replaced_by: TxHash | None = None
    final: bool = False
    moved: Mor | None = None
    created_at: UnixSeconds
    updated_at: UnixSeconds

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING_STATUSES
