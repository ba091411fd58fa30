"""Tables as the design has them: quiet heads, thin lines between rows, rounded selection.

A model gives a `Cell` for `CELL_ROLE`; `DataTable` paints it. Text is painted, never parsed.
"""

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from morpheus_desktop.theme import current, font, line_height
from morpheus_desktop.widgets.avatar import paint_avatar
from morpheus_desktop.widgets.chips import paint_dot

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
PAD = 12
_AVATAR = 32
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_ROUND = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one cell shows. With `detail` the text is strong and the detail stands below it.

    `avatar` is (name, key), `tile` is (icon, colour role), `badge` is (text, colour role).
    """

    text: str
    detail: str = ""
    role: str = "text"
    detail_role: str = "text3"
    right: bool = False
    dot: str = ""
    icon: str = ""
    avatar: tuple[str, str] | None = None
    tile: tuple[str, str] | None = None
    badge: tuple[str, str] | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLook:
    """`width` 0 takes the rest; columns with a higher `drop` disappear first, 0 never."""

    width: int = 0
    drop: int = 0


class DataTable(QTableView):
    """A table of rows that can be chosen by mouse, arrows and Enter.

    `columns` are the looks in order, `least` is the smallest width of the column that stretches.
    """

    row_chosen = Signal(int)
    row_activated = Signal(int)

    def __init__(
        self,
        columns: tuple[ColumnLook, ...],
        *,
        name: str,
        title: str,
        row_height: int = 56,
        least: int = 200,
        header: bool = True,
    ) -> None:
        super().__init__()
        self._columns, self._least = columns, least
        self.hovered = -1
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads = self.horizontalHeader()
        heads.setFont(font("caption"))
        # The delegate paints the chosen row; Qt would paint a square one below it.
        self.setStyleSheet(
            "QTableView { selection-background-color: transparent; }"
            f"QHeaderView::section {{ padding: 0 {PAD}px; }}"
        )
        heads.setFixedHeight(30)
        heads.setHighlightSections(False)
        heads.setSectionsClickable(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumSectionSize(24)
        heads.setVisible(header)
        self.setItemDelegate(_CellDelegate(self))
        self.clicked.connect(lambda index: self.row_activated.emit(index.row()))
        current().changed.connect(self.viewport().update)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        selection = self.selectionModel()
        if selection is not None:
            selection.currentRowChanged.connect(self._current_changed)
        self._fit()

    @property
    def row(self) -> int:
        """The chosen row, -1 without one."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def choose_row(self, row: int) -> None:
        """Choose a row without a signal; -1 chooses none."""
        selection = self.selectionModel()
        blocked = selection.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag
        if row < 0:
            selection.clear()
        else:
            index = self.model().index(row, 0)
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index)
        selection.blockSignals(blocked)
        self.viewport().update()

    def shown_columns(self) -> list[int]:
        return [n for n in range(len(self._columns)) if not self.isColumnHidden(n)]

    def content_height(self) -> int:
        """The height that shows every row without scrolling."""
        rows = self.model().rowCount() if self.model() is not None else 0
        head = self.horizontalHeader().height() if self.horizontalHeader().isVisible() else 0
        return head + rows * self.verticalHeader().defaultSectionSize() + 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row >= 0:
            self.row_activated.emit(self.row)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: object) -> None:
        del event
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self.row < 0 and self.model().rowCount():
            # Otherwise nobody sees where the focus is, and the arrows begin at the second row.
            self.choose_row(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def _current_changed(self, index: QModelIndex) -> None:
        self.viewport().update()
        if index.isValid():
            self.row_chosen.emit(index.row())

    def _fit(self) -> None:
        """Drop columns until the stretching one has room, then share the width."""
        if self.model() is None:
            return
        shown = list(range(len(self._columns)))
        room = self.viewport().width()
        for number in sorted(shown, key=lambda n: -self._columns[n].drop):
            fixed = sum(self._columns[n].width for n in shown)
            if room - fixed >= self._least or not self._columns[number].drop:
                break
            shown.remove(number)
        rest = room - sum(self._columns[n].width for n in shown)
        for number, look in enumerate(self._columns):
            self.setColumnHidden(number, number not in shown)
            self.setColumnWidth(number, look.width or max(rest, 60))


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, table: DataTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option, index
        return QSize(80, self._table.verticalHeader().defaultSectionSize())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        cell = index.data(CELL_ROLE)
        rect: QRectF = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        self._row(painter, rect, index.row())
        if isinstance(cell, Cell):
            paint_cell(painter, rect.adjusted(PAD, 0, -PAD, -1), cell)
        painter.restore()

    def _row(self, painter: QPainter, rect: QRectF, row: int) -> None:
        theme, table = current(), self._table
        chosen = table.row
        whole = QRectF(0, rect.top(), table.viewport().width(), rect.height())
        box = whole.adjusted(1, 2, -1, -3)
        if row in (chosen, table.hovered):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if row == chosen else "hover"))
            painter.drawRoundedRect(box, _ROUND, _ROUND)
        if row == chosen and table.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        last = row + 1 == table.model().rowCount()
        if not last and chosen not in (row, row + 1):
            painter.setPen(QPen(theme.color("border"), 1))
            y = whole.bottom() - 0.5
            painter.drawLine(QPointF(whole.left() + 1, y), QPointF(whole.right() - 1, y))


