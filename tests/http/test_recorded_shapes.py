"""Our answers have every member of the recorded ones, with the same JSON types.

Recorded from two public Go nodes; ours may have more members, never fewer or of another type.
"""

import json
from typing import Any

import pytest

from node.core.http_client import HttpClient
from tests.http.conftest import Hosted
from tests.support.vectors import load_vectors

RECORDED: dict[tuple[str, str, str], Any] = {}
for _item in load_vectors("http-recorded")["exchanges"]:
    _asked = _item["request"]
    _key = (_asked["method"], _asked["path"], _item["node"])
    if _key not in RECORDED or _item["response"]["status"] == 200:
        RECORDED[_key] = _item["response"]
META = load_vectors("http-recorded")["meta"]


def recorded(method: str, path: str, node: str = "consumer") -> Any:
    return json.loads(RECORDED[method, path, node]["body"])


def differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """What `found` lacks of the shape of `expected`. Bare integers and floats are different."""
    if type(expected) is not type(found):
        return [f"{where}: {type(expected).__name__} is {type(found).__name__}"]
    if isinstance(expected, dict):
        missing = [f"{where}.{key} is missing" for key in expected if key not in found]
        inner = [
            differences(expected[key], found[key], f"{where}.{key}")
            for key in expected.keys() & found.keys()
        ]
        return missing + [item for items in inner for item in items]
    if isinstance(expected, list) and expected and found:
        return differences(expected[0], found[0], f"{where}[0]")
    return []


@pytest.fixture
def ids(hosted: Hosted, guide_session: str) -> dict[str, str]:
    """Ids of the demo market in place of the recorded ones."""

    async def find() -> dict[str, str]:
        node = hosted.thread.node
        session = await node.chain.session(guide_session)
        return {
            "model": session.model_id,
            "provider": session.provider,
            "bid": session.bid_id,
            "user": session.user,
            "session": session.id,
        }

    return hosted.thread.submit(find()).result(10)


MODEL, PROVIDER = META["models"]["fake-chat"], META["keys"]["provider"]["address"]
SAME = [
    ("/wallet", "/wallet"),
    ("/blockchain/balance", "/blockchain/balance"),
    ("/blockchain/latestBlock", "/blockchain/latestBlock"),
    ("/blockchain/token/supply", "/blockchain/token/supply"),
    ("/blockchain/sessions/budget", "/blockchain/sessions/budget"),
    ("/blockchain/allowance", "/blockchain/allowance"),
    ("/auth/cookie/path", "/auth/cookie/path"),
    ("/blockchain/models", "/blockchain/models"),
    ("/blockchain/models?limit=1", "/blockchain/models?limit=1"),
    ("/blockchain/models?limit=2&offset=1", "/blockchain/models?limit=2&offset=1"),
    (f"/blockchain/models/{MODEL}/bids", "/blockchain/models/{model}/bids"),
    (f"/blockchain/models/{MODEL}/bids/active", "/blockchain/models/{model}/bids/active"),
    (f"/blockchain/models/{MODEL}/bids/rated", "/blockchain/models/{model}/bids/rated"),
    (f"/blockchain/providers/{PROVIDER}/bids", "/blockchain/providers/{provider}/bids"),
    (f"/blockchain/bids/{META['bids']['fake-chat']}", "/blockchain/bids/{bid}"),
    (f"/blockchain/sessions/{META['sessions']['s1']}", "/blockchain/sessions/{session}"),
]


@pytest.mark.parametrize(("theirs", "ours"), SAME, ids=[item[1] for item in SAME])
async def test_reads(basic: HttpClient, ids: dict[str, str], theirs: str, ours: str) -> None:
    reply = await basic.get(ours.format(**ids))
    assert reply.status_code == 200
    assert differences(recorded("GET", theirs), reply.json()) == []


async def test_health(basic: HttpClient) -> None:
    expected, found = recorded("GET", "/healthcheck"), (await basic.get("/healthcheck")).json()
    assert found.keys() == expected.keys()
    assert found["status"] == expected["status"]


