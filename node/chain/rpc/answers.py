"""JSON-RPC answers: envelope checks, and error objects to errors.

The text of an error object is written by a stranger. It is compared with known patterns and kept,
cut and cleaned, in `details`; it never becomes a message.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from node.chain.errors import clean_text, is_known_selector, reverted
from node.chain.rpc.pauses import pause_from_error
from node.core.errors import ChainError, RpcAnswerError

_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2}){4,32768}")
_MAX_NESTING = 4


class Fault(StrEnum):
    """What an error answer means for the caller."""

    RATE_LIMIT = "rate_limit"
    MISSING_STATE = "missing_state"
    NONCE_TOO_LOW = "nonce_too_low"
    ALREADY_KNOWN = "already_known"
    UNDERPRICED = "underpriced"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    NO_METHOD = "no_method"
    BAD_RANGE = "bad_range"
    TOO_LARGE = "too_large"
    """Request or answer are above the endpoint's limit or ours: ask for less at a time."""
    OUT_OF_GAS = "out_of_gas"
    OTHER = "other"


class RpcFaultError(ChainError):
    """An endpoint answered with an error object that is no revert. `fault` tells which kind."""

    default_code = "chain.rpc_error"

    def __init__(self, fault: Fault, *, rpc_code: int, text: str) -> None:
        super().__init__(
            _MESSAGES.get(fault, "The network node refused the request."),
            hint="Try again; if it happens again choose another RPC address in the settings.",
            code=f"chain.rpc_error.{fault}",
            retryable=fault in (Fault.RATE_LIMIT, Fault.MISSING_STATE),
            details={"rpc_code": rpc_code, "rpc_text": clean_text(text)},
        )
        self.fault = fault


_MESSAGES = {
    Fault.RATE_LIMIT: "The network node asks us to slow down.",
    Fault.MISSING_STATE: "The network node does not have this block yet.",
    Fault.NONCE_TOO_LOW: "The number of this transaction is used already.",
    Fault.UNDERPRICED: "The offered network fee is too low.",
    Fault.INSUFFICIENT_FUNDS: "There is not enough ETH for the network fee.",
    Fault.NO_METHOD: "The network node does not support this request.",
    Fault.TOO_LARGE: "The network node sends or takes less at a time.",
}

_PATTERNS: tuple[tuple[Fault, tuple[str, ...]], ...] = (
    (
        Fault.ALREADY_KNOWN,
        ("already known", "already imported", "known transaction", "alreadyexists"),
    ),
    (
        Fault.NONCE_TOO_LOW,
        ("nonce too low", "invalid transaction nonce", "nonce is too low", "oldnonce"),
    ),
    (Fault.UNDERPRICED, ("underpriced", "fee too low", "less than block base fee", "feetoolow")),
    (Fault.INSUFFICIENT_FUNDS, ("insufficient funds", "insufficient balance", "cannot afford")),
    (
        Fault.BAD_RANGE,
        (
            "block range",
            "blocks range",
            "range is too",
            "range too large",
            "exceed maximum block",
            "query returned more than",
            "too many results",
            "query exceeds max results",
        ),
    ),
    (
        Fault.TOO_LARGE,
        (
            "response size",
            "response too large",
            "response is too",
            "request entity too large",
            "request too large",
            "request size",
            "payload too large",
            "body too large",
            "batch too large",
            "batch size",
        ),
    ),
    (
        Fault.RATE_LIMIT,
        (
            "rate limit",
            "ratelimit",
            "too many requests",
            "limit exceeded",
            "request rate",
            "request limit",
            "requests per",
            "capacity",
            "throughput",
            "quota",
            "daily request count",
        ),
    ),
    (
        Fault.MISSING_STATE,
        ("header not found", "unknown block", "missing trie node", "block not found"),
    ),
    (Fault.OUT_OF_GAS, ("out of gas", "gas required exceeds", "intrinsic gas")),
    (Fault.NO_METHOD, ("method not found", "not supported", "does not exist/is not available")),
)
_CODES = {
    -32005: Fault.RATE_LIMIT,
    -32029: Fault.RATE_LIMIT,
    429: Fault.RATE_LIMIT,
    413: Fault.TOO_LARGE,
    -32601: Fault.NO_METHOD,
}


def unwrap(answer: Any, request_id: int | None) -> Any:
    """Return the `result` of one JSON-RPC answer.

    `request_id` None skips the check of the id (endpoints in the process).

    Raises:
        RpcAnswerError: no JSON-RPC answer, or the answer to another request.
        RevertedError, RpcFaultError: an error answer.
    """
    if not isinstance(answer, Mapping):
        raise RpcAnswerError("A network node sent something that is no answer.")
    if request_id is not None and not _answers(answer, request_id):
        raise RpcAnswerError("A network node answered another question.")
    error = answer.get("error")
    if error is not None:
        raise error_for(error)
    if "result" not in answer:
        raise RpcAnswerError("A network node sent an answer without a result.")
    return answer["result"]


def _answers(answer: Mapping[str, Any], request_id: int) -> bool:
    given = answer.get("id")
    # Some endpoints answer refusals (rate limits) with a null id.
    return given in (request_id, str(request_id)) or (given is None and bool(answer.get("error")))


def error_for(error: Any) -> ChainError:
    """The error for a JSON-RPC error object: a revert with its reason, or a fault by kind."""
    if not isinstance(error, Mapping):
        return RpcFaultError(Fault.OTHER, rpc_code=0, text=str(error)[:300])
    raw_code, raw_text = error.get("code"), error.get("message")
    code = raw_code if isinstance(raw_code, int) else 0
    text = raw_text[:4096] if isinstance(raw_text, str) else ""
    data = revert_data(error.get("data"))
    if data is None and "revert" in text.lower() and (match := _HEX.search(text)):
        data = bytes.fromhex(match[0][2:])
    if code == 3 or "revert" in text.lower() or (data is not None and is_known_selector(data)):
        return reverted(data or b"", text)
    fault = RpcFaultError(_fault(code, text.lower()), rpc_code=code, text=text)
    if fault.fault is Fault.RATE_LIMIT:
        pause = pause_from_error(error.get("data"), text)
        if pause is not None:
            fault.details["retry_after_s"] = pause
    return fault


def _fault(code: int, text: str) -> Fault:
    for fault, patterns in _PATTERNS:
        if any(pattern in text for pattern in patterns):
            return fault
    return _CODES.get(code, Fault.OTHER)


def revert_data(value: Any, depth: int = 0) -> bytes | None:
    """Find revert data in `data`: hex text, text around hex, or objects around either."""
    if depth > _MAX_NESTING:
        return None
    if isinstance(value, str):
        if value in ("0x", "Reverted 0x"):
            return b""
        match = _HEX.search(value)
        return bytes.fromhex(match[0][2:]) if match else None
    if isinstance(value, Mapping):
        names = ["data", "output", "return", "result", "originalError", "error"]
        inner = [value[name] for name in names if name in value]
        inner += [item for item in list(value.values())[:16] if isinstance(item, Mapping)]
        for item in inner:
            found = revert_data(item, depth + 1)
            if found is not None:
                return found
    return None
