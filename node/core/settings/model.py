"""All settings of the node, in one frozen model."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from node.core.settings.kinds import (
    LOG_LEVELS,
    AddressTexts,
    AreaLevel,
    EthText,
    LogLevel,
    MorText,
    Seconds,
    Strings,
    setting,
)
from node.core.settings.own_networks import OwnNetworks
from node.core.settings.policies import PolicyMode, PolicyRules, SessionPolicy, parse_rule
from node.core.units import Eth, Mor


class NodeSettings(BaseModel):
    """All settings. A field without a group is for experts and files only, not for the settings
    page.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    network: str = setting("", "Network at start", "MORPHEUS_NETWORK")
    rpc_urls: Strings = setting(
        (),
        "Chain servers",
        "MORPHEUS_RPC_URLS",
        "ETH_NODE_ADDRESS",
        description="JSON-RPC addresses, separated by commas. Empty: the public ones.",
        group="Network",
    )
    rpc_network: str = setting(
        "",
        "Network that these chain servers belong to",
        "MORPHEUS_RPC_NETWORK",
        description="On other networks the public ones are used. Empty: they count for all.",
    )
    own_networks: OwnNetworks = setting((), "Networks of your own")
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
        group="Wallet",
        unit="ETH",
        restart=False,
        description="Nothing is sent that could cost more, however busy the network is.",
    )
    auto_claim: bool = setting(
        True,
        "Take released stake back by itself",
        "MORPHEUS_AUTO_CLAIM",
        group="Sessions",
        restart=False,
        description="After midnight UTC, what was held back by early closes returns to the wallet.",
    )
    auto_claim_fee_percent: int = setting(
        5,
        "Highest network fee for that, in percent of the stake",
        "MORPHEUS_AUTO_CLAIM_FEE_PERCENT",
        group="Sessions",
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
        group="Wallet",
        unit="ETH",
        restart=False,
        description="Only to compare a fee with a stake. No prices are fetched.",
    )
    auto_free_nonce: bool = setting(
        True,
        "Free the way for waiting transactions by itself",
        "MORPHEUS_AUTO_FREE_NONCE",
        group="Wallet",
        restart=False,
        description="A number that nothing uses any more holds up all behind it; an empty transfer"
        " to yourself takes it.",
    )
    free_nonce_max_fee: EthText = setting(
        "0.00005",
        "Highest network fee for that",
        "MORPHEUS_FREE_NONCE_MAX_FEE",
        group="Wallet",
        unit="ETH",
        restart=False,
    )
    guard_password_above: MorText = setting(
        "50",
        "Ask for the password above",
        "MORPHEUS_GUARD_PASSWORD_ABOVE",
        group="Wallet",
        unit="MOR",
        restart=False,
        description="For a transfer, a session or an allowance of more. ETH counts by what 1 MOR"
        " is worth.",
    )
    guard_daily_cap: MorText = setting(
        "100",
        "Most MOR sent or locked per day (UTC) without the password",
        "MORPHEUS_GUARD_DAILY_CAP",
        group="Wallet",
        unit="MOR",
        restart=False,
        description="What you order yourself. Programs, failover and extension have limits of"
        " their own.",
    )
    guard_session_cap: MorText = setting(
        "25",
        "Most MOR locked by one session without the password",
        "MORPHEUS_GUARD_SESSION_CAP",
        group="Sessions",
        unit="MOR",
        restart=False,
        description="A session that locks more asks for the password.",
    )
    auto_lock_s: int = setting(
        900,
        "Lock the wallet after",
        "MORPHEUS_AUTO_LOCK",
        group="Wallet",
        unit="s",
        restart=False,
        description="Without use. Open sessions go on. 0: never, then whoever sits here can send.",
        ge=0,
        le=86_400,
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
    auth_config_file: str = setting("", "File of API users", "AUTH_CONFIG_FILE_PATH")
    cookie_content: SecretStr = setting(SecretStr(""), "Cookie content", "COOKIE_CONTENT")
    models_config: str = setting("", "Models file", "MODELS_CONFIG_PATH")
    models_config_content: SecretStr = setting(
        SecretStr(""), "Models file content", "MODELS_CONFIG_CONTENT"
    )
    agents_config: str = setting("", "Agents file", "AGENT_CONFIG_PATH", "AGENTS_CONFIG_PATH")
    agents_config_content: SecretStr = setting(
        SecretStr(""), "Agents file content", "AGENT_CONFIG_CONTENT"
    )
    agent_timeout_s: Seconds = setting(
        60.0, "Longest wait for a tool", "MORPHEUS_AGENT_TIMEOUT", unit="s", gt=0, le=110
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
    audio_answer_retries: int = setting(
        20, "Further waits for sound", "CNODE_PNODE_AUDIO_MAX_RETRIES", ge=0, le=100
    )
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
    provider_allow_users: AddressTexts = setting(
        (),
        "Users that may open sessions here",
        "MORPHEUS_PROVIDER_ALLOW_USERS",
        group="Hosting",
        restart=False,
        description="Addresses, separated by commas. Empty: everybody who is not denied.",
    )
    provider_deny_users: AddressTexts = setting(
        (),
        "Users that are not served",
        "MORPHEUS_PROVIDER_DENY_USERS",
        group="Hosting",
        restart=False,
        description="Addresses, separated by commas. They win over the allowed ones.",
    )
    provider_claim_from: MorText = setting(
        "0",
        "Claim pay by itself from",
        "MORPHEUS_PROVIDER_CLAIM_FROM",
        group="Hosting",
        unit="MOR",
        restart=False,
        description="Sessions that pay at least this much are claimed as soon as they may be."
        " 0: never.",
    )
    allow_private_providers: bool = setting(
        False, "Connect to providers in private networks", "MORPHEUS_ALLOW_PRIVATE_PROVIDERS"
    )
    auto_session_policy: Literal["reuse", "open", "extend"] = setting(
        "reuse",
        "Sessions for programs",
        "MORPHEUS_AUTO_SESSION_POLICY",
        group="API",
        restart=False,
        choices=("reuse", "open", "extend"),
        description="Reuse: programs use open sessions only and never lock MOR by themselves."
        " Open: a session is opened when a model has none. Extend: also before it ends.",
    )
    auto_session_duration_s: int = setting(
        3600,
        "Length of a session opened for a program",
        "MORPHEUS_AUTO_SESSION_DURATION",
        group="API",
        unit="s",
        restart=False,
        description="The stake for this time is locked, then comes back.",
        ge=300,
    )
    auto_session_max_stake: MorText = setting(
        "25",
        "Most MOR that such a session may lock",
        "MORPHEUS_AUTO_SESSION_MAX_STAKE",
        group="API",
        unit="MOR",
        restart=False,
        description="A request that needs more is refused.",
    )
    auto_session_day_stake: MorText = setting(
        "100",
        "Most MOR that programs may lock per day (UTC)",
        "MORPHEUS_AUTO_SESSION_DAY_STAKE",
        group="API",
        unit="MOR",
        restart=False,
        description="All programs together; yours are not counted.",
    )
    session_policies: PolicyRules = setting(
        (),
        "Models with rules of their own",
        "MORPHEUS_SESSION_POLICIES",
        group="API",
        restart=False,
        description="For example: Guide = open 1h 5 20, 0x12…ef = reuse. The numbers are the length"
        " and the most MOR per session and per day.",
    )
    failover: Literal["session", "always", "never"] = setting(
        "session",
        "When a provider fails",
        "MORPHEUS_FAILOVER",
        group="Sessions",
        restart=False,
        choices=("session", "always", "never"),
        description="Another open session of the model answers. Without one, Session opens one if"
        " that was agreed to when the first was opened, Always does in any case. Never: nobody else"
        " gets the prompt.",
    )
    failover_max_stake: MorText = setting(
        "25",
        "Most MOR locked elsewhere for one prompt",
        "MORPHEUS_FAILOVER_MAX_STAKE",
        group="Sessions",
        unit="MOR",
        restart=False,
        description="A dearer session elsewhere is not opened; the prompt is kept.",
    )
    failover_day_stake: MorText = setting(
        "100",
        "Most MOR locked elsewhere per day (UTC)",
        "MORPHEUS_FAILOVER_DAY_STAKE",
        group="Sessions",
        unit="MOR",
        restart=False,
        description="Counts the sessions that were opened because a provider failed.",
    )
    auto_extend: bool = setting(
        False,
        "Extend new sessions before they end",
        "MORPHEUS_AUTO_EXTEND",
        group="Sessions",
        restart=False,
        description="New sessions begin with this; each has its own switch.",
    )
    auto_extend_day_stake: MorText = setting(
        "50",
        "Most MOR locked by extending per day (UTC)",
        "MORPHEUS_AUTO_EXTEND_DAY_STAKE",
        group="Sessions",
        unit="MOR",
        restart=False,
        description="When it is used up, sessions end at their time.",
    )
    extend_before_s: int = setting(
        60,
        "How long before its end a session is extended",
        "MORPHEUS_EXTEND_BEFORE",
        group="Sessions",
        unit="s",
        restart=False,
        description="Enough time for the network to confirm the next one.",
        ge=15,
        le=3600,
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
    log_level_tcp: AreaLevel = setting("", "Log level of connections to peers", "LOG_LEVEL_TCP")
    log_level_eth_rpc: AreaLevel = setting("", "Log level of chain reads", "LOG_LEVEL_ETH_RPC")
    log_level_storage: AreaLevel = setting("", "Log level of the storage", "LOG_LEVEL_STORAGE")
    log_folder: str = setting("", "Folder of the log", "MORPHEUS_LOG_FOLDER", "LOG_FOLDER_PATH")
    log_json: bool = setting(False, "JSON lines on the terminal", "LOG_JSON")
    log_color: bool = setting(False, "Coloured lines on the terminal", "LOG_COLOR")

    @property
    def session_policy(self) -> SessionPolicy:
        """The rule for models that have none of their own in `session_policies`."""
        return SessionPolicy(
            mode=PolicyMode(self.auto_session_policy),
            duration_s=self.auto_session_duration_s,
            session_cap=Mor.parse(self.auto_session_max_stake),
            day_cap=Mor.parse(self.auto_session_day_stake),
        )

    @property
    def may_open_sessions(self) -> bool:
        """Whether a program's request may lock MOR for some model."""
        default = self.session_policy
        rules = (parse_rule(text, default)[1] for text in self.session_policies)
        return default.may_open or any(rule.may_open for rule in rules)

    @property
    def fee_cap(self) -> Eth:
        return Eth.parse(self.max_fee_eth)
