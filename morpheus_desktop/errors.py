"""Failures of the node in the window: which words, which ways on."""

from dataclasses import dataclass

from node.core.errors import (
    ChainError,
    FundsError,
    IncompleteAnswerError,
    InternalError,
    NodeError,
    NoTargetError,
    PromptReadableError,
    ProviderError,
    ProviderModelError,
    ProviderRefusedError,
    RpcUnavailableError,
    SessionBusyError,
    SessionClosedError,
    SessionExpiredError,
    SessionNotFoundError,
    WalletLockedError,
)

RETRY = "retry"
NEW_SESSION = "new-session"
OTHER_MODEL = "other-model"
COPY_REPORT = "copy-report"
UNLOCK = "unlock"
SEND_READABLE = "send-readable"
_LABELS = {
    RETRY: "Try again",
    NEW_SESSION: "Open a new session",
    OTHER_MODEL: "Choose another model",
    COPY_REPORT: "Copy report",
    UNLOCK: "Unlock",
    SEND_READABLE: "Send readable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A failure as a banner, a line or a card shows it.

    `severity` is `warning` (passes or can be tried again) or `danger`; `actions` are pairs of id
    and label.
    """

    title: str
    text: str
    severity: str
    actions: tuple[tuple[str, str], ...] = ()


def present(error: NodeError) -> Presented:
    """A failure outside an answer: banner, toast or the line of a sheet."""
    actions: tuple[str, ...] = ()
    if isinstance(error, InternalError):
        actions = (COPY_REPORT,)
    elif isinstance(error, WalletLockedError):
        actions = (UNLOCK,)
    elif error.retryable:
        actions = (RETRY,)
    severity = "warning" if error.retryable or isinstance(error, WalletLockedError) else "danger"
    return Presented(
        title=error.message, text=_consequence(error), severity=severity, actions=_labelled(actions)
    )


def present_turn(error: NodeError) -> Presented:
    """A failure in place of an answer. Never more than three ways on."""
    return Presented(
        title=_turn_title(error),
        text=_turn_text(error),
        severity="danger",
        actions=_labelled(_turn_actions(error)),
    )


def report(error: NodeError) -> str:
    """What a person may paste into a bug report: words and code, no data of the user."""
    return f"{type(error).__name__} {error.code}\n{error.message}\n{error.hint}".strip()


def _labelled(actions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((action, _LABELS[action]) for action in actions)


def _consequence(error: NodeError) -> str:
    if isinstance(error, RpcUnavailableError) or not isinstance(error, ChainError | FundsError):
        return error.hint
    return error.hint or "Your funds are where they were."


def _turn_title(error: NodeError) -> str:
    if isinstance(error, ProviderRefusedError | ProviderModelError):
        return "The provider reported a problem"
    return error.message


def _turn_text(error: NodeError) -> str:
    kept = "Your message is kept."
    if isinstance(error, IncompleteAnswerError):
        kept = "What arrived is kept."
    if isinstance(error, ProviderRefusedError | ProviderModelError):
        return f"It says: “{error.message}” {kept}"
    return f"{error.hint} {kept}".strip()


def _turn_actions(error: NodeError) -> tuple[str, ...]:
    if isinstance(error, SessionExpiredError | SessionClosedError | SessionNotFoundError):
        return (NEW_SESSION, OTHER_MODEL)
    if isinstance(error, NoTargetError):
        return (OTHER_MODEL,)
    if isinstance(error, WalletLockedError):
        return (UNLOCK, RETRY)
    if isinstance(error, SessionBusyError):
        return (RETRY,)
    if isinstance(error, InternalError):
        return (RETRY, COPY_REPORT)
    if isinstance(error, PromptReadableError):
        return (OTHER_MODEL, SEND_READABLE)
    if isinstance(error, ProviderError):
        return (RETRY, NEW_SESSION, OTHER_MODEL)
    return (RETRY, OTHER_MODEL)
