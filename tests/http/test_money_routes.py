"""Routes that open, close, approve, send and register, on the demo's real chain."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.core.http_client import HttpClient, HttpResponse, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode
from tests.http.conftest import Hosted

STRANGER = "0x" + "5a" * 20
MOR = 10**18


@pytest.fixture
async def market(basic: HttpClient) -> dict[str, Any]:
    """The demo's models by name."""
    models = (await basic.get("/blockchain/models")).json()["models"]
    return {item["Name"]: item for item in models}


async def balance(client: HttpClient) -> dict[str, int]:
    found = (await client.get("/blockchain/balance")).json()
    return {name: int(value) for name, value in found.items()}


def error(reply: HttpResponse) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


@pytest.mark.parametrize("duration", [3600, "3600"])
async def test_a_session_by_model_is_opened_used_and_closed(
    basic: HttpClient, market: dict[str, Any], duration: Any
) -> None:
    before = await balance(basic)
    body = {"sessionDuration": duration, "directPayment": False, "failover": False}
    opened = await basic.post(f"/blockchain/models/{market['Guide']['Id']}/session", json=body)
    session_id = opened.json()["sessionID"]
    assert opened.status_code == 200
    session = (await basic.get(f"/blockchain/sessions/{session_id}")).json()["session"]
    assert session["EndsAt"] - session["OpenedAt"] >= 3600
    assert before["mor"] - (await balance(basic))["mor"] == session["Stake"]
    prompt = {"messages": [{"role": "user", "content": "hello"}]}
    answer = await basic.post(
        "/v1/chat/completions", json=prompt, headers={"session_id": session_id}
    )
    assert answer.json()["choices"][0]["message"]["content"]
    closed = await basic.post(f"/blockchain/sessions/{session_id}/close")
    assert len(closed.json()["tx"]) == 66
    after = (await basic.get(f"/blockchain/sessions/{session_id}")).json()["session"]
    assert after["ClosedAt"] > 0
    assert after["CloseoutReceipt"]
    again = await basic.post(f"/blockchain/sessions/{session_id}/close")
    assert again.status_code in (409, 422)
    late = await basic.post("/v1/chat/completions", json=prompt, headers={"session_id": session_id})
    assert error(late) == (409, "session.closed")


async def test_a_session_by_bid(basic: HttpClient, market: dict[str, Any]) -> None:
    path = f"/blockchain/models/{market['Guide']['Id']}/bids/rated"
    bid = (await basic.get(path)).json()["bids"][0]
    assert bid["ID"] == bid["Bid"]["Id"]
    opened = await basic.post(
        f"/blockchain/bids/{bid['ID']}/session", json={"sessionDuration": 600}
    )
    session_id = opened.json()["sessionID"]
    session = (await basic.get(f"/blockchain/sessions/{session_id}")).json()["session"]
    assert session["BidID"] == bid["ID"]
    listed = await basic.get(f"/blockchain/sessions/user/ids?user={session['User']}&limit=1")
    assert listed.json() == [session_id]
    served = await basic.get(f"/blockchain/sessions/provider?provider={session['Provider']}")
    assert session_id in [item["Id"] for item in served.json()["sessions"]]


