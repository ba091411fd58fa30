"""The system's secret store as the keeper of a wallet's password."""

from pathlib import Path
from typing import Any

import keyring.backend
import pytest
from keyring.backends import chainer, fail, null

from node.core.clock import FakeClock
from node.core.errors import KeyringUnavailableError
from node.wallet.keyring_store import SERVICE, OsKeyring, trusted_backend
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault, VaultState
from node.wallet.wallet_file import Protection
from tests.unit.wallet.folders import contents, the_account
from tests.unit.wallet.stores import DictStore

CHEAP = ScryptCost(n=2, r=8, p=1)
BY_STORE = Safekeeping(use_keyring=True)
PASSWORD = "correct horse battery"


def a_vault(folder: Path, store: DictStore | None) -> Vault:
    return Vault(folder, FakeClock(), store, cost=CHEAP)


async def test_wallet_opens_without_a_password(tmp_path: Path) -> None:
    store = DictStore()
    created = a_vault(tmp_path, store)
    await created.create(12, BY_STORE)
    assert created.status().protection is Protection.KEYRING
    (secret,) = store.entries.values()
    assert len(bytes.fromhex(secret)) == 32
    assert secret.encode() not in the_account(tmp_path).read_bytes()
    again = a_vault(tmp_path, store)
    await again.open()
    assert (await again.unlock()).state is VaultState.UNLOCKED
    assert again.signer.address == created.signer.address


async def test_lost_or_absent_store_says_so(tmp_path: Path) -> None:
    store = DictStore()
    await a_vault(tmp_path, store).create(12, BY_STORE)
    for other in (None, DictStore(), DictStore(broken=True)):
        vault = a_vault(tmp_path, other)
        await vault.open()
        with pytest.raises(KeyringUnavailableError):
            await vault.unlock()


@pytest.mark.parametrize("store", [DictStore(forgetful=True), DictStore(broken=True)])
async def test_store_that_fails_leaves_no_wallet(tmp_path: Path, store: DictStore) -> None:
    vault = a_vault(tmp_path, store)
    with pytest.raises(KeyringUnavailableError):
        await vault.create(12, BY_STORE)
    assert contents(tmp_path) == {}


async def test_protection_changes_both_ways(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path, store)
    await vault.create(12, BY_STORE)
    await vault.change_protection(None, Safekeeping(password=PASSWORD))
    assert store.entries == {}
    await vault.unlock(PASSWORD)
    await vault.change_protection(PASSWORD, BY_STORE)
    assert len(store.entries) == 1
    await vault.unlock()


async def test_replaced_wallet_keeps_its_entry(tmp_path: Path) -> None:
    store = DictStore()
    vault = a_vault(tmp_path, store)
    await vault.create(12, BY_STORE)
    await vault.create(12, Safekeeping(use_keyring=True, replace=True))
    assert len(store.entries) == 2


class Backend(keyring.backend.KeyringBackend):
    """Counts as whatever module its class claims to come from."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


def claiming(module: str) -> Any:
    return type("Keyring", (Backend,), {"__module__": module})()


@pytest.mark.parametrize(
    "module",
    ["keyring.backends.SecretService", "keyring.backends.macOS", "keyring.backends.Windows",
     "keyring.backends.kwallet", "keyring.backends.libsecret"],
)  # fmt: skip
def test_real_stores_are_trusted(module: str) -> None:
    backend = claiming(module)
    assert trusted_backend(backend) is backend


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyrings.cryptfile", "somebody.plugin"])
def test_other_stores_are_refused(module: str) -> None:
    assert trusted_backend(claiming(module)) is None
    assert trusted_backend(null.Keyring()) is None
    assert trusted_backend(fail.Keyring()) is None


def test_first_trusted_store_of_a_chain_is_taken() -> None:
    good = claiming("keyring.backends.SecretService")

    class Chain(chainer.ChainerBackend):
        backends = [claiming("keyrings.alt.file"), good]  # type: ignore[assignment]  # noqa: RUF012

    assert trusted_backend(Chain()) is good


def test_entries_go_through_the_library() -> None:
    backend = claiming("keyring.backends.SecretService")
    store = OsKeyring(backend)
    assert store.get("a") is None
    store.put("a", "secret")
    assert backend.passwords == {(SERVICE, "a"): "secret"}
    assert store.get("a") == "secret"
    store.remove("a")
    store.remove("a")
    assert backend.passwords == {}


def test_failures_of_the_library_come_in_words() -> None:
    class Broken(Backend):
        def get_password(self, service: str, username: str) -> str | None:
            raise RuntimeError("D-Bus is gone")

    with pytest.raises(KeyringUnavailableError) as caught:
        OsKeyring(Broken()).get("a")
    assert "D-Bus" not in caught.value.message


def test_looking_for_a_store_never_fails() -> None:
    assert OsKeyring.find() is None or isinstance(OsKeyring.find(), OsKeyring)
