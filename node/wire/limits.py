"""Every number that bounds what a peer can make us do. Sizes in bytes, times in seconds."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLimits:
    """Limits of both roles; the defaults suit the open network."""

    message_in: int = 16 * MIB
    message_out: int = 16 * MIB
    json_depth: int = 32
    json_tokens: int = 65_536
    prompt_depth: int = 64
    request_id: int = 1 * KIB
    error_text: int = 300

    connect_s: float = 3.0
    resolve_s: float = 5.0
    first_response_s: float = 90.0
    first_response_waits: int = 4
    """One wait and three further ones on the same connection; the request is not sent again.
    Waits count from the last whole chunk, so that a dripping provider gains nothing."""
    audio_response_waits: int = 21
    """The same for speech and transcriptions, which models take longer for."""
    idle_s: float = 60.0
    ping_s: float = 5.0
    session_request_s: float = 20.0
    report_s: float = 10.0
    agent_s: float = 120.0
    """For the whole of a tool's list or call over a session."""
    keepalive_s: int = 10

    answer_chunk: int = 1 * MIB
    answer_total: int = 16 * MIB
    answer_chunks: int = 200_000

    first_byte_s: float = 10.0
    progress_s: float = 10.0
    whole_request_s: float = 30.0
    slow_rate: int = 16 * KIB
    """A request may take longer than `whole_request_s` while this many bytes a second arrive."""
    connections: int = 512
    unproven: int = 128
    unproven_per_address: int = 16
    """Proven means: a valid signature for a session we serve. Gateways share one address;
    an IPv6 /64 network counts as one."""
    unproven_per_guest: int = 256
    """The same for an address on which a session's signature was verified before."""
    waiting: int = 256
    waiting_s: float = 3.0
    """Connections beyond a stranger's places, and how long they wait for one, unread."""
    unread_total: int = 128 * MIB
    trailing: int = 1 * MIB
    """Bytes after the request that are read and thrown away before the connection is cut."""
    half_close_s: float = 10.0
    """How long a prompt may stay silent after its sender closed its side of the connection."""

    write_buffer: int = 1 * MIB
    write_stuck_s: float = 30.0

    requests_per_address_minute: int = 60
    requests_per_user_minute: int = 10
    clock_window_ms: int = 300_000
    replay_s: float = 600.0
