"""The facade's protocols. Every method takes and returns DTOs, raises only `NodeError`, and is
async.

Methods that return an async iterator are used inside `contextlib.aclosing`; closing it cancels the
work.
"""

from typing import Protocol

from node.service.api.agents import AgentsApi
from node.service.api.chain import ChainApi
from node.service.api.chat import ChatApi
from node.service.api.clients import ClientsApi
from node.service.api.local import LocalModelsApi
from node.service.api.market import MarketApi
from node.service.api.provider import ProviderApi
from node.service.api.sessions import SessionsApi
from node.service.api.system import SystemApi
from node.service.api.wallet import WalletApi

__all__ = [
    "AgentsApi",
    "ChainApi",
    "ChatApi",
    "ClientsApi",
    "LocalModelsApi",
    "MarketApi",
    "NodeService",
    "ProviderApi",
    "SessionsApi",
    "SystemApi",
    "WalletApi",
]


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
    def agents(self) -> AgentsApi: ...

    @property
    def clients(self) -> ClientsApi: ...

    @property
    def system(self) -> SystemApi: ...
