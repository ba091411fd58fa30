"""A table over a list of DTOs: columns are functions of a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from morpheus_desktop.widgets.data_table import CELL_ROLE, Cell, ColumnLook

_T = TypeVar("_T")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_STRETCHES = ColumnLook()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[_T]):
    """`cell` says what a row shows in this column, `look` how wide it is."""

    title: str
    cell: Callable[[_T], Cell]
    look: ColumnLook = _STRETCHES
    right: bool = False


class DtoTable(QAbstractTableModel, Generic[_T]):
    """Rows change with `set_rows`; the same keys in the same order keep the selection."""

    def __init__(
        self,
        columns: tuple[Column[_T], ...],
        key: Callable[[_T], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns, self._key = columns, key
        self._rows: tuple[_T, ...] = ()

    @property
    def rows(self) -> tuple[_T, ...]:
        return self._rows

    @property
    def looks(self) -> tuple[ColumnLook, ...]:
        return tuple(column.look for column in self._columns)

    def set_rows(self, rows: Sequence[_T]) -> None:
        same = [self._key(row) for row in rows] == [self._key(row) for row in self._rows]
        if same:
            self._rows = tuple(rows)
            self.refresh()
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def refresh(self) -> None:
        """Ask for all cells again: the time has moved."""
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, key: str) -> int:
        """The row with `key`, -1 without one."""
        for number, row in enumerate(self._rows):
            if self._key(row) == key:
                return number
        return -1

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._columns[index.column()].cell(self._rows[index.row()])
        if role == CELL_ROLE:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{cell.text}, {cell.detail}" if cell.detail else cell.text
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self._columns[section].right
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
