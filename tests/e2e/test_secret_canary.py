"""Fixed secrets go through a whole node at DEBUG; afterwards they are looked for everywhere."""

import asyncio
import json
import sys
import zipfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from node.core.log import LogOptions, configure_logging
from node.devnet.accounts import MNEMONIC
from tests.support.child_watch import ChildWatch
from tests.support.faulty_rpc import Fault, FaultyServer
from tests.support.programs import Program, cli
from tests.support.small_market import (
    CONSUMER,
    SmallMarket,
    open_small_market,
    write_models_config,
)
from tests.support.tiny_gguf import write_tiny_gguf

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
LLAMA_ID = "0x" + "5b" * 32
AGENT_ID = "0x" + "5c" * 32
AGENT_NAME = "Canary Agent"
AGENT_KEY = "canary-agent-key-5521"
MODEL_KEY = "canary-model-key-8130"
SHELL_KEY = "canary-of-the-shell-7345"
MCP_SERVER = Path(__file__).resolve().parents[1] / "support" / "mcp_server.py"


@dataclass
class Run:
    """What may hold a secret after the node ended."""

    home: Path
    program: Program
    key: bytes
    children: ChildWatch
    report: dict[str, str] = field(default_factory=dict)
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
        [
            {"modelId": LOCAL_ID, "modelName": LOCAL_NAME, "apiType": "guide"},
            {
                "modelId": LLAMA_ID,
                "modelName": "Own file",
                "apiType": "llama",
                "path": str(write_tiny_gguf(folder / "tiny.gguf")),
            },
            {
                "modelId": "0x" + "5d" * 32,
                "modelName": "Elsewhere",
                "apiType": "openai",
                "apiUrl": "http://127.0.0.1:9/v1",
                "apiKey": MODEL_KEY,
            },
        ],
    )
    environment = market.environment(
        CONSUMER,
        ETH_NODE_ADDRESS=f"{rpc}/v2/{RPC_KEY}",
        COOKIE_CONTENT=f"admin:{COOKIE}",
        MODELS_CONFIG_PATH=str(models),
        AGENTS_CONFIG_PATH=str(agents_config(folder)),
        OPENAI_API_KEY=SHELL_KEY,
        WEB_ADDRESS="127.0.0.1:0",
        LOG_JSON="true",
        **{f"LOG_LEVEL_{area}": "debug" for area in ("APP", "TCP", "ETH_RPC", "STORAGE")},
    )
    del environment["WALLET_PRIVATE_KEY"]
    home = folder / "user"
    program = Program(home, "serve", environment=environment)
    # The chain runs in this loop, which must go on while the program starts.
    await asyncio.to_thread(program.__enter__)
    run = Run(
        home=home,
        program=program,
        key=market.account(CONSUMER).private_key,
        children=ChildWatch(program.process),
    )
    try:
        with run.children:
            yield run
    finally:
        try:
            await asyncio.to_thread(program.terminate, 20)
            run.output = program.output
        finally:
            await asyncio.to_thread(program.__exit__, None, None, None)


def agents_config(folder: Path) -> Path:
    agent = {
        "agentId": AGENT_ID,
        "agentName": AGENT_NAME,
        "command": sys.executable,
        "args": [str(MCP_SERVER), "echo"],
        "env": {"SERVICE_KEY": AGENT_KEY},
    }
    path = folder / "agents.json"
    path.write_text(json.dumps({"agents": [agent]}), "utf-8")
    return path


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
        for headers in ({"model_id": LOCAL_ID}, {"model_id": LLAMA_ID}, session):
            for stream in (False, True):
                answer = await api.post(
                    "/v1/chat/completions",
                    json=question(stream=stream),
                    headers={**headers, "x-request-id": REQUEST_ID},
                )
                assert answer.status_code == 200, answer.text
        call = {"toolName": "add", "input": {"a": 2, "b": 3, "note": PROMPT}}
        used = await api.post("/v1/agents/tools", json=call, headers={"agent_id": AGENT_ID})
        assert used.status_code == 200, used.text
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
        run.report = await asyncio.to_thread(report_of, run)


def report_of(run: Run) -> dict[str, str]:
    """The support report of the running node, with all it can be asked to keep."""
    path = run.home.parent / "report.zip"
    cli(run.home, "support-report", str(path), "--addresses")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


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
    report = "\n".join(run.report.values())
    outputs = [
        run.output.encode(),
        log,
        said.out.encode(),
        said.err.encode(),
        provider_log,
        report.encode(),
        *(shown.encode() for shown in run.children.shown.values()),
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
        "key of a model server": (MODEL_KEY.encode(), ()),
        "key in the user's shell": (SHELL_KEY.encode(), ()),
        # Chats are kept by design, and so is what belongs to them.
        "prompt": (b"heron in a blue teapot", ("chats.db",)),
    }
    for name, (secret, allowed) in secrets.items():
        assert run.hits(secret, *allowed) == [], name
        assert not any(secret in output for output in outputs), name
    assert_search_finds(run, report)


def assert_search_finds(run: Run, report: str) -> None:
    """What is meant to be there is found by the same search: in files, children and report."""
    assert "node.log" in run.hits(REQUEST_ID.encode())
    assert REQUEST_ID in report
    (agent,) = run.children.with_text(str(MCP_SERVER))
    assert run.children.with_text(AGENT_KEY) == [agent], "an agent's own key is for it alone"
    assert AGENT_KEY not in report
    workers = run.children.with_text("node.llm.llama.worker")
    assert workers, "no worker of a model was seen"
    assert all("PATH=" in run.children.shown[pid] for pid in workers)
