"""One table from error codes to HTTP statuses.

A code is looked up whole, then without its last part, and so on.
"""

from node.core.errors import NodeError
from node.http_api.refusal import HttpRefusal

STATUS_OF_CODE = {
    "input": 400,
    "input.file_too_large": 413,
    "input.uploads_full": 429,
    "chat": 400,
    "chat.not_found": 404,
    "wallet": 409,
    "wallet.locked": 423,
    "wallet.wrong_password": 403,
    "wallet.password_needed": 423,
    "wallet.wait": 429,
    "wallet.weak_password": 400,
    "wallet.keystore_limits": 400,
    "wallet.keystore_format": 400,
    "funds": 402,
    "funds.fee_too_high": 409,
    "funds.claim_waiting": 409,
    "chain": 502,
    "chain.rpc_unavailable": 503,
    "chain.no_quorum": 503,
    "chain.sources_disagree": 503,
    "chain.reverted": 422,
    "chain.tx_stuck": 504,
    "chain.tx_replaced": 409,
    "chain.tx_cancelled": 409,
    "chain.wrong_network": 409,
    "market": 404,
    "market.error": 502,
    "market.no_provider": 502,
    "market.own_bid": 409,
    "market.tee_not_verified": 409,
    "market.budget_empty": 402,
    "market.quote_expired": 409,
    "market.price_changed": 409,
    "session": 409,
    "session.not_found": 404,
    "session.none_open": 402,
    "session.busy": 429,
    "session.too_short": 400,
    "session.payout_empty": 503,
    "provider": 502,
    "provider.timeout": 504,
    "provider.prompt_readable": 409,
    "provider.model_error": 400,
    "backend": 502,
    "backend.refused": 400,
    "backend.unknown_model": 404,
    "backend.timeout": 504,
    "backend.model_file": 400,
    "backend.capacity": 429,
    "backend.no_memory": 503,
    "engine": 502,
    "node.wrong_clock": 409,
    "agent": 502,
    "agent.not_found": 404,
    "agent.timeout": 504,
    "agent.busy": 429,
    "agent.refused": 400,
    "client": 400,
    "client.not_found": 404,
    "client.exists": 409,
    "client.too_many_requests": 429,
    "config": 400,
    "config.fixed": 409,
    "config.address_in_use": 409,
    "storage": 500,
    "storage.full": 507,
    "node": 500,
    "node.no_network": 409,
    "node.not_supported": 501,
    "node.stopped": 503,
    "api.unauthorised": 401,
    "api.forbidden": 403,
}
DEFAULT_STATUS = 500

_OPENAI_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}


def status_of(error: NodeError) -> int:
    """HTTP status of an expected failure."""
    return error.status if isinstance(error, HttpRefusal) else status_of_code(error.code)


def status_of_code(code: str) -> int:
    while code:
        if code in STATUS_OF_CODE:
            return STATUS_OF_CODE[code]
        code = code.rpartition(".")[0]
    return DEFAULT_STATUS


def openai_type(status: int) -> str:
    """The `type` member of OpenAI's error object for a status."""
    if status in _OPENAI_TYPES:
        return _OPENAI_TYPES[status]
    return "invalid_request_error" if status < 500 else "api_error"
