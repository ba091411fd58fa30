"""The `Authorization` header: texts as clients know them, and Bearer beside Basic."""

import base64

import pytest

from node.http_api.credentials import Credentials, User
from node.http_api.permissions import Permission, Scope, permissions_of
from node.http_api.refusal import HttpRefusal

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
def test_wrong_headers_get_the_texts_of_the_public_node(
    credentials: Credentials, header: str, text: str
) -> None:
    with pytest.raises(HttpRefusal) as caught:
        credentials.authenticate(header)
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
def test_the_admin_is_known_by_basic_and_bearer(
    credentials: Credentials, header: str, bearer: bool
) -> None:
    caller = credentials.authenticate(header)
    assert (caller.name, caller.bearer) == ("admin", bearer)
    assert all(caller.may(permission) for permission in Permission)


def test_a_password_may_hold_colons(credentials: Credentials) -> None:
    user = User.with_password("a", "b:c:d", [])
    assert Credentials([user]).authenticate(basic("a:b:c:d")).name == "a"


def test_a_scope_gives_its_permissions_only(credentials: Credentials) -> None:
    reader = credentials.authenticate("Bearer second password")
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
