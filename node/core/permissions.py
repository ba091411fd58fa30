"""What a user of the API may do: the public node's permission names, grouped into our scopes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One name per kind of route, as in `rpcwhitelist` lines of the public node.

    `NODE` is ours: the facade door of this program's own command line.
    """

    GET_BALANCE = "get_balance"
    GET_TRANSACTIONS = "get_transactions"
    GET_ALLOWANCE = "get_allowance"
    GET_LATEST_BLOCK = "get_latest_block"
    APPROVE = "approve"
    SEND_ETH = "send_eth"
    SEND_MOR = "send_mor"
    GET_PROVIDERS = "get_providers"
    CREATE_PROVIDER = "create_provider"
    DELETE_PROVIDER = "delete_provider"
    GET_MODELS = "get_models"
    CREATE_MODEL = "create_model"
    DELETE_MODEL = "delete_model"
    CREATE_BID = "create_bid"
    GET_BIDS = "get_bids"
    DELETE_BIDS = "delete_bids"
    GET_SESSIONS = "get_sessions"
    SESSION_PROVIDER_CLAIM = "session_provider_claim"
    OPEN_SESSION = "open_session"
    CLOSE_SESSION = "close_session"
    GET_BUDGET = "get_budget"
    GET_SUPPLY = "get_supply"
    SYSTEM_CONFIG = "system_config"
    ADD_USER = "add_user"
    REMOVE_USER = "remove_user"
    AGENT_REQUESTS = "agent_requests"
    REQUEST_ALLOWANCE = "request_allowance"
    GET_WALLET = "get_wallet"
    SET_WALLET = "set_wallet"
    REMOVE_WALLET = "remove_wallet"
    INITIATE_SESSION = "initiate_session"
    CHAT = "chat"
    GET_LOCAL_MODELS = "get_local_models"
    GET_LOCAL_AGENTS = "get_local_agents"
    GET_AGENT_TOOLS = "get_agent_tools"
    CALL_AGENT_TOOL = "call_agent_tool"
    GET_CHAT_HISTORY = "get_chat_history"
    EDIT_CHAT_HISTORY = "edit_chat_history"
    AUDIO_TRANSCRIPTION = "audio_transcription"
    AUDIO_SPEECH = "audio_speech"
    EMBEDDINGS = "embeddings"
    IPFS_PIN = "ipfs_pin"
    IPFS_UNPIN = "ipfs_unpin"
    IPFS_GET = "ipfs_get"
    IPFS_ADD = "ipfs_add"
    IPFS_VERSION = "ipfs_version"
    IPFS_PINNED = "ipfs_pinned"
    DOCKER_BUILD = "docker_build"
    DOCKER_MANAGE = "docker_manage"
    DOCKER_VERSION = "docker_version"
    NODE = "node"


_P = Permission


class Scope(StrEnum):
    """What a token is made for; each stands for permissions."""

    READ = "read"
    CHAT = "chat"
    SESSION = "session"
    SPEND = "spend"
    PROVIDER = "provider"
    ADMIN = "admin"


SCOPE_PERMISSIONS: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: frozenset(
        {
            _P.GET_BALANCE,
            _P.GET_TRANSACTIONS,
            _P.GET_ALLOWANCE,
            _P.GET_LATEST_BLOCK,
            _P.GET_PROVIDERS,
            _P.GET_MODELS,
            _P.GET_BIDS,
            _P.GET_SESSIONS,
            _P.GET_BUDGET,
            _P.GET_SUPPLY,
            _P.GET_WALLET,
            _P.GET_LOCAL_MODELS,
            _P.GET_LOCAL_AGENTS,
        }
    ),
    Scope.CHAT: frozenset(
        {
            _P.CHAT,
            _P.EMBEDDINGS,
            _P.AUDIO_SPEECH,
            _P.AUDIO_TRANSCRIPTION,
            _P.GET_LOCAL_MODELS,
            _P.GET_CHAT_HISTORY,
            _P.EDIT_CHAT_HISTORY,
            _P.GET_AGENT_TOOLS,
            _P.CALL_AGENT_TOOL,
        }
    ),
    Scope.SESSION: frozenset({_P.OPEN_SESSION, _P.CLOSE_SESSION, _P.INITIATE_SESSION}),
    Scope.SPEND: frozenset({_P.APPROVE, _P.SEND_ETH, _P.SEND_MOR}),
    Scope.PROVIDER: frozenset(
        {
            _P.CREATE_PROVIDER,
            _P.DELETE_PROVIDER,
            _P.CREATE_MODEL,
            _P.DELETE_MODEL,
            _P.CREATE_BID,
            _P.DELETE_BIDS,
            _P.SESSION_PROVIDER_CLAIM,
        }
    ),
    Scope.ADMIN: frozenset(Permission),
}


def permissions_of(scopes: Iterable[Scope]) -> frozenset[Permission]:
    """All permissions of a token with these scopes."""
    found: frozenset[Permission] = frozenset()
    for scope in scopes:
        found |= SCOPE_PERMISSIONS[scope]
    return found


ALL = "*"
"""Stands for every permission of the public node in `rpcwhitelist` lines."""


def permissions_named(names: Iterable[str]) -> frozenset[Permission]:
    """What a list of names gives. Unknown names, of newer or older nodes, give nothing.

    `*` is everything but `NODE`: whoever has that door needs no allowance to spend.
    """
    known = {item.value: item for item in Permission}
    wanted = set(names)
    if ALL in wanted:
        return frozenset(Permission) - {Permission.NODE}
    return frozenset(known[name] for name in wanted if name in known)
