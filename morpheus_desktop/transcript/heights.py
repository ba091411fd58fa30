"""Heights of many rows with fast sums: a Fenwick tree."""


class Heights:
    """Heights in pixels; sums and look-ups cost log(n)."""

    def __init__(self) -> None:
        self._values: list[int] = []
        self._tree: list[int] = [0]

    def __len__(self) -> int:
        return len(self._values)

    def reset(self, values: list[int]) -> None:
        """Replace all heights, in one pass."""
        self._values = list(values)
        self._tree = [0, *values]
        for index in range(1, len(self._tree)):
            parent = index + (index & -index)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[index]

    def append(self, value: int) -> None:
        self._values.append(value)
        index = len(self._values)
        low = index - (index & -index)
        self._tree.append(value + self._prefix(index - 1) - self._prefix(low))

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def set(self, index: int, value: int) -> int:
        """Change one height; return the difference."""
        change = value - self._values[index]
        if change:
            self._values[index] = value
            at = index + 1
            while at < len(self._tree):
                self._tree[at] += change
                at += at & -at
        return change

    def top(self, index: int) -> int:
        """Sum of all heights before `index`."""
        return self._prefix(index)

    @property
    def total(self) -> int:
        return self._prefix(len(self._values))

    def _prefix(self, count: int) -> int:
        total = 0
        while count > 0:
            total += self._tree[count]
            count -= count & -count
        return total

    def at(self, y: int) -> int:
        """Index of the row that holds `y`; the last one when `y` is below all."""
        position, step = 0, 1 << max(0, len(self._values).bit_length())
        rest = y
        while step:
            probe = position + step
            if probe < len(self._tree) and self._tree[probe] <= rest:
                position = probe
                rest -= self._tree[probe]
            step >>= 1
        return min(position, max(0, len(self._values) - 1))
