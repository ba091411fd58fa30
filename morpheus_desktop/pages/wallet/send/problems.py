"""Where a refusal is shown, in which words, and which button leads out of it."""

from dataclasses import dataclass
from typing import Literal

from node.core.errors import (
    InvalidAddressError,
    InvalidAmountError,
    NodeError,
    NotEnoughGasError,
    NotEnoughMorError,
    RpcUnavailableError,
    WatchOnlyError,
)

Place = Literal["to", "amount", "form"]
Way = Literal["most", "receive", "retry", ""]
_LABELS: dict[Way, str] = {
    "most": "Use the most possible",
    "receive": "Receive ETH",
    "retry": "Try again",
    "": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`way`: what the button does, with its `label`; empty without one."""

    words: str
    place: Place
    way: Way = ""

    @property
    def label(self) -> str:
        return _LABELS[self.way]


def problem_of(error: NodeError, asset: str) -> Problem:
    """How the form shows why a transfer cannot be sent."""
    words = f"{error.message} {error.hint}".strip()
    if isinstance(error, InvalidAddressError):
        return Problem(words=words, place="to")
    if isinstance(error, NotEnoughMorError):
        return Problem(words=words, place="form", way="most")
    if isinstance(error, NotEnoughGasError):
        return Problem(words=words, place="form", way="most" if asset == "ETH" else "receive")
    if isinstance(error, InvalidAmountError) or error.code.startswith("input.amount"):
        return Problem(words=words, place="amount")
    if isinstance(error, RpcUnavailableError) or error.retryable:
        return Problem(words=words, place="form", way="retry")
    return Problem(words=words, place="form")


def is_watch_only(error: NodeError) -> bool:
    """There is no key here: no password helps."""
    return isinstance(error, WatchOnlyError)