async def test_lists_of_sessions_turn_at_the_callers_word(
    basic: HttpClient, hosted: Hosted
) -> None:
    for _ in range(3):
        hosted.open_session(seconds=600)
    user = (await basic.get("/wallet")).json()["address"]

    async def ids(query: str) -> list[str]:
        return (await basic.get(f"/blockchain/sessions/user/ids?user={user}&{query}")).json()

    oldest_first = await ids("order=ASC&limit=255")
    assert len(oldest_first) >= 3
    assert await ids("limit=255") == oldest_first[::-1]
    assert await ids("limit=2") == oldest_first[::-1][:2]
    assert await ids("limit=2&offset=1") == oldest_first[::-1][1:3]
    assert await ids("limit=2&offset=1&order=ASC") == oldest_first[1:3]
    assert await ids(f"offset={len(oldest_first) - 1}") == oldest_first[:1]
    assert await ids(f"offset={len(oldest_first)}") == []
    assert await ids("limit=0") == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "input.invalid"),
        ({"sessionDuration": 1.5}, 400, "input.invalid"),
        ({"sessionDuration": "1e3"}, 400, "input.invalid"),
        ({"sessionDuration": -1}, 400, "input.invalid"),
        ({"sessionDuration": True}, 400, "input.invalid"),
        ({"sessionDuration": 10}, 400, "session.too_short"),
    ],
)
async def test_sessions_that_cannot_be_opened_cost_nothing(
    basic: HttpClient, market: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    before = await balance(basic)
    reply = await basic.post(f"/blockchain/models/{market['Guide']['Id']}/session", json=body)
    if code == "input.invalid":
        assert reply.json()["error"].startswith("sessionDuration: ")
    if body.get("sessionDuration") == 1.5:
        assert reply.json()["error"].endswith("invalid big.Int string: 1.5")
    assert error(reply) == (status, code)
    assert await balance(basic) == before


async def test_a_session_beyond_the_balance(basic: HttpClient, market: dict[str, Any]) -> None:
    before = await balance(basic)
    path = f"/blockchain/models/{market['Guide Grand']['Id']}/session"
    reply = await basic.post(path, json={"sessionDuration": 3600})
    assert error(reply) == (402, "funds.not_enough_mor")
    assert await balance(basic) == before


async def test_a_model_that_nobody_knows(basic: HttpClient) -> None:
    path = f"/blockchain/models/0x{'0' * 64}"
    reply = await basic.post(f"{path}/session", json={"sessionDuration": 3600})
    assert reply.status_code == 404
    assert (await basic.get(f"{path}/bids")).json() == {"bids": []}
    assert (await basic.get(f"{path}/bids/rated")).json() == {"bids": []}


async def test_the_allowance_is_exact_and_for_the_marketplace_only(basic: HttpClient) -> None:
    config = (await basic.get("/config")).json()["Config"]["Marketplace"]
    spender = config["DiamondContractAddress"]
    approved = await basic.post(f"/blockchain/approve?spender={spender}&amount={3 * MOR}")
    assert approved.status_code == 200
    found = await basic.get(f"/blockchain/allowance?spender={spender}")
    assert found.json() == {"allowance": str(3 * MOR)}
    foreign = await basic.post(f"/blockchain/approve?spender={STRANGER}&amount=1")
    assert error(foreign) == (400, "input.spender")
    assert (await basic.post(f"/blockchain/approve?spender={spender}")).status_code == 400
    assert (await basic.post("/blockchain/approve?amount=0")).status_code == 200


@pytest.mark.parametrize("asset", ["mor", "eth"])
async def test_sending_moves_exactly_the_amount(basic: HttpClient, asset: str) -> None:
    before = await balance(basic)
    body = {"to": STRANGER, "amount": str(10**15)}
    sent = await basic.post(f"/blockchain/send/{asset}", json=body)
    after = await balance(basic)
    moved = before[asset] - after[asset]
    assert moved == 10**15 if asset == "mor" else 10**15 < moved < 2 * 10**15
    newest = (await basic.get("/blockchain/transactions")).json()["transactions"][0]
    assert newest["hash"] == sent.json()["tx"]
    assert newest["status"] == "mined"
    assert len(newest["transfers"]) == (1 if asset == "eth" else 0)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": STRANGER, "amount": str(10**40)}, 402, "funds.not_enough_mor"),
        ({"to": STRANGER, "amount": "0"}, 400, "input.amount"),
        ({"to": STRANGER, "amount": "1.5"}, 400, "input.invalid"),
        ({"to": STRANGER}, 400, "input.invalid"),
        ({"to": "0x" + "0" * 40, "amount": "1"}, 400, "input.address"),
        ({"to": STRANGER[2:], "amount": "1"}, 400, "input.address"),
    ],
)
async def test_transfers_that_are_refused(
    basic: HttpClient, body: dict[str, Any], status: int, code: str
) -> None:
    assert error(await basic.post("/blockchain/send/mor", json=body)) == (status, code)


async def test_a_provider_offers_a_model_and_leaves(basic: HttpClient) -> None:
    registered = await basic.post(
        "/blockchain/providers", json={"stake": str(MOR), "endpoint": "127.0.0.1:3999"}
    )
    own = registered.json()["provider"]
    assert (own["Endpoint"], own["Stake"]) == ("127.0.0.1:3999", str(MOR))
    model = {
        "ipfsID": "0x" + "0" * 64,
        "fee": "0",
        "stake": str(MOR),
        "name": "mine",
        "tags": ["LLM"],
    }
    created = (await basic.post("/blockchain/models", json=model)).json()["model"]
    assert (created["Name"], created["ModelType"], created["Stake"]) == ("mine", "LLM", MOR)
    offer = {"modelID": created["Id"], "pricePerSecond": str(10**13)}
    bid = (await basic.post("/blockchain/bids", json=offer)).json()["bid"]
    assert (bid["ModelAgentId"], bid["PricePerSecond"]) == (created["Id"], str(10**13))
    busy = await basic.delete(f"/blockchain/providers/{own['Address']}")
    assert error(busy)[0] == 422
    for path in (
        f"/blockchain/bids/{bid['Id']}",
        f"/blockchain/models/{created['Id']}",
        f"/blockchain/providers/{own['Address']}",
    ):
        reply = await basic.delete(path)
        assert reply.status_code == 200, path
        assert len(reply.json()["tx"]) == 66
    gone = (await basic.get(f"/blockchain/bids/{bid['Id']}")).json()["bid"]
    assert int(gone["DeletedAt"]) > 0


