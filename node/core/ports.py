"""Protocols between siblings that must not import each other. Implementations come in by
constructor.

`wallet` implements `Signer`; `chain` implements `Marketplace` and `Transactions`; `llm` implements
`LlmBackend`; `store` implements the journal and chat repositories named in their own modules.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from node.core.ids import Address, BidId, ModelId, SessionId, TxHash
from node.core.records import (
    Balances,
    Bid,
    Economy,
    Model,
    ModelBids,
    OnHold,
    Page,
    Provider,
    Receipt,
    Session,
)
from node.core.units import Eth, Mor, PricePerSecond, UnixMillis

# --- keys ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedTransaction:
    """A typed transaction before signing.

    `max_fee` None means a legacy transaction with `gas_price`.
    """

    chain_id: int
    nonce: int
    to: Address
    value: Eth
    data: bytes
    gas: int
    max_fee_per_gas: int | None
    max_priority_fee_per_gas: int | None
    gas_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTransaction:
    raw: bytes
    tx_hash: TxHash


class Signer(Protocol):
    """Holder of one key. The key itself never leaves;

    Every method raises WalletLockedError when locked.
    """

    @property
    def address(self) -> Address: ...

    @property
    def public_key(self) -> bytes:
        """65 bytes, uncompressed, first byte 04."""
        ...

    def sign_message_digest(self, digest: bytes) -> bytes:
        """Wire signature over a 32-byte digest:

        R || s || v, 65 bytes, v 0 or 1, low s, RFC 6979.
        """
        ...

    def sign_blob(self, abi_bytes: bytes) -> bytes:
        """Approval or report: EIP-191 personal message over keccak256(abi_bytes);

        65 bytes, v 27 or 28.
        """
        ...

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction: ...

    def agree(self, public_key: bytes) -> bytes:
        """X coordinate (32 bytes, big-endian) of the ECDH point with `public_key` (65 bytes,
        uncompressed).

        Raises BadMessageError when the bytes are no point of the curve.
        """
        ...


# --- chain ---------------------------------------------------------------------------------------


class JsonRpc(Protocol):
    """One JSON-RPC 2.0 endpoint.

    `request` returns the `result`; an error answer is raised as ChainError.
    """

    async def request(self, method: str, params: Sequence[Any]) -> Any: ...


class Marketplace(Protocol):
    """Reads of the marketplace contract and the MOR token.

    Lists are read in batches at one block.
    """

    @property
    def chain_id(self) -> int: ...

    @property
    def marketplace_address(self) -> Address: ...

    @property
    def token_address(self) -> Address: ...

    async def block_time(self) -> int: ...

    async def economy(self) -> Economy: ...

    async def balances(self, owner: Address) -> Balances: ...

    async def model(self, model_id: ModelId) -> Model: ...

    async def active_models(self) -> tuple[Model, ...]: ...

    async def provider(self, address: Address) -> Provider | None: ...

    async def active_providers(self) -> tuple[Provider, ...]: ...

    async def bid(self, bid_id: BidId) -> Bid: ...

    async def model_bids(self, model_id: ModelId) -> ModelBids:
        """All active bids of the model with provider records and statistics, in a few batched
        calls.
        """
        ...

    async def bid_pages(
        self,
        *,
        model_id: ModelId | None = None,
        provider: Address | None = None,
        active_only: bool,
        offset: int,
        limit: int,
    ) -> Page[Bid]: ...

    async def session(self, session_id: SessionId) -> Session: ...

    async def sessions(
        self,
        *,
        user: Address | None = None,
        provider: Address | None = None,
        offset: int,
        limit: int,
    ) -> Page[Session]:
        """Oldest first, as the contract lists them. Exactly one of `user`, `provider` is given."""
        ...

    async def on_hold(self, user: Address) -> OnHold: ...

    async def bid_fee(self) -> Mor:
        """What posting a bid costs; it is not returned."""
        ...

    async def is_approval_used(self, approval: bytes) -> bool: ...


class Intent(StrEnum):
    """Everything this program ever signs as a transaction."""

    APPROVE = "approve"
    OPEN_SESSION = "open_session"
    CLOSE_SESSION = "close_session"
    WITHDRAW_ON_HOLD = "withdraw_on_hold"
    CLAIM = "claim"
    SEND_MOR = "send_mor"
    SEND_ETH = "send_eth"
    REGISTER_PROVIDER = "register_provider"
    DEREGISTER_PROVIDER = "deregister_provider"
    REGISTER_MODEL = "register_model"
    DEREGISTER_MODEL = "deregister_model"
    POST_BID = "post_bid"
    DELETE_BID = "delete_bid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A contract call (or plain transfer) that an intent wants mined: target, calldata, value."""

    intent: Intent
    to: Address
    data: bytes
    value: Eth = field(default_factory=lambda: Eth(0))
    summary: str = ""


