"""Hosting."""

from typing import Literal

from node.service.dto.base import Dto
from node.service.dto.sessions import ClaimResult, SessionView


class HostedModel(Dto):
    model_id: str
    name: str
    backend: str
    slots: int
    bid_id: str = ""
    price_per_second: int = 0
    sessions_active: int = 0
    prompts_waiting: int = 0


class HostingFinding(Dto):
    """One result of the node's check of its own hosting.

    `action` names the act that puts it right (`register`, `add_stake`, `change_endpoint`,
    `post_bid`, `delete_bid`, `check_backend`, `edit_models`, `start_hosting`), empty when there is
    none; `subject` is the model or bid that it is about.
    """

    code: str
    severity: Literal["ok", "warning", "error"]
    message: str
    hint: str = ""
    action: str = ""
    subject: str = ""


class ProviderStatus(Dto):
    """`listening` is host:port of the TCP listener, empty when hosting is off.

    `findings` are those of the last check at `checked_at`, 0 when there was none yet.
    """

    listening: str
    registered: bool
    endpoint: str
    stake: int
    earned_in_period: int
    headroom: int
    period_end: int
    models: tuple[HostedModel, ...]
    findings: tuple[HostingFinding, ...] = ()
    checked_at: int = 0


class ProviderSession(Dto):
    session: SessionView
    claimable_now: int
    claimable_later: int
    claimable_at: int
    beyond_cap: int = 0
    paid: int = 0


class ProviderEarnings(Dto):
    """Sums over all served sessions, newest first, which share one yearly cap.

    `beyond_cap` is earned but not payable before `period_end`, unless the stake is raised.
    """

    sessions: tuple[ProviderSession, ...]
    claimable_now: int
    claimable_later: int
    claimable_at: int
    beyond_cap: int
    paid: int
    headroom: int
    period_end: int


class PlannedPay(Dto):
    """One claim beforehand. With a `problem` it would be refused now."""

    session_id: str
    amount: int
    fee_wei: int
    problem: str = ""


class ClaimPlan(Dto):
    claims: tuple[PlannedPay, ...]
    amount: int
    fee_wei: int


class ClaimFailure(Dto):
    session_id: str
    reason: str


class ClaimRun(Dto):
    """What claiming everything brought; what failed can be tried again later."""

    paid: tuple[ClaimResult, ...]
    failed: tuple[ClaimFailure, ...]
    amount: int
