"""Derivation paths and keys against known wallets and an independent library."""

import pytest
from eth_account import Account
from eth_account.hdaccount import HDPath

from node.core.errors import InvalidKeyError, UserInputError
from node.wallet.derivation import (
    DEFAULT_PATH,
    Path,
    PathFamily,
    derive_addresses,
    derive_from_seed,
    derive_key,
    next_path,
)
from node.wallet.mnemonic import Mnemonic
from node.wallet.private_key import parse_private_key
from node.wallet.signer import KeySigner

JUNK = "test test test test test test test test test test test junk"
LEADING_ZERO_SEED = bytes.fromhex("00000000000000500000000000000000")


def address_at(mnemonic: Mnemonic, path: str, passphrase: str = "") -> str:
    return KeySigner(derive_key(mnemonic, Path.parse(path), passphrase)).address.checksum


def test_well_known_accounts() -> None:
    mnemonic = Mnemonic.parse(JUNK)
    assert address_at(mnemonic, "") == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert address_at(mnemonic, "1") == "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def test_keys_with_leading_zero_bytes_are_kept_whole() -> None:
    key = derive_from_seed(LEADING_ZERO_SEED, Path.parse(DEFAULT_PATH))
    assert KeySigner(key).address.checksum == "0xe39Be4d7E9D91D14e837589F3027798f3911A83c"


@pytest.mark.parametrize(
    "path", [DEFAULT_PATH, "m/44'/60'/0'/0/7", "m/44'/60'/3'/0/0", "m/0", "m/1'/2"]
)
@pytest.mark.parametrize("passphrase", ["", "TREZOR", "pässwörd"])
def test_same_keys_as_another_library(path: str, passphrase: str) -> None:
    mnemonic = Mnemonic.from_entropy(bytes(range(32)))
    expected = HDPath(path).derive(bytes(mnemonic.seed(passphrase)))
    assert bytes(derive_key(mnemonic, Path.parse(path), passphrase)) == expected


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", DEFAULT_PATH),
        ("0", DEFAULT_PATH),
        ("5", "m/44'/60'/0'/0/5"),
        ("0/3", "m/44'/60'/0'/0/0/3"),
        (" m / 44' / 60’ / 0h / 0 / 0x10 ", "m/44'/60'/0'/0/16"),
        ("m/2147483647'", "m/2147483647'"),
    ],
)
def test_paths_are_read_as_geth_reads_them(text: str, meaning: str) -> None:
    assert str(Path.parse(text)) == meaning


@pytest.mark.parametrize(
    "text",
    ["m", "m/", "/0", "m//0", "m/-1", "m/a", "m/2147483648", "m/0x80000000'", "m/0''", "44'/",
    "m/1.5",
     "m/" + "0/" * 40 + "0", "M/0", "m/٣"],
)  # fmt: skip
def test_other_paths_are_refused(text: str) -> None:
    with pytest.raises(UserInputError) as caught:
        Path.parse(text)
    assert caught.value.code == "input.derivation_path"


def test_account_moves_the_last_step() -> None:
    assert str(Path.parse("").account(4)) == "m/44'/60'/0'/0/4"
    assert str(Path.parse("m/44'/60'/0'").account(2)) == "m/44'/60'/2'"
    for path, number in (
        (Path.parse(""), -1),
        (Path.parse("m/2147483647"), 1),
        (Path.parse("m/2147483647'"), 1),
    ):
        with pytest.raises(UserInputError):
            path.account(number)


@pytest.mark.parametrize(
    ("family", "paths"),
    [
        (PathFamily.standard(), ["m/44'/60'/0'/0/0", "m/44'/60'/0'/0/1"]),
        (PathFamily.ledger(), ["m/44'/60'/0'/0/0", "m/44'/60'/1'/0/0"]),
        (PathFamily.custom("m/44'/60'/0'"), ["m/44'/60'/0'", "m/44'/60'/1'"]),
        (PathFamily.custom("m/44'/60'/0'/i"), ["m/44'/60'/0'/0", "m/44'/60'/0'/1"]),
        (PathFamily.custom("m/44'/1'/i'/7"), ["m/44'/1'/0'/7", "m/44'/1'/1'/7"]),
        (PathFamily.custom("3"), ["m/44'/60'/0'/0/3", "m/44'/60'/0'/0/4"]),
    ],
)
def test_addresses_are_those_of_another_library(family: PathFamily, paths: list[str]) -> None:
    found = [family.at(number) for number in range(2)]
    assert [str(path) for path in found] == paths
    Account.enable_unaudited_hdwallet_features()
    expected = [
        Account.from_mnemonic(JUNK, passphrase="é", account_path=path).address for path in paths
    ]
    addresses = derive_addresses(Mnemonic.parse(JUNK), found, "é")
    assert [address.checksum for address in addresses] == expected


@pytest.mark.parametrize("text", ["m/i/i", "m/x", "/i", "m/-1", "m/44'/i/i'", "i/m"])
def test_paths_nobody_can_count_are_refused(text: str) -> None:
    with pytest.raises(UserInputError) as told:
        PathFamily.custom(text)
    assert told.value.code == "input.derivation_path"


@pytest.mark.parametrize(
    ("used", "following"),
    [
        ([], "m/44'/60'/0'/0/0"),
        (["m/44'/60'/0'/0/0"], "m/44'/60'/0'/0/1"),
        (["m/44'/60'/0'/0/5", "m/44'/60'/0'/0/0"], "m/44'/60'/0'/0/1"),
        (["m/44'/60'/0'/0/0", "m/44'/60'/1'/0/0"], "m/44'/60'/2'/0/0"),
        (["m/44'/60'/0'"], "m/44'/60'/1'"),
    ],
)
def test_the_next_account_follows_those_in_use(used: list[str], following: str) -> None:
    assert str(next_path([Path.parse(text) for text in used])) == following


@pytest.mark.parametrize("text", ["0x" + "1f" * 32, "1F" * 32, "  0X" + "1f" * 32 + "\n"])
def test_private_keys_are_read(text: str) -> None:
    assert parse_private_key(text) == bytes.fromhex("1f" * 32)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1f" * 31 + "1", "A private key has 64 hex characters; this has 63."),
        ("0x" + "1f" * 33, "A private key has 64 hex characters; this has 66."),
        ("", "A private key has 64 hex characters; this has 0."),
        ("1f" * 31 + "1g", "A private key has only digits and the letters a to f."),
        ("1f" * 16 + " " + "1f" * 16, "A private key has only digits and the letters a to f."),
        (JUNK, "This looks like a recovery phrase."),
        ("00" * 32, "This number is no private key: it is zero or too large."),
        ("ff" * 32, "This number is no private key: it is zero or too large."),
    ],
)
def test_wrong_private_keys_say_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(InvalidKeyError) as caught:
        parse_private_key(text)
    assert caught.value.message == message
    if text:
        assert text not in f"{caught.value!r} {caught.value.hint} {caught.value.details}"
