"""Every way to spend over HTTP meets the owner's guards: nothing leaves without the password."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from node.core.http_client import HttpClient, HttpResponse, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.core.units import Mor
from node.host import NodeOptions, open_hosted_node
from node.service.dto import QuoteRequest
from node.service.local import LocalNode
from tests.http.operations import OPERATIONS
from tests.support.small_market import CONSUMER, SmallMarket, open_small_market

pytestmark = [pytest.mark.chain, pytest.mark.asyncio(loop_scope="module")]
PASSWORD = "four words are enough"
STRANGER = "0x" + "5a" * 20
MOR = 10**18

GUARDED = {
    "POST /blockchain/send/mor": "pays somebody",
    "POST /blockchain/send/eth": "pays somebody",
    "POST /blockchain/approve": "lets the marketplace take MOR",
    "POST /blockchain/models/{id}/session": "locks a stake",
    "POST /blockchain/bids/{id}/session": "locks a stake",
    "POST /blockchain/sessions": "locks a stake",
    "POST /blockchain/providers": "locks a stake",
    "POST /blockchain/models": "locks a stake",
    "POST /blockchain/bids": "pays the fee of an offer",
}
BY_POLICY = {
    "POST /v1/chat/completions": "may open a session within the limits the owner set for programs",
    "POST /v1/embeddings": "the same",
    "POST /v1/audio/speech": "the same",
    "POST /v1/audio/transcriptions": "the same",
    "POST /v1/agents/tools": "runs over a session that is open",
}
ONLY_A_FEE = {
    "POST /blockchain/sessions/{id}/close": "brings MOR back",
    "POST /blockchain/stakes/withdraw": "brings MOR back",
    "POST /proxy/sessions/{id}/providerClaim": "brings MOR",
    "DELETE /blockchain/providers/{id}": "brings the stake back",
    "DELETE /blockchain/models/{id}": "brings the stake back",
    "DELETE /blockchain/bids/{id}": "takes an offer away",
}
NOTHING = {
    *("POST /config/ethNode", "DELETE /config/ethNode"),
    *("POST /auth/users", "DELETE /auth/users", "POST /auth/users/request"),
    *("POST /auth/users/confirm", "POST /auth/allowance/requests"),
    *("POST /auth/allowance/confirm", "POST /auth/allowance/revoke"),
    *("POST /wallet/privateKey", "POST /wallet/mnemonic", "DELETE /wallet"),
    *("POST /proxy/sessions/initiate", "POST /proxy/provider/ping"),
    *("POST /v1/chats/{id}", "DELETE /v1/chats/{id}"),
}


async def test_every_writing_operation_is_sorted_here() -> None:
    """A new route must be put into one of the tables, and tried below if it spends."""
    writing = {f"{method} {path}" for method, path in OPERATIONS if method != "GET"}
    assert writing == {*GUARDED, *BY_POLICY, *ONLY_A_FEE, *NOTHING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A wallet file under `PASSWORD`, with guards so low that every amount is above them."""

    market: SmallMarket
    node: LocalNode
    client: HttpClient

    async def body_of(self, name: str) -> tuple[str, dict[str, Any]]:
        """A path with a body that would spend."""
        market = self.market
        bodies: dict[str, dict[str, Any]] = {
            "POST /blockchain/send/mor": {"to": STRANGER, "amount": str(MOR)},
            "POST /blockchain/send/eth": {"to": STRANGER, "amount": str(10**15)},
            "POST /blockchain/approve": {},
            "POST /blockchain/models/{id}/session": {"sessionDuration": 3600},
            "POST /blockchain/bids/{id}/session": {"sessionDuration": 3600},
            "POST /blockchain/providers": {"stake": str(MOR), "endpoint": "127.0.0.1:3999"},
            "POST /blockchain/models": {"stake": str(MOR), "name": "mine", "tags": ["LLM"]},
            "POST /blockchain/bids": {
                "modelID": market.model_id,
                "pricePerSecond": str(3 * 10**13),
            },
        }
        path = name.removeprefix("POST ")
        if name == "POST /blockchain/sessions":
            return path, await self._consent()
        if name == "POST /blockchain/approve":
            path += f"?amount={MOR}"
        identity = market.bid_id if "bids" in path else market.model_id
        return path.replace("{id}", identity), bodies[name]

    async def _consent(self) -> dict[str, Any]:
        bid = (await self.client.get(f"/blockchain/bids/{self.market.bid_id}")).json()["bid"]
        user = (await self.client.get("/wallet")).json()["address"]
        wish = {"user": user, "provider": bid["Provider"], "spend": "1", "bidId": bid["Id"]}
        consent = (await self.client.post("/proxy/sessions/initiate", json=wish)).json()
        order = QuoteRequest(bid_id=self.market.bid_id, duration_s=3600)
        return {
            "approval": consent["approval"],
            "approvalSig": consent["approvalSig"],
            "stake": str((await self.node.sessions.quote(order)).stake),
        }

    async def nonce(self) -> int:
        """How many transactions this wallet sent, by the chain."""
        address = (await self.client.get("/wallet")).json()["address"]
        params = [address, "pending"]
        answer = await self.market.chain.request("eth_getTransactionCount", params)
        return int(answer["result"], 16)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    async with AsyncExitStack() as cleanup:
        market = await cleanup.enter_async_context(open_small_market(folder))
        environment = market.environment(
            CONSUMER,
            WEB_ADDRESS="127.0.0.1:0",
            MORPHEUS_GUARD_PASSWORD_ABOVE="0.000001",
            MORPHEUS_GUARD_SESSION_CAP="0.000001",
            MORPHEUS_GUARD_DAILY_CAP="1000",
            MORPHEUS_MOR_WORTH_ETH="0.001",
        )
        key = environment.pop("WALLET_PRIVATE_KEY")
        settings = load_settings(file=None, environment=environment)
        options = NodeOptions(dirs=AppDirs.under(folder / "node"), settings=settings)
        node = await cleanup.enter_async_context(open_hosted_node(options))
        headers = {"authorization": f"Bearer {node.api.token}"}
        client = await cleanup.enter_async_context(
            open_http_client(base_url=node.api.url, headers=headers, read_timeout_s=60)
        )
        made = {"privateKey": key, "password": PASSWORD}
        assert (await client.post("/wallet/privateKey", json=made)).status_code == 200
        assert not (await node.wallet.unlock(PASSWORD)).locked
        yield Guarded(market=market, node=node, client=client)


