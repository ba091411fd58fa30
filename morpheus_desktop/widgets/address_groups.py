"""Addresses to be compared by eye: groups of four, those that differ marked by shape and colour."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from morpheus_desktop.theme import current, font

_GAP, _PAD = 9, 3
_LINE = 24


def groups_of(address: str) -> tuple[str, ...]:
    """The ten groups of four digits, without `0x`."""
    return tuple(address[at : at + 4] for at in range(2, len(address), 4))


def differing(one: str, other: str) -> frozenset[int]:
    """Which groups of two addresses are not the same; the case of letters is only a checksum."""
    pairs = zip(groups_of(one), groups_of(other), strict=False)
    return frozenset(
        index for index, (left, right) in enumerate(pairs) if left.lower() != right.lower()
    )


class AddressGroups(QWidget):
    """A complete address on `lines` lines. `marked` groups stand on a plate with a bar below."""

    def __init__(
        self, address: str, *, lines: int = 2, marked: frozenset[int] = frozenset()
    ) -> None:
        super().__init__()
        self._groups = groups_of(address)
        self._lines, self._marked = max(1, lines), marked
        self.setFont(font("code"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(address)
        if marked:
            places = ", ".join(str(index + 1) for index in sorted(marked))
            self.setAccessibleDescription(f"Different in groups {places}")
        current().changed.connect(self.update)

    @property
    def marked(self) -> frozenset[int]:
        return self._marked

    def sizeHint(self) -> QSize:
        return QSize(round(self._left(self._per_line) - _GAP + 2), _LINE * self._lines)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def _per_line(self) -> int:
        return -(-len(self._groups) // self._lines)

    def _left(self, place: int) -> float:
        metrics = QFontMetricsF(self.font())
        start = metrics.horizontalAdvance("0x") + _GAP
        return start + place * (metrics.horizontalAdvance("0000") + _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        wide = QFontMetricsF(self.font()).horizontalAdvance("0000")
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(theme.color("text3"))
        painter.drawText(QRectF(0, 0, self._left(0), _LINE), middle, "0x")
        for index, group in enumerate(self._groups):
            line, place = divmod(index, self._per_line)
            box = QRectF(self._left(place), line * _LINE, wide + 1, _LINE)
            if index in self._marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("danger_soft"))
                plate = box.adjusted(-_PAD, 2, _PAD, -2)
                painter.drawRoundedRect(plate, 4, 4)
                painter.setBrush(theme.color("danger"))
                painter.drawRect(QRectF(plate.left() + 2, plate.bottom() - 3, plate.width() - 4, 2))
                painter.setPen(theme.color("danger"))
            else:
                painter.setPen(theme.color("text2" if self._marked else "text"))
            painter.drawText(box, middle, group)
        painter.end()
