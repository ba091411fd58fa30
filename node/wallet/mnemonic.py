"""Recovery phrases of BIP-39: creating, checking, turning into a seed."""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from node.core.errors import InvalidMnemonicError
from node.wallet import wordlist

WORD_COUNTS = (12, 15, 18, 21, 24)
MAX_INPUT = 512
_BITS_PER_WORD = 11
_SEED_ROUNDS = 2048


@dataclass(frozen=True, slots=True, repr=False)
class Mnemonic:
    """A checked phrase. Holds a secret: keep it no longer than needed, show it only on request."""

    words: tuple[str, ...]

    @classmethod
    def generate(cls, num_words: int = 12) -> "Mnemonic":
        """Make a new phrase from the system's random numbers; 12 words hold 128 bits, 24 hold 256.

        Raises:
            InvalidMnemonicError: `num_words` is not in `WORD_COUNTS`.
        """
        if num_words not in WORD_COUNTS:
            raise InvalidMnemonicError("A phrase has 12, 15, 18, 21 or 24 words.")
        return cls.from_entropy(secrets.token_bytes(num_words * 4 // 3))

    @classmethod
    def from_entropy(cls, entropy: bytes) -> "Mnemonic":
        """Phrase of 16 to 32 bytes (a multiple of 4)."""
        if len(entropy) * 3 // 4 not in WORD_COUNTS or len(entropy) % 4:
            raise InvalidMnemonicError("A phrase holds 16, 20, 24, 28 or 32 bytes.")
        checksum_bits = len(entropy) // 4
        checksum = hashlib.sha256(entropy).digest()[0] >> (8 - checksum_bits)
        number = int.from_bytes(entropy, "big") << checksum_bits | checksum
        count = len(entropy) * 3 // 4
        shifts = range((count - 1) * _BITS_PER_WORD, -1, -_BITS_PER_WORD)
        return cls(tuple(wordlist.words()[number >> shift & 0x7FF] for shift in shifts))

    @classmethod
    def parse(cls, text: str) -> "Mnemonic":
        """Read what a person typed: any spacing and case.

        Raises:
            InvalidMnemonicError: wrong number of words (`input.mnemonic_count`), a word that is not
                in the list (`input.mnemonic_word`; details `position` from 1 and `suggestions`),
                or words that do not fit together (`input.mnemonic_checksum`; details `positions`
                names the likely slips).
        """
        if len(text) > MAX_INPUT:
            raise _count_error("Too much text for a recovery phrase.")
        found = unicodedata.normalize("NFKD", text).lower().split()
        for position, word in enumerate(found, start=1):
            if word not in wordlist.index_by_word():
                _refuse_word(position, word, len(found))
        if len(found) not in WORD_COUNTS:
            raise _count_error(_count_text(len(found)))
        if not _checksum_fits(found):
            _refuse_checksum(found)
        return cls(tuple(found))

    @property
    def phrase(self) -> str:
        return " ".join(self.words)

    def seed(self, passphrase: str = "") -> bytearray:
        """The 64-byte seed of BIP-32. The caller wipes it. Takes about a millisecond."""
        salt = "mnemonic" + unicodedata.normalize("NFKD", passphrase)
        return bytearray(
            hashlib.pbkdf2_hmac("sha512", self.phrase.encode(), salt.encode(), _SEED_ROUNDS)
        )

    def __repr__(self) -> str:
        return f"<Mnemonic of {len(self.words)} words>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a recovery phrase is never pickled or copied")


def _checksum_fits(found: Sequence[str]) -> bool:
    number = 0
    for word in found:
        number = number << _BITS_PER_WORD | wordlist.index_by_word()[word]
    checksum_bits = len(found) // 3
    entropy = (number >> checksum_bits).to_bytes(len(found) * 4 // 3, "big")
    expected = hashlib.sha256(entropy).digest()[0] >> (8 - checksum_bits)
    return number & ((1 << checksum_bits) - 1) == expected


def _count_text(count: int) -> str:
    noun = "word" if count == 1 else "words"
    return f"{count} {noun} found, 12, 15, 18, 21 or 24 are needed."


def _count_error(message: str) -> InvalidMnemonicError:
    return InvalidMnemonicError(
        message,
        hint="Look for a missing word or two words run together.",
        code="input.mnemonic_count",
    )


def _refuse_word(position: int, word: str, count: int) -> NoReturn:
    suggestions = wordlist.similar(word, 3)
    if suggestions:
        hint = f"Did you mean “{suggestions[0]}”?"
    elif count not in WORD_COUNTS:
        raise _count_error(_count_text(count))
    else:
        hint = "Recovery phrases use a fixed list of English words. Check the spelling."
    raise InvalidMnemonicError(
        f"Word {position} “{word[:24]}” is not in the list.",
        hint=hint,
        code="input.mnemonic_word",
        details={"position": position, "suggestions": suggestions},
    )


def _refuse_checksum(found: list[str]) -> NoReturn:
    positions = _likely_slips(found)
    hint = "Check order and look-alike words."
    if positions:
        hint += " Likely: word " + ", ".join(map(str, positions)) + "."
    raise InvalidMnemonicError(
        "All words are known but do not fit together.",
        hint=hint,
        code="input.mnemonic_checksum",
        details={"positions": positions},
    )


def _likely_slips(found: list[str]) -> list[int]:
    """Up to three positions (from 1) where a look-alike word makes the whole phrase fit."""
    positions: list[int] = []
    for index, word in enumerate(found):
        for other in wordlist.similar(word, 3):
            if _checksum_fits([*found[:index], other, *found[index + 1 :]]):
                positions.append(index + 1)
                break
        if len(positions) == 3:
            break
    return positions
