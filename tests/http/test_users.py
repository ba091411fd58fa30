"""Users of the API beside the admin, as their programs and the owner's notice them."""

import base64
import hashlib
import hmac
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.core.http_client import HttpClient, HttpResponse, open_http_client
from node.core.paths import AppDirs
from node.core.settings import load_settings
from node.host import NodeOptions, open_hosted_node
from node.service.local import LocalNode

pytestmark = pytest.mark.asyncio(loop_scope="module")
SALT = bytes(range(16))
MOR = "0x5fbdb2315678afecb367f032d93f642f64180aa3"


def rpcauth(name: str, password: str) -> str:
    """A line as the public node writes it."""
    digest = hmac.digest(SALT, password.encode(), hashlib.sha256)
    return f"rpcauth={name}:{SALT.hex()}${digest.hex()}"


PROXY_CONF = f"""# made by the public node
{rpcauth("bob", "pw1")}
rpcwhitelist=bob:get_local_models,ipfs_pin,docker_build,docker_version
{rpcauth("carl", "pw2")}
rpcwhitelistdefault=0
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalNode]:
    """A node without network, with a file of users of the public node."""
    home = tmp_path_factory.mktemp("users")
    file = home / "proxy.conf"
    file.write_text(PROXY_CONF)
    settings = load_settings(
        file=None,
        environment={"WEB_ADDRESS": "127.0.0.1:0", "AUTH_CONFIG_FILE_PATH": str(file)},
    )
    options = NodeOptions(dirs=AppDirs.under(home / "data"), settings=settings)
    async with open_hosted_node(options) as opened:
        yield opened


@pytest.fixture
def file(node: LocalNode) -> Path:
    return Path(node.settings.current.auth_config_file)


@pytest_asyncio.fixture(loop_scope="module")
async def client(node: LocalNode) -> AsyncIterator[HttpClient]:
    async with open_http_client(base_url=node.api.url) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def admin(node: LocalNode) -> AsyncIterator[HttpClient]:
    async with open_http_client(base_url=node.api.url) as opened:
        opened.auth = ("admin", node.api.token)
        yield opened


def text_of(path: Path) -> str:
    return path.read_text()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def remove(client: HttpClient, name: str) -> HttpResponse:
    return await client.request("DELETE", "/auth/users", json={"username": name})


async def agents(admin: HttpClient) -> dict[str, Any]:
    found = (await admin.get("/auth/users")).json()["agents"]
    return {item.pop("username"): item for item in found}


async def test_users_of_the_public_node_log_in_and_are_kept_to_their_list(
    client: HttpClient,
) -> None:
    assert (await client.get("/v1/models", auth=("bob", "pw1"))).status_code == 200
    assert (await client.get("/docker/version", auth=("bob", "pw1"))).status_code == 501
    assert (await client.post("/ipfs/pin", auth=("bob", "pw1"))).status_code == 501
    refused = await client.get("/blockchain/balance", auth=("bob", "pw1"))
    assert (refused.status_code, refused.json()["error"]) == (403, "method not allowed")
    assert (await client.get("/v1/models", auth=("carl", "pw2"))).status_code == 403
    wrong = await client.get("/v1/models", auth=("bob", "pw2"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid username or password")


async def test_a_user_is_added_changed_and_removed_at_once(
    client: HttpClient, admin: HttpClient, file: Path
) -> None:
    body = {"username": "eve", "password": "pw1", "perms": ["get_local_models", "chat"]}
    added = await admin.post("/auth/users", json=body)
    assert (added.status_code, added.json()) == (200, {"result": True})
    assert (await client.get("/v1/models", auth=("eve", "pw1"))).status_code == 200
    token = base64.b64encode(b"eve:pw1").decode()
    as_bearer = await client.get("/v1/models", headers={"authorization": f"Bearer {token}"})
    assert as_bearer.json()["object"] == "list"
    text = text_of(file)
    assert "# made by the public node" in text
    assert rpcauth("bob", "pw1") in text
    assert "rpcwhitelist=eve:get_local_models,chat" in text
    if os.name == "posix":
        assert mode_of(file) == 0o600
    await admin.post("/auth/users", json={**body, "password": "pw2"})
    assert (await client.get("/v1/models", auth=("eve", "pw1"))).status_code == 401
    assert (await client.get("/v1/models", auth=("eve", "pw2"))).status_code == 200
    assert (await remove(admin, "eve")).json() == {"result": True}
    assert (await client.get("/v1/models", auth=("eve", "pw2"))).status_code == 401
    assert (await remove(admin, "eve")).status_code == 404
    assert "eve" not in text_of(file)


async def test_a_stranger_asks_and_the_owner_decides(
    client: HttpClient, admin: HttpClient, node: LocalNode
) -> None:
    wish = {
        "username": "agent1",
        "password": "pw",
        "perms": ["get_local_models"],
        "allowances": {MOR.upper().replace("0X", "0x"): "1000", "ETH": 5},
    }
    asked = await client.post("/auth/users/request", json=wish)
    assert (asked.status_code, asked.json()) == (200, {"result": True})
    assert (await agents(admin))["agent1"] == {
        "perms": ["get_local_models"],
        "isConfirmed": False,
        "allowances": {MOR: "1000", "eth": "5"},
    }
    assert (await client.get("/v1/models", auth=("agent1", "pw"))).status_code == 401
    again = await client.post("/auth/users/request", json={**wish, "password": "mine"})
    assert again.status_code == 409
    confirmed = await admin.post(
        "/auth/users/confirm", json={"username": "agent1", "confirm": True}
    )
    assert confirmed.json() == {"result": True}
    assert (await agents(admin))["agent1"]["isConfirmed"] is True
    assert (await client.get("/v1/models", auth=("agent1", "pw"))).status_code == 200
    listed = await admin.get("/auth/users/agent1/txs?limit=10")
    assert listed.json() == {"txHashes": [], "nextCursor": None}
    for secret in (b'"pw"', b":pw"):
        assert secret not in node.dirs.clients_db.read_bytes()
    await remove(admin, "agent1")


async def test_a_refused_stranger_is_forgotten(client: HttpClient, admin: HttpClient) -> None:
    await client.post("/auth/users/request", json={"username": "agent2", "password": "pw"})
    await admin.post("/auth/users/confirm", json={"username": "agent2", "confirm": False})
    assert "agent2" not in await agents(admin)
    late = await admin.post("/auth/users/confirm", json={"username": "agent2", "confirm": True})
    assert (late.status_code, late.json()["code"]) == (404, "client.not_found")


async def test_allowances_are_asked_for_granted_and_taken_back(
    client: HttpClient, admin: HttpClient
) -> None:
    perms = ["request_allowance"]
    await admin.post("/auth/users", json={"username": "a", "password": "pa", "perms": perms})
    wish = {"username": "a", "token": MOR, "allowance": str(2**80)}
    assert (await client.post("/auth/allowance/requests", json=wish, auth=("a", "pa"))).json() == {
        "result": True
    }
    other = await client.post(
        "/auth/allowance/requests", json={**wish, "username": "bob"}, auth=("a", "pa")
    )
    assert other.status_code == 403
    assert (await admin.get("/auth/allowance/requests")).json() == {"requests": [wish]}
    answer = {"username": "a", "token": MOR, "confirm": True}
    assert (
        await client.post("/auth/allowance/confirm", json=answer, auth=("a", "pa"))
    ).status_code == 403
    assert (await admin.post("/auth/allowance/confirm", json=answer)).json() == {"result": True}
    assert (await admin.get("/auth/allowance/requests")).json() == {"requests": []}
    assert (await agents(admin))["a"]["allowances"] == {MOR: str(2**80)}
    taken = await admin.post("/auth/allowance/revoke", json={"username": "a", "token": MOR})
    assert taken.json() == {"result": True}
    assert (await agents(admin))["a"]["allowances"] == {}
    await remove(admin, "a")


async def test_nobody_gives_more_than_it_has(client: HttpClient, admin: HttpClient) -> None:
    perms = ["add_user", "remove_user", "agent_requests", "get_local_models"]
    await admin.post("/auth/users", json={"username": "boss", "password": "pb", "perms": perms})
    boss = ("boss", "pb")

    async def add(name: str, *given: str) -> int:
        body = {"username": name, "password": "x", "perms": list(given)}
        return (await client.post("/auth/users", json=body, auth=boss)).status_code

    assert await add("sub", "get_local_models") == 200
    assert await add("sub2", "send_mor") == 403
    assert await add("sub2", "*") == 403
    assert await add("admin", "get_local_models") == 403
    assert await add("bob", "get_local_models") == 403
    assert (await client.get("/v1/models", auth=("bob", "pw1"))).status_code == 200
    await client.post(
        "/auth/users/request", json={"username": "big", "password": "x", "perms": ["send_mor"]}
    )
    letting_in = {"username": "big", "confirm": True}
    assert (await client.post("/auth/users/confirm", json=letting_in, auth=boss)).status_code == 403
    own = {"username": "boss", "token": "eth", "confirm": True}
    assert (await client.post("/auth/allowance/confirm", json=own, auth=boss)).status_code == 403
    assert (await remove(client, "admin")).status_code == 401
    assert (await remove(admin, "admin")).status_code == 403
    for name in ("boss", "sub", "big"):
        await remove(admin, name)


async def test_a_user_of_all_permissions_has_no_door_to_everything(
    client: HttpClient, admin: HttpClient
) -> None:
    await admin.post("/auth/users", json={"username": "all", "password": "p", "perms": ["*"]})
    assert (await client.get("/config", auth=("all", "p"))).status_code != 403
    door = await client.post("/node/wallet/status", json={}, auth=("all", "p"))
    assert door.status_code == 403
    await remove(admin, "all")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "", "password": "x"},
        {"username": "x", "password": ""},
        {"username": "a:b", "password": "x"},
        {"username": "a\nrpcauth=b", "password": "x"},
        {"username": "x", "password": "x" * 300},
        {"username": "x", "password": "x", "perms": ["no_such"]},
        {"username": "x", "password": "x", "perms": ["node"]},
        {"username": "x", "password": "x", "perms": "chat"},
    ],
)
async def test_users_that_cannot_be(admin: HttpClient, file: Path, body: dict[str, Any]) -> None:
    before = text_of(file)
    reply = await admin.post("/auth/users", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert text_of(file) == before


async def test_a_stranger_sends_little_and_seldom(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = {"username": "x", "password": "x", "perms": ["chat"] * 5000}
    assert (await client.post("/auth/users/request", json=large)).status_code == 413
    foreign = {"origin": "https://evil.example"}
    wish = {"username": "web", "password": "x"}
    assert (await client.post("/auth/users/request", json=wish, headers=foreign)).status_code == 403
    statuses = [
        (
            await client.post("/auth/users/request", json={"username": "-", "password": "x"})
        ).status_code
        for _ in range(8)
    ]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("limit=", 400), ("limit=300", 400), ("limit=5&cursor=x", 400), ("limit=0", 200)],
)
async def test_pages_of_transactions_are_checked(
    admin: HttpClient, query: str, status: int
) -> None:
    assert (await admin.get(f"/auth/users/bob/txs?{query}")).status_code == status
    assert (await admin.get("/auth/users/nobody/txs?limit=1")).status_code == 404


async def test_the_admins_new_password_is_in_the_cookie_at_once(
    client: HttpClient, admin: HttpClient, node: LocalNode
) -> None:
    old = node.api.token
    body = {"username": "admin", "password": "a new one: with colons", "perms": ["*"]}
    assert (await admin.post("/auth/users", json=body)).status_code == 200
    cookie = Path((await client.get("/auth/cookie/path")).json()["path"])
    name, _, password = text_of(cookie).strip().partition(":")
    assert (name, password) == ("admin", body["password"])
    assert (await client.get("/v1/models", auth=(name, password))).status_code == 200
    assert (await client.get("/v1/models", auth=("admin", old))).status_code == 401


@asynccontextmanager
async def started(home: Path, cookie: str) -> AsyncIterator[LocalNode]:
    """A node with an admin's line of the public node in its file, and perhaps a cookie."""
    dirs = AppDirs.under(home)
    dirs.ensure()
    dirs.users_file.write_text(f"{rpcauth('admin', 'from the file')}\nrpcwhitelist=admin:*\n")
    if cookie:
        dirs.cookie_file.write_text(f"admin:{cookie}\n")
    settings = load_settings(file=None, environment={"WEB_ADDRESS": "127.0.0.1:0"})
    async with open_hosted_node(NodeOptions(dirs=dirs, settings=settings)) as opened:
        yield opened


