"""A selection over messages: where it began and where it is now."""

Place = tuple[int, int, int]
"""Message, block, character."""
Span = tuple[tuple[int, int], tuple[int, int]]
END = (10**6, 10**9)
"""Beyond the last block and character of any message."""


class Selection:
    """Knows places only; widgets get the part that is theirs."""

    def __init__(self) -> None:
        self._anchor: Place | None = None
        self._head: Place | None = None

    def clear(self) -> None:
        self._anchor = self._head = None

    def press(self, place: Place, *, extend: bool) -> None:
        """Begin here, or with Shift go on from where it began."""
        if not extend or self._anchor is None:
            self._anchor = place
        self._head = place

    def drag(self, place: Place) -> None:
        if self._anchor is not None:
            self._head = place

    def _ends(self) -> tuple[Place, Place] | None:
        if self._anchor is None or self._head is None or self._anchor == self._head:
            return None
        return min(self._anchor, self._head), max(self._anchor, self._head)

    def numbers(self, count: int) -> range:
        """Messages that are touched, of `count`."""
        ends = self._ends()
        return range(ends[0][0], min(ends[1][0] + 1, count)) if ends else range(0)

    def span_of(self, number: int) -> Span | None:
        """The selected part of one message as (block, character) places."""
        ends = self._ends()
        if ends is None or not ends[0][0] <= number <= ends[1][0]:
            return None
        start = ends[0][1:] if number == ends[0][0] else (0, 0)
        end = ends[1][1:] if number == ends[1][0] else END
        return (start[0], start[1]), (end[0], end[1])
