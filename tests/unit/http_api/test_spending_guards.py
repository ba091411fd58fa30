"""Programs of the owner pass the guards with the password; a typed amount is for people."""

import json
from typing import Any

import pytest

from node.http_api.app import build_app
from node.http_api.asgi import Message, Receive, Send
from node.http_api.permissions import Permission, Principal
from node.http_api.routes import sessions, transactions
from tests.fakes.fake_node import FakeNode
from tests.fakes.sample_market import PROVIDERS
from tests.unit.http_api.asgi_client import Reply, call

ONE = 10**18
TO = PROVIDERS[1][0]
ADMIN = Principal(name="admin", permissions=frozenset(Permission), is_admin=True)


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


async def post(node: FakeNode, path: str, body: dict[str, Any]) -> Reply:
    """As the admin."""
    app = build_app([transactions.router(node), sessions.router(node)])

    async def known(scope: Message, receive: Receive, send: Send) -> None:
        state = {**scope.get("state", {}), "caller": ADMIN, "openai": False}
        await app({**scope, "state": state}, receive, send)

    headers = {"content-type": "application/json"}
    return await call(known, "POST", path, headers=headers, body=json.dumps(body).encode())


async def test_a_large_send_needs_the_password_and_says_so(node: FakeNode) -> None:
    body: dict[str, Any] = {"to": TO, "amount": str(60 * ONE)}
    refused = await post(node, "/blockchain/send/mor", body)
    assert (refused.status, refused.json["code"]) == (423, "wallet.password_needed")
    wrong = await post(node, "/blockchain/send/mor", {**body, "password": "wrong"})
    assert (wrong.status, wrong.json["code"]) == (403, "wallet.wrong_password")
    sent = await post(node, "/blockchain/send/mor", {**body, "password": node.world.password})
    assert sent.status == 200
    assert sent.json["tx"].startswith("0x")
    assert "wrong" not in refused.body.decode() + wrong.json.get("hint", "")


async def test_most_of_the_balance_is_sent_without_typing(node: FakeNode) -> None:
    node.world.guard_password_above = 10**30
    body = {"to": TO, "amount": str(node.world.overview.wallet)}
    assert (await post(node, "/blockchain/send/mor", body)).status == 200
    ((_, _, typed),) = node.called("wallet.send")
    assert typed


async def test_a_large_stake_needs_the_password(node: FakeNode) -> None:
    node.world.guard_session_cap = 1
    path = f"/blockchain/models/{node.world.models[0].id}/session"
    body: dict[str, Any] = {"sessionDuration": 3600}
    refused = await post(node, path, body)
    assert (refused.status, refused.json["code"]) == (423, "wallet.password_needed")
    opened = await post(node, path, {**body, "password": node.world.password})
    assert opened.status == 200
    assert opened.json["sessionID"] == node.world.sessions[0].id
