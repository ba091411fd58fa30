"""The program as its users run it: devnet, provider and consumer as separate processes."""

import base64
import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import openai
import psutil
import pytest

from tests.support.process_market import (
    CONSUMER,
    PROVIDER,
    ProcessMarket,
    credentials,
    open_process_market,
)
from tests.support.programs import Program, cli
from tests.support.tiny_gguf import TinySpec, write_tiny_gguf

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be sent there"),
]
MODEL = "Tiny Talker"
PRICE = 10**15
STAKE = "0.2"
TALKS_ON = TinySpec(name="Tiny", end_bias=-60.0, trained_context=8192)
"""The model never ends by itself: answers are as long as the client asks for."""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Generator[ProcessMarket, None, None]:
    folder = tmp_path_factory.mktemp("processes")
    file = write_tiny_gguf(folder / "tiny.gguf", TALKS_ON)
    entry = {"modelName": MODEL, "apiType": "llama", "path": str(file)}
    with open_process_market(folder, entry, price=PRICE, stake=STAKE) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(market: ProcessMarket) -> Generator[openai.OpenAI, None, None]:
    """OpenAI's own client with nothing but an address and a key."""
    with _client(market.consumer) as opened:
        yield opened


@pytest.fixture(scope="module")
def session(market: ProcessMarket, client: openai.OpenAI) -> dict[str, Any]:
    """An open session in which a first question was answered, by the model's name alone."""
    opened = _open(market)
    assert len(_texts(_ask(client, 12))) > 3
    return opened


def _client(node: Program) -> openai.OpenAI:
    _, password = credentials(node)
    return openai.OpenAI(base_url=f"{node.announced['api_url']}/v1", api_key=password)


def _ask(client: openai.OpenAI, tokens: int, **headers: str) -> openai.Stream[Any]:
    answer: openai.Stream[Any] = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Say something."}],
        max_tokens=tokens,
        stream=True,
        extra_headers=headers,
    )
    return answer


def _texts(answer: openai.Stream[Any]) -> list[str]:
    pieces = [chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices]
    return [piece for piece in pieces if piece]


def _open(market: ProcessMarket) -> dict[str, Any]:
    opened: dict[str, Any] = market.on_consumer(
        "session", "open", market.model_id, "--duration", "5m", "--yes"
    )
    assert opened["state"] == "active"
    return opened


async def test_an_openai_client_is_answered_and_the_session_closed_with_a_report(
    market: ProcessMarket, client: openai.OpenAI, session: dict[str, Any]
) -> None:
    assert session["model_name"] == MODEL
    user = base64.b64encode(":".join(credentials(market.consumer)).encode()).decode()
    by_session = client.with_options(default_headers={"Authorization": f"Basic {user}"})
    assert len(_texts(_ask(by_session, 12, session_id=session["id"]))) > 3

    closed = market.on_consumer("session", "close", session["id"])
    assert closed["with_provider_report"] is True
    on_chain = await market.session(session["id"])
    assert on_chain.closed_at > 0
    assert on_chain.closeout_type == 0
    paid = (on_chain.closed_at - on_chain.opened_at) * PRICE
    assert on_chain.provider_withdrawn.base == paid
    assert closed["returned"] + closed["held"] == on_chain.stake.base


def test_a_consumer_listens_on_loopback_only(market: ProcessMarket) -> None:
    port = int(market.api_url.rpartition(":")[2])
    family = [market.consumer.process, *market.consumer.children()]
    listening = {
        tuple(connection.laddr)
        for process in family
        for connection in process.net_connections(kind="inet")
        if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }
    assert listening == {("127.0.0.1", port)}


async def test_a_provider_is_paid_for_a_session_whose_user_never_came_back(
    market: ProcessMarket, client: openai.OpenAI
) -> None:
    opened = _open(market)
    answer = iter(_ask(client, 8000, session_id=opened["id"]))
    next(answer)
    assert market.consumer.terminate(within_s=5) == 0
    with pytest.raises((openai.APIError, httpx.TransportError)):
        list(answer)

    market.rpc("evm_increaseTime", 600)
    market.rpc("evm_mine")
    session = await market.session(opened["id"])
    owed = (session.ends_at - session.opened_at) * PRICE
    record = await market.provider_record()
    headroom = record.stake.base - record.limit_period_earned.base
    assert headroom < owed, "the stake is meant to be too small for this pay"

    assert await _claimed(market, opened["id"]) == headroom
    market.on_provider("provider", "register", record.endpoint, "--stake", "1", "--yes")
    assert await _claimed(market, opened["id"]) == owed - headroom
    session = await market.session(opened["id"])
    assert session.provider_withdrawn.base == owed
    assert session.closed_at == 0


async def _claimed(market: ProcessMarket, session_id: str) -> int:
    """What the chain moved; the command must have said the same."""
    before = await market.mor_of(PROVIDER)
    said = market.on_provider("provider", "claim", session_id)
    moved = await market.mor_of(PROVIDER) - before
    assert said["amount"] == moved
    return moved


@pytest.mark.usefixtures("session")
def test_the_key_of_a_node_is_nowhere_but_in_its_memory(market: ProcessMarket) -> None:
    workers = market.provider.children()
    assert workers, "the model file runs in a worker process"
    for index, program in ((PROVIDER, market.provider), (CONSUMER, market.consumer)):
        key = market.private_key(index).removeprefix("0x")
        traces = {key.encode(), key.upper().encode(), bytes.fromhex(key)}
        places = {
            str(path): path.read_bytes() for path in program.home.rglob("*") if path.is_file()
        }
        assert any(name.endswith("journal.db") for name in places)
        assert any(name.endswith("node.log") for name in places)
        places["output"] = program.output.encode()
        places["command line"] = " ".join(program.command).encode()
        for worker in workers:
            places[f"worker {worker.pid}"] = json.dumps(
                [worker.cmdline(), worker.environ()]
            ).encode()
        found = [name for name, text in places.items() for trace in traces if trace in text]
        assert found == []


@pytest.mark.usefixtures("session")
def test_a_provider_stops_in_time_and_leaves_no_worker(market: ProcessMarket) -> None:
    assert market.provider.children()
    with _client(market.provider) as own:
        answer = iter(_ask(own, 8000))
        next(answer)
        assert market.provider.terminate(within_s=5) == 0
        answer.close()
    assert market.provider.orphans() == []


def test_one_round_of_the_demo_prints_one_object(tmp_path: Path) -> None:
    result = cli(tmp_path, "demo", "--once", "What is a session?")
    assert list(result) == [
        "answer",
        "model",
        "provider",
        "session_id",
        "stake_wei",
        "returned_wei",
        "held_wei",
        "transactions",
        "ttft_ms",
        "tokens",
        "elapsed_s",
    ]
    assert "session" in result["answer"].lower()
    assert result["stake_wei"] == result["returned_wei"] + result["held_wei"]
    assert len(result["transactions"]) == 3
    assert result["tokens"] > 10
    assert 0 < result["ttft_ms"] / 1000 < result["elapsed_s"]


def test_a_fresh_home_serves_without_any_network(tmp_path: Path) -> None:
    with Program(tmp_path, "serve", "--web-address", "127.0.0.1:0") as node:
        assert node.announced["network"] == ""
        with httpx.Client(base_url=node.announced["api_url"], trust_env=False) as client:
            assert client.get("/healthcheck").status_code == 200
            assert client.get("/v1/models").status_code == 401
        assert Path(node.announced["cookie_file"]).stat().st_mode & 0o077 == 0
        assert node.terminate(within_s=5) == 0
        assert node.orphans() == []