async def test_a_ping_names_who_answered_or_nobody(
    basic: HttpClient, market: dict[str, Any], hosted: Hosted
) -> None:
    path = f"/blockchain/models/{market['Guide']['Id']}/bids/rated"
    provider = (await basic.get(path)).json()["bids"][0]["Bid"]["Provider"]
    pong = await basic.post("/proxy/provider/ping", json={"providerAddr": provider})
    assert pong.status_code == 200
    assert pong.json()["version"].startswith("morpheus-desktop/")
    dead = {"providerAddr": provider, "providerUrl": "127.0.0.1:1"}
    assert (await basic.post("/proxy/provider/ping", json=dead)).status_code == 502
    unknown = await basic.post("/proxy/provider/ping", json={"providerAddr": STRANGER})
    assert unknown.status_code == 404


async def test_nothing_is_claimable_for_a_session_of_others(
    basic: HttpClient, guide_session: str
) -> None:
    path = f"/proxy/sessions/{guide_session}"
    reply = await basic.get(f"{path}/providerClaimableBalance")
    assert reply.json()["error"] == "session not ended or does not exist"
    assert (await basic.post(f"{path}/providerClaim")).status_code == 409


ABSENT = """
POST /ipfs/add,POST /ipfs/pin,POST /ipfs/unpin,GET /ipfs/pin,GET /ipfs/download/x,
GET /ipfs/download/stream/x,POST /docker/build,POST /docker/build/stream,
POST /docker/container/start,POST /docker/container/stop,POST /docker/container/remove,
GET /docker/container/x,POST /docker/containers,GET /docker/container/x/logs,
GET /docker/container/x/logs/stream,GET /docker/version,POST /docker/prune/images,
POST /docker/prune/containers,GET /files
"""


@pytest.mark.parametrize("operation", ABSENT.replace("\n", "").split(","))
async def test_absent_groups_say_so(hosted: Hosted, basic: HttpClient, operation: str) -> None:
    method, path = operation.split()
    reply = await basic.request(method, path)
    assert reply.status_code == 501
    assert reply.json()["error"].endswith("is not part of this node")
    async with open_http_client(base_url=hosted.url) as stranger:
        assert (await stranger.request(method, path)).status_code == 401


async def test_the_state_of_ipfs_is_what_clients_cope_with(basic: HttpClient) -> None:
    reply = await basic.get("/ipfs/version")
    assert (reply.status_code, reply.json()["error"]) == (500, "IPFS node is not ready")


KEY = "0x" + "11" * 32
PHRASE = "test test test test test test test test test test test junk"
WALLET = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def fresh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalNode]:
    """A node without network and wallet."""
    settings = load_settings(file=None, environment={"WEB_ADDRESS": "127.0.0.1:0"})
    dirs = AppDirs.under(tmp_path_factory.mktemp("fresh"))
    async with open_hosted_node(NodeOptions(dirs=dirs, settings=settings)) as node:
        yield node


@WALLET
async def test_a_wallet_is_imported_once_and_removed(fresh: LocalNode) -> None:
    headers = {"authorization": f"Bearer {fresh.api.token}"}
    async with open_http_client(base_url=fresh.api.url, headers=headers) as client:
        assert error(await client.get("/wallet")) == (409, "wallet.none")
        bad = await client.post("/wallet/privateKey", json={"privateKey": "0x12"})
        assert bad.status_code == 400
        assert "0x12" not in bad.text
        made = {"privateKey": KEY, "password": "four words are enough"}
        imported = await client.post("/wallet/privateKey", json=made)
        assert imported.status_code == 200
        assert (await client.get("/wallet")).json() == imported.json()
        phrase = {"mnemonic": PHRASE, "derivationPath": "", "password": "four words are enough"}
        assert error(await client.post("/wallet/mnemonic", json=phrase)) == (409, "wallet.exists")
        replaced = await client.post("/wallet/mnemonic", json={**phrase, "replace": True})
        assert replaced.json() == {"address": "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"}
        assert (await client.delete("/wallet")).json() == {"status": "ok"}
        assert error(await client.get("/wallet")) == (409, "wallet.none")
    kept = _everything_in(fresh.dirs.data.parent)
    assert KEY[2:].encode() not in kept
    assert b"junk" not in kept


def _everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@WALLET
async def test_a_faulty_import_does_not_echo_the_secret(fresh: LocalNode) -> None:
    headers = {"authorization": f"Bearer {fresh.api.token}"}
    async with open_http_client(base_url=fresh.api.url, headers=headers) as client:
        for body in (
            {"privateKey": [KEY]},
            {"mnemonic": PHRASE},
            [KEY],
            {"privateKey": {"a": KEY}},
        ):
            reply = await client.post("/wallet/privateKey", json=body)
            assert reply.status_code == 400
            assert KEY not in json.dumps(reply.json())
            assert "junk" not in reply.text
