"""All settings of the node, in one frozen model."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from node.core.settings.kinds import (
    LOG_LEVELS,
    EthText,
    LogLevel,
    MorText,
    Seconds,
    Strings,
    setting,
)
from node.core.units import Eth, Mor


class NodeSettings(BaseModel):
    """All settings. A field without a group is for experts and files only, not for the settings
    page.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    network: str = setting("", "Network at start", "MORPHEUS_NETWORK")
    rpc_urls: Strings = setting(
        (),
        "Chain servers",
        "MORPHEUS_RPC_URLS",
        "ETH_NODE_ADDRESS",
        description="JSON-RPC addresses, separated by commas. Empty: the public ones.",
        group="Network",
    )
    chain_id: int = setting(0, "Chain id", "MORPHEUS_CHAIN_ID", "ETH_NODE_CHAIN_ID", ge=0)
    marketplace_address: str = setting(
        "", "Marketplace contract", "MORPHEUS_MARKETPLACE", "DIAMOND_CONTRACT_ADDRESS"
    )
    token_address: str = setting("", "MOR token", "MORPHEUS_TOKEN", "MOR_TOKEN_ADDRESS")
    multicall_address: str = setting("", "Multicall3", "MULTICALL3_ADDR")
    legacy_transactions: bool = setting(False, "Legacy transactions", "ETH_NODE_LEGACY_TX")
    polling_interval_s: Seconds = setting(
        10.0, "Log polling", "ETH_NODE_POLLING_INTERVAL", unit="s", gt=0
    )
    wallet_private_key: SecretStr = setting(
        SecretStr(""), "Private key of this run", "WALLET_PRIVATE_KEY"
    )
    max_fee_eth: EthText = setting(
        "0.002",
        "Highest network fee per transaction",
        "MORPHEUS_MAX_FEE",
        group="Money",
        unit="ETH",
        restart=False,
    )
    auto_claim: bool = setting(
        True,
        "Take released stake back by itself",
        "MORPHEUS_AUTO_CLAIM",
        group="Money",
        restart=False,
        description="After midnight UTC, what was held back by early closes returns to the wallet.",
    )
    auto_claim_fee_percent: int = setting(
        5,
        "Highest network fee for that, in percent of the stake",
        "MORPHEUS_AUTO_CLAIM_FEE_PERCENT",
        group="Money",
        unit="%",
        restart=False,
        description="Dearer claims wait for the next day. 0: whatever the fee.",
        ge=0,
        le=100,
    )
    mor_worth_eth: EthText = setting(
        "0.0005",
        "What 1 MOR is worth",
        "MORPHEUS_MOR_WORTH",
        group="Money",
        unit="ETH",
        restart=False,
        description="Only to compare a fee with a stake. No prices are fetched.",
    )
    web_address: str = setting(
        "127.0.0.1:8082",
        "API address",
        "WEB_ADDRESS",
        group="API",
        description="Address of the local HTTP API. Other computers cannot reach 127.0.0.1.",
    )
    proxy_address: str = setting(
        "",
        "Provider address",
        "PROXY_ADDRESS",
        description="Address of the provider's TCP port. Empty: closed.",
    )
    cookie_file: str = setting("", "Cookie file", "COOKIE_FILE_PATH")
    cookie_content: SecretStr = setting(SecretStr(""), "Cookie content", "COOKIE_CONTENT")
    models_config: str = setting("", "Models file", "MODELS_CONFIG_PATH")
    models_config_content: SecretStr = setting(
        SecretStr(""), "Models file content", "MODELS_CONFIG_CONTENT"
    )
    rating_config: str = setting("", "Rating file", "RATING_CONFIG_PATH")
    provider_allow_list: Strings = setting((), "Allowed providers", "PROVIDER_ALLOW_LIST")
    llm_timeout_s: Seconds = setting(
        240.0, "Longest wait for a model server", "LLM_TIMEOUT", unit="s", gt=0
    )
    first_answer_timeout_s: Seconds = setting(
        90.0, "Wait for the first word", "CNODE_PNODE_TIMEOUT", unit="s", gt=0
    )
    first_answer_retries: int = setting(3, "Further waits", "CNODE_PNODE_MAX_RETRIES", ge=0, le=100)
    idle_timeout_s: Seconds = setting(
        60.0,
        "Longest silence within an answer",
        "MORPHEUS_IDLE_TIMEOUT",
        group="Chat",
        unit="s",
        restart=False,
        gt=0,
    )
    message_limit_mib: int = setting(
        16, "Largest message of a peer", "MORPHEUS_MESSAGE_LIMIT_MIB", unit="MiB", ge=1, le=256
    )
    provider_connections: int = setting(
        512, "Connections to the provider's port", "MORPHEUS_PROVIDER_CONNECTIONS", ge=1
    )
    provider_request_time_s: Seconds = setting(
        30.0, "Longest time for one request to arrive", "MORPHEUS_REQUEST_TIME", unit="s", gt=0
    )
    session_requests_per_address: int = setting(
        60, "Session requests per address and minute", "MORPHEUS_REQUESTS_PER_ADDRESS", ge=1
    )
    session_requests_per_user: int = setting(
        10, "Session requests per user and minute", "MORPHEUS_REQUESTS_PER_USER", ge=1
    )
    store_chats: bool = setting(
        True, "Keep chats on this computer", "PROXY_STORE_CHAT_CONTEXT", group="Chat", restart=False
    )
    allow_private_providers: bool = setting(
        False, "Connect to providers in private networks", "MORPHEUS_ALLOW_PRIVATE_PROVIDERS"
    )
    auto_session_max_stake: MorText = setting(
        "0",
        "Most MOR an API request may lock",
        "MORPHEUS_AUTO_SESSION_MAX_STAKE",
        group="API",
        unit="MOR",
        restart=False,
        description="0: programs use open sessions only and never lock MOR by themselves.",
    )
    auto_session_duration_s: int = setting(
        3600,
        "Length of a session opened for an API request",
        "MORPHEUS_AUTO_SESSION_DURATION",
        group="API",
        unit="s",
        restart=False,
        ge=300,
    )
    theme: Literal["system", "light", "dark"] = setting(
        "system",
        "Theme",
        "MORPHEUS_THEME",
        group="Appearance",
        restart=False,
        choices=("system", "light", "dark"),
    )
    log_level: LogLevel = setting(
        "info",
        "Log level",
        "MORPHEUS_LOG_LEVEL",
        "LOG_LEVEL_APP",
        group="Diagnostics",
        choices=LOG_LEVELS,
    )

    @property
    def auto_session_cap(self) -> Mor:
        return Mor.parse(self.auto_session_max_stake)

    @property
    def fee_cap(self) -> Eth:
        return Eth.parse(self.max_fee_eth)