class Calls(Protocol):
    """Builds calldata of every intent; pure, no network."""

    def approve(self, amount: Mor) -> Call: ...

    def open_session(
        self, user: Address, stake: Mor, direct_payment: bool, approval: bytes, signature: bytes
    ) -> Call: ...

    def close_session(self, report: bytes, signature: bytes) -> Call: ...

    def withdraw_on_hold(self, user: Address, iterations: int) -> Call: ...

    def claim(self, session_id: SessionId) -> Call: ...

    def send_mor(self, to: Address, amount: Mor) -> Call: ...

    def send_eth(self, to: Address, amount: Eth) -> Call: ...

    def register_provider(self, provider: Address, stake: Mor, endpoint: str) -> Call: ...

    def deregister_provider(self, provider: Address) -> Call: ...

    def deregister_model(self, model_id: ModelId) -> Call: ...

    def register_model(
        self,
        owner: Address,
        base_id: bytes,
        ipfs_cid: bytes,
        stake: Mor,
        name: str,
        tags: Sequence[str],
    ) -> Call: ...

    def post_bid(self, provider: Address, model_id: ModelId, price: PricePerSecond) -> Call: ...

    def delete_bid(self, bid_id: BidId) -> Call: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTransaction:
    """A transaction that was simulated and signed but not sent.

    Persist `raw` before `broadcast`.
    """

    call: Call
    nonce: int
    signed: SignedTransaction
    max_fee: Eth


class Transactions(Protocol):
    """One wallet's lane of transactions on one chain.

    Order of use, all under `lane()`: `prepare` (simulate, estimate, nonce, fees, sign) -> the
    caller persists
    -> `broadcast` -> `wait`. The same raw bytes may be broadcast again at any time.
    """

    def lane(self) -> "AsyncLane":
        """Lock held from prepare to persist, so that one intent gets one nonce."""
        ...

    async def gas_price(self) -> int:
        """Highest fee per gas (wei) that a transaction sent now would offer."""
        ...

    async def estimate_fee(self, call: Call, sender: Address) -> Eth:
        """Expected network fee. Raises RevertedError when the call would fail now."""
        ...

    async def highest_fee(self, call: Call, sender: Address) -> Eth:
        """What the wallet must hold for the fee. Raises RevertedError when the call would fail."""
        ...

    async def prepare(
        self, call: Call, signer: Signer, *, nonce: int | None = None
    ) -> PreparedTransaction:
        """Simulate, estimate and sign.

        Raises RevertedError, NotEnoughGasError, RpcUnavailableError.
        """
        ...

    async def broadcast(self, raw: bytes) -> TxHash:
        """Send signed bytes. "Already known" counts as success; the hash is computed locally."""
        ...

    async def receipt(self, tx_hash: TxHash) -> Receipt | None: ...

    async def wait(self, tx_hash: TxHash, *, timeout_s: float) -> Receipt:
        """Wait until mined. Raises TxStuckError on time-out, RevertedError when it failed (with
        reason).
        """
        ...

    async def next_nonce(self, sender: Address) -> int:
        """Transactions of `sender` that are mined (block tag `latest`)."""
        ...

    async def is_known(self, tx_hash: TxHash) -> bool:
        """Whether the network has the transaction, mined or waiting."""
        ...

    def give_up(self, tx_hash: TxHash) -> None:
        """The bytes are not sent again from here; their nonce goes to the next transaction."""
        ...


class AsyncLane(Protocol):
    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *args: Any) -> None: ...


# --- models --------------------------------------------------------------------------------------


class ModelKind(StrEnum):
    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendHealth:
    ok: bool
    detail: str = ""


class LlmBackend(Protocol):
    """A model server that answers OpenAI-style requests.

    Requests and chunks are parsed JSON objects in OpenAI's shape. Closing the iterator cancels the
    work.
    """

    @property
    def name(self) -> str:
        """Model name sent upstream."""
        ...

    def chat(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Yield chunk objects (`chat.completion.chunk`) or exactly one completion
        (`chat.completion`).

        `body` is the client's request; `model` is overwritten. The `[DONE]` mark is not yielded.

        Raises:
            BackendRefusedError: the server answered an HTTP error.
            BackendUnavailableError: unreachable, timed out, or the stream broke.
        """
        ...

    async def embeddings(self, body: Mapping[str, Any]) -> dict[str, Any]: ...

    async def health(self) -> BackendHealth: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStats:
    """Figures of one finished prompt."""

    ttft_ms: int
    duration_ms: int
    input_tokens: int
    output_tokens: int

    @property
    def tps_scaled_1000(self) -> int:
        """Tokens per whole second (at least one) times 1000, as both nodes report it."""
        return self.output_tokens * 1000 // max(1, self.duration_ms // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBlob:
    """ABI bytes of an approval or report with their EIP-191 signature."""

    encoded: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeReply:
    """A provider's verified consent to open a session on a bid."""

    provider_public_key: bytes
    approval: SignedBlob
    issued_at: UnixMillis
