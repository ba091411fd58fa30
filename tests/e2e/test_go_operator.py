"""A Go node's folder, as its operator has it, under our `mor-cli serve`: `.env`, models, rating,
users and cookie. Provider and consumer come up from such folders and are asked by Basic auth.
"""

import hashlib
import hmac
import json
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.core.ids import Address
from node.core.keccak import keccak256
from tests.support.process_market import CONSUMER, PROVIDER
from tests.support.programs import Program, cli
from tests.support.small_market import BASE_ID, free_port
from tests.support.tiny_gguf import write_tiny_gguf

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="modes of files"),
]
COOKIE = ("admin", "operators-own-cookie")
READER = ("reader", "readers-password")
MODEL = "Resold"
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Two nodes in folders of their own; `model_id` is on chain."""

    provider: Program
    consumer: Program
    provider_folder: Path
    model_id: str

    def client(self, node: Program, login: tuple[str, str] = COOKIE) -> httpx.Client:
        return httpx.Client(
            base_url=str(node.announced["api_url"]), auth=login, trust_env=False, timeout=30
        )


def env_file(devnet: Program, index: int, **more: str) -> str:
    told = devnet.announced
    values = {
        "ETH_NODE_CHAIN_ID": str(told["chain_id"]),
        "ETH_NODE_ADDRESS": told["url"],
        "DIAMOND_CONTRACT_ADDRESS": told["marketplace"],
        "MOR_TOKEN_ADDRESS": told["token"],
        "WALLET_PRIVATE_KEY": told["accounts"][index]["private_key"],
        "BLOCKSCOUT_API_URL": "https://explorer.example.org/api/v2",
        "SYS_ENABLE": "false",
        "LOG_COLOR": "true",
        **more,
    }
    return "# the operator's file\n" + "".join(f"{k}={v}\n" for k, v in values.items())


def proxy_conf() -> str:
    """A user with one permission, in the public node's form."""
    salt = bytes(range(16))
    digest = hmac.digest(salt, READER[1].encode(), hashlib.sha256).hex()
    return (
        f"rpcauth={READER[0]}:{salt.hex()}${digest}\n"
        f"rpcwhitelist={READER[0]}:get_balance\nrpcwhitelistdefault=0\n"
    )


def peer_folder(folder: Path, env: str, models: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    (folder / ".env").write_text(env)
    (folder / ".env").chmod(0o600)
    (folder / ".cookie").write_text(":".join(COOKIE) + "\n")
    (folder / "proxy.conf").write_text(proxy_conf())
    (folder / "models-config.json").write_text(json.dumps({"models": models}))
    (folder / "rating-config.json").write_text(
        json.dumps({"algorithm": "default", "providerAllowlist": [], "params": {}})
    )
    return folder


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Generator[Operation, None, None]:
    folder = tmp_path_factory.mktemp("operator")
    with ExitStack() as stack:
        devnet = stack.enter_context(Program(folder / "devnet", "devnet", "--port", "0"))
        owner = Address.parse(devnet.announced["accounts"][PROVIDER]["address"])
        model_id = "0x" + keccak256(owner.raw + bytes.fromhex(BASE_ID[2:])).hex()
        file = write_tiny_gguf(folder / "tiny.gguf")
        port = free_port()
        entry = {"modelId": model_id, "modelName": MODEL, "apiType": "llama", "path": str(file)}
        places = {
            "provider": peer_folder(
                folder / "go-provider",
                env_file(
                    devnet,
                    PROVIDER,
                    PROXY_ADDRESS=f"127.0.0.1:{port}",
                    WEB_ADDRESS="127.0.0.1:0",
                ),
                [entry],
            ),
            "consumer": peer_folder(
                folder / "go-consumer", env_file(devnet, CONSUMER, WEB_ADDRESS="127.0.0.1:0"), []
            ),
        }
        nodes = {
            name: stack.enter_context(Program(folder / name, "serve", folder=place))
            for name, place in places.items()
        }
        yield Operation(
            provider=nodes["provider"],
            consumer=nodes["consumer"],
            provider_folder=places["provider"],
            model_id=model_id,
        )


def test_the_cookie_of_the_folder_opens_the_api_and_nothing_else_does(
    operation: Operation,
) -> None:
    assert Path(operation.provider.announced["cookie_file"]).parent == operation.provider_folder
    with operation.client(operation.provider) as client:
        assert client.get("/blockchain/balance").status_code == 200
        config = client.get("/config").json()
        assert config["DerivedConfig"]["ChainID"] == 31337
    with operation.client(operation.provider, ("admin", "wrong")) as client:
        assert client.get("/blockchain/balance").status_code == 401


def test_users_of_proxy_conf_may_what_it_says(operation: Operation) -> None:
    with operation.client(operation.consumer, READER) as client:
        assert client.get("/blockchain/balance").status_code == 200
        assert client.get("/blockchain/models").status_code == 403


def test_the_operator_is_told_what_is_used_and_what_is_not(operation: Operation) -> None:
    told = operation.provider.output
    assert "WALLET_PRIVATE_KEY" in told
    assert "SYS_ENABLE is not used here, because" in told
    assert "models-config.json" in told
    assert "operators-own-cookie" not in told


def test_a_paid_prompt_goes_from_one_folder_to_the_other(operation: Operation) -> None:
    home = operation.provider.home
    endpoint = str(operation.provider.announced["provider"])
    cli(home, "provider", "register", endpoint, "--stake", "0.2", "--yes")
    made = cli(home, "provider", "create-model", MODEL, "--base-id", BASE_ID, "--yes")
    assert made["model_id"] == operation.model_id
    cli(home, "provider", "post-bid", operation.model_id, "0.00001 MOR/s", "--yes")
    with operation.client(operation.consumer) as client:
        path = f"/blockchain/models/{operation.model_id}/session"
        opened = client.post(path, json={"sessionDuration": 600, "failover": False})
        assert opened.status_code == 200, opened.text
        answer = client.post(
            "/v1/chat/completions",
            headers={"session_id": opened.json()["sessionID"]},
            json={"messages": [{"role": "user", "content": "hi"}], "max_tokens": 4},
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["choices"][0]["message"]["role"] == "assistant"


def test_a_change_of_the_models_file_is_followed(operation: Operation) -> None:
    file = operation.provider_folder / "models-config.json"
    before = file.read_text()
    more = {
        "modelId": "0x" + "0" * 64,
        "modelName": "Added",
        "apiType": "openai",
        "apiUrl": "http://127.0.0.1:9/v1",
    }
    with operation.client(operation.provider) as client:

        def names() -> set[str]:
            return {item["Name"] for item in client.get("/v1/models").json()}

        def health() -> dict[str, str]:
            found: dict[str, str] = client.get("/healthcheck").json()["components"]
            return found

        assert names() == {MODEL}
        file.write_text(json.dumps({"models": [*json.loads(before)["models"], more]}))
        _until(lambda: names() == {MODEL, "Added"})
        file.write_text('{"models": [\n{"modelId": "0x12"}]}')
        _until(lambda: "models-config.json, line 2" in str(health()))
        assert names() == {MODEL, "Added"}
        file.write_text(before)
        _until(lambda: names() == {MODEL} and "line 2" not in str(health()))


def _until(reached: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline
