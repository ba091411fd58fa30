"""The order of the checks, and the matrix of hosts, origins and credentials."""

import base64
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from node.core.clock import FakeClock
from node.core.errors import NodeStoppedError
from node.http_api.access import AccessTable, needs, open_to_all
from node.http_api.asgi import Message, Receive, Send, send_whole
from node.http_api.credentials import Credentials, User
from node.http_api.guard import Guard
from node.http_api.origin import OriginRules
from node.http_api.permissions import Permission, Scope, permissions_of
from node.http_api.throttle import FailureThrottle
from tests.unit.http_api.asgi_client import Reply, call

ADMIN = "Basic " + base64.b64encode(b"admin:right").decode()
JSON = "application/json"
HOSTS = {
    "127.0.0.1:8082": True,
    "localhost:8082": True,
    "[::1]:8082": True,
    "LOCALHOST:8082": True,
    "evil.example:8082": False,
    "127.0.0.1.evil.example:8082": False,
    "127.0.0.1:8083": False,
    "127.0.0.1": False,
    "0.0.0.0:8082": False,
    "2130706433:8082": False,
    "192.168.1.5:8082": False,
    "": False,
}
ORIGINS = {
    None: True,
    "own": True,
    "null": False,
    "http://evil.example": False,
    "https://127.0.0.1:8082": False,
    "http://127.0.0.1:3000": False,
    "http://localhost.evil.example:8082": False,
    "file://": False,
    "moz-extension://x": False,
    "": False,
}
CREDENTIALS = {
    None: 401,
    ADMIN: 200,
    "Bearer right": 200,
    "Bearer reader": 403,
    "Bearer wrong": 401,
    "Digest x": 401,
}


@dataclass
class Route:
    path_regex: re.Pattern[str]
    methods: set[str] | None
    openapi_extra: dict[str, Any] | None


ROUTES = [
    Route(re.compile(r"^/open$"), {"GET"}, open_to_all()),
    Route(re.compile(r"^/chat$"), {"POST"}, needs(Permission.CHAT)),
    Route(re.compile(r"^/send/(?P<what>[^/]+)$"), {"POST"}, needs(Permission.SEND_MOR)),
    Route(re.compile(r"^/wallet$"), {"GET", "DELETE"}, needs(Permission.SET_WALLET)),
]


@dataclass
class App:
    """Answers 200 and notes that it was reached."""

    reached: list[tuple[str, bytes, Any]] = field(default_factory=list)
    failure: Exception | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        self.reached.append((scope["path"], message["body"], scope["state"]))
        if self.failure is not None:
            raise self.failure
        await send_whole(send, 200, {"content-type": JSON}, b"{}")


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def guard(app: App) -> Guard:
    clock = FakeClock()
    users = [
        User.with_password("admin", "right", permissions_of([Scope.ADMIN])),
        User.with_password("reader", "reader", permissions_of([Scope.READ])),
    ]
    return Guard(
        app,
        origins=OriginRules(port=8082),
        credentials=Credentials(users),
        throttle=_NoThrottle(clock),
        access=AccessTable(ROUTES),
    )


class _NoThrottle(FailureThrottle):
    async def failed(self, refusal: Any) -> Any:
        return refusal


def _headers(host: str, origin: str | None, auth: str | None) -> list[tuple[str, str]]:
    found = [("host", host)]
    if origin is not None:
        found.append(("origin", f"http://{host}" if origin == "own" else origin))
    if auth is not None:
        found.append(("authorization", auth))
    return found


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/chat"), ("POST", "/send/mor"), ("DELETE", "/wallet")]
)
async def test_only_own_host_own_origin_and_right_credentials_reach_a_route(
    guard: Guard, app: App, method: str, path: str
) -> None:
    for host, origin, auth in itertools.product(HOSTS, ORIGINS, CREDENTIALS):
        app.reached.clear()
        reply = await call(guard, method, path, headers=_headers(host, origin, auth))
        expected = 421 if not HOSTS[host] else 403 if not ORIGINS[origin] else CREDENTIALS[auth]
        assert reply.status == expected, (host, origin, auth)
        assert bool(app.reached) == (expected == 200)
        assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_foreign_page_is_refused_with_right_credentials(
    guard: Guard, app: App, site: str
) -> None:
    reply = await call(
        guard, "POST", "/chat", headers={"sec-fetch-site": site, "authorization": ADMIN}
    )
    assert reply.status == 403
    assert app.reached == []


async def test_the_first_failing_check_answers(guard: Guard) -> None:
    """Each request fails all later checks too; only its first failure is told."""
    bad = {
        "host": "evil.example",
        "origin": "null",
        "sec-fetch-site": "cross-site",
        "authorization": "Bearer wrong",
        "content-type": "text/plain",
        "content-length": "99999999999",
    }
    good = {
        "host": "127.0.0.1:8082",
        "origin": "http://127.0.0.1:8082",
        "sec-fetch-site": "same-origin",
        "authorization": "Bearer reader",
        "content-type": JSON,
        "content-length": "0",
    }
    far = await call(guard, "POST", "/chat", headers=bad, client=("192.168.1.9", 1))
    assert far.json["code"] == "api.foreign_peer"
    statuses = []
    for name in bad:
        statuses.append((await call(guard, "POST", "/chat", headers=bad)).json["code"])
        bad[name] = good[name]
    assert statuses == [
        "api.wrong_host",
        "api.foreign_origin",
        "api.foreign_site",
        "api.unauthorised",
        "api.forbidden",
        "api.forbidden",
    ]


