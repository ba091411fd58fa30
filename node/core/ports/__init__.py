"""Protocols between siblings that must not import each other. Implementations come in by
constructor.

`wallet` implements `Signer`; `chain` implements `Marketplace` and `Transactions`; `llm` implements
`LlmBackend`; `store` implements the journal and chat repositories named in their own modules.
"""

from node.core.ports.calls import EMPTY_INTENTS, Call, Calls, Intent
from node.core.ports.handshake import HandshakeReply, SignedBlob
from node.core.ports.keys import SignedTransaction, Signer, UnsignedTransaction
from node.core.ports.models import (
    AudioBackend,
    BackendHealth,
    LlmBackend,
    ModelKind,
    PromptStats,
    TranscriptionJob,
)
from node.core.ports.reads import JsonRpc, Marketplace
from node.core.ports.transactions import (
    AsyncLane,
    FeeTier,
    PreparedTransaction,
    Speed,
    Transactions,
)

__all__ = [
    "EMPTY_INTENTS",
    "AsyncLane",
    "AudioBackend",
    "BackendHealth",
    "Call",
    "Calls",
    "FeeTier",
    "HandshakeReply",
    "Intent",
    "JsonRpc",
    "LlmBackend",
    "Marketplace",
    "ModelKind",
    "PreparedTransaction",
    "PromptStats",
    "SignedBlob",
    "SignedTransaction",
    "Signer",
    "Speed",
    "Transactions",
    "TranscriptionJob",
    "UnsignedTransaction",
]
