"""Version 3 keystores: read and written by other programs, hostile ones refused."""

import json
import time
from typing import Any

import eth_keyfile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.core.errors import KeystoreFormatError, WrongPasswordError
from node.wallet.keystore import decrypt_keystore, encrypt_keystore
from node.wallet.secret_box import STANDARD_COST, ScryptCost

KEY = bytes.fromhex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")
CHEAP = ScryptCost(n=2, r=8, p=1)

# The two vectors of the Web3 Secret Storage definition; password "testpassword".
PBKDF2: dict[str, Any] = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {
            "c": 262144,
            "dklen": 32,
            "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}
SCRYPT: dict[str, Any] = {
    "crypto": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {
            "dklen": 32,
            "n": 262144,
            "p": 8,
            "r": 1,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
        },
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
    },
    "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
    "version": 3,
}


def changed(base: dict[str, Any], **members: Any) -> str:
    """`base` with members of its crypto section replaced; `__` goes one level down."""
    copy: dict[str, Any] = json.loads(json.dumps(base))
    for name, value in members.items():
        *sections, last = name.split("__")
        target = copy["crypto"]
        for section in sections:
            target = target[section]
        target[last] = value
    return json.dumps(copy)


@pytest.mark.parametrize("vector", [PBKDF2, SCRYPT], ids=["pbkdf2", "scrypt"])
async def test_published_vectors_open(vector: dict[str, Any]) -> None:
    assert await decrypt_keystore(json.dumps(vector), "testpassword") == KEY
    with pytest.raises(WrongPasswordError):
        await decrypt_keystore(json.dumps(vector), "testpasswore")


async def test_other_spellings_of_the_format_open() -> None:
    """MetaMask and MyEtherWallet: `Crypto`, prefixes, upper case, extra members, text version."""
    fields = json.loads(await encrypt_keystore(KEY, "pw", cost=CHEAP))
    crypto = fields.pop("crypto")
    crypto["mac"] = "0x" + crypto["mac"].upper()
    crypto["ciphertext"] = crypto["ciphertext"].upper()
    other = {
        **fields,
        "Crypto": crypto,
        "address": "0x" + fields["address"],
        "version": "3",
        "x": {},
    }
    assert await decrypt_keystore(json.dumps(other), "pw") == KEY
    del other["address"]
    assert await decrypt_keystore(json.dumps(other).encode(), "pw") == KEY


async def test_standard_file_is_scrypt_and_opens_elsewhere() -> None:
    text = await encrypt_keystore(KEY, "correct horse battery")
    fields = json.loads(text)
    assert fields["crypto"]["kdf"] == "scrypt"
    params = fields["crypto"]["kdfparams"]
    assert (params["n"], params["r"], params["p"], params["dklen"]) == (262144, 8, 1, 32)
    assert ScryptCost(262144, 8, 1) == STANDARD_COST
    assert eth_keyfile.decode_keyfile_json(fields, b"correct horse battery") == KEY
    assert KEY.hex() not in text


async def test_files_of_another_library_open() -> None:
    for kdf, work in (("scrypt", 2), ("pbkdf2", 1000)):
        fields = eth_keyfile.create_keyfile_json(KEY, "päss".encode(), kdf=kdf, iterations=work)
        assert await decrypt_keystore(json.dumps(fields), "päss") == KEY


async def test_two_files_of_one_key_share_nothing() -> None:
    first, second = [json.loads(await encrypt_keystore(KEY, "pw", cost=CHEAP)) for _ in range(2)]
    for name in ("ciphertext", "mac"):
        assert first["crypto"][name] != second["crypto"][name]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    "members",
    [
        {"kdfparams__n": 2**21, "kdfparams__r": 8},
        {"kdfparams__n": 2**30},
        {"kdfparams__n": 2, "kdfparams__r": 2**22},
        {"kdfparams__n": 2, "kdfparams__r": 8, "kdfparams__p": 17},
        {"kdf": "pbkdf2", "kdfparams": {**PBKDF2["crypto"]["kdfparams"], "c": 10**7 + 1}},
    ],
)
async def test_memory_and_time_bombs_are_refused_at_once(members: dict[str, Any]) -> None:
    started = time.monotonic()
    with pytest.raises(KeystoreFormatError) as caught:
        await decrypt_keystore(changed(SCRYPT, **members), "testpassword")
    assert caught.value.code == "wallet.keystore_limits"
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "members",
    [
        {"cipher": "aes-128-cbc"},
        {"cipherparams": None},
        {"cipherparams__iv": "00"},
        {"ciphertext": 5},
        {"ciphertext": "zz"},
        {"mac": "00"},
        {"mac": None},
        {"kdf": "argon2"},
        {"kdf": None},
        {"kdfparams": []},
        {"kdfparams__n": 3},
        {"kdfparams__n": 1},
        {"kdfparams__n": True},
        {"kdfparams__n": 1024.0},
        {"kdfparams__n": -1024},
        {"kdfparams__r": 0},
        {"kdfparams__dklen": 16},
        {"kdfparams__dklen": 10**6},
        {"kdfparams__salt": None},
        {"kdf": "pbkdf2", "kdfparams": {**PBKDF2["crypto"]["kdfparams"], "prf": "hmac-sha1"}},
    ],
)
async def test_damaged_files_are_named_as_such(members: dict[str, Any]) -> None:
    with pytest.raises(KeystoreFormatError):
        await decrypt_keystore(changed(SCRYPT, **members), "testpassword")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "null", '{"version":3}', '{"version":1,"crypto":{}}', "[" * 50_000,
     '{"version":3,"crypto":{}, "pad":"' + "x" * 70_000 + '"}', "\ufeff{}"],
)  # fmt: skip
async def test_other_files_are_no_wallet(text: str) -> None:
    with pytest.raises(KeystoreFormatError):
        await decrypt_keystore(text, "pw")


async def test_an_exchanged_address_is_found() -> None:
    fields = json.loads(await encrypt_keystore(KEY, "pw", cost=CHEAP))
    for address in ("11" * 20, "zz" * 20, "11"):
        with pytest.raises(KeystoreFormatError):
            await decrypt_keystore(json.dumps({**fields, "address": address}), "pw")


async def test_a_sealed_text_that_is_no_key_is_refused() -> None:
    from node.wallet.secret_box import seal_box

    for secret in (b"too short", bytes(32), b"\xff" * 32):
        text = json.dumps({"version": 3, "crypto": seal_box(secret, "pw", CHEAP)})
        with pytest.raises(KeystoreFormatError):
            await decrypt_keystore(text, "pw")


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, 10_000), replacement=st.characters(codec="utf-8"))
async def test_one_wrong_character_never_gives_another_key(position: int, replacement: str) -> None:
    # Built once: hypothesis repeats only the change.
    index = position % len(ONE_FILE)
    text = ONE_FILE[:index] + replacement + ONE_FILE[index + 1 :]
    try:
        key = await decrypt_keystore(text, "pw")
    except (KeystoreFormatError, WrongPasswordError):
        return
    assert key == KEY


def _one_file() -> str:
    from node.wallet.keystore import keystore_fields

    return json.dumps(keystore_fields(KEY, "pw", CHEAP))


ONE_FILE = _one_file()
