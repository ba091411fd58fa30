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
        "",
    ),
    "SessionProviderNothingToClaimInThisPeriod": (
        "nothing_to_claim",
        "There is nothing to claim in this period.",
        "",
    ),
    "SessionPoolIndexOutOfBounds": ("pool_index", "There is no emission pool of this number.", ""),
    "SessionMaxDurationTooShort": (
        "max_duration",
        "The longest session must last at least 5 minutes.",
        "",
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
    "MarketplaceActiveBidNotFound": ("bid_deleted", "This offer was withdrawn already.", ""),
    "MarketplaceBidMinPricePerSecondIsZero": ("min_price", "The lowest price must be above 0.", ""),
    "MarketplaceBidMinPricePerSecondIsInvalid": (
        "min_price",
        "The lowest price must not be above the highest.",
        "",
    ),
    "MarketplaceFeeAmountIsZero": ("fee_zero", "There are no fees to withdraw.", ""),
    "ProviderNotFound": ("provider_not_found", "This provider is not registered.", ""),
    "ProviderHasActiveBids": (
        "provider_has_bids",
        "This provider still offers models.",
        "Withdraw all offers first.",
    ),
    "ProviderHasAlreadyDeregistered": ("provider_gone", "This provider has left already.", ""),
    "ProviderNoStake": ("provider_no_stake", "This provider has no stake.", ""),
    "ProviderNotDeregistered": ("provider_active", "This provider is still registered.", ""),
    "ProviderNothingToWithdraw": ("nothing_to_withdraw", "There is no stake to withdraw.", ""),
    "ModelNotFound": ("model_not_found", "This model is not registered.", ""),
    "ModelHasActiveBids": (
        "model_has_bids",
        "This model is still offered by at least one provider.",
        "All offers of the model must be withdrawn first.",
    ),
    "ModelHasAlreadyDeregistered": ("model_gone", "This model was removed already.", ""),
    "InsufficientRightsForOperation": (
        "no_rights",
        "This wallet may not do this: it belongs to another wallet.",
        "Use the wallet that owns it.",
    ),
    "OwnableUnauthorizedAccount": (
        "owner_only",
        "Only the owner of the marketplace contract can do this.",
        "",
    ),
    "Panic(0x11)": (
        "arithmetic",
        "The network's sums do not work out for this right now.",
        "After closing a session early, claim from 00:00 UTC on. Else try again tomorrow.",
    ),
    "Panic(0x12)": ("division", "The contract divided by zero: a price of 0 is not valid.", ""),
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
    "contract is already initialized": ("initialised", "This contract is set up already.", ""),
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
