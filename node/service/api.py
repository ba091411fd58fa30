"""The facade's protocols. Every method takes and returns DTOs, raises only `NodeError`, and is
async.

Methods that return an async iterator are used inside `contextlib.aclosing`; closing it cancels the
work.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from node.core.events import NodeEvent
from node.service.dto import (
    ApiAccess,
    ChainBalances,
    ChainBid,
    ChainContracts,
    ChainFigures,
    ChainModel,
    ChainProvider,
    ChainSession,
    ChatEvent,
    ChatHistory,
    ChatHit,
    ChatRequest,
    ChatSummary,
    ClaimResult,
    CloseResult,
    CompletionChunk,
    CompletionRequest,
    CreatedWallet,
    CreateWallet,
    DemoStatus,
    DoctorFinding,
    Hardware,
    ImportWallet,
    LocalModel,
    MarketSnapshot,
    ModelDetail,
    MorOverview,
    NetworkView,
    NodeStatus,
    OpenProgress,
    PageRequest,
    PingResult,
    ProviderSession,
    ProviderStatus,
    ProviderView,
    Quote,
    QuoteRequest,
    SendDraft,
    SessionView,
    SettingField,
    StopPreview,
    TransactionView,
    WalletStatus,
)


class WalletApi(Protocol):
    async def status(self) -> WalletStatus: ...

    async def create(self, request: CreateWallet) -> CreatedWallet: ...

    async def import_(self, request: ImportWallet) -> WalletStatus: ...

    async def unlock(self, password: str) -> WalletStatus: ...

    async def lock(self) -> WalletStatus: ...

    async def overview(self) -> MorOverview: ...

    async def transactions(self, offset: int, limit: int) -> tuple[TransactionView, ...]: ...

    async def draft_send(self, asset: str, to: str, amount: int) -> SendDraft: ...

    async def send(self, draft_id: str) -> TransactionView: ...

    async def remove(self) -> WalletStatus:
        """Remove the wallet from this computer. Without a backup its funds are lost for good."""
        ...

    async def withdraw_released(self) -> ClaimResult:
        """Take back all stake on hold whose time has come, into the wallet."""
        ...


class MarketApi(Protocol):
    async def models(self, *, refresh: bool = False) -> MarketSnapshot: ...

    async def model(self, model_id: str) -> ModelDetail: ...

    async def providers(self) -> tuple[ProviderView, ...]: ...

    async def ping(self, provider: str) -> PingResult: ...


class SessionsApi(Protocol):
    async def quote(self, request: QuoteRequest) -> Quote: ...

    async def preview_stop(self, quote_or_session_id: str, at: int) -> StopPreview:
        """What returns when, if the quoted or open session were closed at `at` (Unix seconds)."""
        ...

    def open(self, quote_id: str) -> AsyncGenerator[OpenProgress, None]:
        """Open what the user confirmed.

        Closing the iterator stops watching; a sent transaction goes on.
        """
        ...

    async def close(self, session_id: str) -> CloseResult: ...

    async def list(self) -> tuple[SessionView, ...]:
        """Sessions of the wallet on the current network, newest first."""
        ...

    async def get(self, session_id: str) -> SessionView: ...


class ChatApi(Protocol):
    def send(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]: ...

    def complete(self, request: CompletionRequest) -> AsyncGenerator[CompletionChunk, None]:
        """Low-level stream for the HTTP API: chunk objects, or exactly one completion object."""
        ...

    async def embeddings(self, request: CompletionRequest) -> dict[str, Any]: ...

    async def chats(self) -> tuple[ChatSummary, ...]: ...

    async def history(self, chat_id: str) -> ChatHistory: ...

    async def rename(self, chat_id: str, title: str) -> None: ...

    async def delete(self, chat_id: str) -> None: ...

    async def search(self, text: str) -> tuple[ChatHit, ...]: ...


class ProviderApi(Protocol):
    async def status(self) -> ProviderStatus: ...

    async def sessions(self) -> tuple[ProviderSession, ...]: ...

    async def claim(self, session_id: str) -> ClaimResult: ...

    async def register(self, stake: int, endpoint: str) -> str:
        """Register or update the own provider record; returns the transaction hash."""
        ...

    async def create_model(
        self, name: str, tags: Sequence[str], stake: int, base_id: str = ""
    ) -> str:
        """Register a model; returns its id."""
        ...

    async def post_bid(self, model_id: str, price_per_second: int) -> str:
        """Post (or replace) the own bid on a model; returns the bid id."""
        ...

    async def delete_bid(self, bid_id: str) -> str: ...

    async def deregister(self) -> str:
        """Deregister the own provider record; returns the transaction hash."""
        ...

    async def delete_model(self, model_id: str) -> str: ...


class ChainApi(Protocol):
    """The contracts' records and single acts, for programs that speak the public node's HTTP API.

    Addresses in the records are in checksum form.
    """

    async def contracts(self) -> ChainContracts: ...

    async def figures(self) -> ChainFigures: ...

    async def balances(self) -> ChainBalances: ...

    async def approve(self, amount: int) -> str:
        """Let the marketplace take exactly `amount` MOR; returns the transaction hash."""
        ...

    async def models(self, page: PageRequest) -> tuple[ChainModel, ...]: ...

    async def model(self, model_id: str) -> ChainModel: ...

    async def providers(self, page: PageRequest) -> tuple[ChainProvider, ...]: ...

    async def provider(self, address: str) -> ChainProvider: ...

    async def bid(self, bid_id: str) -> ChainBid: ...

    async def model_bids(
        self, model_id: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]: ...

    async def provider_bids(
        self, provider: str, page: PageRequest, *, active_only: bool = False
    ) -> tuple[ChainBid, ...]: ...

    async def rated_bids(self, model_id: str) -> tuple[ChainBid, ...]:
        """Active bids that the rating keeps, best first; empty for an unknown model."""
        ...

    async def session(self, session_id: str) -> ChainSession: ...

    async def user_sessions(self, user: str, page: PageRequest) -> tuple[ChainSession, ...]: ...

    async def provider_sessions(
        self, provider: str, page: PageRequest
    ) -> tuple[ChainSession, ...]: ...


class LocalModelsApi(Protocol):
    async def hardware(self) -> Hardware: ...

    async def models(self) -> tuple[LocalModel, ...]: ...

    async def add_file(self, path: str) -> LocalModel: ...

    async def remove(self, model_id: str) -> None: ...

    async def start(self, model_id: str) -> LocalModel: ...

    async def stop(self, model_id: str) -> LocalModel: ...


class SystemApi(Protocol):
    async def status(self) -> NodeStatus: ...

    async def networks(self) -> tuple[NetworkView, ...]: ...

    async def select_network(self, name: str) -> NodeStatus:
        """Switch the network stack (`demo`, `base`, `base-sepolia`, …).

        Starts the demo chain when needed.
        """
        ...

    async def settings(self) -> tuple[SettingField, ...]: ...

    async def set_settings(self, values: Mapping[str, Any]) -> tuple[SettingField, ...]: ...

    async def api_access(self) -> ApiAccess: ...

    async def doctor(self) -> tuple[DoctorFinding, ...]: ...

    async def skip_to_midnight(self) -> DemoStatus:
        """Demo only: move the chain's time to the next midnight UTC."""
        ...

    async def set_demo_speed(self, speed: int) -> DemoStatus: ...

    def events(self) -> AsyncGenerator[NodeEvent, None]: ...


class NodeService(Protocol):
    """The node. Implementations:

    In this process, bridged from the window's thread, and a fake in tests.
    """

    @property
    def wallet(self) -> WalletApi: ...

    @property
    def market(self) -> MarketApi: ...

    @property
    def sessions(self) -> SessionsApi: ...

    @property
    def chat(self) -> ChatApi: ...

    @property
    def provider(self) -> ProviderApi: ...

    @property
    def local(self) -> LocalModelsApi: ...

    @property
    def chain(self) -> ChainApi: ...

    @property
    def system(self) -> SystemApi: ...
