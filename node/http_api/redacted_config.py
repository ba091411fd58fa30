"""The answer of `/config`: the public node's members, without keys and without tails of URLs."""

from typing import Any
from urllib.parse import urlsplit

from node import __version__
from node.core.errors import NoTargetError
from node.core.settings import NodeSettings
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
            "EthNodeURLs": [host_only(url) for url in settings.rpc_urls],
        },
        "Config": _sections(settings, contracts),
    }


def host_only(url: str) -> str:
    """Scheme, host and port of a URL; keys hide in user names, paths and queries."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


async def _contracts(node: LocalNode) -> ChainContracts:
    try:
        return await node.chain.contracts()
    except NoTargetError:
        return ChainContracts(chain_id=0, marketplace="", token="")


def _sections(settings: NodeSettings, contracts: ChainContracts) -> dict[str, dict[str, Any]]:
    return {
        "Blockchain": {
            "ChainID": contracts.chain_id,
            "EthNodeAddress": host_only(settings.rpc_urls[0]) if settings.rpc_urls else "",
            "EthLegacyTx": settings.legacy_transactions,
            "PollingInterval": round(settings.polling_interval_s * NANOSECONDS),
            "Multicall3Addr": settings.multicall_address or None,
        },
        "Marketplace": {
            "DiamondContractAddress": contracts.marketplace.lower(),
            "MorTokenAddress": contracts.token.lower(),
            "WalletPrivateKey": None,
        },
        "Log": {"LevelApp": settings.log_level},
        "Proxy": {
            "Address": settings.proxy_address,
            "StoreChatContext": settings.store_chats,
            "ModelsConfigPath": settings.models_config,
            "RatingConfigPath": settings.rating_config,
            "CookieFilePath": settings.cookie_file,
        },
        "Web": {"Address": settings.web_address},
    }
