"""What each refusal of a contract means for a person, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Words:
    """`code` is stable and starts with `chain.reverted`."""

    message: str
    hint: str = ""
    code: str = "chain.reverted"


_NOTHING_SPENT = "Nothing was spent."
_ASK_AGAIN = "Ask the provider for a new permission and try again; nothing was spent."
_CLOCK = "Check the clock of this computer, then try again."
_NETWORK = "Choose the network this session belongs to."
_REFRESH = "There is nothing to do; read the list again."
_PERIOD = "Try again in the next period; what was earned stays yours."
_OWNER_ONLY = "Only the owner of the marketplace contract sets this; nothing was changed."

_TABLE: dict[str, tuple[str, str, str]] = {
    # reason: (code suffix, message, hint)
    "SessionTooShort": (
        "session_too_short",
        "This amount pays for less than 5 minutes, the shortest session.",
        "Choose a longer time or a larger stake.",
    ),
    "SessionBidNotFound": (
        "bid_not_found",
        "The provider withdrew this offer.",
        f"{_NOTHING_SPENT} Choose another offer.",
    ),
    "SessionProviderSignatureMismatch": (
        "signature_mismatch",
        "The provider's permission does not carry a valid signature.",
        f"{_NOTHING_SPENT} Choose another provider.",
    ),
    "SessionDuplicateApproval": (
        "duplicate_approval",
        "The provider's permission was used already.",
        _ASK_AGAIN,
    ),
    "SessionApproveExpired": (
        "approval_expired",
        "The provider's permission is too old.",
        _ASK_AGAIN,
    ),
    "SessionReceiptExpired": (
        "report_expired",
        "The report for closing this session is too old.",
        f"Ask for a new one. {_CLOCK}",
    ),
    "SessionApprovedForAnotherChainId": (
        "approval_other_network",
        "The provider's permission is for another network.",
        _NETWORK,
    ),
    "SessionReceiptForAnotherChainId": (
        "report_other_network",
        "The report for closing this session is for another network.",
        _NETWORK,
    ),
    "SessionApprovedForAnotherUser": (
        "approval_other_user",
        "The provider's permission is for another wallet.",
        _ASK_AGAIN,
    ),
    "SessionStakeTooLow": (
        "session_stake_too_low",
        "The amount is too low for this session.",
        "Choose a larger amount or a shorter time.",
    ),
    "SessionAlreadyClosed": (
        "session_already_closed",
        "This session is closed already.",
        "There is nothing to do: your stake has been returned.",
    ),
    "SessionUserAmountToWithdrawIsZero": (
        "nothing_to_withdraw",
        "There is nothing to withdraw yet.",
        "Locked stake becomes free at 00:00 UTC.",
    ),
    "SessionNotEndedOrNotExist": (
        "session_not_ended",
        "This session has not ended, or it does not exist.",
        "Look at the list of sessions; claim when it has ended.",
    ),
    "SessionProviderNothingToClaimInThisPeriod": (
        "nothing_to_claim",
        "There is nothing to claim in this period.",
        _PERIOD,
    ),
    "SessionPoolIndexOutOfBounds": (
        "pool_index",
        "There is no emission pool of this number.",
        _OWNER_ONLY,
    ),
    "SessionMaxDurationTooShort": (
        "max_duration",
        "The longest session must last at least 5 minutes.",
        _OWNER_ONLY,
    ),
    "MarketplaceProviderNotFound": (
        "provider_not_registered",
        "This wallet is not registered as a provider.",
        "Register as a provider first, then offer a model.",
    ),
    "MarketplaceModelNotFound": (
        "model_not_registered",
        "This model is not registered on the network.",
        "Register the model first or choose another.",
    ),
    "MarketplaceBidPricePerSecondInvalid": (
        "price_out_of_range",
        "The price is outside the range the network allows.",
        "Choose a price between the minimum and the maximum shown.",
    ),
    "MarketplaceActiveBidNotFound": ("bid_deleted", "This offer was withdrawn already.", _REFRESH),
    "MarketplaceBidMinPricePerSecondIsZero": (
        "min_price",
        "The lowest price must be above 0.",
        _OWNER_ONLY,
    ),
    "MarketplaceBidMinPricePerSecondIsInvalid": (
        "min_price",
        "The lowest price must not be above the highest.",
        _OWNER_ONLY,
    ),
    "MarketplaceFeeAmountIsZero": ("fee_zero", "There are no fees to withdraw.", _OWNER_ONLY),
    "ProviderNotFound": ("provider_not_found", "This provider is not registered.", _REFRESH),
    "ProviderHasActiveBids": (
        "provider_has_bids",
        "This provider still offers models.",
        "Withdraw all offers first.",
    ),
    "ProviderHasAlreadyDeregistered": (
        "provider_gone",
        "This provider has left already.",
        _REFRESH,
    ),
    "ProviderNoStake": (
        "provider_no_stake",
        "This provider has no stake.",
        "Register as a provider with a stake first.",
    ),
    "ProviderNotDeregistered": (
        "provider_active",
        "This provider is still registered.",
        "Leave the market first; its stake is free after that.",
    ),
    "ProviderNothingToWithdraw": (
        "nothing_to_withdraw",
        "There is no stake to withdraw.",
        "Locked stake becomes free at the end of the earning period.",
    ),
    "ModelNotFound": (
        "model_not_found",
        "This model is not registered.",
        "Look whether the right network is selected.",
    ),
    "ModelHasActiveBids": (
        "model_has_bids",
        "This model is still offered by at least one provider.",
        "All offers of the model must be withdrawn first.",
    ),
    "ModelHasAlreadyDeregistered": ("model_gone", "This model was removed already.", _REFRESH),
    "InsufficientRightsForOperation": (
        "no_rights",
        "This wallet may not do this: it belongs to another wallet.",
        "Use the wallet that owns it.",
    ),
    "OwnableUnauthorizedAccount": (
        "owner_only",
        "Only the owner of the marketplace contract can do this.",
        _OWNER_ONLY,
    ),
    "Panic(0x11)": (
        "arithmetic",
        "The network's sums do not work out for this right now.",
        "After closing a session early, claim from 00:00 UTC on. Else try again tomorrow.",
    ),
    "Panic(0x12)": (
        "division",
        "The contract divided by zero: a price of 0 is not valid.",
        "Look at the price and try again; nothing was spent.",
    ),
    "unknown record": (
        "unknown_record",
        "The network knows no such session, model or offer.",
        "Look whether the right network is selected.",
    ),
    "": (
        "empty",
        "The contract refused this without a reason.",
        "Look whether the network and its marketplace address are right. A signed permission or"
        " report may also be damaged; ask for a new one.",
    ),
    "other": ("other", "The contract refused this.", "The details name its reason."),
    "unknown": (
        "unknown_error",
        "The contract refused this with an error that this program does not know.",
        "Nothing was spent if it was not sent yet. The details hold its data; a newer version of"
        " the program may know it.",
    ),
}

_TEXT_TABLE: dict[str, tuple[str, str, str]] = {
    "insufficient allowance": (
        "allowance",
        "The marketplace is not allowed to take this amount of MOR.",
        "Approve the amount first, then try again.",
    ),
    "transfer amount exceeds balance": (
        "balance",
        "There is not enough MOR for this.",
        "Choose a smaller amount or a shorter time, or receive MOR.",
    ),
    "ECDSA: invalid signature": (
        "signature_form",
        "The signature of the permission or report is damaged.",
        _ASK_AGAIN,
    ),
    "selector is not registered": (
        "not_in_contract",
        "The marketplace contract of this network does not know this operation.",
        "Check the contract address in the settings of the network.",
    ),
    "contract is already initialized": (
        "initialised",
        "This contract is set up already.",
        _OWNER_ONLY,
    ),
}


def _words(table: dict[str, tuple[str, str, str]]) -> Mapping[str, Words]:
    return MappingProxyType(
        {
            reason: Words(message, hint=hint, code=f"chain.reverted.{code}")
            for reason, (code, message, hint) in table.items()
        }
    )


WORDS = _words(_TABLE)
BY_TEXT = _words(_TEXT_TABLE)
"""For texts of `Error(string)`: the first entry whose key occurs in the text."""
