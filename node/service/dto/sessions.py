"""Quotes, sessions and their money."""

from enum import StrEnum
from typing import Literal

from node.core.session_life import SessionPhase
from node.service.dto.base import Dto
from node.service.dto.money import Warning_

PromptPrivacy = Literal["encrypted", "readable", "withdrawn", "unknown"]
"""How prompts cross the network to a provider; answers are always encrypted.

`withdrawn`: it took encrypted prompts once and no longer does, so none is sent. `unknown`: it was
not asked yet, which opening does.
"""


class QuoteRequest(Dto):
    """Model or bid, and duration or stake.

    A bid pins the provider; a model lets the rating choose. `accept_unverified_tee`: the user knows
    that this app does not verify what a model's TEE tag promises. `extends` is the id of a session
    whose offer is quoted when neither is named; the new one takes its place near its end.
    `auto_extend` None: as the setting says.
    """

    model_id: str | None = None
    bid_id: str | None = None
    duration_s: int | None = None
    stake: int | None = None
    direct_payment: bool = False
    failover: bool = False
    accept_unverified_tee: bool = False
    extends: str = ""
    auto_extend: bool | None = None


class QuoteProblem(Dto):
    """Why the quote cannot be opened, in words; `code` as in the error tree."""

    code: str
    message: str
    hint: str = ""


class Quote(Dto):
    """What opening would do. Show it, then hand `id` to `open`. Valid until `expires_at`.

    `warnings` must be shown too. `open` takes the password if `needs_password`, and the text
    `needs_typed` as the user typed it unless that is empty.
    """

    id: str
    model_id: str
    model_name: str
    bid_id: str
    provider: str
    endpoint: str
    price_per_second: int
    duration_s: int
    stake: int
    direct_payment: bool
    failover: bool
    approve_amount: int
    fee_open_wei: int
    fee_close_wei: int
    opens_at: int
    ends_at: int
    returned_at_end: int
    provider_pay: int
    min_duration_s: int
    max_duration_s: int
    max_affordable_s: int
    min_stake: int
    balance: int
    balance_eth_wei: int
    problems: tuple[QuoteProblem, ...] = ()
    expires_at: int
    auto_extend: bool = False
    prompt_privacy: PromptPrivacy = "unknown"
    warnings: tuple[Warning_, ...] = ()
    needs_password: bool = False
    needs_typed: str = ""

    @property
    def can_open(self) -> bool:
        return not self.problems


class StopPreview(Dto):
    """What comes back if the session is closed at `at`."""

    at: int
    returned_now: int
    held: int
    held_until: int
    paid_by_user: int
    provider_pay: int


class OpenStep(StrEnum):
    ASKING_PROVIDER = "asking_provider"
    ALLOWING = "allowing"
    OPENING = "opening"
    READY = "ready"


class SessionView(Dto):
    """`state`: opening, active, ended (not closed), closing, closed, failed.

    `phase` says it more finely, at the moment of the answer; `phase_at` moves it on. `stuck`: why
    an ended session is not closed yet, in words, with its code and the time of the next attempt
    (0: when the wallet is unlocked). `returns_at`: when the next part of the stake comes back, 0
    when none is to come.
    `purpose`: on whose word it was opened: user, api, failover, extension. `follows`: id of the
    session whose place it takes; `replaced_by`: id of the one that answers in its place now.
    `resumed`: an earlier run of the program began to open it, this one finished it or gave it up.
    """

    id: str
    intent_id: str
    state: str
    phase: SessionPhase
    model_id: str
    model_name: str
    provider: str
    bid_id: str
    price_per_second: int
    stake: int
    opened_at: int
    ends_at: int
    closed_at: int
    direct_payment: bool
    prompts: int = 0
    tokens: int = 0
    returned: int = 0
    held: int = 0
    held_until: int = 0
    dispute: bool = False
    error: str = ""
    prompt_privacy: PromptPrivacy = "unknown"
    failover: bool = False
    auto_extend: bool = False
    purpose: str = "user"
    follows: str = ""
    replaced_by: str = ""
    stuck: str = ""
    stuck_code: str = ""
    retry_at: int = 0
    returns_at: int = 0
    resumed: bool = False


class InitiateRequest(Dto):
    """Ask a bid's provider for its consent, without opening anything. `spend`: what will be locked
    or paid.
    """

    user: str
    provider: str
    bid_id: str
    spend: int


class Handshake(Dto):
    """A provider's consent: `approval` (four ABI words) with its signature, and the provider's key,
    as `0x` hex.
    """

    provider_public_key: str
    approval: str
    approval_signature: str
    user: str
    issued_at_ms: int


class ApprovedSession(Dto):
    """A session to open with a consent that was asked for before."""

    approval: str
    approval_signature: str
    stake: int
    direct_payment: bool = False


class OpenProgress(Dto):
    """One step of opening. The last one has `step` READY and the session."""

    step: OpenStep
    intent_id: str
    tx_hash: str = ""
    detail: str = ""
    session: SessionView | None = None


class CloseResult(Dto):
    session: SessionView
    tx_hash: str
    returned: int
    held: int
    held_until: int
    with_provider_report: bool


class ClaimResult(Dto):
    tx_hash: str
    amount: int
