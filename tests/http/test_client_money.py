"""Users of the API spend what they were granted, and not one base unit more."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from node.core.http_client import HttpClient, HttpResponse, open_http_client
from node.service.dto import QuoteRequest
from tests.http.conftest import Hosted

STRANGER = "0x" + "5a" * 20
MOR = 10**18
PERMS = [
    *("send_mor", "send_eth", "approve", "open_session", "close_session", "get_balance", "chat"),
    *("create_provider", "create_model", "create_bid"),
]
OWN_MODEL = {
    "ipfsID": "0x" + "0" * 61 + "c1d",
    "stake": str(MOR),
    "name": "of a client",
    "tags": ["LLM"],
}


@pytest.fixture
async def token(basic: HttpClient) -> str:
    config = (await basic.get("/config")).json()["Config"]["Marketplace"]
    return str(config["MorTokenAddress"])


@pytest.fixture
async def guide(basic: HttpClient) -> str:
    models = (await basic.get("/blockchain/models")).json()["models"]
    return next(str(item["Id"]) for item in models if item["Name"] == "Guide")


@pytest.fixture
async def agent(hosted: Hosted, basic: HttpClient) -> AsyncIterator[HttpClient]:
    """A confirmed agent without allowances."""
    body = {"username": "spender", "password": "pw", "perms": PERMS}
    assert (await basic.post("/auth/users", json=body)).status_code == 200
    async with open_http_client(base_url=hosted.url) as client:
        client.auth = ("spender", "pw")
        yield client
    await basic.request("DELETE", "/auth/users", json={"username": "spender"})


async def grant(basic: HttpClient, token: str, amount: int) -> None:
    wish = {"username": "spender", "token": token, "allowance": str(amount)}
    assert (await basic.post("/auth/allowance/requests", json=wish)).status_code == 200
    answer = {"username": "spender", "token": token, "confirm": True}
    assert (await basic.post("/auth/allowance/confirm", json=answer)).status_code == 200


async def left(basic: HttpClient) -> dict[str, int]:
    agents = (await basic.get("/auth/users")).json()["agents"]
    (found,) = [item for item in agents if item["username"] == "spender"]
    return {name: int(amount) for name, amount in found["allowances"].items()}


async def state(basic: HttpClient) -> tuple[Any, Any]:
    """What would change if anything were sent."""
    sent = (await basic.get("/blockchain/transactions")).json()["transactions"]
    return (await basic.get("/blockchain/balance")).json(), sent[0]["hash"] if sent else ""


def refused(reply: HttpResponse) -> bool:
    body = reply.json()
    return (
        reply.status_code == 402
        and body["code"] == "funds.client_allowance"
        and body["error"].startswith("low agent user allowance")
    )


async def approved(basic: HttpClient, hosted: Hosted) -> dict[str, str]:
    """A provider's consent to a session of ten minutes, as the owner got it."""
    models = (await basic.get("/blockchain/models")).json()["models"]
    guide = next(item["Id"] for item in models if item["Name"] == "Guide")
    bids = (await basic.get(f"/blockchain/models/{guide}/bids/rated")).json()["bids"]
    bid, user = bids[0]["Bid"], (await basic.get("/wallet")).json()["address"]
    wish = {"user": user, "provider": bid["Provider"], "spend": "1", "bidId": bid["Id"]}
    consent = (await basic.post("/proxy/sessions/initiate", json=wish)).json()
    order = QuoteRequest(bid_id=bid["Id"], duration_s=600)
    quote = hosted.thread.submit(hosted.thread.node.sessions.quote(order)).result(10)
    return {
        "approval": consent["approval"],
        "approvalSig": consent["approvalSig"],
        "stake": str(quote.stake),
    }


async def test_without_an_allowance_nothing_is_spent(
    basic: HttpClient, agent: HttpClient, hosted: Hosted, guide: str
) -> None:
    before = await state(basic)
    for path, body in (
        ("/blockchain/send/mor", {"to": STRANGER, "amount": "1"}),
        ("/blockchain/send/eth", {"to": STRANGER, "amount": "1"}),
        (f"/blockchain/models/{guide}/session", {"sessionDuration": 600}),
        ("/blockchain/approve?amount=1", {}),
        ("/blockchain/providers", {"stake": str(MOR), "endpoint": "127.0.0.1:3999"}),
        ("/blockchain/models", OWN_MODEL),
        ("/blockchain/bids", {"modelID": guide, "pricePerSecond": str(10**13)}),
    ):
        assert refused(await agent.post(path, json=body)), path
    assert refused(await agent.post("/blockchain/sessions", json=await approved(basic, hosted)))
    assert await state(basic) == before


@pytest.mark.parametrize("asset", ["mor", "eth"])
async def test_transfers_end_with_the_allowance(
    basic: HttpClient, agent: HttpClient, token: str, asset: str
) -> None:
    key = token if asset == "mor" else "eth"
    await grant(basic, key, 10**15)
    sent = await agent.post(
        f"/blockchain/send/{asset}", json={"to": STRANGER, "amount": str(6 * 10**14)}
    )
    assert sent.status_code == 200
    assert await left(basic) == {key: 4 * 10**14}
    before = await state(basic)
    over = {"to": STRANGER, "amount": str(4 * 10**14 + 1)}
    assert refused(await agent.post(f"/blockchain/send/{asset}", json=over))
    assert await state(basic) == before
    rest = {"to": STRANGER, "amount": str(4 * 10**14)}
    assert (await agent.post(f"/blockchain/send/{asset}", json=rest)).status_code == 200
    assert await left(basic) == {key: 0}