def paint_cell(painter: QPainter, rect: QRectF, cell: Cell) -> None:
    """Paint one cell into `rect`: picture, then text over detail, then a badge."""
    theme, left = current(), rect.left()
    middle = rect.center().y()
    if cell.avatar is not None:
        box = QRectF(left, middle - _AVATAR / 2, _AVATAR, _AVATAR)
        paint_avatar(painter, box, *cell.avatar)
        left += _AVATAR + 10
    if cell.tile is not None:
        name, role = cell.tile
        box = QRectF(left, middle - 17, 34, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken" if role.startswith("text") else f"{role}_soft"))
        painter.drawRoundedRect(box, 9, 9)
        painter.drawPixmap(box.center() - _half(17), theme.icon(name, role, 17).pixmap(17, 17))
        left += 44
    if cell.dot:
        paint_dot(painter, QRectF(left, middle - 4, 8, 8), cell.dot)
        left += 15
    if cell.icon:
        pixmap = theme.icon(cell.icon, cell.role, 14).pixmap(14, 14)
        painter.drawPixmap(round(left), round(middle - 7), pixmap)
        left += 20
    _paint_texts(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), cell)


def _paint_texts(painter: QPainter, room: QRectF, cell: Cell) -> None:
    side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
    align = side | Qt.AlignmentFlag.AlignVCenter
    text_font = _font("strong" if cell.detail or cell.strong else "body", cell.right)
    upper = room
    if cell.detail:
        high, low = line_height("strong"), line_height("caption")
        top = room.center().y() - (high + low) / 2
        upper = QRectF(room.left(), top, room.width(), high)
        lower = QRectF(room.left(), top + high, room.width(), low)
        painter.setFont(_font("caption"))
        painter.setPen(current().color(cell.detail_role))
        painter.drawText(lower, int(align), _elided(painter, cell.detail, lower.width()))
    badge = _badge_width(cell)
    painter.setFont(text_font)
    painter.setPen(current().color(cell.role))
    shown = _elided(painter, cell.text, upper.width() - badge)
    painter.drawText(upper, int(align), shown)
    if cell.badge is not None:
        used = QFontMetricsF(text_font).horizontalAdvance(shown)
        place = QRectF(upper.left() + used + 8, upper.center().y() - 9, badge - 8, 18)
        _paint_badge(painter, place, cell.badge)


@cache
def _font(style: str, tabular: bool = False) -> QFont:
    """Made once: a cell is painted often, and a font with features is slow to make."""
    return font(style, tabular=tabular)


def _badge_width(cell: Cell) -> float:
    if cell.badge is None:
        return 0.0
    return QFontMetricsF(_font("caption")).horizontalAdvance(cell.badge[0]) + 24


def _paint_badge(painter: QPainter, box: QRectF, badge: tuple[str, str]) -> None:
    text, role = badge
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().color(f"{role}_soft"))
    painter.drawRoundedRect(box, 9, 9)
    painter.setFont(_font("caption"))
    painter.setPen(current().color(role))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _half(side: int) -> QPointF:
    return QPointF(side / 2, side / 2)
