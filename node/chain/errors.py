"""Revert data of the contracts to errors in the user's words.

Known are all custom errors of the facets in both spellings (older deployments misspell four names),
the built-in `Error(string)` and `Panic(uint256)`, and the empty revert of malformed approval or
report bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from node.chain.abi.abi_types import AbiError
from node.chain.abi.codec import Function
from node.chain.error_words import BY_TEXT, WORDS, Words
from node.core.errors import RevertedError
from node.core.units import Mor

MAX_REASON_CHARS = 300

_SIGNATURES = """
ProviderHasActiveBids()
ProviderHasAlreadyDeregistered()
ProviderNoStake()
ProviderNotDeregistered()
ProviderNotFound()
ProviderNothingToWithdraw()
ProviderStakeTooLow(uint256,uint256)
ModelHasActiveBids()
ModelHasAlreadyDeregistered()
ModelNotFound()
ModelStakeTooLow(uint256,uint256)
MarketplaceActiveBidNotFound()
MarketplaceBidMinPricePerSecondIsInvalid()
MarketplaceBidMinPricePerSecondIsZero()
MarketplaceBidPricePerSecondInvalid()
MarketplaceFeeAmountIsZero()
MarketplaceModelNotFound()
MarketplaceProviderNotFound()
SessionAlreadyClosed()
SessionApproveExpired()
SessionApprovedForAnotherChainId()
SessionApprovedForAnotherUser()
SessionBidNotFound()
SessionDuplicateApproval()
SessionMaxDurationTooShort()
SessionNotEndedOrNotExist()
SessionPoolIndexOutOfBounds()
SessionProviderNothingToClaimInThisPeriod()
SessionProviderSignatureMismatch()
SessionReceiptExpired()
SessionReceiptForAnotherChainId()
SessionStakeTooLow()
SessionTooShort()
SessionUserAmountToWithdrawIsZero()
InsufficientRightsForOperation(address,address)
OwnableUnauthorizedAccount(address)
SesssionApproveExpired()
SesssionApprovedForAnotherChainId()
SesssionReceiptExpired()
SesssionReceiptForAnotherChainId()
Error(string)
Panic(uint256)
"""

_BY_SELECTOR: Mapping[bytes, Function] = MappingProxyType(
    {item.selector: item for item in map(Function.parse, _SIGNATURES.split())}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """A decoded refusal.

    `name` is the error's name in today's spelling, "" for empty or unknown data.
    """

    name: str
    arguments: tuple[Any, ...] = ()

    @property
    def reason(self) -> str:
        """The error's name; for `Error(string)` its text, for `Panic` its code; "" when empty."""
        if self.name == "Error":
            return clean_text(str(self.arguments[0]))
        if self.name == "Panic":
            return f"Panic(0x{self.arguments[0]:02x})"
        return self.name


def clean_text(text: str) -> str:
    """Outside text for details: printable characters only, one line, at most 300 of them."""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_REASON_CHARS]).strip()


def decode_revert(data: bytes) -> Revert:
    """Decode revert data. Never raises: unknown or broken data gives an empty name."""
    known = _BY_SELECTOR.get(data[:4])
    if known is None:
        return Revert(name="")
    try:
        arguments = known.decode_arguments(data)
    except AbiError:
        return Revert(name="")
    name = known.signature.partition("(")[0].replace("Sesssion", "Session", 1)
    return Revert(name=name, arguments=arguments)


def is_known_selector(data: bytes) -> bool:
    return data[:4] in _BY_SELECTOR


def reverted(data: bytes, text: str = "") -> RevertedError:
    """The error for revert data. `text` is the node's own message, used where data says nothing."""
    revert = decode_revert(data)
    reason = revert.reason or _reason_in_text(text) or ("unknown" if data else "")
    words = _words_for(revert, reason)
    error = RevertedError(words.message, reason=reason or "empty", hint=words.hint, code=words.code)
    error.details["data"] = ("0x" + data.hex())[:MAX_REASON_CHARS]
    return error


def _reason_in_text(text: str) -> str:
    """The reason that nodes put behind `execution reverted:` when they send no data."""
    _, mark, rest = text.partition("revert")
    reason = clean_text(rest.partition(":")[2] if mark else "")
    if reason.endswith("()"):
        reason = reason[:-2]
    return reason.replace("Sesssion", "Session", 1)


def _words_for(revert: Revert, reason: str) -> Words:
    special = _WITH_ARGUMENTS.get(revert.name)
    if special is not None:
        return special(revert.arguments)
    if reason in WORDS:
        return WORDS[reason]
    for text, words in BY_TEXT.items():
        if text in reason:
            return words
    return WORDS["" if not reason else "other"]


def _stake_too_low(kind: str) -> Callable[[tuple[Any, ...]], Words]:
    def words(arguments: tuple[Any, ...]) -> Words:
        amount, minimum = (Mor(value) for value in arguments)
        return Words(
            f"The {kind}'s stake would be {amount}; the network asks for at least {minimum}.",
            hint=f"Stake {minimum - amount} more." if minimum > amount else "",
            code=f"chain.reverted.{kind}_stake_too_low",
        )

    return words


def _no_rights(arguments: tuple[Any, ...]) -> Words:
    owner, _caller = arguments
    if not any(owner):
        return WORDS["unknown record"]
    return WORDS["InsufficientRightsForOperation"]


_WITH_ARGUMENTS: Mapping[str, Callable[[tuple[Any, ...]], Words]] = MappingProxyType(
    {
        "ProviderStakeTooLow": _stake_too_low("provider"),
        "ModelStakeTooLow": _stake_too_low("model"),
        "InsufficientRightsForOperation": _no_rights,
    }
)
