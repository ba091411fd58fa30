"""The `Authorization` header: texts as clients know them, and Bearer beside Basic."""

import base64
import hmac
from dataclasses import replace

import pytest

from node.http_api.credentials import Credentials, User
from node.http_api.permissions import Permission, Scope, permissions_of
from node.http_api.refusal import HttpRefusal
from node.store.passwords import PasswordHash
from node.store.proxy_conf import ApiUser

PASSWORD = "correct horse battery staple"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(
        [
            User.with_password("admin", PASSWORD, permissions_of([Scope.ADMIN])),
            User.with_password("reader", "second password", permissions_of([Scope.READ])),
        ]
    )


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "no basic auth provided"),
        ("Digest abc", "invalid basic auth provided"),
        ("basic " + base64.b64encode(b"admin:x").decode(), "invalid basic auth provided"),
        ("Basic !!!", "invalid basic auth provided"),
        ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "invalid basic auth provided"),
        (basic("admin"), "invalid basic auth provided"),
        (basic(":secret"), "invalid basic auth provided"),
        (basic("admin:"), "invalid basic auth provided"),
        ("Bearer ", "invalid basic auth provided"),
        (basic("admin:wrong"), "invalid username or password"),
        (basic(f"root:{PASSWORD}"), "invalid username or password"),
        (basic(f"admin:{PASSWORD} "), "invalid username or password"),
        ("Bearer wrong", "invalid username or password"),
        ("Bearer " + base64.b64encode(b"admin:wrong").decode(), "invalid username or password"),
    ],
)
async def test_wrong_headers_get_the_texts_of_the_public_node(
    credentials: Credentials, header: str, text: str
) -> None:
    with pytest.raises(HttpRefusal) as caught:
        await credentials.authenticate(header)
    assert (caught.value.status, caught.value.message) == (401, text)
    assert PASSWORD not in str(caught.value.details) + caught.value.hint


@pytest.mark.parametrize(
    ("header", "bearer"),
    [
        (basic(f"admin:{PASSWORD}"), False),
        (f"Bearer {PASSWORD}", True),
        ("Bearer " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode(), True),
    ],
)
async def test_the_admin_is_known_by_basic_and_bearer(
    credentials: Credentials, header: str, bearer: bool
) -> None:
    caller = await credentials.authenticate(header)
    assert (caller.name, caller.bearer) == ("admin", bearer)
    assert all(caller.may(permission) for permission in Permission)


async def test_a_password_may_hold_colons(credentials: Credentials) -> None:
    user = User.with_password("a", "b:c:d", [])
    assert (await Credentials([user]).authenticate(basic("a:b:c:d"))).name == "a"


async def test_a_scope_gives_its_permissions_only(credentials: Credentials) -> None:
    reader = await credentials.authenticate("Bearer second password")
    assert reader.may(Permission.GET_BALANCE)
    for forbidden in (Permission.SEND_MOR, Permission.OPEN_SESSION, Permission.NODE):
        assert not reader.may(forbidden)


def test_no_scope_but_admin_spends_or_touches_the_wallet() -> None:
    harmless = permissions_of([Scope.READ, Scope.CHAT])
    assert not harmless & {
        Permission.APPROVE,
        Permission.SEND_ETH,
        Permission.SEND_MOR,
        Permission.OPEN_SESSION,
        Permission.SET_WALLET,
        Permission.REMOVE_WALLET,
        Permission.NODE,
        Permission.ADD_USER,
    }


SALT = bytes(range(16))


@pytest.fixture
def others() -> dict[str, ApiUser]:
    """Users of `proxy.conf`: one of the public node's, one of ours."""
    old = PasswordHash(salt=SALT, digest=hmac.digest(SALT, b"old", "sha256"))
    return {
        "old": ApiUser(name="old", password=old, permissions=("get_balance", "unknown")),
        "new": ApiUser(name="new", password=PasswordHash.of("new"), permissions=("*",)),
    }


async def test_users_of_the_file_log_in(others: dict[str, ApiUser]) -> None:
    credentials = Credentials([], lambda: others)
    caller = await credentials.authenticate(basic("old:old"))
    assert caller.permissions == {Permission.GET_BALANCE}
    assert (caller.is_admin, caller.client) == (False, "old")
    caller = await credentials.authenticate(basic("new:new").replace("Basic", "Bearer"))
    assert caller.permissions == frozenset(Permission) - {Permission.NODE}
    assert (caller.is_admin, caller.client, caller.bearer) == (False, "new", True)
    for wrong in ("old:new", "new:old", "nobody:new", "admin:old"):
        with pytest.raises(HttpRefusal):
            await credentials.authenticate(basic(wrong))


async def test_changes_of_users_count_at_once(others: dict[str, ApiUser]) -> None:
    credentials = Credentials([], lambda: others)
    for _ in range(2):
        assert (await credentials.authenticate(basic("new:new"))).name == "new"
    others["new"] = replace(others["new"], password=PasswordHash.of("newer"))
    with pytest.raises(HttpRefusal):
        await credentials.authenticate(basic("new:new"))
    assert (await credentials.authenticate(basic("new:newer"))).name == "new"
    del others["new"]
    with pytest.raises(HttpRefusal):
        await credentials.authenticate(basic("new:newer"))


async def test_the_admin_line_of_the_file_is_the_admin(others: dict[str, ApiUser]) -> None:
    others["admin"] = replace(others["old"], name="admin", permissions=("*",))
    credentials = Credentials([], lambda: others)
    caller = await credentials.authenticate(basic("admin:old"))
    assert (caller.is_admin, caller.client) == (True, "")
    assert caller.may(Permission.NODE)


async def test_only_the_first_right_answer_is_costly(
    others: dict[str, ApiUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that calls often must not be slowed down, and a wrong name costs like a wrong
    password.
    """
    credentials = Credentials([], lambda: others)
    costly: list[str] = []
    matches = PasswordHash.matches

    def counted(self: PasswordHash, password: str) -> bool:
        if self.is_costly:
            costly.append(password)
        return matches(self, password)

    monkeypatch.setattr(PasswordHash, "matches", counted)
    for _ in range(3):
        await credentials.authenticate(basic("new:new"))
    assert costly == ["new"]
    for wrong in ("new:a", "nobody:b", "old:c"):
        with pytest.raises(HttpRefusal):
            await credentials.authenticate(basic(wrong))
    assert costly == ["new", "a", "b", "c"]