def is_asked(reply: HttpResponse) -> bool:
    body = reply.json()
    return (
        (reply.status_code, body["code"]) == (423, "wallet.password_needed")
        and "Nothing was sent" in body["hint"]
        and "“password” in the JSON body" in body["hint"]
        and "mor-cli" in body["hint"]
    )


@pytest.mark.parametrize("name", GUARDED)
async def test_above_the_guards_nothing_is_signed_without_the_password(
    guarded: Guarded, name: str
) -> None:
    before = await guarded.nonce()
    path, body = await guarded.body_of(name)
    assert is_asked(await guarded.client.post(path, json=body))
    assert await guarded.nonce() == before


async def test_an_approval_without_a_body_is_asked_too(guarded: Guarded) -> None:
    before = await guarded.nonce()
    unlimited = 2**256 - 1
    assert is_asked(await guarded.client.post(f"/blockchain/approve?amount={unlimited}"))
    assert await guarded.nonce() == before
    assert int((await guarded.client.get("/blockchain/allowance")).json()["allowance"]) == 0


async def test_taking_an_allowance_back_needs_no_password(guarded: Guarded) -> None:
    reply = await guarded.client.post("/blockchain/approve?amount=0")
    assert reply.status_code == 200
    assert set(reply.json()) == {"tx"}


async def test_with_the_password_each_of_them_goes_through(guarded: Guarded) -> None:
    for name in (
        "POST /blockchain/approve",
        "POST /blockchain/send/mor",
        "POST /blockchain/providers",
        "POST /blockchain/models/{id}/session",
    ):
        path, body = await guarded.body_of(name)
        reply = await guarded.client.post(path, json={**body, "password": PASSWORD})
        assert reply.status_code == 200, (name, reply.text)


async def test_stakes_of_hosting_count_for_the_day(guarded: Guarded) -> None:
    """After the test before: what the stake took stands beside transfers and sessions."""
    stack = guarded.node.wallet._stacks.require()
    records = await stack.wallet.journal.transactions(
        stack.wallet.address, stack.chain.market.chain_id, 0, 50
    )
    took = {item.intent: item.moved for item in records}
    assert took["register_provider"] == Mor(-MOR)
    guards = guarded.node.provider._guards
    assert await guards.used_today(stack) >= Mor(2 * MOR)


async def test_a_wrong_password_sends_nothing(guarded: Guarded) -> None:
    """The last one: who gave a wrong one has to wait for the next."""
    before = await guarded.nonce()
    body = {"password": "not this one, surely"}
    wrong = await guarded.client.post(f"/blockchain/approve?amount={2 * MOR}", json=body)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wallet.wrong_password")
    assert await guarded.nonce() == before
