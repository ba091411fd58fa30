"""Version 3 keystores of strangers: whatever they hold, no work before the limits are checked."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import KeystoreFormatError, WrongPasswordError
from node.wallet import secret_box
from node.wallet.backup_file import BackupFile
from node.wallet.keystore import keystore_fields, open_keystore, parse_keystore
from node.wallet.secret_box import ScryptCost
from node.wallet.wallet_file import WalletFile

KEY = bytes.fromhex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")
CHEAP = ScryptCost(n=2, r=8, p=1)
GOOD: dict[str, Any] = keystore_fields(KEY, "pw", CHEAP)
SECTION: dict[str, Any] = {
    "protection": "password",
    "path": "m/44'/60'/0'/0/0",
    "phrase": None,
    "keyring_entry": "",
    "created_at": 1,
    "label": "x",
    "group": "g",
    "hidden": False,
    "backed_up": True,
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=40),
    st.binary(max_size=40).map(bytes.hex),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
PLACES = (
    ("version",),
    ("address",),
    ("crypto",),
    ("crypto", "cipher"),
    ("crypto", "cipherparams"),
    ("crypto", "cipherparams", "iv"),
    ("crypto", "ciphertext"),
    ("crypto", "kdf"),
    ("crypto", "kdfparams"),
    ("crypto", "kdfparams", "n"),
    ("crypto", "kdfparams", "r"),
    ("crypto", "kdfparams", "p"),
    ("crypto", "kdfparams", "dklen"),
    ("crypto", "kdfparams", "salt"),
    ("crypto", "mac"),
)


class Work:
    """Stands in for the functions that cost memory and time; notes what they were asked for."""

    def __init__(self) -> None:
        self.costs: list[ScryptCost] = []
        self.rounds: list[int] = []

    def scrypt(self, _password: str, _salt: bytes, cost: ScryptCost, length: int) -> bytes:
        self.costs.append(cost)
        return bytes(length)

    def pbkdf2(self, _name: str, _password: bytes, _salt: bytes, rounds: int, length: int) -> bytes:
        self.rounds.append(rounds)
        return bytes(length)

    def assert_bounded(self) -> None:
        for cost in self.costs:
            assert cost.n * cost.r <= 2**23
            assert 1 <= cost.p <= 16
            assert cost.n >= 2
            assert cost.n & (cost.n - 1) == 0
        assert all(1 <= rounds <= 10**7 for rounds in self.rounds)


@pytest.fixture(scope="module")
def work() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        noted = Work()
        patch.setattr(secret_box, "_scrypt", noted.scrypt)
        patch.setattr(hashlib, "pbkdf2_hmac", noted.pbkdf2)
        yield noted


def opened(text: str, password: str) -> bytes | None:
    """The key, None for a declared error."""
    try:
        return bytes(open_keystore(parse_keystore(text), password))
    except (KeystoreFormatError, WrongPasswordError) as error:
        assert error.message
        assert error.hint
        return None


def replaced(base: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(base))
    inside = copy
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    return copy


@settings(max_examples=2500)
@given(
    n=st.one_of(st.integers(0, 2**32), st.integers(0, 40).map(lambda bits: 2**bits)),
    r=st.one_of(st.integers(-1, 2**31), st.integers(0, 33).map(lambda bits: 2**bits)),
    p=st.one_of(st.integers(-1, 40), st.integers(0, 2**32)),
    dklen=st.sampled_from((32, 32, 32, 16, 64, 65, 2**31)),
)
def test_scrypt_bombs_are_refused_before_any_work(
    work: Work, n: int, r: int, p: int, dklen: int
) -> None:
    params = {**GOOD["crypto"]["kdfparams"], "n": n, "r": r, "p": p, "dklen": dklen}
    before = len(work.costs)
    assert opened(json.dumps(replaced(GOOD, ("crypto", "kdfparams"), params)), "pw") is None
    work.assert_bounded()
    fits = n >= 2 and n & (n - 1) == 0 and n * r <= 2**23 and 0 < r <= 1024 and 0 < p <= 16
    assert (len(work.costs) > before) == (fits and 32 <= dklen <= 64)


@settings(max_examples=800)
@given(rounds=st.one_of(st.integers(-1, 2 * 10**7), st.integers(0, 2**70)))
def test_pbkdf2_bombs_are_refused_before_any_work(work: Work, rounds: int) -> None:
    params = {"c": rounds, "dklen": 32, "prf": "hmac-sha256", "salt": "00" * 32}
    fields = replaced(replaced(GOOD, ("crypto", "kdf"), "pbkdf2"), ("crypto", "kdfparams"), params)
    before = len(work.rounds)
    assert opened(json.dumps(fields), "pw") is None
    work.assert_bounded()
    assert (len(work.rounds) > before) == (1 <= rounds <= 10**7)


@settings(max_examples=2500)
@given(place=st.sampled_from(PLACES), value=ODD)
def test_wrong_types_and_values_end_in_a_declared_error(
    work: Work, place: tuple[str, ...], value: Any
) -> None:
    opened(json.dumps(replaced(GOOD, place, value)), "pw")
    work.assert_bounded()


@settings(max_examples=1500)
@given(
    start=st.integers(0, len(json.dumps(GOOD))),
    length=st.integers(0, 60),
    junk=st.text(max_size=8),
)
def test_cut_and_changed_texts_never_give_another_key(
    work: Work, start: int, length: int, junk: str
) -> None:
    text = json.dumps(GOOD)
    opened(text[:start] + junk + text[start + length :], "pw")
    opened(text[:start], "pw")
    work.assert_bounded()


@settings(max_examples=2000)
@given(name=st.sampled_from((*SECTION, "protected_at")), value=ODD)
def test_our_own_section_is_read_or_refused(name: str, value: Any) -> None:
    fields = {**GOOD, "morpheus": {**SECTION, name: value}}
    try:
        file = WalletFile.from_bytes(json.dumps(fields).encode())
    except KeystoreFormatError as error:
        assert error.hint
        return
    assert WalletFile.from_bytes(file.to_bytes()) == file
    assert len(file.label) <= 60
    assert file.label.isprintable()


@settings(max_examples=700)
@given(
    name=st.sampled_from(("format", "version", "created_at", "active", "accounts")),
    value=ODD | st.lists(ODD, max_size=2),
)
def test_backups_are_read_or_refused(name: str, value: Any) -> None:
    content = {
        "format": "morpheus-desktop-backup",
        "version": 1,
        "created_at": 1,
        "active": "",
        "accounts": [{**GOOD, "morpheus": SECTION}],
    }
    try:
        backup = BackupFile.parse(json.dumps({**content, name: value}))
    except KeystoreFormatError as error:
        assert error.hint
        return
    assert backup.accounts
