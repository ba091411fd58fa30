"""Every documented operation is asked what its document allows, and answers as it says."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.http.conftest import Hosted, running_demo
from tests.http.operations import OPERATIONS
from tests.support.json_schema import ANY, resolved, values, violations

EXPLAINED = {501, 502, 503, 504}
"""Not part of this node; a provider, a model server or the chain failed, is away, is too slow."""
FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A node of its own: what is done to it here must not meet other tests."""
    with running_demo(tmp_path_factory.mktemp("operations")) as found:
        yield found


@pytest.fixture(scope="module")
def document(spare: Hosted) -> Any:
    status, _, body = ask(spare, "GET", "/swagger/doc.json")
    assert status == 200
    return json.loads(body)


@pytest.fixture(scope="module")
def known(spare: Hosted) -> dict[str, str]:
    """Ids of the demo's market, of a session and of a chat, and plain values that make sense."""

    async def find() -> dict[str, str]:
        session = await spare.thread.node.chain.session(session_id)
        return {
            "model": session.model_id,
            "bid": session.bid_id,
            "session": session.id,
            "provider": session.provider,
            "user": session.user,
            "marketplace": (await spare.thread.node.chain.contracts()).marketplace,
        }

    session_id = spare.open_session()
    chat = "0x" + "c" * 64
    body = {"messages": [{"role": "user", "content": "hello"}]}
    headers = {"session_id": session_id, "chat_id": chat}
    assert ask(spare, "POST", "/v1/chat/completions", json.dumps(body).encode(), headers)[0] == 200
    client = {"username": "known", "password": "pw", "perms": ["chat"]}
    assert ask(spare, "POST", "/auth/users", json.dumps(client).encode())[0] == 200
    plain = {
        "chat": chat,
        "username": "known",
        "name": "Guide",
        "eth": "eth",
        "few": "5",
        "one": str(10**18),
        "hour": "3600",
        "endpoint": "127.0.0.1:3999",
    }
    return spare.thread.submit(find()).result(10) | plain


