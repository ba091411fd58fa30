"""What a check of one's own hosting may find, with the way to put it right."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from node.core.errors import EndpointRefusedError, NodeError
from node.core.ports import BackendHealth
from node.core.records import Bid, HostingTerms, Provider
from node.core.units import PricePerSecond
from node.router.earnings import cap_of
from node.router.models_config import ModelEntry


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class FixAction(StrEnum):
    """What puts a finding right: an act of the provider group, or something to edit or start."""

    NONE = ""
    START_HOSTING = "start_hosting"
    REGISTER = "register"
    ADD_STAKE = "add_stake"
    CHANGE_ENDPOINT = "change_endpoint"
    POST_BID = "post_bid"
    DELETE_BID = "delete_bid"
    CHECK_BACKEND = "check_backend"
    EDIT_MODELS = "edit_models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result. `subject` is the model or bid that it is about, as hex, empty for the node."""

    code: str
    severity: Severity
    message: str
    hint: str = ""
    action: FixAction = FixAction.NONE
    subject: str = ""

    @property
    def ok(self) -> bool:
        return self.severity is Severity.OK


NOT_LISTENING = Finding(
    code="hosting.not_listening",
    severity=Severity.WARNING,
    message="You are registered as provider, but this node hosts nothing now.",
    hint="Users who open sessions with you are not served until hosting is on.",
    action=FixAction.START_HOSTING,
)


NOT_REGISTERED = Finding(
    code="hosting.not_registered",
    severity=Severity.ERROR,
    message="Models are configured, but this wallet is no registered provider.",
    hint="Register with `mor-cli provider register`; the stake comes back when you deregister.",
    action=FixAction.REGISTER,
)


def unreachable(endpoint: str, listening: str) -> Finding:
    return Finding(
        code="hosting.unreachable",
        severity=Severity.ERROR,
        message=f"Nobody answers at {endpoint[:80]}, the address that users are given.",
        hint=f"This node listens on {listening}. Forward the port on your router and open it in the"
        " firewall. Some routers answer only to calls from outside: then let somebody else ping you"
        " before you worry.",
        action=FixAction.CHANGE_ENDPOINT,
    )


def other_key(endpoint: str) -> Finding:
    return Finding(
        code="hosting.endpoint_other",
        severity=Severity.ERROR,
        message=f"At {endpoint[:80]} answers somebody who does not have your key.",
        hint="Register the address of this node; users refuse the one that answers.",
        action=FixAction.CHANGE_ENDPOINT,
    )


def no_bid(entry: ModelEntry) -> Finding:
    return Finding(
        code="hosting.no_bid",
        severity=Severity.WARNING,
        message=f"“{entry.name}” is configured, but you offer it at no price.",
        hint="Post a bid; the network takes a fee for it that is not returned.",
        action=FixAction.POST_BID,
        subject=entry.model_id.hex,
    )


def backend(entry: ModelEntry, found: BackendHealth) -> Finding:
    if found.ok:
        return Finding(
            code="hosting.backend",
            severity=Severity.OK,
            message=f"The model server of “{entry.name}” answers.",
            subject=entry.model_id.hex,
        )
    return Finding(
        code="hosting.backend_down",
        severity=Severity.ERROR,
        message=f"The model server of “{entry.name}” does not answer.",
        hint="Start it, or take the model out of models-config.json.",
        action=FixAction.CHECK_BACKEND,
        subject=entry.model_id.hex,
    )


def stake(record: Provider, terms: HostingTerms, now: int) -> Sequence[Finding]:
    if record.stake < terms.provider_min_stake:
        return [
            Finding(
                code="hosting.stake_low",
                severity=Severity.ERROR,
                message=f"Your stake is {record.stake}; the network asks for"
                f" {terms.provider_min_stake}.",
                hint="Add stake with `mor-cli provider register`.",
                action=FixAction.ADD_STAKE,
            )
        ]
    cap = cap_of(record, now)
    if not cap.headroom:
        return [
            Finding(
                code="hosting.cap_reached",
                severity=Severity.ERROR,
                message=f"You have been paid {cap.earned}, all that your stake allows in this"
                " period of 365 days.",
                hint="Further sessions are unpaid until it ends or you add stake.",
                action=FixAction.ADD_STAKE,
            )
        ]
    return [
        Finding(
            code="hosting.registered",
            severity=Severity.OK,
            message=f"Registered with a stake of {record.stake}; it allows {cap.headroom} more pay"
            " in this period.",
        )
    ]


def bad_endpoint(endpoint: str, error: EndpointRefusedError) -> Finding:
    private = error.code == "provider.endpoint_private"
    what = "is inside a private network: nobody outside reaches it" if private else "is no address"
    return Finding(
        code="hosting.endpoint_private" if private else "hosting.endpoint_form",
        severity=Severity.ERROR,
        message=f"The registered address “{endpoint[:80]}” {what}.",
        hint="Register the public name or address of this node with its port.",
        action=FixAction.CHANGE_ENDPOINT,
    )


def unknown_model(entry: ModelEntry, error: NodeError) -> Finding:
    if not error.code.startswith("market."):
        return not_checked(f"The model “{entry.name}”", error)
    return Finding(
        code="hosting.model_unknown",
        severity=Severity.WARNING,
        message=f"The network knows no model with the id of “{entry.name}”.",
        hint="It answers on this computer only. Check `modelId` in models-config.json.",
        action=FixAction.EDIT_MODELS,
        subject=entry.model_id.hex,
    )


def problem(entry: ModelEntry, code: str, text: str) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"“{entry.name}” {text}",
        hint="Take it out of models-config.json, or use another model id.",
        action=FixAction.EDIT_MODELS,
        subject=entry.model_id.hex,
    )


def price_finding(entry: ModelEntry, severity: Severity, code: str, text: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=f"“{entry.name}” {text}",
        hint="A new bid replaces the old one; the network takes a fee for it.",
        action=FixAction.POST_BID,
        subject=entry.model_id.hex,
    )


def not_served(bid: Bid) -> Finding:
    return Finding(
        code="hosting.bid_not_served",
        severity=Severity.ERROR,
        message=f"You offer the model {bid.model_id.short}, but this node has no configuration for"
        " it: whoever asks is refused.",
        hint="Add the model to models-config.json, or delete the bid.",
        action=FixAction.DELETE_BID,
        subject=bid.id.hex,
    )


def not_checked(what: str, error: NodeError) -> Finding:
    return Finding(
        code="hosting.not_checked",
        severity=Severity.WARNING,
        message=f"{what} could not be checked: {error.message}",
        hint=error.hint,
    )


def hourly(price: PricePerSecond) -> str:
    return f"{price * 3600} per hour"