async def test_the_configuration(basic: HttpClient) -> None:
    expected, found = recorded("GET", "/config"), (await basic.get("/config")).json()
    assert differences(expected["DerivedConfig"], found["DerivedConfig"]) == []
    assert found["Config"]["Marketplace"].keys() == expected["Config"]["Marketplace"].keys()
    assert found["Config"]["Marketplace"]["WalletPrivateKey"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/blockchain/models/0x12/bids",
        "/blockchain/providers/nope/bids",
        "/blockchain/allowance?spender=xyz",
        "/blockchain/models?limit=300",
    ],
)
async def test_refused_parameters_have_the_recorded_text(basic: HttpClient, path: str) -> None:
    expected = RECORDED["GET", path, "consumer"]
    reply = await basic.get(path)
    assert reply.status_code == expected["status"] == 400
    assert reply.json()["error"] == json.loads(expected["body"])["error"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "unexpected EOF"),
        (b'{"stake":', "unexpected EOF"),
        (b"{x}", "the body is not JSON"),
        (b"", "the body is missing or no object"),
        (b"[]", "the body is missing or no object"),
        (b"{}", "stake: Field required"),
    ],
)
async def test_bodies_that_do_not_parse(basic: HttpClient, body: bytes, text: str) -> None:
    headers = {"content-type": "application/json"}
    reply = await basic.post("/blockchain/providers", content=body, headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (400, text)


@pytest.mark.parametrize("path", ["/nope", "/blockchain/nope"])
async def test_unknown_routes(basic: HttpClient, path: str) -> None:
    reply = await basic.get(path)
    assert (reply.status_code, reply.text) == (404, "404 page not found")
    assert reply.headers["content-type"].startswith("text/plain")
    assert (await basic.delete("/blockchain/balance")).status_code == 404


async def test_an_unknown_bid_is_all_zeros(basic: HttpClient) -> None:
    path = f"/blockchain/bids/0x{'0' * 64}"
    assert (await basic.get(path)).json() == recorded("GET", path)


async def test_an_unknown_session(basic: HttpClient) -> None:
    reply = await basic.get(f"/blockchain/sessions/0x{'7' * 64}")
    assert (reply.status_code, reply.json()["error"]) == (404, "session not found")


async def test_numbers_are_bare_or_text_as_recorded(basic: HttpClient, ids: dict[str, str]) -> None:
    session = json.loads(
        (await basic.get(f"/blockchain/sessions/{ids['session']}")).text, parse_int=str
    )["session"]
    assert int(session["Stake"]) > 2**64, "the demo's stake does not fit 64 bits"
    assert session["StakeStr"] == session["Stake"]
    assert session["User"] == ids["user"].lower()
    assert session["CloseoutReceipt"] == ""


async def test_pages_go_from_the_newest_unless_asked(basic: HttpClient) -> None:
    async def names(query: str) -> list[str]:
        found = (await basic.get(f"/blockchain/models?{query}")).json()["models"]
        return [item["Id"] for item in found]

    everything = await names("")
    assert await names("limit=2") == everything[::-1][:2]
    assert await names("limit=2&order=asc") == everything[::-1][:2]
    assert await names("limit=2&order=ASC") == everything[:2]
    assert await names("limit=2&offset=1&order=oldest") == everything[1:3]
    assert await names("limit=2&offset=99") == []
    assert await names("offset=99") == everything


@pytest.mark.parametrize("path", ["providers/{}/bids", "providers/{}/bids/active"])
async def test_the_zero_address_offers_nothing(basic: HttpClient, path: str) -> None:
    reply = await basic.get(f"/blockchain/{path.format('0x' + '0' * 40)}")
    assert (reply.status_code, reply.json()) == (200, {"bids": []})


@pytest.mark.parametrize("role", ["user", "provider"])
async def test_the_zero_address_has_no_sessions(basic: HttpClient, role: str) -> None:
    reply = await basic.get(f"/blockchain/sessions/{role}?{role}=0x{'0' * 40}")
    assert (reply.status_code, reply.json()) == (200, {"sessions": []})
