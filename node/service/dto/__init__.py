"""Data that crosses the facade.

Conventions: ids and addresses are `0x…` text, addresses in checksum form; amounts are integers in
base units (`*_wei` for ETH, otherwise MOR); times are Unix seconds UTC unless the name says `_ms`;
0 means "not yet".
"""

from node.service.dto.base import Dto
from node.service.dto.chat import (
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatMessage,
    ChatRequest,
    ChatSummary,
    ChatTarget,
    CompletionChunk,
    CompletionRequest,
    StoredMessage,
    TextDelta,
    TurnFinished,
    TurnNotice,
    TurnStarted,
)
from node.service.dto.local import (
    Hardware,
    LocalModel,
)
from node.service.dto.market import (
    MarketSnapshot,
    ModelDetail,
    ModelSummary,
    OfferView,
    PingResult,
    ProviderView,
    ScoreParts,
)
from node.service.dto.provider import (
    HostedModel,
    ProviderSession,
    ProviderStatus,
)
from node.service.dto.sessions import (
    ClaimResult,
    CloseResult,
    OpenProgress,
    OpenStep,
    Quote,
    QuoteProblem,
    QuoteRequest,
    SessionView,
    StopPreview,
)
from node.service.dto.system import (
    ApiAccess,
    ComponentHealth,
    DemoStatus,
    DoctorFinding,
    NetworkView,
    NodeStatus,
    SettingField,
)
from node.service.dto.wallet import (
    CreatedWallet,
    CreateWallet,
    HeldStake,
    ImportWallet,
    MorOverview,
    SendDraft,
    TransactionView,
    WalletStatus,
)

__all__ = [
    "ApiAccess",
    "ChatEvent",
    "ChatHistory",
    "ChatHit",
    "ChatMessage",
    "ChatRequest",
    "ChatSummary",
    "ChatTarget",
    "ClaimResult",
    "CloseResult",
    "CompletionChunk",
    "CompletionRequest",
    "ComponentHealth",
    "CreateWallet",
    "CreatedWallet",
    "DemoStatus",
    "DoctorFinding",
    "Dto",
    "Hardware",
    "HeldStake",
    "HostedModel",
    "ImportWallet",
    "LocalModel",
    "MarketSnapshot",
    "ModelDetail",
    "ModelSummary",
    "MorOverview",
    "NetworkView",
    "NodeStatus",
    "OfferView",
    "OpenProgress",
    "OpenStep",
    "PingResult",
    "ProviderSession",
    "ProviderStatus",
    "ProviderView",
    "Quote",
    "QuoteProblem",
    "QuoteRequest",
    "ScoreParts",
    "SendDraft",
    "SessionView",
    "SettingField",
    "StopPreview",
    "StoredMessage",
    "TextDelta",
    "TransactionView",
    "TurnFinished",
    "TurnNotice",
    "TurnStarted",
    "WalletStatus",
]
