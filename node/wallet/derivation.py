"""Keys of a recovery phrase: derivation paths and the tree of BIP-32."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

import coincurve

from node.core.errors import InvalidKeyError, UserInputError
from node.core.ids import Address
from node.wallet.mnemonic import Mnemonic
from node.wallet.signer import KeySigner

DEFAULT_PATH = "m/44'/60'/0'/0/0"
_RELATIVE_ROOT = "m/44'/60'/0'/0"
_HARDENED = 0x80000000
_MAX_DEPTH = 32
_STEP = re.compile(r"(0x[0-9a-f]{1,8}|[0-9]{1,10})\s*(['’hH]?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Path:
    """Child numbers from the master key down; 2**31 and above are hardened."""

    steps: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Path":
        """Read `m/44'/60'/0'/0/0`, or a path relative to `m/44'/60'/0'/0`: `1` is the second
        account.

        These are the rules of go-ethereum. Empty text is the default path.

        Raises:
            UserInputError: code `input.derivation_path`.
        """
        parts = [part.strip() for part in (text.strip() or DEFAULT_PATH).split("/")]
        if parts[0] == "":
            raise _bad_path("A path starts with m/, or with a number when it is relative.")
        if parts[0] != "m":
            parts = [*_RELATIVE_ROOT.split("/"), *parts]
        if not 1 < len(parts) <= _MAX_DEPTH:
            raise _bad_path("This path is too short or too long.")
        return cls(tuple(_step(part) for part in parts[1:]))

    def account(self, number: int) -> "Path":
        """The path `number` accounts further: its last child number plus `number`."""
        last = self.steps[-1] + number
        if number < 0 or (last ^ self.steps[-1]) & _HARDENED or last >= 2**32:
            raise _bad_path("This account number is out of range.")
        return Path((*self.steps[:-1], last))

    def __str__(self) -> str:
        return "m/" + "/".join(
            f"{step - _HARDENED}'" if step >= _HARDENED else str(step) for step in self.steps
        )


@dataclass(frozen=True, slots=True)
class PathFamily:
    """Paths that differ in one step: the accounts of a phrase as one wallet numbers them.

    `counts` is the place of that step in `first`.
    """

    first: Path
    counts: int

    @classmethod
    def standard(cls) -> "PathFamily":
        """m/44'/60'/0'/0/i"""
        return cls(Path.parse(DEFAULT_PATH), 4)

    @classmethod
    def ledger(cls) -> "PathFamily":
        """m/44'/60'/i'/0/0"""
        return cls(Path.parse(DEFAULT_PATH), 2)

    @classmethod
    def custom(cls, text: str) -> "PathFamily":
        """A path whose last number grows, or the one in whose place the letter i stands.

        Raises:
            UserInputError: code `input.derivation_path`.
        """
        parts = [part.strip() for part in text.strip().split("/")]
        places = [place for place, part in enumerate(parts) if part.rstrip("'’hH") == "i"]
        if len(places) > 1:
            raise _bad_path("The letter i stands for one number of a path.")
        first = Path.parse(re.sub(r"(^|/)(\s*)i", r"\g<1>0", text))
        # A relative path was completed in front.
        from_end = len(parts) - places[0] if places else 1
        return cls(first, len(first.steps) - from_end)

    def at(self, number: int) -> Path:
        """The path of account `number`, from 0. Raises UserInputError when out of range."""
        step = self.first.steps[self.counts]
        moved = Path((*self.first.steps[: self.counts], step)).account(number)
        return Path((*moved.steps, *self.first.steps[self.counts + 1 :]))


def account_family(path: Path) -> PathFamily:
    """The way of numbering that `path` belongs to, from its account 0 on."""
    if len(path.steps) == 5 and path.steps[3:] == (0, 0) and path.steps[2] != _HARDENED:
        return PathFamily.ledger()
    last = path.steps[-1] & _HARDENED
    return PathFamily(Path((*path.steps[:-1], last)), len(path.steps) - 1)


def derive_key(mnemonic: Mnemonic, path: Path, passphrase: str = "") -> bytearray:
    """The private key (32 bytes) of the phrase at `path`. The caller wipes it.

    Raises:
        InvalidKeyError: this path has no key (chance 2**-127 per step; BIP-32 says: take the next).
    """
    seed = mnemonic.seed(passphrase)
    try:
        return derive_from_seed(bytes(seed), path)
    finally:
        seed[:] = bytes(len(seed))


def derive_from_seed(seed: bytes, path: Path) -> bytearray:
    """As `derive_key`, from the seed of BIP-32 itself (16 to 64 bytes)."""
    node = hmac.digest(b"Bitcoin seed", seed, "sha512")
    try:
        key = coincurve.PrivateKey(node[:32])
        chain_code = node[32:]
        for step in path.steps:
            key, chain_code = _child(key, chain_code, step)
    except ValueError as error:
        raise InvalidKeyError(
            "This path has no key.", hint="Take the next account number."
        ) from error
    return bytearray(key.secret)


def derive_addresses(
    mnemonic: Mnemonic, paths: Sequence[Path], passphrase: str = ""
) -> list[Address]:
    """The addresses of the phrase at `paths`, in order. About a millisecond each."""
    seed = mnemonic.seed(passphrase)
    found = []
    try:
        for path in paths:
            key = derive_from_seed(bytes(seed), path)
            signer = KeySigner(key)
            key[:] = bytes(len(key))
            found.append(signer.address)
            signer.destroy()
    finally:
        seed[:] = bytes(len(seed))
    return found


def next_path(used: Sequence[Path]) -> Path:
    """Where the next account of a phrase is: one further than the last of those in use."""
    if not used:
        return Path.parse("")
    last = max(used, key=lambda path: path.steps)
    family = account_family(last)
    number = 0
    while (path := family.at(number)) in used:
        number += 1
    return path


def _child(
    parent: coincurve.PrivateKey, chain_code: bytes, step: int
) -> tuple[coincurve.PrivateKey, bytes]:
    if step >= _HARDENED:
        data = b"\x00" + parent.secret
    else:
        data = parent.public_key.format(compressed=True)
    node = hmac.digest(chain_code, data + step.to_bytes(4, "big"), "sha512")
    # Raises ValueError when the tweak or the sum is no key; keeps leading zero bytes.
    return parent.add(node[:32]), node[32:]


def _step(text: str) -> int:
    match = _STEP.fullmatch(text)
    if match is None:
        raise _bad_path(f"“{text[:16]}” is no step of a path.")
    number = int(match[1], 0) if match[1].startswith("0x") else int(match[1])
    if number >= _HARDENED:
        raise _bad_path("A step of a path is below 2147483648.")
    return number + _HARDENED if match[2] else number


def _bad_path(message: str) -> UserInputError:
    return UserInputError(
        message, hint=f"For example {DEFAULT_PATH}.", code="input.derivation_path"
    )