async def test_a_transfer_that_is_refused_gives_the_allowance_back(
    basic: HttpClient, agent: HttpClient, token: str
) -> None:
    await grant(basic, token, 10**60)
    poor = await agent.post("/blockchain/send/mor", json={"to": STRANGER, "amount": str(10**40)})
    assert poor.json()["code"] == "funds.not_enough_mor"
    assert await left(basic) == {token: 10**60}


async def test_stakes_count_and_pages_of_transactions_are_whole(
    basic: HttpClient, agent: HttpClient, token: str, guide: str
) -> None:
    await grant(basic, token, 10**30)
    path = f"/blockchain/models/{guide}/session"
    opened = await agent.post(path, json={"sessionDuration": 600})
    session = opened.json()["sessionID"]
    stake = (await basic.get(f"/blockchain/sessions/{session}")).json()["session"]["Stake"]
    assert await left(basic) == {token: 10**30 - stake}
    await grant(basic, token, stake - 10**9)
    before = await state(basic)
    assert refused(await agent.post(path, json={"sessionDuration": 600}))
    assert refused(await agent.post(f"/blockchain/approve?amount={stake}"))
    assert await state(basic) == before
    for _ in range(2):
        await agent.post("/blockchain/send/mor", json={"to": STRANGER, "amount": "1"})
    await agent.post("/blockchain/approve?amount=1")
    pages, cursor = [], ""
    while len(pages) < 9:
        query = {"limit": "2", "cursor": cursor} if cursor else {"limit": "2"}
        page = (await basic.get("/auth/users/spender/txs", params=query)).json()
        pages.append(page["txHashes"])
        cursor = page["nextCursor"]
        if cursor is None:
            break
    hashes = [item for page in pages for item in page]
    sent = (await basic.get("/blockchain/transactions")).json()["transactions"]
    assert hashes == [item["hash"] for item in sent][: len(hashes)]
    assert len(hashes) >= 4
    assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1)
    await basic.post(f"/blockchain/sessions/{session}/close")


@pytest.fixture
def programs_may_open(hosted: Hosted) -> Iterator[None]:
    """The owner lets programs open sessions by naming a model."""

    def put(**values: Any) -> None:
        hosted.thread.submit(hosted.thread.node.system.set_settings(values)).result(10)

    changes = {
        "auto_session_policy": "open",
        "auto_session_max_stake": "100000",
        "auto_session_day_stake": "1000000",
        "auto_session_duration_s": 600,
    }
    before = {name: getattr(hosted.thread.node.settings.current, name) for name in changes}
    put(**changes)
    yield
    put(**before)


@pytest.mark.usefixtures("programs_may_open")
async def test_sessions_opened_for_a_request_count_as_well(
    basic: HttpClient, agent: HttpClient, token: str
) -> None:
    prompt = {"model": "Guide Patient", "messages": [{"role": "user", "content": "hello"}]}
    before = await state(basic)
    assert refused(await agent.post("/v1/chat/completions", json=prompt))
    assert await state(basic) == before
    await grant(basic, token, 10**30)
    answered = await agent.post("/v1/chat/completions", json=prompt)
    assert answered.json()["choices"][0]["message"]["content"]
    user = (await basic.get("/wallet")).json()["address"]
    sessions = (await basic.get(f"/blockchain/sessions/user?user={user}&limit=1")).json()
    (session,) = sessions["sessions"]
    assert await left(basic) == {token: 10**30 - session["Stake"]}
    await basic.post(f"/blockchain/sessions/{session['Id']}/close")


async def test_stakes_of_providers_and_models_and_fees_of_bids_count(
    basic: HttpClient, agent: HttpClient, token: str
) -> None:
    await grant(basic, token, 10 * MOR)
    body = {"stake": str(MOR), "endpoint": "127.0.0.1:3999"}
    made = await agent.post("/blockchain/providers", json=body)
    assert made.status_code == 200
    model = (await agent.post("/blockchain/models", json=OWN_MODEL)).json()["model"]
    assert model["IpfsCID"] == OWN_MODEL["ipfsID"]
    before, remaining = await state(basic), await left(basic)
    assert remaining == {token: 8 * MOR}
    offer = {"modelID": model["Id"], "pricePerSecond": str(10**13)}
    bid = (await agent.post("/blockchain/bids", json=offer)).json()["bid"]
    after = await state(basic)
    fee = int(before[0]["mor"]) - int(after[0]["mor"])
    assert fee > 0
    assert await left(basic) == {token: 8 * MOR - fee}
    for path in (f"bids/{bid['Id']}", f"models/{model['Id']}", f"providers/{'0x' + '0' * 40}"):
        assert (await basic.delete(f"/blockchain/{path}")).status_code == 200


async def test_a_revoked_allowance_ends_at_once(
    basic: HttpClient, agent: HttpClient, token: str
) -> None:
    await grant(basic, token, MOR)
    await basic.post("/auth/allowance/revoke", json={"username": "spender", "token": token})
    assert refused(await agent.post("/blockchain/send/mor", json={"to": STRANGER, "amount": "1"}))


async def test_the_owner_needs_no_allowance(basic: HttpClient) -> None:
    sent = await basic.post("/blockchain/send/mor", json={"to": STRANGER, "amount": "1"})
    assert sent.status_code == 200
