"""Every number that bounds what an HTTP client can make us do. Sizes in bytes, times in seconds."""

KIB = 1024
MIB = 1024 * KIB

MAX_BODY = 16 * MIB
MAX_STRANGERS_BODY = 8 * KIB
"""Of requests without credentials, where they are let in at all."""
MAX_UPLOAD = 101 * MIB
"""A form with a file of at most 100 MiB, which goes to the disk."""
MAX_FIELD = 64 * KIB
MAX_FIELDS = 128
"""Of a form, beside its file."""
UPLOAD_PROGRESS_S = 10.0
SLOW_UPLOAD_RATE = 16 * KIB
"""An upload may take longer than `BODY_TIME_S` while this many bytes a second arrive."""
MAX_NESTING = 64
"""Levels of arrays and objects in a body, as in prompts of the wire protocol."""
MAX_HEADERS = 16 * KIB
MAX_URL = 8 * KIB
MAX_REQUEST_ID = 128
MAX_CONNECTIONS = 512
"""Two hundred streams that end at the same moment come back before their old connections are gone.
"""
HEADER_TIME_S = 5.0
BODY_TIME_S = 30.0
KEEP_ALIVE_S = 15
STUCK_CLIENT_S = 30.0
"""A client that takes no byte of an answer for so long is cut off."""
STREAM_SILENCE_S = 15.0
"""After so long without a chunk a stream gets a comment line, so that nobody in between closes it.
"""
GRACEFUL_STOP_S = 3
AUTH_FAILURES_PER_MINUTE = 20
AUTH_FAILURE_DELAY_S = 1.0
STRANGERS_REQUESTS_PER_MINUTE = 5
MAX_PAGE = 255
DEFAULT_PAGE = 10