def ask(
    hosted: Hosted,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, str, bytes]:
    parts = urlsplit(hosted.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    sent = {"authorization": f"Bearer {hosted.token}", **(headers or {})}
    if body is not None:
        sent["content-type"] = "application/json"
    try:
        connection.request(method, path, body=body, headers=sent)
        reply = connection.getresponse()
        return reply.status, reply.headers.get("content-type", ""), reply.read()
    finally:
        connection.close()


def check(document: Any, operation: Any, status: int, kind: str, body: bytes) -> None:
    """The answer is one that the operation documents."""
    assert status < 500 or status in EXPLAINED, body
    documented = operation["responses"].get(str(status), operation["responses"]["default"])
    media = kind.partition(";")[0]
    assert media in documented["content"], (status, kind)
    if media == "application/json":
        schema = documented["content"][media].get("schema", {})
        assert violations(json.loads(body), schema, document) == [], status


def id_for(path: str, known: dict[str, str]) -> str:
    """The id that the place in a path is about."""
    for part, name in (
        ("/models/{id}", "model"),
        ("/bids/{id}", "bid"),
        ("/providers/{id}", "provider"),
        ("/sessions/{id}", "session"),
        ("/chats/{id}", "chat"),
    ):
        if part in path:
            return known[name]
    return known["username"]


HINTS = {
    "user": "user",
    "to": "provider",
    "provider": "provider",
    "providerAddr": "provider",
    "spender": "marketplace",
    "bidId": "bid",
    "modelID": "model",
    "model": "name",
    "username": "username",
    "token": "eth",
    "limit": "few",
    "amount": "few",
    "stake": "one",
    "sessionDuration": "hour",
    "pricePerSecond": "few",
    "session_id": "session",
    "endpoint": "endpoint",
}
"""What a member or parameter of this name means, so that requests get beyond the first check."""


READS = [path for method, path in OPERATIONS if method == "GET"]
QUERIES = {
    "/auth/users/{username}/txs": {"limit": "5"},
    "/blockchain/sessions/user": {"user": "user"},
    "/blockchain/sessions/user/ids": {"user": "user"},
    "/blockchain/sessions/provider": {"provider": "provider"},
}
REFUSED = {"/proxy/sessions/{id}/providerClaimableBalance": 409, "/v1/agents/tools": 400}
"""Reads that this wallet, which serves nobody, cannot make, or that need an agent."""


@pytest.mark.parametrize("path", READS)
def test_each_read_answers_by_its_document(
    spare: Hosted, document: Any, known: dict[str, str], path: str
) -> None:
    wanted = path.replace("{id}", id_for(path, known)).replace("{username}", known["username"])
    query = {name: known.get(value, value) for name, value in QUERIES.get(path, {}).items()}
    status, kind, body = ask(spare, "GET", f"{wanted}?{urlencode(query)}")
    assert status == REFUSED.get(path, 200), body
    check(document, document["paths"][path]["get"], status, kind, body)


def parameters(
    operation: Any, document: Any, path: str, known: dict[str, str]
) -> st.SearchStrategy[dict[tuple[str, str], str]]:
    """Values of all parameters by place and name: fitting ones, known ids, and nonsense."""
    found: dict[tuple[str, str], st.SearchStrategy[str]] = {}
    for item in operation.get("parameters", []):
        fitting = values(item.get("schema", {}), document).map(str)
        junk = st.text(max_size=6)
        if item["in"] == "path":
            text = st.one_of(st.just(id_for(path, known)), fitting, junk.filter(bool))
        else:
            hint = known.get(HINTS.get(item["name"], ""), "")
            text = st.one_of(st.just(hint), st.just(hint), fitting, junk)
        found[item["in"], item["name"]] = text
    return st.fixed_dictionaries(found)


def bodies(operation: Any, document: Any, known: dict[str, str]) -> st.SearchStrategy[Any]:
    """Fitting bodies, some with a known id in a place of text, and bodies of any kind."""
    if "requestBody" not in operation:
        return st.none()
    if "application/json" not in operation["requestBody"]["content"]:
        return st.none()
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    fitting = values(schema, document)

    def sensible(body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        hinted = {name: known[HINTS[name]] for name in body if name in HINTS}
        return {**body, **hinted}

    strange = ANY | st.dictionaries(st.text(max_size=5), ANY, max_size=3)
    return st.one_of(fitting, fitting.map(sensible), fitting.map(sensible), strange)


LAST_TO_REMOVE = sorted(OPERATIONS, key=lambda item: item[0] == "DELETE")


@pytest.mark.parametrize(("method", "path"), LAST_TO_REMOVE, ids=lambda item: item)
def test_no_request_meets_an_unexplained_failure(
    spare: Hosted, document: Any, known: dict[str, str], method: str, path: str
) -> None:
    operation = document["paths"][path][method.lower()]
    assert resolved(operation["responses"]["default"], document)

    @FEW
    @given(
        sent=parameters(operation, document, path, known), body=bodies(operation, document, known)
    )
    def attempt(sent: dict[tuple[str, str], str], body: Any) -> None:
        target = path
        query: dict[str, str] = {}
        headers: dict[str, str] = {}
        for (place, name), value in sent.items():
            if place == "path":
                target = target.replace(f"{{{name}}}", quote(value, safe=""))
            elif place == "query":
                query[name] = value
            else:
                headers[name] = quote(value, safe="")
        content = None if body is None else json.dumps(body).encode()
        status, kind, answer = ask(spare, method, f"{target}?{urlencode(query)}", content, headers)
        if status == 404 and kind.startswith("text/plain"):
            return  # A slash in a place of the path makes it another path.
        if kind.startswith("text/event-stream"):
            return
        check(document, operation, status, kind, answer)

    attempt()
