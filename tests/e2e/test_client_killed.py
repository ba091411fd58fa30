"""kill -9 of the node while a client of its API spends: never more than was granted."""

import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.process_market import CONSUMER, credentials, json_rpc, node_environment
from tests.support.programs import Program

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there"),
]
STRANGER = "0x" + "5a" * 20
GRANTED, AMOUNT = 10**15, 6 * 10**14
CLIENT = ("spender", "pw")
SETTLED_S = 60.0


@pytest.fixture(scope="module")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Generator[Program, None, None]:
    with Program(tmp_path_factory.mktemp("devnet"), "devnet", "--port", "0") as running:
        yield running


def node(home: Path, devnet: Program, fault: str = "") -> Program:
    more = {"WEB_ADDRESS": "127.0.0.1:0", "MORPHEUS_FAULT": fault}
    return Program(home, "serve", environment=node_environment(devnet, CONSUMER, **more))


def client_of(running: Program) -> httpx.Client:
    url = str(running.announced["api_url"])
    return httpx.Client(base_url=url, trust_env=False, timeout=30)


def send(running: Program) -> httpx.Response:
    with client_of(running) as client:
        body = {"to": STRANGER, "amount": str(AMOUNT)}
        return client.post("/blockchain/send/eth", json=body, auth=CLIENT)


def left(running: Program) -> int:
    with client_of(running) as client:
        (found,) = client.get("/auth/users", auth=credentials(running)).json()["agents"]
        return int(found["allowances"]["eth"])


def arrived(devnet: Program) -> int:
    answer: Any = json_rpc(str(devnet.announced["url"]), "eth_getBalance", STRANGER, "latest")
    return int(answer, 16)


def grant(running: Program) -> None:
    name, password = CLIENT
    user = {"username": name, "password": password, "perms": ["send_eth"]}
    wish = {"username": name, "token": "eth", "allowance": str(GRANTED)}
    with client_of(running) as client:
        client.auth = credentials(running)
        for path, body in (
            ("/auth/users", user),
            ("/auth/allowance/requests", wish),
            ("/auth/allowance/confirm", {"username": name, "token": "eth", "confirm": True}),
        ):
            assert client.post(path, json=body).status_code == 200


@pytest.mark.parametrize(
    ("point", "paid"),
    [
        ("allowance.reserved.after", False),
        ("single.signed.after", True),
        ("single.sent.after", True),
    ],
)
def test_a_kill_never_frees_what_may_be_paid(
    tmp_path: Path, devnet: Program, point: str, paid: bool
) -> None:
    before = arrived(devnet)
    with node(tmp_path, devnet, point) as mortal:
        grant(mortal)
        with pytest.raises(httpx.HTTPError):
            send(mortal)
    with node(tmp_path, devnet) as revived:
        deadline = time.monotonic() + SETTLED_S
        while paid and arrived(devnet) == before and time.monotonic() < deadline:
            assert left(revived) == GRANTED - AMOUNT
        assert arrived(devnet) - before == (AMOUNT if paid else 0)
        assert left(revived) == (GRANTED - AMOUNT if paid else GRANTED)
        again = send(revived)
        assert again.status_code == (402 if paid else 200)
        assert arrived(devnet) - before == AMOUNT
        assert left(revived) == GRANTED - AMOUNT
