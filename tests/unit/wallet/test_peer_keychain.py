"""Keys of a Go node in the system's secret store: found when asked, taken over, never changed."""

import base64
from typing import Any

import pytest

from node.core.errors import (
    InvalidKeyError,
    InvalidMnemonicError,
    KeyringUnavailableError,
    NodeError,
    UserInputError,
    WalletError,
)
from node.wallet import peer_keychain
from node.wallet.peer_keychain import PeerKeychain, decoded, peer_store
from tests.unit.wallet.stores import DictStore
from tests.unit.wallet.vaults import FIRST, JUNK, KEY, KEY_ADDRESS, SECOND


def keychain(**items: str) -> PeerKeychain:
    store = DictStore()
    store.entries = {name.replace("_", "-"): secret for name, secret in items.items()}
    return PeerKeychain(lambda: store)


async def test_a_private_key_is_found() -> None:
    found = await keychain(private_key="0x" + KEY).look()
    assert found is not None
    assert (found.address, found.private_key, found.phrase) == (KEY_ADDRESS, "0x" + KEY, "")
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("path", "address", "full"),
    [
        ("m/44'/60'/0'/0/1", SECOND, "m/44'/60'/0'/0/1"),
        ("0", FIRST, "m/44'/60'/0'/0/0"),
        ("", FIRST, "m/44'/60'/0'/0/0"),
    ],
)
async def test_a_phrase_is_found_with_its_path(path: str, address: object, full: str) -> None:
    found = await keychain(mnemonic=JUNK, mnemonic_derivation_path=path).look()
    assert found is not None
    assert (found.address, found.path, found.phrase) == (address, full, JUNK)
    assert JUNK not in repr(found)


async def test_nothing_is_found_without_a_store_or_items() -> None:
    assert await PeerKeychain(lambda: None).look() is None
    assert await keychain(eth_node_url='["https://rpc"]').look() is None


@pytest.mark.parametrize(
    ("items", "error"),
    [
        ({"private_key": KEY, "mnemonic": JUNK}, WalletError),
        ({"private_key": "12"}, InvalidKeyError),
        ({"mnemonic": "one two three"}, InvalidMnemonicError),
        ({"mnemonic": JUNK, "mnemonic_derivation_path": "m/x"}, UserInputError),
    ],
)
async def test_doubtful_items_are_refused(items: dict[str, str], error: type[NodeError]) -> None:
    with pytest.raises(error) as told:
        await keychain(**items).look()
    assert KEY not in told.value.message + told.value.hint


async def test_a_store_that_does_not_answer_is_told() -> None:
    with pytest.raises(KeyringUnavailableError):
        await PeerKeychain(lambda: DictStore(broken=True)).look()


def test_wrapped_items_are_read_as_they_were_stored() -> None:
    assert decoded("go-keyring-base64:" + base64.b64encode(KEY.encode()).decode()) == KEY
    assert decoded("go-keyring-encoded:" + KEY.encode().hex()) == KEY
    assert decoded(KEY.encode().decode("utf-16-le")) == KEY
    assert decoded(JUNK) == JUNK
    for damaged in ("go-keyring-base64:*", "go-keyring-encoded:0", "日本語"):
        with pytest.raises(WalletError):
            decoded(damaged)


class Backend:
    """A back end of the `keyring` library that notes what it was asked for."""

    __module__ = "keyring.backends.SecretService"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service: str, name: str) -> str | None:
        self.asked.append((service, name))
        return KEY if name == "private-key" else None


@pytest.mark.parametrize(
    ("platform", "service"),
    [("linux", "morpheus-proxy-router"), ("win32", "morpheus-proxy-router:private-key")],
)
async def test_items_are_asked_for_by_the_names_of_the_go_node(
    monkeypatch: pytest.MonkeyPatch, platform: str, service: str
) -> None:
    backend: Any = Backend()
    monkeypatch.setattr("keyring.get_keyring", lambda: backend)
    monkeypatch.setattr(peer_keychain.sys, "platform", platform)
    found = await PeerKeychain(peer_store).look()
    assert found is not None
    assert found.address == KEY_ADDRESS
    assert (service, "private-key") in backend.asked
