"""Fixed secrets go through a whole node at DEBUG; afterwards they are looked for everywhere."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.core.log import LogOptions, configure_logging
from node.devnet.accounts import MNEMONIC
from tests.support.faulty_rpc import Fault, FaultyServer
from tests.support.programs import Program
from tests.support.small_market import (
    CONSUMER,
    SmallMarket,
    open_small_market,
    write_models_config,
)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.chain,
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be sent there"),
]
PASSWORD = "canary-password-4417"
COOKIE = "canarycookie" * 4
RPC_KEY = "canaryrpckey0123456789abcdef"
WRONG_TOKEN = "canary-wrong-token-9921"
PROMPT = "the canary prompt tells of a heron in a blue teapot"
REQUEST_ID = "canary-request-1"
LOCAL_ID = "0x" + "5a" * 32
LOCAL_NAME = "Own Guide"


@dataclass
class Run:
    """What may hold a secret after the node ended."""

    home: Path
    program: Program
    key: bytes
    output: str = ""

    def files(self) -> Iterator[Path]:
        yield from (path for path in self.home.rglob("*") if path.is_file())

    def hits(self, secret: bytes, *allowed: str) -> list[str]:
        """Files with the secret whose names do not begin with an allowed one."""
        return [
            path.name
            for path in self.files()
            if secret in path.read_bytes() and not path.name.startswith(allowed or ("\0",))
        ]


@asynccontextmanager
async def node_of_a_user(folder: Path, market: SmallMarket, rpc: str) -> AsyncGenerator[Run, None]:
    """`mor-cli serve` as its user runs it: all areas at DEBUG, JSON lines on stderr."""
    models = write_models_config(
        folder / "models.json",
        [{"modelId": LOCAL_ID, "modelName": LOCAL_NAME, "apiType": "guide"}],
    )
    environment = market.environment(
        CONSUMER,
        ETH_NODE_ADDRESS=f"{rpc}/v2/{RPC_KEY}",
        COOKIE_CONTENT=f"admin:{COOKIE}",
        MODELS_CONFIG_PATH=str(models),
        WEB_ADDRESS="127.0.0.1:0",
        LOG_JSON="true",
        **{f"LOG_LEVEL_{area}": "debug" for area in ("APP", "TCP", "ETH_RPC", "STORAGE")},
    )
    del environment["WALLET_PRIVATE_KEY"]
    home = folder / "user"
    program = Program(home, "serve", environment=environment)
    # The chain runs in this loop, which must go on while the program starts.
    await asyncio.to_thread(program.__enter__)
    run = Run(home=home, program=program, key=market.account(CONSUMER).private_key)
    try:
        yield run
    finally:
        try:
            await asyncio.to_thread(program.terminate, 20)
            run.output = program.output
        finally:
            await asyncio.to_thread(program.__exit__, None, None, None)


async def live(run: Run, market: SmallMarket, server: FaultyServer) -> None:
    """Everything a secret goes through: import, quotes, a session, prompts, refusals, outages."""
    url = str(run.program.announced["api_url"])
    basic = httpx.BasicAuth("admin", COOKIE)
    async with httpx.AsyncClient(base_url=url, auth=basic, timeout=30) as api:
        imported = await api.post(
            "/wallet/mnemonic",
            json={
                "mnemonic": MNEMONIC,
                "derivationPath": f"m/44'/60'/0'/0/{CONSUMER}",
                "password": PASSWORD,
            },
        )
        assert imported.status_code == 200, imported.text
        again = {"privateKey": run.key.hex(), "password": PASSWORD}
        assert (await api.post("/wallet/privateKey", json=again)).status_code >= 400
        assert (await api.post("/wallet/mnemonic", json={"mnemonic": MNEMONIC + " x"})).is_error
        opened = await api.post(
            f"/blockchain/models/{market.model_id}/session",
            json={"sessionDuration": 3600, "failover": False, "directPayment": False},
        )
        assert opened.status_code == 200, opened.text
        session = {"session_id": opened.json()["sessionID"]}
        for headers in ({"model_id": LOCAL_ID}, session):
            for stream in (False, True):
                answer = await api.post(
                    "/v1/chat/completions",
                    json=question(stream=stream),
                    headers={**headers, "x-request-id": REQUEST_ID},
                )
                assert answer.status_code == 200, answer.text
        # Refused requests are logged, too: their bodies must not be.
        for headers in ({"session_id": "0x" + "77" * 32}, {"model_id": "nonsense"}):
            body = {**question(stream=False), "messages": PROMPT}
            assert (await api.post("/v1/chat/completions", json=body, headers=headers)).is_error
        wrong = {"authorization": f"Bearer {WRONG_TOKEN}"}
        async with httpx.AsyncClient(base_url=url, headers=wrong) as stranger:
            assert (await stranger.get("/wallet")).status_code == 401
        server.break_(Fault.ERROR_500)
        assert (await api.get("/blockchain/balance")).is_error
        server.heal()


def question(*, stream: bool) -> dict[str, Any]:
    return {
        "model": LOCAL_NAME,
        "messages": [{"role": "user", "content": PROMPT}],
        "stream": stream,
    }


async def test_no_secret_is_left_anywhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    provider_logs = tmp_path / "provider-logs"
    configure_logging(LogOptions(folder=provider_logs, level="debug", console=True))
    try:
        async with (
            open_small_market(tmp_path / "market") as market,
            FaultyServer(market.chain) as server,
            node_of_a_user(tmp_path, market, server.url) as run,
        ):
            await live(run, market, server)
    finally:
        configure_logging(LogOptions(folder=None))
    said = capfd.readouterr()
    log = (run.home / "logs" / "node.log").read_bytes()
    assert log.count(b"\n") > 20, "a log without lines proves nothing"
    assert b'"level": "debug"' in log
    provider_log = (provider_logs / "node.log").read_bytes()
    for lines, event in (
        (log, b"POST /v1/chat/completions: 200 in"),
        (provider_log, b'"session.prompt from 127.0.0.1"'),
    ):
        assert any(event in line and REQUEST_ID.encode() in line for line in lines.splitlines()), (
            f"the request cannot be followed to {event!r}"
        )
    outputs = [
        run.output.encode(),
        log,
        said.out.encode(),
        said.err.encode(),
        provider_log,
    ]
    secrets = {
        "key": (run.key.hex().encode(), ()),
        "raw key": (run.key, ()),
        "phrase": (MNEMONIC.encode(), ()),
        "part of the phrase": (b"test test test test", ()),
        "password": (PASSWORD.encode(), ()),
        "cookie": (COOKIE.encode(), ("cookie", "proxy.conf")),
        "rpc key": (RPC_KEY.encode(), ()),
        "wrong token": (WRONG_TOKEN.encode(), ()),
        # Chats are kept by design, and so is what belongs to them.
        "prompt": (b"heron in a blue teapot", ("chats.db",)),
    }
    for name, (secret, allowed) in secrets.items():
        assert run.hits(secret, *allowed) == [], name
        assert not any(secret in output for output in outputs), name
    assert "node.log" in run.hits(REQUEST_ID.encode()), "the search finds what is there"
