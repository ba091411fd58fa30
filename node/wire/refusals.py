"""What a provider answers when it does not serve. Peers classify by these texts: verbatim."""

from node.core.errors import NodeError

SESSION_EXPIRED = "session expired"
SESSION_NOT_FOUND = "session not found"
SESSION_NOT_LOADED = "session cannot be loaded"
USER_NOT_FOUND = "user not found"
INVALID_SIGNATURE = "invalid signature"
INVALID_REQUEST_SIGNATURE = "received invalid signature from provider"
"""The peer's own text for a bad `session.request` signature, whoever sent it."""
INVALID_TIMESTAMP = "invalid timestamp"
REPLAYED = "request already seen"
NO_CAPACITY = "no capacity"
USER_NOT_ACCEPTED = "user not accepted"
"""Ours: on a list of denied users, or not on the list of allowed ones; it does not tell which."""
NOT_ATTESTED = "LLM TEE verification failed: attestation is not supported"
TOO_MANY_REQUESTS = "too many requests"
FAILED_BID = "failed to get bid"
FAILED_PROMPT = "failed to prompt"
FAILED_TOOLS = "failed to get agent tools"
FAILED_TOOL = "failed to call agent tool"
INTERNAL = "internal error"
BAD_ENVELOPE = "failed to open prompt envelope"
"""Ours: the envelope was changed, or made for another key, session or time."""
UNREADABLE_PROMPT = "failed to process chat request: failed to unmarshal request"
UNREADABLE_JSON = "failed to process audio transcription: failed to unmarshal request"


class Refusal(NodeError):
    """A request we refuse as provider; `message` goes to the peer as it is, unsigned and in clear.

    Must not tell internals (addresses, paths, back-end texts).
    """

    default_code = "wire.refused"
