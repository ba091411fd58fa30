"""Every environment name of the public Go node means something here, or it is said why not."""

from pathlib import Path

import pytest

from node.core.settings.peer_names import (
    UNUSED,
    known_names,
    unused_names,
    used_names,
)

PEER = """
APP_RESET_KEYCHAIN ENVIRONMENT ETH_NODE_CHAIN_ID ETH_NODE_ADDRESS ETH_NODE_LEGACY_TX
ETH_NODE_USE_SUBSCRIPTIONS ETH_NODE_POLLING_INTERVAL ETH_NODE_MAX_RECONNECTS MULTICALL3_ADDR
BLOCKSCOUT_API_URL EXPLORER_RETRY_DELAY EXPLORER_MAX_RETRIES DIAMOND_CONTRACT_ADDRESS
MOR_TOKEN_ADDRESS WALLET_PRIVATE_KEY PROXY_ADDRESS WEB_ADDRESS WEB_PUBLIC_URL PROXY_STORAGE_PATH
PROXY_STORE_CHAT_CONTEXT PROXY_FORWARD_CHAT_CONTEXT MODELS_CONFIG_PATH MODELS_CONFIG_CONTENT
AGENT_CONFIG_PATH AGENT_CONFIG_CONTENT RATING_CONFIG_PATH COOKIE_FILE_PATH COOKIE_CONTENT
AUTH_CONFIG_FILE_PATH PROVIDER_ALLOW_LIST LLM_TIMEOUT CNODE_PNODE_TIMEOUT CNODE_PNODE_MAX_RETRIES
CNODE_PNODE_AUDIO_MAX_RETRIES IPFS_DISABLED IPFS_MULTADDR TEE_PORTAL_URL TEE_IMAGE_REPO
ARTIFACT_REGISTRY_URL ARTIFACT_REGISTRY_REFRESH_INTERVAL LOG_COLOR LOG_JSON LOG_IS_PROD
LOG_FOLDER_PATH LOG_LEVEL_APP LOG_LEVEL_TCP LOG_LEVEL_ETH_RPC LOG_LEVEL_STORAGE SYS_ENABLE
SYS_LOCAL_PORT_RANGE SYS_NET_DEV_MAX_BACKLOG SYS_RLIMIT_HARD SYS_RLIMIT_SOFT SYS_SOMAXCONN
SYS_TCP_MAX_SYN_BACKLOG DOCKER_HOST DOCKER_API_VERSION DOCKER_CERT_PATH DOCKER_TLS_VERIFY
MODEL_HEALTH_CHECK_PROBE_DELAY SESSION_HEALTH_POLICY AGENTS_CONFIG_PATH
"""


@pytest.mark.parametrize("name", PEER.split())
def test_each_name_is_used_or_explained(name: str) -> None:
    assert name in known_names()
    explained = [item.name for item in unused_names([name], in_file=True)]
    assert (name in used_names()) != (explained == [name])


def test_each_name_stands_in_the_documents_where_it_belongs() -> None:
    document = Path(__file__).parents[3] / "docs" / "user" / "configuration.md"
    text = document.read_text("utf-8")
    used, unused = text.split("These are known and do nothing", 1)
    assert [name for name in PEER.split() if f"`{name}`" not in text] == []
    assert [name for name in used_names() if f"| `{name}`" in unused] == []
    assert [name for name in UNUSED if f"| `{name}`" in used] == []


def test_no_name_is_both_used_and_unused() -> None:
    assert set(UNUSED) & set(used_names()) == set()


def test_names_that_other_programs_set_are_mentioned_for_a_file_only() -> None:
    assert unused_names(["DOCKER_HOST", "PATH"]) == ()
    (found,) = unused_names(["DOCKER_HOST", "PATH"], in_file=True)
    assert found.reason