async def status_of_login(node: LocalNode, password: str) -> int:
    async with open_http_client(base_url=node.api.url) as opened:
        return (await opened.get("/v1/models", auth=("admin", password))).status_code


async def test_the_admins_line_counts_beside_the_cookie(tmp_path: Path) -> None:
    async with started(tmp_path, "from the cookie") as opened:
        assert await status_of_login(opened, "from the cookie") == 200
        assert await status_of_login(opened, "from the file") == 200
        assert await status_of_login(opened, "neither") == 401


async def test_a_new_cookie_ends_the_admins_old_password(tmp_path: Path) -> None:
    async with started(tmp_path, "") as opened:
        assert await status_of_login(opened, opened.api.token) == 200
        assert await status_of_login(opened, "from the file") == 401


async def test_wrong_passwords_are_slowed_down_but_right_ones_pass(
    client: HttpClient, node: LocalNode
) -> None:
    reply = await client.get("/v1/models", auth=("bob", "guess"))
    for number in range(30):
        if reply.status_code == 429:
            break
        reply = await client.get("/v1/models", auth=("bob", f"guess{number}"))
    assert reply.headers["retry-after"] == "60"
    assert (await client.get("/v1/models", auth=("bob", "pw1"))).status_code == 200
    assert (await client.get("/v1/models", auth=("admin", node.api.token))).status_code == 200