async def test_type_comes_before_length(guard: Guard) -> None:
    headers = {"authorization": ADMIN, "content-type": "text/plain", "content-length": "99999999"}
    assert (await call(guard, "POST", "/chat", headers=headers)).status == 415
    headers["content-type"] = JSON
    assert (await call(guard, "POST", "/chat", headers=headers)).status == 413


async def test_a_body_without_announced_length_is_counted(guard: Guard, app: App) -> None:
    headers = {"authorization": ADMIN, "content-type": JSON}
    pieces = [b"x" * (1024 * 1024)] * 17
    assert (await call(guard, "POST", "/chat", headers=headers, body=pieces)).status == 413
    assert app.reached == []


async def test_an_allowed_body_arrives_whole(guard: Guard, app: App) -> None:
    headers = {"authorization": ADMIN, "content-type": JSON}
    assert (
        await call(guard, "POST", "/chat", headers=headers, body=[b'{"a"', b":1}"])
    ).status == 200
    assert app.reached[0][1] == b'{"a":1}'
    assert app.reached[0][2]["caller"].name == "admin"


async def test_open_routes_need_nothing_but_are_no_oracle(guard: Guard, app: App) -> None:
    assert (await call(guard, path="/open")).status == 200
    assert app.reached[-1][2]["caller"] is None
    assert (await call(guard, path="/open", headers={"authorization": ADMIN})).status == 200
    assert app.reached[-1][2]["caller"].name == "admin"
    assert (await call(guard, path="/open", headers={"authorization": "Bearer x"})).status == 401
    assert (await call(guard, path="/open", headers={"origin": "null"})).status == 403


async def test_unknown_paths_are_not_told_to_strangers(guard: Guard, app: App) -> None:
    assert (await call(guard, path="/secret")).status == 401
    assert app.reached == []
    assert (await call(guard, path="/secret", headers={"authorization": ADMIN})).status == 200


async def test_options_says_nothing(guard: Guard, app: App) -> None:
    reply = await call(guard, "OPTIONS", "/send/mor")
    assert reply.status == 204
    assert app.reached == []
    assert not any(name.startswith(("access-control", "allow")) for name in reply.headers)
    preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert (await call(guard, "OPTIONS", "/send/mor", headers=preflight)).status == 403


async def test_upgrades_are_refused(guard: Guard, app: App) -> None:
    headers = {"authorization": ADMIN, "connection": "upgrade", "upgrade": "websocket"}
    assert (await call(guard, path="/wallet", headers=headers)).status == 400
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await guard({"type": "websocket", "path": "/wallet"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert app.reached == []


@pytest.mark.parametrize("path", ["/open", "/wallet", "/nope"])
async def test_every_answer_is_closed_to_browsers(guard: Guard, path: str) -> None:
    reply = await call(guard, path=path)
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123", True), ("", False), ("x" * 129, False), ("a b", False), ("é", False)],
)
async def test_request_ids(guard: Guard, given: str, kept: bool) -> None:
    reply = await call(guard, path="/open", headers={"x-request-id": given})
    found = reply.headers["x-request-id"]
    assert found == given if kept else re.fullmatch("[0-9a-f]{8}", found)


async def test_long_addresses_and_headers(guard: Guard) -> None:
    assert (await call(guard, path="/open?" + "x" * 9000)).status == 414
    assert (await call(guard, path="/open", headers={"x-big": "x" * 17000})).status == 431


async def test_expected_failures_and_faults_of_the_app(guard: Guard, app: App) -> None:
    app.failure = NodeStoppedError("Stopped.")
    reply: Reply = await call(guard, path="/open")
    assert (reply.status, reply.json["code"]) == (503, "node.stopped")
    app.failure = RuntimeError("/home/me/secret.py")
    reply = await call(guard, path="/open")
    assert (reply.status, reply.json["code"]) == (500, "node.internal")
    assert b"secret" not in reply.body


@pytest.mark.parametrize(("peer", "status"), [("192.168.1.5", 403), ("127.0.0.1", 200)])
async def test_keys_never_come_from_another_computer(app: App, peer: str, status: int) -> None:
    users = [User.with_password("admin", "right", permissions_of([Scope.ADMIN]))]
    wide = Guard(
        app,
        origins=OriginRules(port=8082, wide=True),
        credentials=Credentials(users),
        throttle=_NoThrottle(FakeClock()),
        access=AccessTable(ROUTES),
    )
    headers = {"authorization": ADMIN}
    wallet = await call(wide, "DELETE", "/wallet", headers=headers, client=(peer, 1))
    assert wallet.status == status
    chat = await call(wide, "POST", "/chat", headers=headers, client=(peer, 1))
    assert chat.status == 200


def test_a_route_without_a_permission_cannot_be_served() -> None:
    with pytest.raises(ValueError, match="without a permission"):
        AccessTable([Route(re.compile("^/x$"), {"GET"}, {})])
