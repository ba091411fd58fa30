"""The answer of `/config`: the public node's members, without keys and without tails of URLs."""

from typing import Any

from node import __version__
from node.core.errors import NoTargetError
from node.core.settings import NodeSettings
from node.core.web_address import host_only
from node.service.dto import ChainContracts
from node.service.local import LocalNode

NANOSECONDS = 1_000_000_000


async def config_of(node: LocalNode, wallet_address: str) -> dict[str, Any]:
    """Durations are integer nanoseconds, addresses lower-case."""
    settings = node.settings.current
    contracts = await _contracts(node)
    return {
        "Version": __version__,
        "Commit": "",
        "DerivedConfig": {
            "WalletAddress": wallet_address.lower(),
            "ChainID": contracts.chain_id,
            "EthNodeURLs": list(contracts.rpc_hosts),
        },
        "Config": {
            "App": {"ResetKeychain": False},
            "Environment": "production",
            "Blockchain": _blockchain(settings, contracts),
            "Marketplace": {
                "DiamondContractAddress": contracts.marketplace.lower(),
                "MorTokenAddress": contracts.token.lower(),
                "WalletPrivateKey": None,
            },
            "Log": _log(settings, node),
            "Proxy": _proxy(settings, node),
            "Web": {"Address": settings.web_address, "PublicUrl": node.api.url},
            **_ABSENT,
        },
    }


_ABSENT: dict[str, dict[str, Any]] = {
    "IPFS": {"Disabled": True, "Address": ""},
    "System": {
        "Enable": False,
        "LocalPortRange": "",
        "NetdevMaxBacklog": "",
        "RlimitHard": 0,
        "RlimitSoft": 0,
        "Somaxconn": "",
        "TcpMaxSynBacklog": "",
    },
    "TEE": {
        "PortalURL": "",
        "ImageRepo": "",
        "ArtifactRegistryURL": "",
        "ArtifactRegistryRefreshInterval": 0,
    },
}
"""Sections of what this node does not have; clients may look for the members."""


async def _contracts(node: LocalNode) -> ChainContracts:
    try:
        return await node.chain.contracts()
    except NoTargetError:
        return ChainContracts(chain_id=0, marketplace="", token="")


def _blockchain(settings: NodeSettings, contracts: ChainContracts) -> dict[str, Any]:
    return {
        "ChainID": contracts.chain_id,
        "EthNodeAddress": ",".join(host_only(url) for url in settings.rpc_urls),
        "EthLegacyTx": settings.legacy_transactions,
        "BlockscoutApiUrl": "",
        "ExplorerRetryDelay": 0,
        "ExplorerMaxRetries": 0,
        "UseSubscriptions": False,
        "PollingInterval": _nanoseconds(settings.polling_interval_s),
        "MaxReconnects": 0,
        "Multicall3Addr": settings.multicall_address or None,
    }


def _log(settings: NodeSettings, node: LocalNode) -> dict[str, Any]:
    return {
        "Color": False,
        "FolderPath": str(node.dirs.logs),
        "IsProd": True,
        "JSON": True,
        "LevelApp": settings.log_level,
        "LevelTCP": settings.log_level,
        "LevelEthRPC": settings.log_level,
        "LevelStorage": settings.log_level,
    }


def _proxy(settings: NodeSettings, node: LocalNode) -> dict[str, Any]:
    """Contents of files are never told, they may hold keys."""
    return {
        "Address": settings.proxy_address,
        "StoragePath": str(node.dirs.data),
        "StoreChatContext": {"Bool": settings.store_chats},
        "ForwardChatContext": {"Bool": True},
        "AgentConfigPath": settings.agents_config,
        "AgentConfigContent": "",
        "ModelsConfigPath": settings.models_config,
        "ModelsConfigContent": "",
        "RatingConfigPath": settings.rating_config,
        "CookieFilePath": str(node.api.cookie_file or ""),
        "CookieContent": "",
        "AuthConfigFilePath": node.clients.users_file,
        "LLMTimeout": _nanoseconds(settings.llm_timeout_s),
        "CNodePNodeTimeout": _nanoseconds(settings.first_answer_timeout_s),
        "CNodePNodeMaxRetries": settings.first_answer_retries,
        "CNodePNodeAudioMaxRetries": settings.audio_answer_retries,
    }


def _nanoseconds(seconds: float) -> int:
    return round(seconds * NANOSECONDS)
