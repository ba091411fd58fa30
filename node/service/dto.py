"""Data that crosses the facade.

Conventions: ids and addresses are `0x…` text, addresses in checksum form; amounts are integers in base units
(`*_wei` for ETH, otherwise MOR); times are Unix seconds UTC unless the name says `_ms`; 0 means "not yet".
"""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SecretStr


class Dto(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- wallet --------------------------------------------------------------------------------------


class WalletStatus(Dto):
    """`kind`: `none`, `vault` (keystore file), `memory` (demo or environment key)."""

    kind: Literal["none", "vault", "memory"]
    address: str = ""
    locked: bool = False
    backed_up: bool = True
    keyring_available: bool = False


class CreateWallet(Dto):
    words: Literal[12, 24] = 12
    password: SecretStr | None = None
    use_keyring: bool = False


class CreatedWallet(Dto):
    """`phrase` is shown once to be written down; it is not kept by the caller."""

    address: str
    phrase: SecretStr


class ImportWallet(Dto):
    """Exactly one of `phrase`, `private_key`, `keystore` is given."""

    phrase: SecretStr | None = None
    passphrase: SecretStr = SecretStr("")
    path: str = ""
    account: int = 0
    private_key: SecretStr | None = None
    keystore: str | None = None
    keystore_password: SecretStr | None = None
    password: SecretStr | None = None
    use_keyring: bool = False
    replace: bool = False


class HeldStake(Dto):
    amount: int
    until: int


class MorOverview(Dto):
    """Where each MOR of the wallet is, at one block. `total` is the sum of all parts."""

    address: str
    wallet: int
    in_sessions: int
    locked: tuple[HeldStake, ...]
    ready: int
    provider_stake: int
    model_stake: int
    total: int
    eth_wei: int
    allowance: int
    block: int
    block_time: int


class TransactionView(Dto):
    hash: str
    intent: str
    summary: str
    status: str
    block: int
    fee_wei: int
    created_at: int
    explorer_url: str = ""


class SendDraft(Dto):
    """A checked transfer that waits for the user's yes. `warnings` must be shown."""

    id: str
    asset: Literal["MOR", "ETH"]
    to: str
    amount: int
    fee_wei: int
    balance_after: int
    warnings: tuple[str, ...] = ()
    expires_at: int


# --- market --------------------------------------------------------------------------------------


class ModelSummary(Dto):
    """`kind` is LLM, STT, TTS, EMBEDDING or UNKNOWN. Figures are None while unknown or without offers."""

    id: str
    name: str
    tags: tuple[str, ...]
    kind: str
    owner: str
    created_at: int
    offers: int
    best_price: int | None = None
    stake_per_hour: int | None = None
    tokens_per_second: float | None = None
    ttft_ms: int | None = None
    success_percent: float | None = None
    is_tee: bool = False


class MarketSnapshot(Dto):
    models: tuple[ModelSummary, ...]
    network: str
    block: int
    block_time: int
    age_s: float


class ScoreParts(Dto):
    tps: float
    ttft: float
    duration: float
    success: float
    stake: float


class OfferView(Dto):
    """One active bid with its rating. `score` is None when the rating drops it."""

    bid_id: str
    provider: str
    endpoint: str
    price_per_second: int
    stake_per_hour: int
    score: float | None
    parts: ScoreParts | None
    tokens_per_second: float | None
    ttft_ms: int | None
    success_count: int
    total_count: int
    provider_stake: int
    is_own: bool


class ModelDetail(Dto):
    """`offers` best first."""

    model: ModelSummary
    offers: tuple[OfferView, ...]


class ProviderView(Dto):
    address: str
    endpoint: str
    stake: int
    created_at: int
    is_deleted: bool


class PingResult(Dto):
    provider: str
    version: str
    rtt_ms: int


# --- sessions ------------------------------------------------------------------------------------


class QuoteRequest(Dto):
    """Model or bid, and duration or stake. A bid pins the provider; a model lets the rating choose."""

    model_id: str | None = None
    bid_id: str | None = None
    duration_s: int | None = None
    stake: int | None = None
    direct_payment: bool = False
    failover: bool = False


class QuoteProblem(Dto):
    """Why the quote cannot be opened, in words; `code` as in the error tree."""

    code: str
    message: str
    hint: str = ""


class Quote(Dto):
    """What opening would do. Show it, then hand `id` to `open`. Valid until `expires_at`."""

    id: str
    model_id: str
    model_name: str
    bid_id: str
    provider: str
    endpoint: str
    price_per_second: int
    duration_s: int
    stake: int
    direct_payment: bool
    failover: bool
    approve_amount: int
    fee_open_wei: int
    fee_close_wei: int
    opens_at: int
    ends_at: int
    returned_at_end: int
    provider_pay: int
    min_duration_s: int
    max_duration_s: int
    max_affordable_s: int
    min_stake: int
    balance: int
    balance_eth_wei: int
    problems: tuple[QuoteProblem, ...] = ()
    expires_at: int

    @property
    def can_open(self) -> bool:
        return not self.problems


class StopPreview(Dto):
    """What comes back if the session is closed at `at`."""

    at: int
    returned_now: int
    held: int
    held_until: int
    paid_by_user: int
    provider_pay: int


class OpenStep(StrEnum):
    ASKING_PROVIDER = "asking_provider"
    ALLOWING = "allowing"
    OPENING = "opening"
    READY = "ready"


class SessionView(Dto):
    """`state`: opening, active, ended (not closed), closing, closed, failed."""

    id: str
    intent_id: str
    state: str
    model_id: str
    model_name: str
    provider: str
    bid_id: str
    price_per_second: int
    stake: int
    opened_at: int
    ends_at: int
    closed_at: int
    direct_payment: bool
    prompts: int = 0
    tokens: int = 0
    returned: int = 0
    held: int = 0
    held_until: int = 0
    dispute: bool = False
    error: str = ""


class OpenProgress(Dto):
    """One step of opening. The last one has `step` READY and the session."""

    step: OpenStep
    intent_id: str
    tx_hash: str = ""
    detail: str = ""
    session: SessionView | None = None


class CloseResult(Dto):
    session: SessionView
    tx_hash: str
    returned: int
    held: int
    held_until: int
    with_provider_report: bool


class ClaimResult(Dto):
    tx_hash: str
    amount: int


# --- chat ----------------------------------------------------------------------------------------


class ChatTarget(Dto):
    """Who answers: an open session, or a model on this computer."""

    kind: Literal["session", "local"]
    id: str


class ChatMessage(Dto):
    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(Dto):
    """One turn. `messages` is the whole history with the new user message last.

    With `chat_id` empty a new chat is stored and its id comes with the first event.
    """

    target: ChatTarget
    messages: tuple[ChatMessage, ...]
    chat_id: str = ""
    temperature: float | None = None
    max_tokens: int | None = None


class TurnStarted(Dto):
    chat_id: str
    message_id: str


class TextDelta(Dto):
    text: str


class TurnNotice(Dto):
    """Something to show beside the answer: waiting for the provider, reading the prompt 43 %, …"""

    kind: str
    text: str


class TurnFinished(Dto):
    """End of an answer. `complete` False means the end mark was missing and the text may be cut."""

    chat_id: str
    message_id: str
    finish_reason: str
    complete: bool
    ttft_ms: int
    duration_ms: int
    input_tokens: int
    output_tokens: int
    tokens_per_second: float


ChatEvent = TurnStarted | TextDelta | TurnNotice | TurnFinished


class CompletionRequest(Dto):
    """An OpenAI-style request as a client sent it; forwarded unchanged but for `model` and `type`.

    Target by session id, local model id, or the `model` name in `body` when both are empty.
    """

    body: dict[str, Any]
    session_id: str = ""
    model_id: str = ""
    chat_id: str = ""
    request_id: str = ""


class CompletionChunk(Dto):
    """One JSON object for the client. `control` is set for notices that are not the model's."""

    data: dict[str, Any]
    control: str = ""


class ChatSummary(Dto):
    id: str
    title: str
    model_name: str
    model_id: str
    is_local: bool
    is_demo: bool
    created_at: int
    updated_at: int


class StoredMessage(Dto):
    id: str
    role: Literal["system", "user", "assistant"]
    content: str
    status: Literal["complete", "partial", "failed"]
    created_at: int
    model_name: str = ""
    ttft_ms: int = 0
    tokens_per_second: float = 0.0
    output_tokens: int = 0
    error: str = ""


class ChatHistory(Dto):
    chat: ChatSummary
    messages: tuple[StoredMessage, ...]


class ChatHit(Dto):
    chat: ChatSummary
    message_id: str
    snippet: str


# --- provider ------------------------------------------------------------------------------------


class HostedModel(Dto):
    model_id: str
    name: str
    backend: str
    slots: int
    bid_id: str = ""
    price_per_second: int = 0
    sessions_active: int = 0


class ProviderStatus(Dto):
    """`listening` is host:port of the TCP listener, empty when hosting is off."""

    listening: str
    registered: bool
    endpoint: str
    stake: int
    earned_in_period: int
    headroom: int
    period_end: int
    models: tuple[HostedModel, ...]


class ProviderSession(Dto):
    session: SessionView
    claimable_now: int
    claimable_later: int
    claimable_at: int


# --- local models --------------------------------------------------------------------------------


class LocalModel(Dto):
    """`state`: stopped, starting, loaded, busy, stopping, failed, crashed. `fit`: good, slow, too_large, unknown."""

    id: str
    name: str
    path: str
    size_bytes: int
    architecture: str = ""
    parameters: int = 0
    context: int = 0
    quantisation: str = ""
    state: str
    detail: str = ""
    fit: str = "unknown"
    need_bytes: int = 0


class Hardware(Dto):
    memory_total: int
    memory_free: int
    cores: int
    disk_free: int
    gpu: str = ""


# --- system --------------------------------------------------------------------------------------


class NetworkView(Dto):
    name: str
    title: str
    chain_id: int
    is_demo: bool
    is_test: bool
    explorer: str = ""


class ComponentHealth(Dto):
    name: str
    ok: bool
    detail: str = ""


class DemoStatus(Dto):
    now: int
    speed: int


class NodeStatus(Dto):
    version: str
    state: Literal["starting", "running", "stopping"]
    network: NetworkView | None
    components: tuple[ComponentHealth, ...]
    api_url: str = ""
    uptime_s: float
    now: int
    demo: DemoStatus | None = None


class SettingField(Dto):
    """One setting for the generated settings page."""

    name: str
    group: str
    title: str
    help: str
    kind: Literal["text", "number", "switch", "choice"]
    value: str | int | bool
    default: str | int | bool
    unit: str = ""
    choices: tuple[str, ...] = ()
    restart_needed: bool = False


class ApiAccess(Dto):
    """How a program reaches the local HTTP API. `token` is a secret: show on request only."""

    url: str
    cookie_file: str
    token: SecretStr


class DoctorFinding(Dto):
    name: str
    ok: bool
    message: str
    hint: str = ""
