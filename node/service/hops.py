"""A prompt that moves to another session, in words: for people and for programs."""

from node.router.failover import Hop, HopStep
from node.service.dto import CompletionChunk

PROVIDER_FAILED = "provider failed, failover enabled"
SESSION_OPENED = "new session opened: "
"""Both texts, and the id after the colon, are what clients of the public node look for."""


def hop_text(hop: Hop) -> str:
    """One sentence for the chat: who failed, what is locked, who answers."""
    who = _short(hop.provider.checksum)
    if hop.step is HopStep.FAILED:
        return f"The provider {who} failed."
    if hop.step is HopStep.OPENING:
        return f"Opening a session with {who} locks {hop.stake} until the end of this one."
    if hop.is_new:
        return f"{who} answers now, in a new session. {hop.stake} are locked."
    return f"{who} answers now, in a session that was open already. Nothing more is locked."


def hop_chunk(hop: Hop) -> CompletionChunk:
    """The notice in the stream of a program. `OPENING` has a remark only."""
    remark = hop_text(hop)
    if hop.step is HopStep.FAILED:
        return CompletionChunk(data={}, control=PROVIDER_FAILED, remark=remark)
    session_id = hop.entry.session_id if hop.entry is not None else None
    if session_id is None:
        return CompletionChunk(data={}, remark=remark)
    words = SESSION_OPENED if hop.is_new else "session in use: "
    return CompletionChunk(data={}, control=f"{words}{session_id.hex}", remark=remark)


def _short(address: str) -> str:
    return f"{address[:6]}…{address[-4:]}"
