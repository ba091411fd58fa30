"""T-B7: all routes of the real application, called with every mix of host, origin and
credentials that must not pass. Runs in the process; no handler may be reached.
"""

import base64
import itertools
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fastapi import APIRouter

from node.core.clock import FakeClock
from node.core.paths import AppDirs
from node.core.settings import NodeSettings
from node.http_api.access import KEY, OPEN
from node.http_api.admin_login import AdminLogin
from node.http_api.app import build_app, build_guarded_app, node_routers
from node.http_api.credentials import Credentials, User
from node.http_api.guard import Guard
from node.http_api.origin import OriginRules
from node.http_api.permissions import Permission, Scope, permissions_of
from node.service.local import LocalNode, NodeOptions, open_node
from tests.unit.http_api.asgi_client import call

pytestmark = pytest.mark.asyncio(loop_scope="module")
PORT = 8082
ADMIN = "Basic " + base64.b64encode(b"admin:right").decode()
HOSTS = {
    "127.0.0.1:8082": True,
    "localhost:8082": True,
    "[::1]:8082": True,
    "evil.example": False,
    "evil.example:8082": False,
    "127.0.0.1.evil.example:8082": False,
    "127.0.0.1:8083": False,
    "0.0.0.0:8082": False,
    "192.168.1.5:8082": False,
    "2130706433:8082": False,
    "[::]:8082": False,
    "": False,
}
ORIGINS = {
    None: True,
    "null": False,
    "": False,
    "http://evil.example": False,
    "https://evil.example": False,
    "http://127.0.0.1:3000": False,
    "https://127.0.0.1:8082": False,
    "http://evil.example:8082": False,
    "file://": False,
    "chrome-extension://abcdef": False,
}
CREDENTIALS = {
    None: 401,
    "Bearer wrong": 401,
    "Basic " + base64.b64encode(b"admin:wrong").decode(): 401,
    "Digest right": 401,
    ADMIN: 200,
    "Bearer right": 200,
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalNode]:
    dirs = AppDirs.under(tmp_path_factory.mktemp("matrix"))
    async with open_node(NodeOptions(dirs=dirs, settings=NodeSettings())) as opened:
        yield opened


@pytest.fixture
def guard(node: LocalNode) -> Guard:
    users = [User.with_password("admin", "right", permissions_of([Scope.ADMIN]))]
    users += [User.with_password(scope, scope, permissions_of([scope])) for scope in Scope]
    return build_guarded_app(
        node,
        credentials=Credentials(users),
        origins=OriginRules(port=PORT),
        clock=_Hasty(),
    )


class _Hasty(FakeClock):
    """Its minute passes at once, so that no failure is throttled."""

    def monotonic(self) -> float:
        self.advance(10)
        return super().monotonic()


def all_routers(node: LocalNode) -> tuple[APIRouter, ...]:
    return node_routers(node, AdminLogin(node, Credentials([])), FakeClock())


def routes(node: LocalNode) -> list[tuple[str, str, str]]:
    """Method, path with example values, permission."""
    found = []
    for router in all_routers(node):
        for route in router.routes:
            path = re.sub(r"{[^}]+}", "0x" + "1" * 64, route.path)  # type: ignore[attr-defined]
            extra = route.openapi_extra  # type: ignore[attr-defined]
            found += [(method, path, extra[KEY]) for method in route.methods]  # type: ignore[attr-defined]
    return found


async def test_no_mix_of_wrong_host_origin_or_credentials_passes(
    node: LocalNode, guard: Guard
) -> None:
    tried = 0
    others = itertools.cycle(CREDENTIALS)
    for (method, path, permission), (host, host_ok), (origin, origin_ok) in itertools.product(
        routes(node), HOSTS.items(), ORIGINS.items()
    ):
        # From a wrong place not even the right password passes; nor do the others, in turn.
        right_place = host_ok and origin_ok
        for credentials in CREDENTIALS if right_place else (ADMIN, next(others)):
            verdict = CREDENTIALS[credentials]
            wanted = 421 if not host_ok else 403 if not origin_ok else verdict
            if wanted == 200 or (permission == OPEN and credentials is None and wanted == 401):
                continue
            headers = {"host": host}
            if origin is not None:
                headers["origin"] = origin
            if credentials is not None:
                headers["authorization"] = credentials
            reply = await call(guard, method, path, headers=headers)
            assert reply.status == wanted, (method, path, host, origin, credentials)
            tried += 1
    assert tried > 20_000


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ADMIN])
async def test_a_scope_opens_its_own_routes_only(
    node: LocalNode, guard: Guard, scope: Scope
) -> None:
    allowed = permissions_of([scope])
    for method, path, permission in routes(node):
        if permission == OPEN or Permission(permission) in allowed:
            continue
        reply = await call(guard, method, path, headers={"authorization": f"Bearer {scope}"})
        text = "method not allowed"
        assert reply.status == 403, (method, path)
        assert text in str(reply.json["error"])


async def test_only_the_admin_reaches_the_wallet_and_the_door(node: LocalNode) -> None:
    guarded = {
        path: permission
        for method, path, permission in routes(node)
        if path.startswith(("/wallet/", "/node/")) or (method, path) == ("DELETE", "/wallet")
    }
    others = permissions_of([scope for scope in Scope if scope is not Scope.ADMIN])
    assert len(guarded) == 4
    assert not {Permission(item) for item in guarded.values()} & others


async def test_every_path_of_a_route_is_found_by_the_router(node: LocalNode) -> None:
    """The table of permissions and the framework agree about what belongs to which route."""
    app = build_app(all_routers(node))
    documented = set(app.openapi()["paths"])
    served = {route.path for router in all_routers(node) for route in router.routes}  # type: ignore[attr-defined]
    assert documented <= served
