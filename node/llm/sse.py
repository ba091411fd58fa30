"""Server-sent events as model servers write them, split from raw bytes."""

from node.core.errors import BackendError
from node.llm.limits import MAX_CHUNK_BYTES

DONE = b"[DONE]"


class SseSplitter:
    """Turns raw response bytes into the `data` of each event, in order.

    Comment lines and other fields are dropped. Several `data` lines of one event are returned as
    separate items, for servers that forget the blank line write one JSON object per line.
    An `error` line (older llama.cpp servers) counts as data.
    """

    def __init__(self, max_event_bytes: int = MAX_CHUNK_BYTES) -> None:
        self._rest = b""
        self._max_event_bytes = max_event_bytes

    def feed(self, raw: bytes) -> list[bytes]:
        """Return the data of each event that `raw` completes. BackendError: oversized event."""
        if self._rest:
            raw = self._rest + raw
        if b"\r" in raw:
            if raw.endswith(b"\r"):
                self._rest = raw
                self._check_size()
                return []
            raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        events = raw.split(b"\n\n")
        self._rest = events.pop()
        self._check_size()
        return self._data_of(events)

    def finish(self) -> list[bytes]:
        """Data of an unfinished last event: some servers close without the final blank line."""
        rest, self._rest = self._rest.replace(b"\r", b"\n"), b""
        return self._data_of(rest.split(b"\n\n"))

    def _check_size(self) -> None:
        if len(self._rest) > self._max_event_bytes:
            raise BackendError(
                "The model server sent one piece that is too large.", code="backend.too_large"
            )

    def _data_of(self, events: list[bytes]) -> list[bytes]:
        found: list[bytes] = []
        for event in events:
            if event.startswith(b"data:") and b"\n" not in event:
                found.append(event[5:].strip())
            elif event:
                found.extend(_data_lines(event))
        return found


def _data_lines(event: bytes) -> list[bytes]:
    data = []
    for line in event.split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and name in (b"data", b"error"):
            data.append(value.strip())
    return data
