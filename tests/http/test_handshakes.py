"""Sessions whose handshake the client makes itself, and stake that is held."""

from typing import Any

import pytest

from node.core.http_client import HttpClient
from node.service.dto import QuoteRequest
from tests.http.conftest import Hosted

MOR = 10**18


@pytest.fixture
async def offer(basic: HttpClient) -> dict[str, Any]:
    """The best bid of the Guide, and the own address."""
    models = (await basic.get("/blockchain/models")).json()["models"]
    guide = next(item["Id"] for item in models if item["Name"] == "Guide")
    rated = (await basic.get(f"/blockchain/models/{guide}/bids/rated")).json()["bids"]
    user = (await basic.get("/wallet")).json()["address"]
    return {"bid": rated[0]["Bid"], "user": user, "model": guide}


def wish(offer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "user": offer["user"],
        "provider": offer["bid"]["Provider"],
        "spend": "1000",
        "providerUrl": "127.0.0.1:1",
        "bidId": offer["bid"]["Id"],
        **changes,
    }


async def stake_of(basic: HttpClient, hosted: Hosted, offer: dict[str, Any]) -> int:
    """What a session of ten minutes locks."""
    node = hosted.thread.node
    request = QuoteRequest(bid_id=offer["bid"]["Id"], duration_s=600)
    return hosted.thread.submit(node.sessions.quote(request)).result(10).stake


async def test_a_handshake_and_the_session_it_opens(
    basic: HttpClient, hosted: Hosted, offer: dict[str, Any]
) -> None:
    asked = await basic.post("/proxy/sessions/initiate", json=wish(offer))
    consent = asked.json()
    assert asked.status_code == 200
    assert set(consent) == {"message", "approval", "approvalSig", "user", "timestamp"}
    assert len(consent["message"]) == 132
    assert len(consent["approval"]) == 2 + 4 * 64
    assert consent["approval"][2:66] == offer["bid"]["Id"][2:]
    assert int(consent["approval"][-64:], 16) == consent["timestamp"]
    body = {
        "approval": consent["approval"],
        "approvalSig": consent["approvalSig"],
        "stake": str(await stake_of(basic, hosted, offer)),
        "directPayment": False,
    }
    opened = await basic.post("/blockchain/sessions", json=body)
    session = opened.json()["sessionID"]
    found = (await basic.get(f"/blockchain/sessions/{session}")).json()["session"]
    assert (found["BidID"], found["StakeStr"]) == (offer["bid"]["Id"], body["stake"])
    prompt = {"messages": [{"role": "user", "content": "hello"}]}
    answer = await basic.post("/v1/chat/completions", json=prompt, headers={"session_id": session})
    assert answer.json()["choices"][0]["message"]["content"]
    again = await basic.post("/blockchain/sessions", json=body)
    assert again.status_code == 422
    closed = await basic.post(f"/blockchain/sessions/{session}/close")
    assert closed.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"user": "0x" + "5a" * 20}, 400),
        ({"provider": "0x" + "5a" * 20}, 404),
        ({"bidId": "0x" + "7" * 64}, 404),
        ({"bidId": "0x12"}, 400),
        ({"user": "me"}, 400),
        ({"spend": "-1"}, 400),
    ],
)
async def test_handshakes_that_are_not_made(
    basic: HttpClient, offer: dict[str, Any], changes: dict[str, Any], status: int
) -> None:
    reply = await basic.post("/proxy/sessions/initiate", json=wish(offer, **changes))
    assert reply.status_code == status


async def test_a_consent_is_checked_before_money_moves(
    basic: HttpClient, hosted: Hosted, offer: dict[str, Any]
) -> None:
    consent = (await basic.post("/proxy/sessions/initiate", json=wish(offer))).json()
    stake = str(await stake_of(basic, hosted, offer))
    right = {"approval": consent["approval"], "approvalSig": consent["approvalSig"], "stake": stake}
    before = (await basic.get("/blockchain/balance")).json()
    approval = consent["approval"]
    foreign_user = approval[:130] + ("5a" * 20).rjust(64, "0") + approval[194:]
    for wrong in (
        {**right, "approval": approval[:-2] + ("00" if approval[-2:] != "00" else "01")},
        {**right, "approval": foreign_user},
        {**right, "approval": approval[:-64]},
        {**right, "approval": "0xzz"},
        {**right, "approvalSig": "0x" + "11" * 65},
        {**right, "approvalSig": "0x"},
        {"approval": approval},
        {**right, "stake": "1.5"},
    ):
        reply = await basic.post("/blockchain/sessions", json=wrong)
        assert reply.status_code == 400, wrong
    small = await basic.post("/blockchain/sessions", json={**right, "stake": "1"})
    assert small.json()["code"] == "session.too_short"
    rich = await basic.post("/blockchain/sessions", json={**right, "stake": str(10**50)})
    assert rich.status_code == 402
    assert (await basic.get("/blockchain/balance")).json() == before


async def test_held_stake_is_shown_and_taken_back(basic: HttpClient, hosted: Hosted) -> None:
    session = hosted.open_session(seconds=3600)
    await basic.post(f"/blockchain/sessions/{session}/close")
    held = (await basic.get("/blockchain/stakes/onhold")).json()
    assert set(held) == {"available", "hold"}
    assert int(held["hold"]) > 0
    for query, body in (("", {"iterations": 0}), ("", {"iterations": 256}), ("?iterations=0", {})):
        reply = await basic.post(f"/blockchain/stakes/withdraw{query}", json=body)
        assert reply.status_code == 400
    early = await basic.post("/blockchain/stakes/withdraw")
    assert early.status_code == 422
