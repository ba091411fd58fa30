"""Known secrets pushed through everything the wallet does: none may come out anywhere."""

import base64
import json
import logging
from pathlib import Path

import pytest

from node.core.clock import FakeClock
from node.core.errors import NodeError
from node.wallet.derivation import Path as DerivationPath
from node.wallet.derivation import derive_key
from node.wallet.keystore import encrypt_keystore
from node.wallet.mnemonic import Mnemonic
from node.wallet.safekeeping import Lock
from node.wallet.secret_box import ScryptCost
from node.wallet.vault import Safekeeping, Vault
from tests.unit.wallet.folders import contents
from tests.unit.wallet.stores import DictStore

PHRASE = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"
PASSWORD = "canary password never to be seen"
NEW_PASSWORD = "second canary never to be seen"
KEY = bytes(derive_key(Mnemonic.parse(PHRASE), DerivationPath.parse("")))
CHEAP = ScryptCost(n=2, r=8, p=1)

SECRETS = [
    KEY,
    KEY.hex().encode(),
    KEY.hex().upper().encode(),
    str(int.from_bytes(KEY, "big")).encode(),
    base64.b64encode(KEY),
    b"zoo zoo",
    PASSWORD.encode(),
    NEW_PASSWORD.encode(),
]


def leaks(blob: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in blob]


async def fails(attempt: object) -> str:
    """All texts of the error that `attempt` ends in, as a log or a report would hold them."""
    try:
        await attempt  # type: ignore[misc]
    except NodeError as error:
        return f"{error!r} {error} {error.hint} {error.details} {error.__dict__}"
    raise AssertionError("nothing failed")


async def test_secrets_stay_inside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    store = DictStore()
    vault = Vault(tmp_path, FakeClock(), store, cost=CHEAP)
    keep = Safekeeping(password=PASSWORD, keep_phrase=True)
    texts = [repr(keep)]
    await vault.import_phrase(PHRASE, keep)
    signer = vault.auto_lock.for_transactions()
    texts += [repr(signer), repr(vault), repr(vault.signer), repr(vault.status()), str(signer)]
    texts += [repr(await vault.reveal_phrase(PASSWORD)), repr(Lock(password=PASSWORD, entry="e"))]
    texts += [repr(vars(vault)), repr(vars(vault.auto_lock)), repr(vars(vault._keeper))]
    texts += [
        await fails(vault.import_private_key(KEY.hex(), keep)),
        await fails(vault.import_private_key(KEY.hex() + "0", keep)),
        await fails(vault.import_private_key(PHRASE, keep)),
        await fails(vault.import_phrase(PHRASE + " zoo", keep)),
        await fails(vault.import_phrase(PHRASE.replace("wrong", "zoo"), keep)),
        await fails(vault.unlock(PASSWORD + "x")),
        await fails(vault.unlock(PASSWORD + "x")),
        await fails(vault.export_keystore(NEW_PASSWORD, PASSWORD)),
        await fails(vault.import_keystore(json.dumps({"key": KEY.hex()}), PASSWORD, keep)),
    ]
    vault._keeper._attempts.succeeded()
    texts.append(await vault.export_keystore(PASSWORD, NEW_PASSWORD))
    await vault.change_protection(PASSWORD, Safekeeping(password=NEW_PASSWORD))
    await vault.change_protection(NEW_PASSWORD, Safekeeping(use_keyring=True))
    await vault.import_private_key(KEY.hex(), Safekeeping(password=PASSWORD, replace=True))
    foreign = await encrypt_keystore(KEY, PASSWORD, cost=CHEAP)
    replacing = Safekeeping(use_keyring=True, replace=True)
    await vault.import_keystore(foreign, PASSWORD, replacing)
    vault.lock()

    files = contents(tmp_path)
    assert sorted(files)[:2] == ["replaced-1.json", "replaced-2.json"]
    entries = " ".join(store.entries.values())
    out, err = capfd.readouterr()
    sinks = [*files.values(), *(text.encode() for text in [*texts, caplog.text, out, err, entries])]
    for sink in sinks:
        assert leaks(sink) == [], sink[:200]
    # The random passwords of the secret store must not lie beside the files they open.
    for secret in store.entries.values():
        assert all(secret.encode() not in content for content in files.values())


def test_the_canary_would_be_found() -> None:
    assert leaks(b"..." + KEY.hex().encode() + b"...")
    assert leaks(f"the phrase is {PHRASE}".encode())
