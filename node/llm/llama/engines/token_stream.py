"""Text out of token bytes: whole characters, stop strings held back, the reason of the end."""

import codecs
from collections.abc import Iterable, Iterator, Sequence


class TextStream:
    """Iterates over pieces of text; afterwards `finish_reason` and `tokens` are known.

    A piece that may be the beginning of a stop string waits until that is decided; the stop string
    itself is never part of the text.
    """

    def __init__(self, pieces: Iterable[bytes], *, stops: Sequence[str], max_tokens: int) -> None:
        self._pieces = pieces
        self._stops = tuple(stop for stop in stops if stop)
        self._max_tokens = max_tokens
        self.finish_reason = "stop"
        self.tokens = 0

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = ""
        for piece in self._pieces:
            self.tokens += 1
            held += decoder.decode(piece)
            end = self._stop_position(held)
            if end is not None:
                if end:
                    yield held[:end]
                return
            safe = len(held) - self._possible_stop(held)
            if safe:
                yield held[:safe]
                held = held[safe:]
            if self.tokens >= self._max_tokens:
                self.finish_reason = "length"
                break
        held += decoder.decode(b"", final=True)
        if held:
            yield held

    def _stop_position(self, text: str) -> int | None:
        found = [text.find(stop) for stop in self._stops]
        return min((position for position in found if position >= 0), default=None)

    def _possible_stop(self, text: str) -> int:
        """Length of the longest end of `text` that begins a stop string."""
        longest = 0
        for stop in self._stops:
            for length in range(min(len(stop) - 1, len(text)), longest, -1):
                if text.endswith(stop[:length]):
                    longest = length
                    break
        return longest
