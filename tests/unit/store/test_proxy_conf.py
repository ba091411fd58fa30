"""`proxy.conf`: the public node's lines are honoured, ours are added, nothing else changes."""

import hashlib
import hmac
import stat
import sys
from pathlib import Path

import pytest

from node.core.errors import ConfigError, StorageError
from node.store.passwords import PasswordHash
from node.store.proxy_conf import ApiUser, ProxyConf

SALT = bytes(range(16))


def line_of(name: str, password: str) -> str:
    """An `rpcauth` line as the public node writes it."""
    digest = hmac.digest(SALT, password.encode(), hashlib.sha256)
    return f"rpcauth={name}:{SALT.hex()}${digest.hex()}"


PEER = f"""# users of the router
{line_of("admin", "first")}
{line_of("bob", "second")}
rpcwhitelist=admin:*
rpcwhitelist=bob:get_balance, ipfs_pin,docker_build,not_yet_known

# the end
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "proxy.conf"


def loaded(path: Path, text: str | None = None) -> ProxyConf:
    if text is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    users = ProxyConf(path)
    users.load()
    return users


def test_a_file_of_the_public_node(path: Path) -> None:
    users = loaded(path, PEER).users
    assert set(users) == {"admin", "bob"}
    assert users["admin"].password.matches("first")
    assert not users["admin"].password.matches("second")
    assert users["admin"].permissions == ("*",)
    assert users["bob"].permissions == ("get_balance", "ipfs_pin", "docker_build", "not_yet_known")


@pytest.mark.parametrize(
    ("switch", "given"), [("1", ("*",)), ("true", ("*",)), ("0", ()), ("", None)]
)
def test_users_without_a_whitelist(path: Path, switch: str, given: tuple[str, ...] | None) -> None:
    default = f"rpcwhitelistdefault={switch}\n" if switch else ""
    users = loaded(path, f"{line_of('bob', 'x')}\n{default}").users
    assert users["bob"].permissions == (given or ())


def test_users_are_added_changed_and_removed_and_comments_stay(path: Path) -> None:
    users = loaded(path, PEER)
    added = ApiUser(name="eve", password=PasswordHash.of("third"), permissions=("chat",))
    users.put(added)
    users.remove("bob")
    assert set(users.users) == {"admin", "eve"}
    assert loaded(path).users == users.users
    text = path.read_text()
    assert "# users of the router" in text
    assert "# the end" in text
    assert "bob" not in text
    assert "third" not in text
    assert line_of("admin", "first") in text
    users.put(ApiUser(name="eve", password=added.password, permissions=("*",)))
    assert path.read_text().count("rpcauthscrypt=eve:") == 1
    assert path.read_text().count("rpcwhitelist=eve:") == 1
    assert loaded(path).users["eve"].permissions == ("*",)


def test_what_another_program_wrote_meanwhile_stays(path: Path) -> None:
    users = loaded(path, PEER)
    path.write_text(PEER + line_of("carl", "x") + "\n")
    users.remove("bob")
    assert set(users.users) == {"admin", "carl"}


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are those of POSIX")
def test_the_file_is_for_the_user_only(path: Path) -> None:
    users = loaded(path)
    assert not path.exists()
    users.put(ApiUser(name="eve", password=PasswordHash.of("x"), permissions=()))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    loaded(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    link = path.with_name("link.conf")
    link.symlink_to(path)
    with pytest.raises(StorageError):
        loaded(link)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("rpcauth=bob", 1),
        ("# fine\nrpcauth=bob:plain", 2),
        ("\n\nrpcwhitelist=chat", 3),
        ("rpcwhitelistdefault=maybe", 1),
        ("rpcauthscrypt=bob:scrypt$9999999$8$1$00$00", 1),
    ],
)
def test_a_line_that_is_not_understood_is_named(path: Path, text: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(path, text)
    assert caught.value.message.startswith(f"proxy.conf, line {line}: ")


def test_unknown_lines_are_kept(path: Path) -> None:
    users = loaded(path, "server=1\nrpcallowip=10.0.0.0/8\n")
    users.put(ApiUser(name="eve", password=PasswordHash.of("x"), permissions=()))
    assert path.read_text().startswith("server=1\nrpcallowip=10.0.0.0/8\n")
